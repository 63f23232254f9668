// Notes between memory and rows: a Review is one sealed row beside one sealed row per version. Versions are written once;
// what stands beside them (signatures, rejection, amendment) is sealed anew, and only on the count it was read at (I9).
import { createHmac, randomBytes } from 'node:crypto';
import { ProblemError } from '@cordon/contract';
import { openJson, sealJson } from '#custody/keys/sealed-json.ts';
import type { Binding, Sealer } from '#custody/keys/sealer.ts';
import type { Draft } from '#clinical/notes/draft.ts';
import type { TenantId } from '#kernel/ids.ts';
import { isUniqueViolation } from '#platform/store/failures.ts';
import type { Transaction } from '#platform/store/store.ts';
import { readDraftIn } from './drafts.ts';
import {
  insertNote,
  insertVersion,
  noteById,
  updateNote,
  versionsOf,
  type NoteMeta,
  type VersionRow,
} from './notes.queries.ts';
import { currentVersion, openSentences, type Review, type ReviewVersion } from './review.ts';
import type { KeyedDigest } from './version.ts';

/** The sealed row beside the versions. `digestKey`: hex, one per note, so that a version's digest dies with the note's own key. */
interface Beside {
  readonly digestKey: string;
  readonly amends: Review['amends'];
  readonly amendedBy: string | null;
  readonly rejection: Review['rejection'];
  readonly signatures: Review['signatures'];
}

export interface LoadedNote {
  readonly meta: NoteMeta;
  readonly review: Review;
  readonly digestKey: string;
}

/** Where a unit of work on notes stands. */
export interface NoteDesk {
  readonly tx: Transaction;
  readonly sealer: Sealer;
  readonly tenant: TenantId;
}

export function newDigestKey(): string {
  return randomBytes(32).toString('hex');
}

/** HMAC-SHA-256 under the note's digest key (spec custody §3: no plain digest of plaintext). */
export function digestWith(digestKey: string): KeyedDigest {
  const key = Buffer.from(digestKey, 'hex');
  return (bytes) => createHmac('sha256', key).update(bytes).digest('hex');
}

/** Errors: `not_found`, `content_destroyed`. */
export async function loadNote(desk: NoteDesk, id: string): Promise<LoadedNote> {
  const { tx, sealer, tenant } = desk;
  const row = await noteById(tx, id);
  if (row === null) throw new ProblemError('not_found');
  const { ciphertext, erasure_key, wrap, ...meta } = row;
  const beside = await openJson<Beside>(sealer, besideBinding(tenant, id, meta.seal_version), {
    ciphertext,
    erasure_key,
    wrap,
  });
  const draft: Draft = await readDraftIn(desk, meta.draft);
  const versions = await loadVersions(desk, id, await versionsOf(tx, id));
  const { digestKey, ...rest } = beside;
  const { encounter, template, demo, state } = meta;
  return {
    meta,
    digestKey,
    review: { id, encounter, template, demo, state, draft, omissions: draft.omissions, versions, ...rest },
  };
}

/** Errors: `conflict` when somebody else opened the same review, or an amendment of the same note, at this moment or before. */
export async function storeNewNote(
  desk: NoteDesk,
  review: Review,
  draft: string,
  digestKey: string,
  now: Date,
): Promise<NoteMeta> {
  const { id, encounter, template, demo, amends } = review;
  const first = { id, encounter, draft, template, demo, amends: amends?.note ?? null, created_at: now };
  const meta: NoteMeta = { ...first, ...movingParts(review), updated_at: now, seal_version: 1 };
  try {
    await insertNote(desk.tx, meta, sealBeside(desk, review, digestKey, 1));
  } catch (error) {
    if (isUniqueViolation(error)) throw new ProblemError('conflict');
    throw error;
  }
  for (const version of review.versions) await storeVersion(desk, id, version);
  return meta;
}

/** Stores a changed review and the versions it gained. Errors: `conflict` when somebody else changed it meanwhile. */
export async function storeChange(desk: NoteDesk, before: LoadedNote, review: Review, now: Date): Promise<NoteMeta> {
  const seal_version = before.meta.seal_version + 1;
  const meta: NoteMeta = { ...before.meta, ...movingParts(review), updated_at: now, seal_version };
  if (!(await updateNote(desk.tx, meta, sealBeside(desk, review, before.digestKey, seal_version))))
    throw new ProblemError('conflict');
  for (const version of review.versions.slice(before.review.versions.length))
    await storeVersion(desk, review.id, version);
  return meta;
}

function movingParts(review: Review): Pick<NoteMeta, 'state' | 'version' | 'open_sentences'> {
  return { state: review.state, version: currentVersion(review).number, open_sentences: openSentences(review).length };
}

function sealBeside({ sealer, tenant }: NoteDesk, review: Review, digestKey: string, sealVersion: number) {
  const { amends, amendedBy, rejection, signatures } = review;
  const beside: Beside = { digestKey, amends, amendedBy, rejection, signatures };
  return sealJson(sealer, besideBinding(tenant, review.id, sealVersion), 'clinical', beside);
}

async function storeVersion({ tx, sealer, tenant }: NoteDesk, note: string, version: ReviewVersion): Promise<void> {
  const meta = {
    version: version.number,
    author: version.by,
    changes: version.changes.length,
    created_at: new Date(version.at),
  };
  await insertVersion(
    tx,
    note,
    meta,
    sealJson(sealer, versionBinding(tenant, note, version.number), 'clinical', version),
  );
}

async function loadVersions(
  { sealer, tenant }: NoteDesk,
  note: string,
  rows: readonly VersionRow[],
): Promise<[ReviewVersion, ...ReviewVersion[]]> {
  const versions: ReviewVersion[] = [];
  for (const row of rows) versions.push(await openJson(sealer, versionBinding(tenant, note, row.version), row));
  const [first, ...rest] = versions;
  if (first === undefined) throw new ProblemError('not_found');
  return [first, ...rest];
}

function besideBinding(tenant: TenantId, id: string, version: number): Binding {
  return { tenant, kind: 'review', id, version };
}

function versionBinding(tenant: TenantId, id: string, version: number): Binding {
  return { tenant, kind: 'note', id, version };
}
