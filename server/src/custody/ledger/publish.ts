// Checkpoints: what was stored is read and hashed again before anything is signed, the root is stored before the signature,
// and one size has one root (docs/formats/checkpoint.md; one flipped bit between hashing and storing has ended a public log).
import { setTimeout as sleep } from 'node:timers/promises';
import { ProblemError } from '@cordon/contract';
import { Frontier, HASH_BYTES, hashInTile, logName, originOf, signCheckpoint, TILE_WIDTH } from '@cordon/proofs';
import type { NoteSigner } from '@cordon/proofs';
import type { TenantId } from '#kernel/ids.ts';
import type { Store, Transaction } from '#platform/store/store.ts';
import type { Anchors } from './anchors.ts';
import type { Head } from './batch.queries.ts';
import {
  noteAnchored,
  readCheckpoint,
  readHead,
  readLevel,
  readNewestCheckpoint,
  rehash,
  setState,
  storeCheckpoint,
  storeNote,
  storeTile,
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

/**
 * The signed checkpoint of the tenant's committed tree, made now if there is none for its size; null in an empty ledger.
 * Errors: `ledger_diverged` (the tenant has stopped), `ledger_read_only`, those of the store, `key_unavailable`.
 */
export async function publishCheckpoint(parts: PublishParts, tenant: TenantId): Promise<PublishedCheckpoint | null> {
  const head = await parts.store.asLedger((tx) => readHead(tx, tenant));
  if (head === null || head.size === 0) return null;
  if (head.state === 'diverged') throw new ProblemError('ledger_diverged');
  const standing = await parts.store.asLedger((tx) => readCheckpoint(tx, tenant, head.epoch, head.size));
  if (standing?.note !== undefined && standing.note !== null) {
    return anchored(parts, tenant, { ...standing, note: standing.note }, standing.anchored);
  }
  // What lies behind an anchor must not be signed: under the old origin it would contradict it.
  if (head.state === 'read_only') throw new ProblemError('ledger_read_only');
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
    for (const hash of hashesIn(hashes)) frontier.append(hash);
    await store.asLedger((tx) => storeTiles(tx, tenant, from, to));
  }
  if (Buffer.compare(frontier.root(), head.root) !== 0) return diverge(store, tenant);
  return { epoch, size, root: frontier.root(), frontier: Buffer.concat(frontier.hashes), note: null, anchored: false };
}

async function diverge(store: Store, tenant: TenantId): Promise<never> {
  await store.asLedger((tx) => setState(tx, tenant, 'diverged'));
  throw new ProblemError('ledger_diverged');
}

/** The tiles that became full between two sizes, level by level. */
async function storeTiles(tx: Transaction, tenant: TenantId, from: number, to: number): Promise<void> {
  let [older, newer] = [from, to];
  for (let level = 0; Math.floor(older / TILE_WIDTH) < Math.floor(newer / TILE_WIDTH); level += 1) {
    [older, newer] = [Math.floor(older / TILE_WIDTH), Math.floor(newer / TILE_WIDTH)];
    for (let n = older; n < newer; n += 1) {
      const hashes = await readLevel(tx, tenant, level, n * TILE_WIDTH, (n + 1) * TILE_WIDTH);
      if (hashes.length !== TILE_WIDTH * HASH_BYTES) throw new ProblemError('internal');
      const root = hashInTile(hashesIn(hashes), { level: 8, index: 0 });
      await storeTile(tx, tenant, { level, n, hashes, root });
    }
  }
}
