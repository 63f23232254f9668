// Recordings: let in by the consent gate, sealed as they arrive, acknowledged when durable (spec clinical §1, I4, I9).
// Plaintext audio is never in a file: one chunk is in memory, what goes to the blob store is ciphertext.
import { ProblemError } from '@cordon/contract';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import { recorded, type RecordEntry } from '#custody/ledger/recorded.ts';
import type { Binding, Sealer, SealingStream } from '#custody/keys/sealer.ts';
import { passGate } from '#clinical/encounters/consents.ts';
import type { ClinicalParts } from '#clinical/encounters/encounters.ts';
import { newId, type TenantId } from '#kernel/ids.ts';
import type { BlobStore } from '#platform/blobs/blobs.ts';
import type { Transaction } from '#platform/store/store.ts';
import {
  deleteReceiving,
  deleteStale,
  insertReceiving,
  markStored,
  recordingById,
  recordingsOf,
  type AudioFacts,
  type RecordingRow,
} from './recordings.queries.ts';
import { ArrivingSound, type Inspect } from './arriving.ts';

export interface AudioParts extends ClinicalParts {
  readonly blobs: BlobStore;
  readonly inspect: Inspect;
}

export interface Recording {
  readonly id: string;
  readonly encounter: string;
  readonly state: 'stored' | 'quarantined';
  readonly contentType: string;
  readonly bytes: number;
  readonly durationMs: number;
  readonly sampleRate: number;
  readonly channels: number;
  readonly createdAt: Date;
}

export interface Upload {
  /** By default a new one. One given twice replaces what an attempt that broke off left. */
  readonly id?: string;
  readonly encounter: string;
  readonly contentType: string;
  readonly audio: AsyncIterable<Uint8Array>;
  /** Awaited when all bytes are there and before anything is durable: the rest of a form, say. What it throws refuses the upload. */
  readonly complete?: () => Promise<unknown>;
}

/**
 * Receives one recording. `alongside` runs in the transaction that makes it durable (a transcription job, say).
 * Errors: `not_found`, `consent_missing`, `consent_withdrawn`, `audio_unreadable`, `audio_unusable`, `decoder_missing`,
 * `storage_full`, and whatever the stream throws; on any of them nothing is kept.
 */
export async function receiveRecording(
  parts: AudioParts,
  tenant: TenantId,
  actor: ActorRef,
  upload: Upload,
  alongside: (tx: Transaction, record: RecordEntry, recording: string) => Promise<void>,
): Promise<Recording> {
  const id = upload.id ?? newId();
  if (upload.id !== undefined) await discard(parts, tenant, id);
  const sealer = await parts.keys.forTenant(tenant);
  const sealing = sealer.sealStream(recordingBinding(tenant, id), 'audio');
  const begun = parts.clock.now();
  await admit(parts, tenant, actor, sealer, upload, { id, begun, sealing });
  try {
    const name = blobName(tenant, id);
    const stored = (): AsyncIterable<Uint8Array> =>
      sealer.openStream(recordingBinding(tenant, id), sealing.wrap, parts.blobs.read(name));
    const sound = new ArrivingSound(parts.inspect, stored);
    const facts = await storeAudio(parts.blobs, name, sealing, upload.audio, sound);
    await upload.complete?.();
    await recorded(parts, tenant, async (tx, record) => {
      const consent = await passGate(parts, { tx, record, sealer, tenant, actor }, upload.encounter);
      if (!(await markStored(tx, id, begun, facts))) throw new ProblemError('consent_withdrawn');
      await record(received(actor, upload.encounter, id, consent, facts));
      await alongside(tx, record, id);
    });
  } catch (error) {
    await discard(parts, tenant, id);
    throw error;
  }
  return readRecording(parts, tenant, id);
}

/** Errors: `not_found`. A recording that is still arriving is not there yet. */
export async function readRecording(parts: AudioParts, tenant: TenantId, id: string): Promise<Recording> {
  return toRecording(await findStored(parts, tenant, id));
}

/** What was recorded under a consent that was withdrawn since is not used further. Errors: `consent_withdrawn`. */
export async function mustNotBeWithdrawn(tx: Transaction, recording: string): Promise<void> {
  const row = await recordingById(tx, recording);
  if (row?.state === 'quarantined') throw new ProblemError('consent_withdrawn');
}

export async function listRecordings(
  parts: AudioParts,
  tenant: TenantId,
  encounter: string,
  before: { readonly at: Date; readonly id: string } | null,
  limit: number,
): Promise<readonly Recording[]> {
  const rows = await parts.store.asTenant(tenant, (tx) => recordingsOf(tx, encounter, before, limit));
  return rows.map(toRecording);
}

/** The audio as it was sent, decrypted chunk by chunk. Errors: `not_found`, `consent_withdrawn` when quarantined, `content_destroyed`. */
export async function openAudio(
  parts: AudioParts,
  tenant: TenantId,
  id: string,
): Promise<{ readonly recording: Recording; readonly audio: AsyncIterable<Uint8Array> }> {
  const row = await findStored(parts, tenant, id);
  if (row.state === 'quarantined') throw new ProblemError('consent_withdrawn');
  const sealer = await parts.keys.forTenant(tenant);
  const wrap = { erasureKey: row.erasure_key, wrapped: row.wrap };
  const sealed = parts.blobs.read(blobName(tenant, id));
  return { recording: toRecording(row), audio: sealer.openStream(recordingBinding(tenant, id), wrap, sealed) };
}

async function admit(
  parts: AudioParts,
  tenant: TenantId,
  actor: ActorRef,
  sealer: Sealer,
  upload: Upload,
  { id, begun, sealing }: { readonly id: string; readonly begun: Date; readonly sealing: SealingStream },
): Promise<void> {
  await recorded(parts, tenant, async (tx, record) => {
    const consent = await passGate(parts, { tx, record, sealer, tenant, actor }, upload.encounter);
    const { encounter, contentType } = upload;
    await insertReceiving(tx, {
      id,
      encounter,
      contentType,
      consent,
      createdAt: begun,
      wrap: sealing.wrap,
    });
  });
}

async function storeAudio(
  blobs: BlobStore,
  name: string,
  sealing: SealingStream,
  audio: AsyncIterable<Uint8Array>,
  sound: ArrivingSound,
): Promise<AudioFacts> {
  const blob = await blobs.create(name);
  let stored = false;
  let bytes = 0;
  try {
    for await (const chunk of audio) {
      bytes += chunk.length;
      await sound.push(chunk);
      await blob.write(sealing.push(chunk));
    }
    await sound.end();
    await blob.write(sealing.end());
    await blob.commit();
    stored = true;
    const { duration, sampleRate, channels, encoding } = await sound.measured();
    return { bytes, durationMs: Math.round(duration * 1000), sampleRate, channels, codec: encoding };
  } catch (error) {
    sound.abort(error);
    // What is stored already goes with its row.
    if (!stored) await blob.abort();
    throw error;
  }
}

function received(actor: ActorRef, encounter: string, id: string, consent: string, facts: AudioFacts) {
  const { durationMs, sampleRate, channels, codec } = facts;
  return {
    kind: 'recording.received',
    actor,
    objects: [
      { type: 'encounter', id: encounter },
      { type: 'recording', id },
    ],
    detail: { recording: id, encounter, consent, audio: { durationMs, sampleRate, channels, codec } },
  };
}

/** Uploads that broke off with their process leave a row and perhaps a blob: both go. Returns how many. */
export async function sweepBrokenUploads(parts: AudioParts, tenant: TenantId, olderThan: Date): Promise<number> {
  const ids = await parts.store.asTenant(tenant, (tx) => deleteStale(tx, olderThan));
  for (const id of ids) await parts.blobs.remove(blobName(tenant, id));
  return ids.length;
}

/** Leaves neither row nor blob. If this fails too, the sweep at start does it. */
async function discard(parts: AudioParts, tenant: TenantId, id: string): Promise<void> {
  try {
    // A stored recording keeps its blob: what failed was the answer, after the commit.
    if (await parts.store.asTenant(tenant, (tx) => deleteReceiving(tx, id)))
      await parts.blobs.remove(blobName(tenant, id));
  } catch {
    // The caller gets the error that led here; the row says `receiving`, so nothing is ever read from it.
  }
}

async function findStored(parts: AudioParts, tenant: TenantId, id: string): Promise<RecordingRow> {
  const row = await parts.store.asTenant(tenant, (tx) => recordingById(tx, id));
  if (row === null || row.state === 'receiving') throw new ProblemError('not_found');
  return row;
}

function toRecording(row: RecordingRow): Recording {
  if (row.state === 'receiving' || row.duration_ms === null || row.sample_rate === null || row.channels === null)
    throw new ProblemError('not_found');
  return {
    id: row.id,
    encounter: row.encounter,
    state: row.state,
    contentType: row.content_type,
    bytes: row.bytes,
    durationMs: row.duration_ms,
    sampleRate: row.sample_rate,
    channels: row.channels,
    createdAt: row.created_at,
  };
}

function recordingBinding(tenant: TenantId, id: string): Binding {
  return { tenant, kind: 'recording', id, version: 1 };
}

function blobName(tenant: TenantId, id: string): string {
  return `${tenant}/${id}`;
}
