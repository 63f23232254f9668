// SQL of reading, as cordon_app inside one tenant's wall. That somebody reads is recorded by the caller.
import type { TenantId } from '#kernel/ids.ts';
import type { SqlValue, Transaction } from '#platform/store/store.ts';
import type { LedgerState } from './batch.queries.ts';

export interface EntryFilter {
  /** Indexes, `from` inclusive, `to` exclusive. */
  readonly from?: number;
  readonly to?: number;
  readonly since?: Date;
  readonly until?: Date;
  readonly kinds?: readonly string[];
  /** Pseudonym in the facts. */
  readonly patient?: string;
  readonly actor?: string;
  readonly object?: { readonly type: string; readonly id: string };
  readonly service?: string;
  readonly order?: 'oldest' | 'newest';
  /** At most 1,000. */
  readonly limit: number;
}

export interface StoredEntry {
  readonly index: number;
  readonly entryId: string;
  readonly header: Uint8Array;
  readonly facts: { readonly [name: string]: unknown } | null;
  readonly hasBody: boolean;
}

const ENTRY = `index, entry_id AS "entryId", header, facts, ciphertext IS NOT NULL AS "hasBody"`;
const MAX_PAGE = 1_000;

export async function selectEntries(tx: Transaction, tenant: TenantId, filter: EntryFilter): Promise<StoredEntry[]> {
  const values: SqlValue[] = [tenant];
  const conditions = ['tenant = $1'];
  const where = (condition: (parameter: string) => string, value: SqlValue | undefined): void => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  const header = `convert_from(header, 'UTF8')::jsonb`;
  where((p) => `index >= ${p}`, filter.from);
  where((p) => `index < ${p}`, filter.to);
  where((p) => `time >= ${p}`, filter.since);
  where((p) => `time < ${p}`, filter.until);
  where((p) => `kind = ANY(${p}::text[])`, filter.kinds);
  where((p) => `facts ->> 'patient' = ${p}`, filter.patient);
  where((p) => `${header} #>> '{actor,id}' = ${p}`, filter.actor);
  where((p) => `${header} -> 'objects' @> ${p}::jsonb`, filter.object && JSON.stringify([filter.object]));
  where((p) => `${header} #>> '{detail,service}' = ${p}`, filter.service);
  values.push(Math.min(filter.limit, MAX_PAGE));
  return tx.query<StoredEntry>(
    `SELECT ${ENTRY} FROM ledger_entry WHERE ${conditions.join(' AND ')}
      ORDER BY index ${filter.order === 'newest' ? 'DESC' : 'ASC'} LIMIT $${values.length}`,
    values,
  );
}

export async function selectEntry(tx: Transaction, tenant: TenantId, at: number | string): Promise<StoredEntry | null> {
  const rows = await tx.query<StoredEntry>(
    `SELECT ${ENTRY} FROM ledger_entry WHERE tenant = $1 AND ${typeof at === 'number' ? 'index' : 'entry_id'} = $2`,
    [tenant, at],
  );
  return rows[0] ?? null;
}

export interface SealedRow {
  readonly ciphertext: Uint8Array;
  readonly erasureKey: string;
  readonly wrapped: Uint8Array;
}

export async function selectBody(tx: Transaction, tenant: TenantId, entryId: string): Promise<SealedRow | null> {
  const rows = await tx.query<SealedRow>(
    `SELECT ciphertext, erasure_key AS "erasureKey", wrap AS wrapped FROM ledger_entry
      WHERE tenant = $1 AND entry_id = $2 AND ciphertext IS NOT NULL`,
    [tenant, entryId],
  );
  return rows[0] ?? null;
}

/** The stream bytes that an outcome entry commits to. */
export async function selectStream(tx: Transaction, tenant: TenantId, streamId: string): Promise<SealedRow | null> {
  const rows = await tx.query<SealedRow>(
    `SELECT frames AS ciphertext, erasure_key AS "erasureKey", wrap AS wrapped FROM ledger_stream
      WHERE tenant = $1 AND stream_id = $2 AND closed AND frames IS NOT NULL`,
    [tenant, streamId],
  );
  return rows[0] ?? null;
}

export interface ExportRow {
  readonly index: number;
  readonly header: Uint8Array;
  readonly facts: object | null;
  readonly salt: Uint8Array | null;
  readonly ciphertext: Uint8Array | null;
  readonly erasureKey: string | null;
  readonly wrapped: Uint8Array | null;
}

/** Entries [from, to) in order; their sealed bodies only if wanted. */
export async function selectForExport(
  tx: Transaction,
  tenant: TenantId,
  from: number,
  to: number,
  withContent: boolean,
): Promise<ExportRow[]> {
  return tx.query<ExportRow>(
    `SELECT index, header, facts, salt,
            CASE WHEN $4 THEN ciphertext END AS ciphertext, erasure_key AS "erasureKey", wrap AS wrapped
       FROM ledger_entry WHERE tenant = $1 AND index >= $2 AND index < $3 ORDER BY index`,
    [tenant, from, to, withContent],
  );
}

/** Details of the `log.key-changed` entries, oldest first. */
export async function selectKeyChanges(
  tx: Transaction,
  tenant: TenantId,
  before: number,
): Promise<{ readonly index: number; readonly old: string; readonly new: string }[]> {
  return tx.query(
    `SELECT index, convert_from(header, 'UTF8')::jsonb #>> '{detail,old}' AS old,
            convert_from(header, 'UTF8')::jsonb #>> '{detail,new}' AS new
       FROM ledger_entry WHERE tenant = $1 AND kind = 'log.key-changed' AND index < $2 ORDER BY index`,
    [tenant, before],
  );
}

/** Every tenant that has a ledger. */
export async function readStates(
  tx: Transaction,
): Promise<{ readonly tenant: TenantId; readonly state: LedgerState }[]> {
  return tx.query('SELECT tenant, state FROM ledger_head ORDER BY tenant');
}
