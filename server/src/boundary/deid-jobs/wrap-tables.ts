// Where de-identification jobs keep wraps, for re-wrapping and erasure (custody/keys/wrap-table.ts).
import type { WrapTable } from '#custody/keys/wrap-table.ts';

export const deidWrapTables: readonly WrapTable[] = [
  { table: 'deid_part', idColumns: ['job', 'ordinal'], role: 'tenant' },
];
