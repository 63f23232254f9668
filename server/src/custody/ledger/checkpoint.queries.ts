// SQL of checkpoints and tiles.
import type { TenantId } from '#kernel/ids.ts';
import type { Transaction } from '#platform/store/store.ts';
import type { Head } from './batch.queries.ts';
import { arrayText, Packed } from './packed.ts';

export interface CheckpointRow {
  readonly epoch: number;
  readonly size: number;
  readonly root: Uint8Array;
  readonly frontier: Uint8Array;
  /** The signed note; null while it is only stored. */
  readonly note: string | null;
  readonly anchored: boolean;
}

const CHECKPOINT = 'epoch, size, root, frontier, note, anchored';

export async function readHead(tx: Transaction, tenant: TenantId): Promise<Head | null> {
  const rows = await tx.query<Head>(
    `SELECT tenant, epoch, size, root, frontier, state, (extract(epoch FROM last_time) * 1000)::bigint AS "lastTime"
       FROM ledger_head WHERE tenant = $1`,
    [tenant],
  );
  return rows[0] ?? null;
}

/**
 * The head, durable when the transaction has committed: what is derived from it afterwards cannot be lost by a crash. A batch is visible
 * before it is flushed (docs/decisions/0030); the message gives this transaction a commit record behind that of the batch.
 */
export async function readDurableHead(tx: Transaction, tenant: TenantId): Promise<Head | null> {
  const head = await readHead(tx, tenant);
  await tx.query(`SELECT pg_logical_emit_message(true, 'cordon', '')`);
  return head;
}

/** The newest that is stored, of any epoch. */
export async function readNewestCheckpoint(tx: Transaction, tenant: TenantId): Promise<CheckpointRow | null> {
  const rows = await tx.query<CheckpointRow>(
    `SELECT ${CHECKPOINT} FROM ledger_checkpoint WHERE tenant = $1 ORDER BY epoch DESC, size DESC LIMIT 1`,
    [tenant],
  );
  return rows[0] ?? null;
}

export async function readCheckpoint(
  tx: Transaction,
  tenant: TenantId,
  epoch: number,
  size: number,
): Promise<CheckpointRow | null> {
  const rows = await tx.query<CheckpointRow>(
    `SELECT ${CHECKPOINT} FROM ledger_checkpoint WHERE tenant = $1 AND epoch = $2 AND size = $3`,
    [tenant, epoch, size],
  );
  return rows[0] ?? null;
}

/** False when another root stands for this size already. */
export async function storeCheckpoint(tx: Transaction, tenant: TenantId, row: CheckpointRow): Promise<boolean> {
  await tx.query(
    `INSERT INTO ledger_checkpoint (tenant, epoch, size, root, frontier) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
    [tenant, row.epoch, row.size, row.root, row.frontier],
  );
  const stored = await readCheckpoint(tx, tenant, row.epoch, row.size);
  return stored !== null && Buffer.compare(stored.root, row.root) === 0;
}

/** The first signature stands: with another key it would be another note for one size. */
export async function storeNote(
  tx: Transaction,
  tenant: TenantId,
  epoch: number,
  size: number,
  note: string,
): Promise<string> {
  const rows = await tx.query<{ note: string }>(
    `UPDATE ledger_checkpoint SET note = coalesce(note, $4) WHERE tenant = $1 AND epoch = $2 AND size = $3 RETURNING note`,
    [tenant, epoch, size, note],
  );
  return rows[0]?.note ?? note;
}

export async function noteAnchored(tx: Transaction, tenant: TenantId, epoch: number, size: number): Promise<void> {
  await tx.query(
    'UPDATE ledger_checkpoint SET anchored = true WHERE tenant = $1 AND epoch = $2 AND size = $3 AND NOT anchored',
    [tenant, epoch, size],
  );
}

/** The tenant stops: its tree does not agree with what was promised or stored. */
export async function setState(tx: Transaction, tenant: TenantId, state: Head['state']): Promise<void> {
  await tx.query('UPDATE ledger_head SET state = $2 WHERE tenant = $1', [tenant, state]);
}

/** Tenants whose tree has grown beyond their newest signed and anchored checkpoint. */
export async function findUnpublished(tx: Transaction): Promise<TenantId[]> {
  const rows = await tx.query<{ tenant: TenantId }>(
    `SELECT h.tenant FROM ledger_head h
      WHERE h.state = 'open' AND h.size > 0 AND NOT EXISTS (
        SELECT 1 FROM ledger_checkpoint c
         WHERE c.tenant = h.tenant AND c.epoch = h.epoch AND c.size = h.size AND c.anchored)`,
  );
  return rows.map((row) => row.tenant);
}

/**
 * Leaf hashes of [from, to) made anew from the stored bytes, concatenated; null when a stored entry is missing, its stored
 * hash is not that of its header, or its sealed body is not the one that the header names.
 */
export async function rehash(tx: Transaction, tenant: TenantId, from: number, to: number): Promise<Uint8Array | null> {
  const rows = await tx.query<{ hashes: Uint8Array | null; sound: boolean }>(
    // OFFSET 0 keeps the planner from computing the hash twice. The digest of the body stands near the beginning of a header.
    `SELECT string_agg(hash, '' ORDER BY index) AS hashes,
            count(*) = $3::bigint - $2::bigint AND bool_and(
              hash = leaf_hash
              AND (ciphertext IS NULL OR position(encode(sha256(ciphertext), 'hex')::bytea IN header) > 0)) AS sound
       FROM (SELECT index, leaf_hash, header, ciphertext, sha256('\\x00'::bytea || header) AS hash
               FROM ledger_entry WHERE tenant = $1 AND index >= $2 AND index < $3 OFFSET 0) e`,
    [tenant, from, to],
  );
  const [row] = rows;
  return row?.sound === true ? row.hashes : null;
}

export interface TileRow {
  readonly level: number;
  readonly n: number;
  readonly hashes: Uint8Array;
  /** The hash that stands for the tile one level up. */
  readonly root: Uint8Array;
}

/** Full tiles. Errors: a tile whose hashes are not complete is refused by the table. */
export async function storeTiles(tx: Transaction, tenant: TenantId, tiles: readonly TileRow[]): Promise<void> {
  const packed = new Packed();
  const at: number[] = [];
  for (const tile of tiles) {
    at.push(packed.next);
    packed.push(tile.hashes);
    packed.push(tile.root);
  }
  await tx.query(
    `INSERT INTO ledger_tile (tenant, level, n, hashes, root)
     SELECT $1, level, n, substring($5::bytea FROM at FOR size), substring($5::bytea FROM at + size FOR 32)
       FROM unnest($2::smallint[], $3::bigint[], $4::int[], $6::int[]) AS t(level, n, at, size)
     ON CONFLICT DO NOTHING`,
    [
      tenant,
      arrayText(tiles.map((tile) => tile.level)),
      arrayText(tiles.map((tile) => tile.n)),
      arrayText(at),
      packed.bytes(),
      arrayText(tiles.map((tile) => tile.hashes.length)),
    ],
  );
}

/** Hashes of a full tile; null when it is not stored. */
export async function readTile(
  tx: Transaction,
  tenant: TenantId,
  level: number,
  n: number,
): Promise<Uint8Array | null> {
  const rows = await tx.query<{ hashes: Uint8Array }>(
    'SELECT hashes FROM ledger_tile WHERE tenant = $1 AND level = $2 AND n = $3',
    [tenant, level, n],
  );
  return rows[0]?.hashes ?? null;
}

/** Hashes [from, to) of a tile level: leaf hashes on level 0, above it the hashes that stand for full tiles. */
export async function readLevel(
  tx: Transaction,
  tenant: TenantId,
  level: number,
  from: number,
  to: number,
): Promise<Uint8Array> {
  const rows = await tx.query<{ hashes: Uint8Array | null }>(
    level === 0
      ? `SELECT string_agg(leaf_hash, '' ORDER BY index) AS hashes FROM ledger_entry
          WHERE tenant = $1 AND index >= $2 AND index < $3`
      : `SELECT string_agg(root, '' ORDER BY n) AS hashes FROM ledger_tile
          WHERE tenant = $1 AND n >= $2 AND n < $3 AND level = $4 - 1`,
    level === 0 ? [tenant, from, to] : [tenant, from, to, level],
  );
  return rows[0]?.hashes ?? new Uint8Array();
}
