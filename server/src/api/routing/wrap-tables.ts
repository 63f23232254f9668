// Where answers are kept sealed for their idempotency keys, for re-wrapping (custody/keys/wrap-table.ts).
import type { WrapTable } from '#custody/keys/wrap-table.ts';

export const routingWrapTables: readonly WrapTable[] = [{ table: 'idempotency', idColumns: ['id'], role: 'tenant' }];
