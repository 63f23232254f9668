// A visit from sound to signed record, on real parts: store, keys, ledger, jobs, recogniser, drafter, review.
import { nothingElsewhere } from '../remote.ts';
import { NO_WORDS } from '#clinical/vocabulary/tenant-words.ts';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { receiveRecording } from '#clinical/audio/recordings.ts';
import { listConsents, recordConsent, withdrawConsent } from '#clinical/encounters/consents.ts';
import { createEncounter } from '#clinical/encounters/encounters.ts';
import { draftNote } from '#clinical/notes/drafting.ts';
import { templateById } from '#clinical/notes/templates.ts';
import { STARTING_ATTESTATION, STARTING_RULES } from '#clinical/review/attestation.ts';
import { createDraft } from '#clinical/review/drafts.ts';
import { actOnNote, amendNote, openNote, readNote, signNote } from '#clinical/review/notes.ts';
import { currentVersion, openSentences, type Actor } from '#clinical/review/review.ts';
import { chooseNeuralEngine } from '#clinical/transcription/choose-engine.ts';
import { createPool, type EnginePool } from '#clinical/transcription/engines/pool.ts';
import { DEFAULT_LIMITS } from '#clinical/transcription/engines/engine-child.ts';
import { probeSandbox } from '#clinical/transcription/engines/sandbox.ts';
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
import { newId } from '#kernel/ids.ts';
import { openLocalBlobs } from '#platform/blobs/local-blobs.ts';
import { startJobs, type Jobs } from '#platform/jobs/jobs.ts';
import { localSpeech } from '#boundary/policy/decide.samples.ts';
import { buildHouse, type TestHouse } from '../house.ts';
import { DATA, hasSpeechData, MODELS } from '../server.ts';

const SERVICE = 'local-speech';
const clinician = newId();
const ref = { type: 'person', id: clinician } as const;

let house: TestHouse;
let jobs: Jobs;
let pool: EnginePool;
let parts: TranscriptionParts;

describe.skipIf(!hasSpeechData)('a visit', () => {
  beforeAll(async () => {
    house = await buildHouse();
    const chosen = await chooseNeuralEngine([MODELS], null);
    if (chosen === null) throw new Error('no model');
    pool = createPool(chosen.config, { size: 1, sandbox: probeSandbox(), limits: DEFAULT_LIMITS });
    jobs = await startJobs({
      target: house.database.target,
      installationSecret: house.database.installationSecret,
      queues: [{ name: TRANSCRIBE_QUEUE, retries: 2, retryDelaySeconds: 1, expireSeconds: 600, concurrency: 1 }],
      soleWorker: true,
      onEvent: () => undefined,
    });
    const blobs = await openLocalBlobs({ directory: join(house.directory, 'blobs'), sweep: true });
    parts = {
      ...house,
      blobs,
      jobs,
      wordsOf: () => Promise.resolve(NO_WORDS),
      inspect: { arriving: () => null, stored: () => Promise.reject(new Error('only WAV here')) },
      remote: nothingElsewhere(),
      recognise: async (job) => {
        const { transcript } = await transcribe(pool, chosen.model, { ...job, finished: job.heard });
        return { transcript, accuracy: chosen.accuracy, modelDigest: chosen.digest ?? '' };
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
  });

  const visit = (purpose: string) =>
    createEncounter(parts, house.tenant, ref, {
      id: newId(),
      purpose,
      demo: false,
      clinician,
      identity: { patient: 'pt-0001', reference: null, startedAt: null, endedAt: null },
    });
  const upload = (encounter: string, file = 'aws-mta-2.wav') => ({
    encounter,
    contentType: 'audio/wav',
    audio: createReadStream(join(DATA, 'audio', file)),
  });
  const scope = { capabilities: null, purposes: null, services: null, lowestDataClass: 'phi' } as const;
  const wish = (purpose: string) => ({
    service: null,
    purpose,
    scope,
    onBehalfOf: null,
    residency: null,
    tags: [],
    request: null,
  });

  it('refuses audio of a visit without consent and keeps nothing', async () => {
    const { id } = await visit('ambient-documentation');
    const nothing = () => Promise.resolve();
    await expect(receiveRecording(parts, house.tenant, ref, upload(id), nothing)).rejects.toMatchObject({
      code: 'consent_missing',
    });
    await recordConsent(parts, house.tenant, ref, id, {
      manner: 'verbal',
      by: 'Pat Doe',
      textVersion: null,
      obtainedAt: null,
      jurisdiction: null,
    });
    await withdrawConsent(parts, house.tenant, ref, id, null);
    await expect(receiveRecording(parts, house.tenant, ref, upload(id), nothing)).rejects.toMatchObject({
      code: 'consent_withdrawn',
    });
    const rows = await house.database.admin('SELECT 1 FROM cordon.recording WHERE encounter = $1', [id]);
    expect(rows).toEqual([]);
  });

  it('goes from a dictation to a signed, amended note; every step in the ledger', { timeout: 90_000 }, async () => {
    const encounter = await visit('dictation');
    const start = (await house.kinds()).length;
    const recording = await receiveRecording(
      parts,
      house.tenant,
      ref,
      upload(encounter.id),
      transcribeOnArrival(parts, house.tenant, { encounter: encounter.id, wish: wish('dictation'), actor: ref }),
    );
    expect(recording).toMatchObject({ channels: 1, sampleRate: 16000, state: 'stored' });
    expect((await listConsents(parts, house.tenant, encounter.id))[0]?.manner).toBe('dictation');

    const [row] = await house.database.admin<{ id: string }>(
      'SELECT id FROM cordon.transcription WHERE recording = $1',
      [recording.id],
    );
    let transcriptId = '';
    for await (const state of followTranscription(parts, house.tenant, row?.id ?? '', AbortSignal.timeout(60_000))) {
      expect(state.state, String(state.problem)).not.toBe('failed');
      transcriptId = state.transcript ?? '';
    }
    const { content } = await readTranscript(parts, house.tenant, transcriptId, null);
    const { transcript } = content.reveal();
    expect(transcript.spokenText).toMatch(/diabetes.*blood transfusion/);
    expect(transcript.words.length).toBeGreaterThan(80);

    const template = templateById('soap');
    if (template === null) throw new Error('no template');
    const made = await createDraft({ ...parts, drafter: draftNote }, house.tenant, ref, transcriptId, template);
    const sentences = made.draft.reveal().sections.flatMap((section) => section.sentences);
    expect(sentences.length).toBeGreaterThan(4);
    for (const sentence of sentences) {
      expect(sentence.citations.length).toBeGreaterThan(0);
      for (const { end } of sentence.citations) expect(end).toBeLessThanOrEqual(recording.durationMs / 1000 + 0.1);
    }

    const noteParts = { ...parts, rules: () => STARTING_RULES };
    const actor: Actor = {
      kind: 'person',
      id: clinician,
      clinician: true,
      mayReview: true,
      reauthenticatedAt: new Date(),
    };
    const reviewer = { actor, ref };
    const opened = await openNote(noteParts, house.tenant, reviewer, made.meta.id);
    expect((await openNote(noteParts, house.tenant, reviewer, made.meta.id)).meta.id).toBe(opened.meta.id);
    const open = openSentences(opened.review.reveal());
    const first = currentVersion(opened.review.reveal()).sections[0]?.sentences[0]?.id ?? '';
    const actions = [...new Set([...open, first])].map((sentence) => ({ kind: 'accept' as const, sentence }));
    const reviewed = await actOnNote(noteParts, house.tenant, reviewer, opened.meta.id, { seen: 1, actions });
    const seen = currentVersion(reviewed.review.reveal()).digest;
    const attestation = STARTING_ATTESTATION;
    await expect(
      signNote(noteParts, house.tenant, reviewer, opened.meta.id, {
        versionSeen: currentVersion(opened.review.reveal()).digest,
        attestation,
      }),
    ).rejects.toMatchObject({ code: 'version_not_seen' });
    const signed = await signNote(noteParts, house.tenant, reviewer, opened.meta.id, {
      versionSeen: seen,
      attestation,
    });
    expect(signed.meta.state).toBe('signed');
    expect(signed.signature?.signer).toBe(clinician);
    await expect(
      actOnNote(noteParts, house.tenant, reviewer, opened.meta.id, { seen: 2, actions }),
    ).rejects.toMatchObject({ code: 'already_signed' });

    const amendment = await amendNote(noteParts, house.tenant, reviewer, signed.meta.id, 'a detail was left out');
    await signNote(noteParts, house.tenant, reviewer, amendment.meta.id, {
      versionSeen: currentVersion(amendment.review.reveal()).digest,
      attestation,
    });
    expect((await readNote(noteParts, house.tenant, signed.meta.id)).meta.state).toBe('amended');

    expect((await house.kinds()).slice(start)).toEqual([
      'consent.recorded',
      'recording.received',
      'call.intent',
      'call.outcome',
      'transcript.created',
      'draft.created',
      'review.opened',
      'review.action',
      'note.signed',
      'review.opened',
      'note.amended',
    ]);
  });

  it('I4 nothing that was said or named stands in clear in the database', async () => {
    const tables = await house.database.admin<{ name: string }>(
      "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('cordon', 'pgboss')",
    );
    for (const { name } of tables) {
      const rows = await house.database.admin<{ text: string }>(`SELECT row_to_json(t)::text AS text FROM ${name} t`);
      const all = rows
        .map((row) => row.text)
        .join('\n')
        .toLowerCase();
      for (const secret of [
        'diabetes',
        'hemoglobin',
        'pat doe',
        'pt-0001',
        'left out',
        Buffer.from('diabetes').toString('hex'),
      ])
        expect(all.includes(secret), `${secret} in ${name}`).toBe(false);
    }
  });
});
