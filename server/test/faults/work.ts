// What everybody who works under faults does alike: ask until there is an answer, and remember what was acknowledged.
import { randomUUID } from 'node:crypto';
import type { Acknowledged } from './acknowledged.ts';
import { codeOf, json, persist } from './client.ts';
import type { Answer, Call, Target, Weather } from './client.ts';
import type { Person } from './person.ts';

export interface LoadOptions {
  readonly target: Target;
  /** A short WAV with speech. */
  readonly audio: Buffer;
  readonly clinician: Person;
  readonly workers: {
    readonly encounters: number;
    readonly recordings: number;
    readonly transcriptions: number;
    readonly clinicians: number;
    readonly auditors: number;
  };
}

export interface Work {
  readonly options: LoadOptions;
  readonly acknowledged: Acknowledged;
  readonly weather: Weather;
  /** False once no new work is begun. */
  readonly going: () => boolean;
}

/** The encounter's id; null when its fate is unknown. */
export async function newEncounter(work: Work, token?: () => string): Promise<string | null> {
  const reference = `visit-${randomUUID()}`;
  const answer = await ask(work, reference, 201, {
    method: 'POST',
    path: '/api/encounters',
    ...(token === undefined ? {} : { token }),
    headers: { 'content-type': 'application/json', 'idempotency-key': reference },
    body: () => JSON.stringify({ patient: `pt-${reference.slice(-12)}`, reference, purpose: 'dictation' }),
  });
  if (answer === null) return null;
  const { id } = json(answer) as { id: string };
  work.acknowledged.encounters.set(reference, id);
  return id;
}

/** Stored and its transcription ordered. Returns the job. */
export async function newRecording(work: Work, encounter: string, token?: () => string): Promise<string | null> {
  const key = `recording-${encounter}`;
  const answer = await ask(work, key, 201, {
    method: 'POST',
    path: `/api/encounters/${encounter}/recordings?transcribe=true`,
    ...(token === undefined ? {} : { token }),
    headers: { 'content-type': 'audio/wav', 'idempotency-key': key },
    body: () => new Uint8Array(work.options.audio),
  });
  if (answer === null) return null;
  const { id, jobId } = json(answer) as { id: string; jobId: string | null };
  work.acknowledged.recordings.set(id, { encounter, job: jobId });
  return jobId;
}

/** The answer with the status that was expected. Null when the fate is unknown, and when the answer is wrong, which is noted as a fault. */
export async function ask(work: Work, key: string | null, status: number, call: Call): Promise<Answer | null> {
  const answer = await persist(work.options.target, work.weather, call);
  if (answer.status === status) return answer;
  const code = codeOf(answer);
  if (code === 'outcome_unknown' && key !== null) work.acknowledged.unresolved.add(key);
  else work.acknowledged.wrong.push({ path: call.path, status: answer.status, code });
  return null;
}
