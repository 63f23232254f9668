// Where identity keeps wraps, for re-wrapping (custody/keys/wrap-table.ts).
import type { WrapTable } from '#custody/keys/wrap-table.ts';

export const accessWrapTables: readonly WrapTable[] = [
  { table: 'person_secret', idColumns: ['person', 'kind'], role: 'tenant' },
  { table: 'api_key', idColumns: ['id'], role: 'tenant' },
  { table: 'break_glass', idColumns: ['id'], role: 'tenant' },
  { table: 'approval', idColumns: ['id'], role: 'tenant' },
];
