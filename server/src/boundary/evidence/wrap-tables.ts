// Where method records keep wraps, for re-wrapping and erasure (custody/keys/wrap-table.ts).
import type { WrapTable } from '#custody/keys/wrap-table.ts';

export const evidenceWrapTables: readonly WrapTable[] = [
  { table: 'deid_method', idColumns: ['id', 'version'], role: 'tenant' },
];
