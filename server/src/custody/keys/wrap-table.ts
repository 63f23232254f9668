// Where wraps stand in PostgreSQL, as each domain describes it for re-wrapping.

/** How a domain says where its wraps stand. Each domain exports a list of these. */
export interface WrapTable {
  readonly table: string;
  /** The primary key without the tenant: gives the order in which rows are visited. */
  readonly idColumns: readonly string[];
  /** Who may change the rows. */
  readonly role: 'tenant' | 'ledger';
  /** By default `erasure_key` and `wrap`; a row with several sealed values is described once per pair. */
  readonly keyColumn?: string;
  readonly wrapColumn?: string;
}
