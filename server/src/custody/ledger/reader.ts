// Reading the ledger: entries, proofs, tiles, checkpoints. Reading is itself recorded; that is the caller's to do, who knows
// who reads and why (`access.read`).
import { ProblemError } from '@cordon/contract';
import { encodeProof, parseEntry, tilesOf } from '@cordon/proofs';
import { interruptedIdOf, outcomeIdOf } from './outcome-ids.ts';
import type { EntryHeader, Tile } from '@cordon/proofs';
import type { Keys, Sealed } from '#custody/keys/sealer.ts';
import type { TenantId } from '#kernel/ids.ts';
import { Phi } from '#kernel/phi.ts';
import type { Store } from '#platform/store/store.ts';
import type { LedgerState } from './batch.queries.ts';
import { readHead } from './checkpoint.queries.ts';
import { bodyBinding } from './draft.ts';
import { publishCheckpoint } from './publish.ts';
import type { PublishedCheckpoint, PublishParts } from './publish.ts';
import { selectBody, selectEntries, selectEntry, selectStream } from './read.queries.ts';
import type { EntryFilter, SealedRow, StoredEntry } from './read.queries.ts';
import { loadTile, proveConsistency, proveInclusion } from './tree.ts';

export interface LedgerEntry {
  readonly header: EntryHeader;
  /** The bytes that the tree holds. */
  readonly headerBytes: Uint8Array;
  readonly facts: { readonly [name: string]: unknown } | null;
  readonly hasBody: boolean;
}

export interface LedgerStatus {
  readonly state: LedgerState;
  readonly epoch: number;
  readonly size: number;
  /** RFC 3339 of the newest entry; null in an empty ledger. */
  readonly newest: string | null;
}

/** Everything walls itself to the tenant in the database. Errors: `not_found`, those of the store. */
export interface LedgerReader {
  status(tenant: TenantId): Promise<LedgerStatus>;
  /** A page by index. For the next one set `from` (or `to`, newest first) behind the last entry. */
  entries(tenant: TenantId, filter: EntryFilter): Promise<readonly LedgerEntry[]>;
  /** By index or id. */
  entry(tenant: TenantId, at: number | string): Promise<LedgerEntry>;
  /** What became of a call; null while it is under way. */
  outcomeOf(tenant: TenantId, intent: LedgerEntry): Promise<LedgerEntry | null>;
  /** The body of an entry, or what its stream delivered; null when it has neither. Errors: `content_destroyed`. */
  content(tenant: TenantId, entryId: string): Promise<Phi<Uint8Array> | null>;
  /** Signed now if the tree has grown; null in an empty ledger. Errors: `ledger_diverged`, `ledger_read_only`. */
  checkpoint(tenant: TenantId): Promise<PublishedCheckpoint | null>;
  /** A `.tlog-proof` file of one entry under the newest checkpoint (docs/formats/bundle.md §4). */
  proof(tenant: TenantId, at: number | string): Promise<Uint8Array>;
  /** RFC 6962 §2.1.2, 0 < older ≤ newer ≤ size of the newest checkpoint. Errors: `invalid_request`. */
  consistency(tenant: TenantId, older: number, newer: number): Promise<readonly Uint8Array[]>;
  /** Hashes of a tile that the newest checkpoint covers. */
  tile(tenant: TenantId, tile: Tile): Promise<Uint8Array>;
}

export interface ReaderParts extends PublishParts {
  readonly keys: Keys;
}

export function createReader(parts: ReaderParts): LedgerReader {
  const { store } = parts;
  return {
    status: (tenant) => readStatus(store, tenant),
    entries: async (tenant, filter) => {
      const rows = await store.asTenant(tenant, (tx) => selectEntries(tx, tenant, filter));
      return rows.map(entryOf);
    },
    entry: async (tenant, at) => entryOf(await findEntry(store, tenant, at)),
    outcomeOf: (tenant, intent) => findOutcome(store, tenant, intent),
    content: (tenant, entryId) => openContent(parts, tenant, entryId),
    checkpoint: (tenant) => publishCheckpoint(parts, tenant),
    proof: (tenant, at) => proveEntry(parts, tenant, at),
    consistency: (tenant, older, newer) => consistency(parts, tenant, older, newer),
    tile: (tenant, tile) => readTileOf(parts, tenant, tile),
  };
}

/** Entries of earlier versions have ids that say nothing of their intent: they are looked for behind it. */
const OUTCOMES_LOOKED_AT = 1_000;

async function findOutcome(store: Store, tenant: TenantId, { header }: LedgerEntry): Promise<LedgerEntry | null> {
  return store.asTenant(tenant, async (tx) => {
    for (const id of [outcomeIdOf(header.id), interruptedIdOf(header.id)]) {
      const row = await selectEntry(tx, tenant, id);
      if (row !== null) return entryOf(row);
    }
    const filter = {
      from: header.index + 1,
      kinds: ['call.outcome'],
      order: 'oldest',
      limit: OUTCOMES_LOOKED_AT,
    } as const;
    const later = (await selectEntries(tx, tenant, filter)).map(entryOf);
    return later.find((entry) => entry.header.detail['intent'] === header.id) ?? null;
  });
}

async function readStatus(store: Store, tenant: TenantId): Promise<LedgerStatus> {
  const head = await store.asTenant(tenant, (tx) => readHead(tx, tenant));
  if (head === null) return { state: 'open', epoch: 0, size: 0, newest: null };
  const newest = head.lastTime === null ? null : new Date(head.lastTime).toISOString();
  return { state: head.state, epoch: head.epoch, size: head.size, newest };
}

async function findEntry(store: Store, tenant: TenantId, at: number | string): Promise<StoredEntry> {
  const row = await store.asTenant(tenant, (tx) => selectEntry(tx, tenant, at));
  if (row === null) throw new ProblemError('not_found');
  return row;
}

function entryOf(row: StoredEntry): LedgerEntry {
  return { header: parseEntry(row.header), headerBytes: row.header, facts: row.facts, hasBody: row.hasBody };
}

async function openContent(parts: ReaderParts, tenant: TenantId, entryId: string): Promise<Phi<Uint8Array> | null> {
  const { header } = entryOf(await findEntry(parts.store, tenant, entryId));
  const sealer = await parts.keys.forTenant(tenant);
  if (header.stream !== undefined) {
    const { id } = header.stream;
    const row = await parts.store.asTenant(tenant, (tx) => selectStream(tx, tenant, id));
    if (row === null) throw new ProblemError('content_destroyed');
    return Phi.of(await sealer.openFrames({ tenant, kind: 'stream', id, version: 1 }, sealedOf(row)));
  }
  if (header.body === undefined) return null;
  const row = await parts.store.asTenant(tenant, (tx) => selectBody(tx, tenant, entryId));
  if (row === null) throw new ProblemError('content_destroyed');
  return Phi.of(await sealer.open(bodyBinding(tenant, entryId), sealedOf(row)));
}

export function sealedOf(row: SealedRow): Sealed {
  return { ciphertext: row.ciphertext, wrap: { erasureKey: row.erasureKey, wrapped: row.wrapped } };
}

async function proveEntry(parts: ReaderParts, tenant: TenantId, at: number | string): Promise<Uint8Array> {
  const row = await findEntry(parts.store, tenant, at);
  const checkpoint = await newestCheckpoint(parts, tenant);
  const path = await parts.store.asTenant(tenant, (tx) => proveInclusion(tx, tenant, row.index, checkpoint.size));
  return encodeProof({ header: row.header, index: row.index, path, checkpoint: Buffer.from(checkpoint.note) });
}

async function consistency(
  parts: ReaderParts,
  tenant: TenantId,
  older: number,
  newer: number,
): Promise<readonly Uint8Array[]> {
  const { size } = await newestCheckpoint(parts, tenant);
  if (!(older > 0 && older <= newer && newer <= size)) throw new ProblemError('invalid_request', { field: 'size' });
  return parts.store.asTenant(tenant, (tx) => proveConsistency(tx, tenant, older, newer));
}

async function readTileOf(parts: ReaderParts, tenant: TenantId, tile: Tile): Promise<Uint8Array> {
  const { size } = await newestCheckpoint(parts, tenant);
  const there = tilesOf(size).some(
    ({ level, index, width }) => level === tile.level && index === tile.index && width >= tile.width,
  );
  if (!there) throw new ProblemError('not_found');
  return parts.store.asTenant(tenant, (tx) => loadTile(tx, tenant, tile));
}

async function newestCheckpoint(parts: ReaderParts, tenant: TenantId): Promise<PublishedCheckpoint> {
  const checkpoint = await publishCheckpoint(parts, tenant);
  if (checkpoint === null) throw new ProblemError('not_found');
  return checkpoint;
}
