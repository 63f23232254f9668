// A clinician's work under faults: dictate, wait for the transcript, draft, review, sign; several notes of one transcript.
import { setTimeout as sleep } from 'node:timers/promises';
import type { SignedNote } from './acknowledged.ts';
import { codeOf, json, persist } from './client.ts';
import type { Answer, Call } from './client.ts';
import { ask, newEncounter, newRecording } from './work.ts';
import type { Work } from './work.ts';

const NOTES_PER_TRANSCRIPT = 3;
const BETWEEN_LOOKS_MS = 300;
const STATEMENT = 'Heard so by me.';

interface WireNote extends SignedNote {
  readonly id: string;
  readonly version: number;
  readonly attestationText: string;
  readonly sections: readonly { readonly sentences: readonly WireSentence[] }[];
}

interface WireSentence {
  readonly id: string;
  readonly verdict: string | null;
  readonly flagged: boolean;
}

export async function clinicalDay(work: Work): Promise<void> {
  const { token } = work.options.clinician;
  const encounter = await newEncounter(work, token);
  const job = encounter === null ? null : await newRecording(work, encounter, token);
  const transcript = job === null ? null : await finished(work, job);
  if (transcript === null) return;
  const read = await ask(work, null, 200, { method: 'GET', path: `/api/transcripts/${transcript}`, token });
  if (read === null) return;
  const { transcription } = json(read) as { transcription: { text: string } };
  work.acknowledged.received.push({ transcript, text: transcription.text, outcome: null });
  for (let note = 1; note <= NOTES_PER_TRANSCRIPT && work.going(); note += 1) await writeNote(work, transcript, note);
}

/** The transcript of the job. Null when the run ends before, or the job failed, which the verdict finds. */
async function finished(work: Work, job: string): Promise<string | null> {
  const { token } = work.options.clinician;
  while (work.going()) {
    const answer = await ask(work, null, 200, { method: 'GET', path: `/api/jobs/${job}`, token });
    if (answer === null) return null;
    const { state, result } = json(answer) as { state: string; result: { id: string } | null };
    if (state === 'done') return result?.id ?? null;
    if (state === 'failed') return null;
    await sleep(BETWEEN_LOOKS_MS);
  }
  return null;
}

async function writeNote(work: Work, transcript: string, number: number): Promise<void> {
  const { token } = work.options.clinician;
  const key = `draft-${transcript}-${number}`;
  const post = (path: string, body: object | null, headers: Record<string, string> = {}): Call => ({
    method: 'POST',
    path,
    token,
    headers: { ...(body === null ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === null ? {} : { body: () => JSON.stringify(body) }),
  });
  const drafting = post(`/api/transcripts/${transcript}/drafts`, { template: 'soap' }, { 'idempotency-key': key });
  const drafted = await ask(work, key, 201, drafting);
  if (drafted === null) return;
  const draft = json(drafted) as { id: string };
  work.acknowledged.drafts.set(draft.id, draft);
  const opened = await ask(work, null, 200, post(`/api/drafts/${draft.id}/review`, null));
  if (opened === null) return;
  const note = json(opened) as WireNote;
  const etag = opened.headers.get('etag') ?? '';
  const actions = note.sections.flatMap((section) => section.sentences).map(acceptance);
  if (!(await acted(work, note.id, post(`/api/notes/${note.id}/actions`, { actions }, { 'if-match': etag })))) return;
  await sign(work, note.id, post);
}

/** What the verifier found wrong needs the signer's own word (spec clinical §6). */
function acceptance({ id, verdict, flagged }: WireSentence): object {
  const doubtful = flagged && (verdict === 'unsupported' || verdict === 'contradicted');
  return { kind: 'accept', sentence: id, ...(doubtful ? { statement: STATEMENT } : {}) };
}

/** A repetition of acts that were done is refused because the version has moved on: then they were done. */
async function acted(work: Work, note: string, call: Call): Promise<boolean> {
  const answer = await persist(work.options.target, work.weather, call);
  if (answer.status === 200) return true;
  const moved = answer.status === 412 && codeOf(answer) === 'version_mismatch';
  if (moved) return ((await currentNote(work, note))?.version ?? 0) === 2;
  work.acknowledged.wrong.push({ path: call.path, status: answer.status, code: codeOf(answer) });
  return false;
}

async function sign(work: Work, id: string, post: (path: string, body: object) => Call): Promise<void> {
  const note = await currentNote(work, id);
  if (note === null) return;
  const request = post(`/api/notes/${id}/sign`, { versionSeen: note.versionSeen, attestation: note.attestationText });
  for (;;) {
    const answer = await persist(work.options.target, work.weather, request);
    if (answer.status === 200) return remember(work, json(answer) as WireNote);
    const code = codeOf(answer);
    if (code === 'reauthentication_required') {
      await work.options.clinician.refresh();
      continue;
    }
    // The first attempt had been done; its answer was lost with the server.
    if (code === 'already_signed') {
      const now = await currentNote(work, id);
      if (now !== null) remember(work, now);
      return;
    }
    return void work.acknowledged.wrong.push({ path: request.path, status: answer.status, code });
  }
}

function remember(work: Work, note: WireNote): void {
  const { state, versionSeen, sections, signature } = note;
  work.acknowledged.signed.set(note.id, { state, versionSeen, sections, signature });
}

async function currentNote(work: Work, id: string): Promise<WireNote | null> {
  const { token } = work.options.clinician;
  const answer: Answer | null = await ask(work, null, 200, { method: 'GET', path: `/api/notes/${id}`, token });
  return answer === null ? null : (json(answer) as WireNote);
}
