import { createReadStream } from 'node:fs';
import { answerOf, CordonError, createCordonClient, followJob, uploadRecording } from '@cordon/sdk';

/** A recording goes in; a draft note, each sentence citing the moment it came from, comes out. */
export async function draftOf(
  url: string,
  apiKey: string,
  file: string,
  onProgress: (share: number) => void,
): Promise<string[]> {
  const connection = { url, credential: apiKey };
  const cordon = createCordonClient(connection);

  const encounter = await answerOf(cordon.POST('/api/encounters', { body: { patient: 'mrn-0042-7731' } }));
  const params = { path: { id: encounter.id } };
  await answerOf(cordon.POST('/api/encounters/{id}/consents', { params, body: { manner: 'verbal' } }));

  const recording = await uploadRecording(connection, {
    encounterId: encounter.id,
    bytes: createReadStream(file),
    contentType: 'audio/wav',
    speakers: ['clinician', 'patient'],
  });

  let transcriptId = '';
  for await (const job of followJob(connection, recording.jobId ?? '')) {
    onProgress(job.progress);
    if (job.state === 'failed') throw new Error(job.problem ?? 'failed');
    transcriptId = job.result?.id ?? '';
  }

  try {
    const transcript = { path: { id: transcriptId } };
    const draft = await answerOf(
      cordon.POST('/api/transcripts/{id}/drafts', { params: transcript, body: { template: 'soap' } }),
    );
    return draft.sections.flatMap((section) =>
      section.sentences.map(
        ({ text, citations }) => `${text} (${citations.map(({ start }) => start.toFixed(1)).join(', ')} s)`,
      ),
    );
  } catch (error) {
    if (error instanceof CordonError && error.code === 'draft_empty') return [];
    throw error;
  }
}
