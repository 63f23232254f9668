// From a file to a transcript: one of an encounter (stored, sealed, worked on as a job), or one in passing.
import { createReadStream } from 'node:fs';
import { extname } from 'node:path';
import { type ProblemCode, PROBLEMS, type Recording, type TranscriptionFormat } from '@cordon/contract';
import { followJob, problemOf, type Schemas, uploadRecording } from '@cordon/sdk';
import { answered, type Api } from '#connection/api.ts';
import type { Server } from '#connection/connect.ts';
import { multipart, upload, type UploadReply } from '#connection/upload.ts';
import type { Context } from '#context.ts';
import { Refusal } from '#failure.ts';
import { readableFile } from '#home/files.ts';
import type { Stage } from '#terminal/progress.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.wav': 'audio/wav',
  '.flac': 'audio/flac',
  '.mp3': 'audio/mpeg',
  '.m4a': 'audio/mp4',
  '.mp4': 'audio/mp4',
  '.ogg': 'audio/ogg',
  '.opus': 'audio/ogg',
  '.webm': 'audio/webm',
};

/** Stores the file as a recording of the encounter; its transcription begins as the job that the answer names. */
export async function storeRecording(
  { signal }: Context,
  { url, apiKey: credential }: Server,
  encounterId: string,
  { file, speakers }: { readonly file: string; readonly speakers: readonly string[] | null },
  stage: Stage,
): Promise<Recording> {
  const size = await readableFile(file);
  return uploadRecording(
    { url, credential },
    {
      encounterId,
      bytes: createReadStream(file),
      contentType: contentType(file),
      ...(speakers === null ? {} : { speakers }),
      onSent: (sent) => stage.update(size === 0 ? null : sent / size),
      signal,
    },
  );
}

/** Waits until the job ends; gives the id of the transcript. Errors: the problem that the job failed with. */
export async function transcriptOf({ signal }: Context, server: Server, jobId: string, stage: Stage): Promise<string> {
  const client = { url: server.url, credential: server.apiKey };
  for await (const job of followJob(client, jobId, { signal })) {
    if (job.state === 'failed') throw jobFailure(job.problem);
    if (job.state === 'done' && job.result !== null) return job.result.id;
    stage.update(job.progress, job.stage ?? job.state);
  }
  throw new Refusal('internal');
}

function jobFailure(problem: string | null): Refusal {
  const code = problem !== null && Object.hasOwn(PROBLEMS, problem) ? (problem as ProblemCode) : 'internal';
  return new Refusal(code);
}

/** Transcribes without an encounter. The answer is in the form asked for. The file's own name stays here: it may name a person. */
export async function transcribeInPassing(
  { signal }: Context,
  server: Server,
  file: string,
  format: TranscriptionFormat,
  stage: Stage,
): Promise<string> {
  const bytes = await readableFile(file);
  const { body, contentType: type } = await multipart(file, `recording${extname(file)}`, {
    model: 'auto',
    response_format: format,
  });
  const reply = await upload({
    url: new URL('/v1/audio/transcriptions', server.url),
    headers: { authorization: `Bearer ${server.apiKey}`, 'content-type': type },
    body,
    bytes: null,
    onSent: (sent) => (sent < bytes ? stage.update(sent / bytes, 'sending') : stage.update(null, 'listening')),
    signal,
  });
  return accepted(reply, 200);
}

export async function transcript(api: Api, id: string): Promise<Schemas['Transcript']> {
  return answered(api.GET('/api/transcripts/{id}', { params: { path: { id } } }));
}

function accepted({ status, headers, text }: UploadReply, wanted: number): string {
  if (status === wanted) return text;
  throw problemOf(new Response(null, { status, headers }), parsed(text));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function contentType(file: string): string {
  return TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream';
}
