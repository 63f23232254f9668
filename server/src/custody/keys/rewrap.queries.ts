// Wraps in the tables of every domain. Table and column names come from the domains' own descriptions, never from input.
import { ProblemError } from '@cordon/contract';
import type { TenantId } from '#kernel/ids.ts';
import type { Transaction } from '#platform/store/store.ts';
import type { WrapTable } from './wrap-table.ts';

export interface WrapRow {
  /** Values of the id columns, as text. */
  readonly ids: readonly string[];
  readonly wrap: Uint8Array;
}

/** The next rows under the key, in the order of their ids, locked until the transaction ends. */
export async function readBatch(
  tx: Transaction,
  table: WrapTable,
  page: {
    readonly tenant: TenantId;
    readonly key: string;
    readonly after: readonly string[] | null;
    readonly limit: number;
  },
): Promise<WrapRow[]> {
  const { key, wrap, ids } = namesOf(table);
  const cursor = page.after === null ? '' : `AND (${ids.join(', ')}) > (${ids.map((_, i) => `$${i + 4}`).join(', ')})`;
  return tx.query<WrapRow>(
    `SELECT ARRAY[${ids.map((id) => `${id}::text`).join(', ')}] AS ids, ${wrap} AS wrap FROM ${quoted(table.table)}
      WHERE tenant = $1 AND ${key} = $2 ${cursor} ORDER BY ${ids.join(', ')} LIMIT $3 FOR UPDATE`,
    [page.tenant, page.key, page.limit, ...(page.after ?? [])],
  );
}

export async function writeBatch(
  tx: Transaction,
  table: WrapTable,
  batch: { readonly tenant: TenantId; readonly from: string; readonly to: string; readonly rows: readonly WrapRow[] },
): Promise<void> {
  const { key, wrap, ids } = namesOf(table);
  const match = ids.map((id, i) => `${id} = $${i + 5}`).join(' AND ');
  for (const row of batch.rows) {
    await tx.query(
      `UPDATE ${quoted(table.table)} SET ${key} = $1, ${wrap} = $2 WHERE tenant = $3 AND ${key} = $4 AND ${match}`,
      [batch.to, row.wrap, batch.tenant, batch.from, ...row.ids],
    );
  }
}

export async function countUnder(tx: Transaction, table: WrapTable, tenant: TenantId, key: string): Promise<number> {
  const names = namesOf(table);
  const rows = await tx.query<{ readonly n: number }>(
    `SELECT count(*)::int AS n FROM ${quoted(table.table)} WHERE tenant = $1 AND ${names.key} = $2`,
    [tenant, key],
  );
  return rows[0]?.n ?? 0;
}

function namesOf(table: WrapTable): { readonly key: string; readonly wrap: string; readonly ids: readonly string[] } {
  return {
    key: quoted(table.keyColumn ?? 'erasure_key'),
    wrap: quoted(table.wrapColumn ?? 'wrap'),
    ids: table.idColumns.map(quoted),
  };
}

function quoted(name: string): string {
  if (!/^[a-z_][a-z0-9_.]{0,127}$/.test(name)) throw new ProblemError('internal', { reason: 'wrap_table_name' });
  return name
    .split('.')
    .map((part) => `"${part}"`)
    .join('.');
}
