// Work that goes on while processes are killed, and the memory of everything that was acknowledged to the caller.
import { randomUUID } from 'node:crypto';
import { codeOf, json, persist } from './client.ts';
import type { Answer, Target, Weather } from './client.ts';

/** What the server said was done. Each of it must be true at the end, and true once. */
export interface Acknowledged {
  /** Reference that the caller gave → id that the server answered. */
  readonly encounters: Map<string, string>;
  /** Recording → its encounter and job. */
  readonly recordings: Map<string, { readonly encounter: string; readonly job: string | null }>;
  /** What a caller received from the OpenAI-compatible route. */
  readonly transcriptions: { readonly transcript: string | null; readonly text: string; readonly outcome: number }[];
  /** Answers that were neither success nor "come again": each is a fault. */
  readonly wrong: { readonly path: string; readonly status: number; readonly code: string }[];
}

export interface Load {
  readonly acknowledged: Acknowledged;
  readonly weather: Weather;
  /** Resolves when the work in hand is answered. */
  stop(): Promise<void>;
}

export interface LoadOptions {
  readonly target: Target;
  /** A short WAV with speech. */
  readonly audio: Buffer;
  readonly workers: { readonly encounters: number; readonly recordings: number; readonly transcriptions: number };
}

interface Work {
  readonly options: LoadOptions;
  readonly acknowledged: Acknowledged;
  readonly weather: Weather;
}

export function startLoad(options: LoadOptions): Load {
  const acknowledged: Acknowledged = { encounters: new Map(), recordings: new Map(), transcriptions: [], wrong: [] };
  const weather: Weather = { refused: 0, unknown: 0, codes: new Map() };
  const work: Work = { options, acknowledged, weather };
  const state = { going: true };
  const keepOn = async (step: (work: Work) => Promise<void>): Promise<void> => {
    while (state.going) await step(work);
  };
  const { encounters, recordings, transcriptions } = options.workers;
  const loops = [
    ...Array.from({ length: encounters }, () => keepOn(async (one) => void (await openEncounter(one)))),
    ...Array.from({ length: recordings }, () => keepOn(uploadRecording)),
    ...Array.from({ length: transcriptions }, () => keepOn(transcribe)),
  ];
  return {
    acknowledged,
    weather,
    stop: async () => {
      state.going = false;
      await Promise.all(loops);
    },
  };
}

async function openEncounter(work: Work): Promise<string | null> {
  const reference = `visit-${randomUUID()}`;
  const answer = await persist(work.options.target, work.weather, {
    method: 'POST',
    path: '/api/encounters',
    headers: { 'content-type': 'application/json', 'idempotency-key': reference },
    body: () => JSON.stringify({ patient: `pt-${reference.slice(-12)}`, reference, purpose: 'dictation' }),
  });
  if (!accepted(work, '/api/encounters', answer, 201)) return null;
  const { id } = json(answer) as { id: string };
  work.acknowledged.encounters.set(reference, id);
  return id;
}

async function uploadRecording(work: Work): Promise<void> {
  const encounter = await openEncounter(work);
  if (encounter === null) return;
  const answer = await persist(work.options.target, work.weather, {
    method: 'POST',
    path: `/api/encounters/${encounter}/recordings?transcribe=true`,
    headers: { 'content-type': 'audio/wav', 'idempotency-key': `recording-${encounter}` },
    body: () => new Uint8Array(work.options.audio),
  });
  if (!accepted(work, '/api/encounters/{id}/recordings', answer, 201)) return;
  const { id, jobId } = json(answer) as { id: string; jobId: string | null };
  work.acknowledged.recordings.set(id, { encounter, job: jobId });
}

async function transcribe(work: Work): Promise<void> {
  const path = '/v1/audio/transcriptions';
  const key = `transcription-${randomUUID()}`;
  const answer = await persist(work.options.target, work.weather, {
    method: 'POST',
    path,
    headers: { 'idempotency-key': key },
    body: () => {
      const form = new FormData();
      form.set('model', 'auto');
      form.set('response_format', 'json');
      form.set('file', new Blob([new Uint8Array(work.options.audio)], { type: 'audio/wav' }), 'visit.wav');
      return form;
    },
  });
  if (!accepted(work, path, answer, 200)) return;
  work.acknowledged.transcriptions.push({
    transcript: answer.headers.get('cordon-transcript'),
    text: (json(answer) as { text: string }).text,
    outcome: Number(answer.headers.get('cordon-ledger-index') ?? Number.NaN),
  });
}

function accepted(work: Work, path: string, answer: Answer, status: number): boolean {
  if (answer.status === status) return true;
  work.acknowledged.wrong.push({ path, status: answer.status, code: codeOf(answer) });
  return false;
}
