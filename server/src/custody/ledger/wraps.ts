// Where the ledger keeps key wraps: for re-wrapping, which changes neither ciphertext nor header.
import type { WrapTable } from '#custody/keys/rewrap.ts';

export const LEDGER_WRAPS: readonly WrapTable[] = [
  { table: 'ledger_entry', idColumns: ['index'], role: 'ledger' },
  { table: 'ledger_stream', idColumns: ['stream_id'], role: 'ledger' },
  { table: 'ledger_inbox', idColumns: ['seq'], role: 'ledger' },
];
