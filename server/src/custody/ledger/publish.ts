// Checkpoints: what was stored is read and hashed again before anything is signed, the root is stored before the signature,
// and one size has one root (docs/formats/checkpoint.md; one flipped bit between hashing and storing has ended a public log).
import { setTimeout as sleep } from 'node:timers/promises';
import { ProblemError } from '@cordon/contract';
import { Frontier, HASH_BYTES, logName, originOf, signCheckpoint, TILE_WIDTH } from '@cordon/proofs';
import type { NoteSigner } from '@cordon/proofs';
import type { TenantId } from '#kernel/ids.ts';
import type { Store, Transaction } from '#platform/store/store.ts';
import type { Anchors } from './anchors.ts';
import type { Head } from './batch.queries.ts';
import {
  noteAnchored,
  readCheckpoint,
  readDurableHead,
  readHead,
  readLevel,
  readNewestCheckpoint,
  rehash,
  setState,
  storeCheckpoint,
  storeNote,
  storeTiles,
} from './checkpoint.queries.ts';
import type { CheckpointRow } from './checkpoint.queries.ts';
import { hashesIn } from './plan.ts';
import type { Signing } from './signing.ts';
import type { OnFault } from './upkeep.ts';

export interface PublishParts {
  readonly store: Store;
  readonly installation: string;
  readonly signing: Signing;
  readonly anchors: Anchors;
  readonly onFault: OnFault;
}

export interface PublishedCheckpoint {
  readonly epoch: number;
  readonly size: number;
  readonly root: Uint8Array;
  /** The signed note. */
  readonly note: string;
}

// An anchor on a disk that hangs must not hold up those of other tenants.
const ANCHOR_DEADLINE_MS = 10_000;
// Entries hashed anew per statement: a few milliseconds of PostgreSQL, about 130 kB of answer.
const REHASH_ENTRIES = 4096;
const TILE_HEIGHT = Math.log2(TILE_WIDTH);
const TILE_BYTES = TILE_WIDTH * HASH_BYTES;

/**
 * The signed checkpoint of the tenant's committed tree, made now if there is none for its size; null in an empty ledger.
 * Errors: `ledger_diverged` (the tenant has stopped), `ledger_read_only`, those of the store, `key_unavailable`.
 */
export async function publishCheckpoint(parts: PublishParts, tenant: TenantId): Promise<PublishedCheckpoint | null> {
  const seen = await parts.store.asLedger((tx) => readHead(tx, tenant));
  if (seen === null || seen.size === 0) return null;
  if (seen.state === 'diverged') throw new ProblemError('ledger_diverged');
  const standing = await parts.store.asLedger((tx) => readCheckpoint(tx, tenant, seen.epoch, seen.size));
  if (standing?.note !== undefined && standing.note !== null) {
    return anchored(parts, tenant, { ...standing, note: standing.note }, standing.anchored);
  }
  // Nothing is hashed, stored or signed that a crash of PostgreSQL could still take away.
  const head = await parts.store.asLedger((tx) => readDurableHead(tx, tenant));
  if (head === null || head.size === 0) return null;
  // What lies behind an anchor must not be signed: under the old origin it would contradict it.
  if (head.state !== 'open') throw new ProblemError(head.state === 'diverged' ? 'ledger_diverged' : 'ledger_read_only');
  const signer = await parts.signing.signerAt(tenant, head.size);
  const row = await verifiedCheckpoint(parts, head);
  const agrees = await parts.store.asLedger((tx) => storeCheckpoint(tx, tenant, row));
  if (!agrees) await diverge(parts.store, tenant);
  return sign(parts, tenant, row, signer);
}

async function sign(
  parts: PublishParts,
  tenant: TenantId,
  row: CheckpointRow,
  signer: NoteSigner,
): Promise<PublishedCheckpoint> {
  const { epoch, size, root } = row;
  const origin = originOf(logName(parts.installation, tenant), epoch);
  const signed = Buffer.from(await signCheckpoint({ origin, size, root }, signer)).toString();
  const note = await parts.store.asLedger((tx) => storeNote(tx, tenant, epoch, size, signed));
  return anchored(parts, tenant, { epoch, size, root, note }, false);
}

/** An anchor that cannot be written stops nobody who wants a proof: it is tried again with the next sweep. */
async function anchored(
  parts: PublishParts,
  tenant: TenantId,
  checkpoint: PublishedCheckpoint,
  already: boolean,
): Promise<PublishedCheckpoint> {
  const { epoch, size, root, note } = checkpoint;
  if (already) return { epoch, size, root, note };
  const abandon = new AbortController();
  const late = sleep(ANCHOR_DEADLINE_MS, null, { signal: abandon.signal, ref: false }).then(() => {
    throw new Error('anchor_deadline');
  });
  late.catch(() => undefined);
  try {
    await Promise.race([parts.anchors.put(tenant, epoch, size, Buffer.from(note)), late]);
    await parts.store.asLedger((tx) => noteAnchored(tx, tenant, epoch, size));
  } catch (error) {
    parts.onFault('anchor', error);
  } finally {
    abandon.abort();
  }
  return { epoch, size, root, note };
}

/** Hashes what was added since the last checkpoint, from the stored bytes, and compares with the head. Full tiles are stored on the way. */
async function verifiedCheckpoint({ store }: PublishParts, head: Head): Promise<CheckpointRow> {
  const { tenant, epoch, size } = head;
  const last = await store.asLedger((tx) => readNewestCheckpoint(tx, tenant));
  const base = last === null || last.size > size ? null : last;
  const frontier = Frontier.of(base?.size ?? 0, base === null ? [] : hashesIn(base.frontier));
  while (frontier.size < size) {
    const [from, to] = [frontier.size, Math.min(size, frontier.size + REHASH_ENTRIES)];
    const hashes = await store.asLedger((tx) => rehash(tx, tenant, from, to));
    if (hashes === null) return diverge(store, tenant);
    const full = hashesIn(hashes).flatMap((hash) => fullTiles(frontier.append(hash)));
    if (full.length > 0) await store.asLedger((tx) => storeFullTiles(tx, tenant, { from, hashes }, full));
  }
  if (Buffer.compare(frontier.root(), head.root) !== 0) return diverge(store, tenant);
  return { epoch, size, root: frontier.root(), frontier: Buffer.concat(frontier.hashes), note: null, anchored: false };
}

async function diverge(store: Store, tenant: TenantId): Promise<never> {
  await store.asLedger((tx) => setState(tx, tenant, 'diverged'));
  throw new ProblemError('ledger_diverged');
}

/** A tile that became full; `root` is the hash that stands for it one level up. */
interface FullTile {
  readonly level: number;
  readonly n: number;
  readonly root: Uint8Array;
}

/** A tile is a complete subtree of 8 levels. */
function fullTiles(made: ReturnType<Frontier['append']>): FullTile[] {
  if (made.length <= TILE_HEIGHT) return [];
  return made
    .filter(({ node }) => node.level > 0 && node.level % TILE_HEIGHT === 0)
    .map(({ node, hash }) => ({ level: node.level / TILE_HEIGHT - 1, n: node.index, root: hash }));
}

/** `leaves`: the hashes from index `from` on that filled them. */
async function storeFullTiles(
  tx: Transaction,
  tenant: TenantId,
  leaves: { readonly from: number; readonly hashes: Uint8Array },
  full: readonly FullTile[],
): Promise<void> {
  const [lowest, higher] = [full.filter(({ level }) => level === 0), full.filter(({ level }) => level > 0)];
  const [first] = lowest;
  if (first === undefined) return;
  const start = first.n * TILE_WIDTH;
  // The first of them holds `from` and may have been begun under an earlier checkpoint.
  const begun = start < leaves.from ? await readLevel(tx, tenant, 0, start, leaves.from) : new Uint8Array();
  const hashes = Buffer.concat([begun, leaves.hashes]);
  const tiles = lowest.map((tile, at) => ({
    ...tile,
    hashes: hashes.subarray(at * TILE_BYTES, (at + 1) * TILE_BYTES),
  }));
  await storeTiles(tx, tenant, tiles);
  // One in 256 tiles: made of the roots that were just stored, so after them, level by level.
  for (const tile of higher.toSorted((a, b) => a.level - b.level)) {
    const roots = await readLevel(tx, tenant, tile.level, tile.n * TILE_WIDTH, (tile.n + 1) * TILE_WIDTH);
    await storeTiles(tx, tenant, [{ ...tile, hashes: roots }]);
  }
}
