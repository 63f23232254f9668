// The database as the rest of the house sees it (spec custody §3). A unit of work is one transaction under one role:
// the role and the tenant are set inside the transaction, so nothing leaks to the next user of the connection.
import type { TenantId } from '#kernel/ids.ts';

/** Values that `pg` sends as parameters. Buffers travel in binary. */
export type SqlValue = string | number | boolean | bigint | Date | Uint8Array | null | readonly SqlValue[];

/** An open transaction. Only `*.queries.ts` files call `query`; everyone else passes the transaction on. */
export interface Transaction {
  query<Row extends object>(text: string, values?: readonly SqlValue[]): Promise<Row[]>;
}

/** Errors: ProblemError `storage_unavailable`, `storage_full`, `outcome_unknown` (connection lost in COMMIT). */
export interface Store {
  /** As `cordon_app`, walled by row-level security to one tenant. The transaction commits when `work` resolves. */
  asTenant<T>(tenant: TenantId, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** As `cordon_ledger`: the ledger tables of every tenant, and nothing else. */
  asLedger<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /**
   * As `asLedger`, but each statement is its own transaction, run in the order of sending: one round trip for all of them instead of three for
   * one. `work` waits for all that it sends.
   */
  asLedgerStatements<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** As `cordon_access`: installation-wide locators only (credential digest → tenant, list of tenants); no content. */
  asAccess<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
}
