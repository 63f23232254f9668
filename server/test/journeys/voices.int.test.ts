// Speakers of a recording from the voices child to the kept transcript, on the real store, keys, ledger and jobs; the voices child stands in
// and gives out a voice print beside its turns, which nobody may find again.
import { nothingElsewhere } from '../remote.ts';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createReadStream } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { receiveRecording } from '#clinical/audio/recordings.ts';
import { recordConsent } from '#clinical/encounters/consents.ts';
import { createEncounter } from '#clinical/encounters/encounters.ts';
import { chooseNeuralEngine } from '#clinical/transcription/choose-engine.ts';
import { DEFAULT_LIMITS } from '#clinical/transcription/engines/engine-child.ts';
import { createPool, type EnginePool } from '#clinical/transcription/engines/pool.ts';
import { probeSandbox } from '#clinical/transcription/engines/sandbox.ts';
import { toDiarizedJson } from '#clinical/transcription/renderings.ts';
import { transcribe } from '#clinical/transcription/transcribe.ts';
import {
  abandonTranscription,
  followTranscription,
  runTranscription,
  TRANSCRIBE_QUEUE,
  transcribeOnArrival,
  type TranscriptionParts,
} from '#clinical/transcription/transcriptions.ts';
import { readTranscript } from '#clinical/transcription/transcripts.ts';
import { NO_WORDS } from '#clinical/vocabulary/tenant-words.ts';
import { localSpeech } from '#boundary/policy/decide.samples.ts';
import { newId } from '#kernel/ids.ts';
import { openLocalBlobs } from '#platform/blobs/local-blobs.ts';
import { startJobs, type Jobs } from '#platform/jobs/jobs.ts';
import { buildHouse, type TestHouse } from '../house.ts';
import { DATA, hasSpeechData, MODELS } from '../server.ts';

const OUTLET = JSON.stringify(new URL('../../src/clinical/transcription/engines/outlet.ts', import.meta.url).href);
const CANARY = '0.8675309123';
const VOICES = `
import { runChild } from ${OUTLET};
await runChild(async (frames, outlet) => {
  let bytes = 0;
  for await (const { type, body } of frames) {
    if (type === 1) { outlet.send({ type: 'ready', engine: 'voices' }); continue; }
    if (type === 3) {
      const turn = (start, end, speaker) => ({ start, end, speaker, print: [${CANARY}] });
      outlet.send({ type: 'turns', last: true, print: [${CANARY}], turns: [turn(0, 3, 1), turn(3, 99, 0)] });
      return;
    }
    outlet.send({ type: 'progress', bytes: (bytes += body.length), seconds: 0 });
  }
});
`;

const SERVICE = 'local-speech';
const clinician = newId();
const ref = { type: 'person', id: clinician } as const;

let house: TestHouse;
let jobs: Jobs;
let pool: EnginePool;
let parts: TranscriptionParts;
let directory = '';

describe.skipIf(!hasSpeechData)('a recording of several people on one channel', () => {
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cordon-voices-'));
    const script = join(directory, 'voices.mjs');
    await writeFile(script, VOICES);
    house = await buildHouse();
    const chosen = await chooseNeuralEngine([MODELS], null);
    if (chosen === null) throw new Error('no model');
    const base = { numThreads: 1, provider: 'cpu', debug: 0 } as const;
    const voices = {
      segmentation: { pyannote: { model: '/nowhere' }, ...base },
      embedding: { model: '/nowhere', ...base },
      clustering: { numClusters: -1, threshold: 0.5 },
      minDurationOn: 0.3,
      minDurationOff: 0.5,
    };
    pool = createPool(
      { ...chosen.config, companions: { voices, punctuation: null } },
      { size: 1, sandbox: probeSandbox(), limits: DEFAULT_LIMITS, work: 'live', scripts: { voices: script } },
    );
    jobs = await startJobs({
      target: house.database.target,
      installationSecret: house.database.installationSecret,
      queues: [{ name: TRANSCRIBE_QUEUE, retries: 2, retryDelaySeconds: 1, expireSeconds: 600, concurrency: 1 }],
      soleWorker: true,
      onEvent: () => undefined,
    });
    const blobs = await openLocalBlobs({ directory: join(house.directory, 'blobs'), sweep: true });
    const companions = { speakers: ['segmentation', 'embedding'], punctuation: null };
    parts = {
      ...house,
      blobs,
      jobs,
      wordsOf: () => Promise.resolve(NO_WORDS),
      inspect: { arriving: () => null, stored: () => Promise.reject(new Error('only WAV here')) },
      remote: nothingElsewhere(),
      recognise: async (job) => {
        const { transcript } = await transcribe(pool, chosen.model, { ...job, finished: job.heard, companions });
        return { transcript, accuracy: chosen.accuracy, modelDigest: chosen.digest, speakerDigests: ['ab'.repeat(32)] };
      },
    };
    await jobs.work(
      TRANSCRIBE_QUEUE,
      (job) => runTranscription(parts, job),
      (job) => abandonTranscription(parts, job),
    );
    const { version: _, ...service } = localSpeech({ id: SERVICE });
    await house.registry.ensurePolicy(house.tenant, { type: 'system', id: house.tenant });
    await house.registry.ensureInProcess(house.tenant, { type: 'system', id: house.tenant }, service);
  });
  afterAll(async () => {
    await jobs.stop();
    await pool.stop();
    await house.close();
    await rm(directory, { recursive: true });
  });

  it('has its speakers in the kept transcript, and no voice print anywhere', { timeout: 120_000 }, async () => {
    const purpose = 'ambient-documentation';
    const { id: encounter } = await createEncounter(parts, house.tenant, ref, {
      id: newId(),
      purpose,
      demo: false,
      clinician,
      identity: { patient: 'pt-0001', reference: null, startedAt: null, endedAt: null },
    });
    const said = { manner: 'verbal', by: 'Pat Doe', textVersion: null, obtainedAt: null, jurisdiction: null } as const;
    await recordConsent(parts, house.tenant, ref, encounter, said);
    const scope = { capabilities: null, purposes: null, services: null, lowestDataClass: 'phi' } as const;
    const wish = { service: null, purpose, scope, onBehalfOf: null, residency: null, tags: [], request: null };
    const audio = createReadStream(join(DATA, 'audio/leopard-test.wav'));
    const recording = await receiveRecording(
      parts,
      house.tenant,
      ref,
      { encounter, contentType: 'audio/wav', audio },
      transcribeOnArrival(parts, house.tenant, { encounter, wish, actor: ref }),
    );
    const [job] = await house.database.admin<{ id: string }>(
      'SELECT id FROM cordon.transcription WHERE recording = $1',
      [recording.id],
    );
    let transcript = '';
    const signal = AbortSignal.timeout(100_000);
    for await (const row of followTranscription(parts, house.tenant, job?.id ?? '', signal))
      transcript = row.transcript ?? '';
    const kept = (await readTranscript(parts, house.tenant, transcript, 1)).content.reveal();
    expect(kept.transcript.diarization).toEqual({ state: 'done', models: ['segmentation', 'embedding'] });
    expect(toDiarizedJson(kept.transcript).segments.map(({ speaker }) => speaker)).toEqual(['A', 'B']);
    expect(kept.transcript.words.every((word) => word.speaker === (word.start + word.end < 6 ? 'A' : 'B'))).toBe(true);
    expect(JSON.stringify(kept)).not.toContain(CANARY);
    for (const text of await everything()) expect(text).not.toContain(CANARY);
  });

  /** All rows of all tables as text. The sealed transcript is opened above. */
  async function everything(): Promise<readonly string[]> {
    const tables = await house.database.admin<{ name: string }>(
      `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    const texts: string[] = [];
    for (const { name } of tables)
      texts.push(JSON.stringify(await house.database.admin(`SELECT t::text AS row FROM ${name} t`)));
    expect(texts.join('').length).toBeGreaterThan(1_000);
    return texts;
  }
});
