// Consent withdrawn at the worst moments: while audio arrives, and while the engine listens (spec clinical §1).
import { nothingElsewhere } from '#test/remote.ts';
import { NO_WORDS } from '#clinical/vocabulary/tenant-words.ts';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localSpeech } from '#boundary/policy/decide.samples.ts';
import { receiveRecording } from '#clinical/audio/recordings.ts';
import { writeWav } from '#clinical/audio/wav-writer.ts';
import { recordConsent, withdrawConsent } from '#clinical/encounters/consents.ts';
import { createEncounter } from '#clinical/encounters/encounters.ts';
import { newId } from '#kernel/ids.ts';
import { openLocalBlobs } from '#platform/blobs/local-blobs.ts';
import type { Jobs } from '#platform/jobs/jobs.ts';
import { buildHouse, type TestHouse } from '#test/house.ts';
import type { Heard } from './speech.ts';
import {
  readTranscription,
  requestTranscription,
  runTranscription,
  type TranscriptionParts,
} from './transcriptions.ts';
import { listTranscripts } from './transcripts.ts';

const ACTOR = { type: 'person', id: newId() } as const;
const VERBAL = { manner: 'verbal', by: null, textVersion: null, obtainedAt: null, jurisdiction: null } as const;
const AUDIO = writeWav([new Float32Array(16_000)], { encoding: 'pcm', bytes: 2, sampleRate: 16_000 });
const HEARD: Heard = {
  accuracy: 'standard',
  modelDigest: '0'.repeat(64),
  transcript: {
    text: 'Canary.',
    spokenText: 'canary',
    words: [],
    segments: [],
    engine: 'test 1',
    model: 'test',
    duration: 1,
    realTimeFactor: 0,
  },
};

let house: TestHouse;
let parts: TranscriptionParts;
/** What happens while the engine listens. */
let meanwhile: () => Promise<void>;

beforeAll(async () => {
  house = await buildHouse();
  const { version: _, ...service } = localSpeech();
  await house.registry.ensurePolicy(house.tenant, { type: 'system', id: 'test' });
  await house.registry.ensureInProcess(house.tenant, { type: 'system', id: 'test' }, service);
  const jobs: Jobs = { enqueue: async () => undefined, work: async () => undefined, stop: async () => undefined };
  parts = {
    ...house,
    jobs,
    blobs: await openLocalBlobs({ directory: join(house.directory, 'blobs'), sweep: true }),
    wordsOf: () => Promise.resolve(NO_WORDS),
    inspect: { arriving: () => null, stored: () => Promise.reject(new Error('only WAV here')) },
    remote: nothingElsewhere(),
    recognise: async ({ audio, onStretch }) => {
      for await (const _chunk of audio());
      await onStretch({ channel: 0, words: [], resumeAt: 1 });
      await meanwhile();
      return HEARD;
    },
  };
});
afterAll(() => house.close());

async function visit(): Promise<string> {
  const identity = { patient: 'pt-1', reference: null, startedAt: null, endedAt: null };
  const about = { id: newId(), purpose: 'ambient-documentation', demo: false, clinician: null, identity };
  const { id } = await createEncounter(parts, house.tenant, ACTOR, about);
  await recordConsent(parts, house.tenant, ACTOR, id, VERBAL);
  return id;
}

async function upload(encounter: string, during: () => Promise<void> = async () => undefined): Promise<string> {
  const audio = (async function* () {
    yield AUDIO.subarray(0, 1000);
    await during();
    yield AUDIO.subarray(1000);
  })();
  const request = { encounter, contentType: 'audio/wav', audio };
  return (await receiveRecording(parts, house.tenant, ACTOR, request, async () => undefined)).id;
}

async function transcribe(encounter: string, recording: string): Promise<string> {
  const scope = { capabilities: null, purposes: null, services: null, lowestDataClass: 'phi' } as const;
  const wish = {
    service: null,
    purpose: 'ambient-documentation',
    scope,
    onBehalfOf: null,
    residency: null,
    tags: [],
    request: null,
  };
  const id = await house.store.asTenant(house.tenant, (tx) =>
    requestTranscription(parts, house.tenant, tx, { encounter, recording, wish, actor: ACTOR }),
  );
  const payload = { tenant: house.tenant, transcription: id };
  await runTranscription(parts, { id, payload, attempt: 1, signal: new AbortController().signal }).catch(
    () => undefined,
  );
  return id;
}

const withdraw = (encounter: string): Promise<void> => withdrawConsent(parts, house.tenant, ACTOR, encounter, null);

test('I1 nothing is kept of what was heard after consent was withdrawn, and the call has its one outcome', async () => {
  const encounter = await visit();
  const recording = await upload(encounter);
  meanwhile = () => withdraw(encounter);
  const id = await transcribe(encounter, recording);
  expect(await readTranscription(parts, house.tenant, id)).toMatchObject({
    state: 'failed',
    problem: 'consent_withdrawn',
    transcript: null,
  });
  expect(await listTranscripts(parts, house.tenant, encounter)).toEqual([]);
  const sql = 'SELECT ordinal FROM cordon.transcription_segment WHERE transcription = $1';
  expect(await house.database.admin(sql, [id])).toEqual([]);
  const [outcome] = (await house.headers()).slice(-1) as { kind: string; detail: Record<string, unknown> }[];
  expect(outcome).toMatchObject({ kind: 'call.outcome', detail: { status: 'failed', code: 'consent_withdrawn' } });
});

test('with consent standing the same call leaves its transcript', async () => {
  const encounter = await visit();
  meanwhile = async () => undefined;
  await transcribe(encounter, await upload(encounter));
  expect(await listTranscripts(parts, house.tenant, encounter)).toHaveLength(1);
});

test('audio that was arriving when consent was withdrawn is refused, also when a new consent came meanwhile', async () => {
  const encounter = await visit();
  const again = async (): Promise<void> => {
    await withdraw(encounter);
    await recordConsent(parts, house.tenant, ACTOR, encounter, VERBAL);
  };
  await expect(upload(encounter, again)).rejects.toMatchObject({ code: 'consent_withdrawn' });
  await expect(upload(encounter)).resolves.toBeDefined();
});
