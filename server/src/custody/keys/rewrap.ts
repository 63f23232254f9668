// Re-wrapping: survivors of an early destruction move under a new erasure key. Rows keep their ciphertext; the ledger
// keeps its digests, which do not cover wraps (docs/formats/envelope.md §3).
import type { TenantId } from '#kernel/ids.ts';
import type { Store, Transaction } from '#platform/store/store.ts';
import type { AppendKeyEvent } from './events.ts';
import { entryIdOf } from './events.ts';
import type { KeyStore } from './keystore.ts';
import { countUnder, readBatch, writeBatch } from './rewrap.queries.ts';
import type { TenantKeys } from './tenant-keys.ts';
import type { WrapTable } from './wrap-table.ts';
import { unwrapKey, wrapKey } from './wrap.ts';

export type { WrapTable } from './wrap-table.ts';

export interface RewrapRequest {
  readonly store: Store;
  readonly keys: KeyStore;
  readonly tenant: TenantId;
  readonly from: string;
  readonly to: string;
  readonly tables: readonly WrapTable[];
  readonly append: AppendKeyEvent;
}

/** Rows per transaction: short enough that nobody waits long for a row. */
const BATCH_ROWS = 500;

/**
 * Moves every wrap of the tables from one erasure key to the other. What a crash leaves is moved by the next call.
 * Returns the number of wraps moved by this call.
 */
export async function rewrap(request: RewrapRequest): Promise<number> {
  const keys = await request.keys.tenantKeys(request.tenant);
  let moved = 0;
  for (const table of request.tables) moved += await rewrapTable(request, keys, table);
  const detail = { from: request.from, to: request.to, count: moved };
  const entry = { tenant: request.tenant, kind: 'key.rewrapped', detail };
  const actor = { type: 'system', id: 'keys' } as const;
  if (moved > 0) await request.append({ ...entry, actor, entryId: entryIdOf(entry) });
  return moved;
}

/** How many wraps still stand under the key: 0 before the key of an early destruction is erased. */
export async function wrapsUnder(
  request: Pick<RewrapRequest, 'store' | 'tenant' | 'tables'>,
  key: string,
): Promise<number> {
  let count = 0;
  for (const table of request.tables) {
    count += await inRole(request, table, (tx) => countUnder(tx, table, request.tenant, key));
  }
  return count;
}

async function rewrapTable(request: RewrapRequest, keys: TenantKeys, table: WrapTable): Promise<number> {
  const { tenant, from, to } = request;
  let after: readonly string[] | null = null;
  let moved = 0;
  for (;;) {
    const cursor: readonly string[] | null = after;
    const last = await inRole(request, table, async (tx) => {
      const rows = await readBatch(tx, table, { tenant, key: from, after: cursor, limit: BATCH_ROWS });
      await writeBatch(tx, table, {
        tenant,
        from,
        to,
        rows: rows.map((row) => ({ ...row, wrap: moveWrap(keys, from, to, row.wrap) })),
      });
      moved += rows.length;
      return rows.at(-1)?.ids ?? null;
    });
    if (last === null) return moved;
    after = last;
  }
}

function moveWrap(keys: TenantKeys, from: string, to: string, wrapped: Uint8Array): Uint8Array {
  const old = keys.find(from);
  const next = keys.find(to);
  const dataKey = unwrapKey(old.key, 'data', old.context, wrapped);
  const moved = wrapKey(next.key, 'data', next.context, dataKey);
  dataKey.fill(0);
  return moved;
}

function inRole<T>(
  request: Pick<RewrapRequest, 'store' | 'tenant'>,
  table: WrapTable,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return table.role === 'ledger' ? request.store.asLedger(work) : request.store.asTenant(request.tenant, work);
}
