// SQL of the inbox: entries that commit with the state they speak of.
import type { TenantId } from '#kernel/ids.ts';
import type { Transaction } from '#platform/store/store.ts';
import type { PlacedRow } from './batch.queries.ts';

export interface InboxEntry {
  readonly tenant: TenantId;
  readonly entryId: string;
  readonly kind: string;
  readonly intentId: string | null;
  readonly draft: string;
  readonly facts: string | null;
  readonly salt: Uint8Array | null;
  readonly ciphertext: Uint8Array | null;
  readonly erasureKey: string | null;
  readonly wrap: Uint8Array | null;
}

/** As cordon_app, in the caller's transaction. */
export async function insertInbox(tx: Transaction, entry: InboxEntry): Promise<void> {
  await tx.query(
    `INSERT INTO ledger_inbox (tenant, entry_id, kind, intent_id, draft, facts, salt, ciphertext, erasure_key, wrap)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      entry.tenant,
      entry.entryId,
      entry.kind,
      entry.intentId,
      entry.draft,
      entry.facts,
      entry.salt,
      entry.ciphertext,
      entry.erasureKey,
      entry.wrap,
    ],
  );
}

/** Keeps this process from being declared dead until the caller's transaction ends; false when it has been. */
export async function holdProcessAsTenant(tx: Transaction, process: string): Promise<boolean> {
  const rows = await tx.query('SELECT 1 FROM ledger_process WHERE id = $1 AND alive FOR KEY SHARE', [process]);
  return rows.length === 1;
}

export async function findEntry(tx: Transaction, tenant: TenantId, entryId: string): Promise<PlacedRow | null> {
  const rows = await tx.query<PlacedRow>(
    `SELECT tenant, entry_id AS "entryId", kind, index, (extract(epoch FROM time) * 1000)::bigint AS time
       FROM ledger_entry WHERE tenant = $1 AND entry_id = $2`,
    [tenant, entryId],
  );
  return rows[0] ?? null;
}

/** Tenants with waiting entries. */
export async function findWaitingTenants(tx: Transaction): Promise<TenantId[]> {
  const rows = await tx.query<{ tenant: TenantId }>('SELECT DISTINCT i.tenant FROM ledger_inbox i WHERE NOT i.refused');
  return rows.map((row) => row.tenant);
}

/** Rows set apart: they can never become entries and wait for the operator. */
export async function countRefused(tx: Transaction): Promise<number> {
  const rows = await tx.query<{ count: number }>('SELECT count(*) AS count FROM ledger_inbox WHERE refused');
  return rows[0]?.count ?? 0;
}
