// Work that goes on while processes are killed: keys that upload and transcribe, a clinician who drafts, reviews and signs,
// an auditor who reads the ledger.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { nothingYet } from './acknowledged.ts';
import type { Acknowledged } from './acknowledged.ts';
import { fairWeather, json } from './client.ts';
import type { Weather } from './client.ts';
import { clinicalDay } from './clinician.ts';
import { ask, newEncounter, newRecording } from './work.ts';
import type { LoadOptions, Work } from './work.ts';

export interface Load {
  readonly acknowledged: Acknowledged;
  readonly weather: Weather;
  /** Resolves when the work in hand is answered. */
  stop(): Promise<void>;
}

// So that the harness measures faults, not a flood: the pauses of people and of programs that poll.
const BETWEEN_ENCOUNTERS_MS = 100;
const BETWEEN_UPLOADS_MS = 3_000; // or the queue would be longer than the run
const BETWEEN_READS_MS = 250;

export function startLoad(options: LoadOptions): Load {
  const state = { going: true };
  const acknowledged = nothingYet();
  const weather = fairWeather();
  const work: Work = { options, acknowledged, weather, going: () => state.going };
  const keepOn = async (step: (work: Work) => Promise<unknown>): Promise<void> => {
    while (state.going) await step(work);
  };
  const some = (count: number, step: (work: Work) => Promise<unknown>): Promise<void>[] =>
    Array.from({ length: count }, () => keepOn(step));
  const { encounters, recordings, transcriptions, clinicians, auditors } = options.workers;
  const loops = [
    ...some(encounters, openEncounter),
    ...some(recordings, uploadRecording),
    ...some(transcriptions, transcribe),
    ...some(clinicians, clinicalDay),
    ...some(auditors, readLedger),
  ];
  // A loop that throws found a server that did not come back: that ends the run, at `stop` at the latest.
  const all = Promise.all(loops);
  all.catch(() => undefined);
  return {
    acknowledged,
    weather,
    stop: async () => {
      state.going = false;
      await all;
    },
  };
}

async function openEncounter(work: Work): Promise<void> {
  await newEncounter(work);
  await sleep(BETWEEN_ENCOUNTERS_MS);
}

async function uploadRecording(work: Work): Promise<void> {
  const encounter = await newEncounter(work);
  if (encounter !== null) await newRecording(work, encounter);
  await sleep(BETWEEN_UPLOADS_MS);
}

async function transcribe(work: Work): Promise<void> {
  const key = `transcription-${randomUUID()}`;
  const answer = await ask(work, key, 200, {
    method: 'POST',
    path: '/v1/audio/transcriptions',
    headers: { 'idempotency-key': key },
    body: () => {
      const form = new FormData();
      form.set('model', 'auto');
      form.set('response_format', 'json');
      form.set('file', new Blob([new Uint8Array(work.options.audio)], { type: 'audio/wav' }), 'visit.wav');
      return form;
    },
  });
  if (answer === null) return;
  work.acknowledged.received.push({
    transcript: answer.headers.get('cordon-transcript'),
    text: (json(answer) as { text: string }).text,
    outcome: Number(answer.headers.get('cordon-ledger-index') ?? Number.NaN),
  });
}

async function readLedger(work: Work): Promise<void> {
  const entries = await ask(work, null, 200, { method: 'GET', path: '/api/ledger/entries?limit=50' });
  const checkpoint = await ask(work, null, 200, { method: 'GET', path: '/api/ledger/checkpoint' });
  if (entries !== null) work.acknowledged.ledgerReads.count += 1;
  if (checkpoint !== null) work.acknowledged.checkpoints.push(checkpoint.body.toString());
  await sleep(BETWEEN_READS_MS);
}
