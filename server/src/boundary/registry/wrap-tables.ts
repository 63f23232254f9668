// Where the registry keeps wraps, for re-wrapping and erasure (custody/keys/wrap-table.ts).
import type { WrapTable } from '#custody/keys/wrap-table.ts';

export const registryWrapTables: readonly WrapTable[] = [
  { table: 'registry_service', idColumns: ['id', 'version'], role: 'tenant' },
  { table: 'registry_agreement', idColumns: ['id', 'version'], role: 'tenant' },
  { table: 'registry_claim', idColumns: ['id', 'version'], role: 'tenant' },
  { table: 'registry_document', idColumns: ['id'], role: 'tenant' },
];
