// Where the clinical domain keeps wraps, for re-wrapping and erasure (custody/keys/wrap-table.ts).
import type { WrapTable } from '#custody/keys/wrap-table.ts';

export const clinicalWrapTables: readonly WrapTable[] = [
  { table: 'encounter', idColumns: ['id'], role: 'tenant' },
  { table: 'consent', idColumns: ['id'], role: 'tenant' },
  { table: 'recording', idColumns: ['id'], role: 'tenant' },
  { table: 'transcription_segment', idColumns: ['transcription', 'ordinal'], role: 'tenant' },
  { table: 'transcript', idColumns: ['id', 'version'], role: 'tenant' },
  { table: 'vocabulary_version', idColumns: ['version'], role: 'tenant' },
  { table: 'draft', idColumns: ['id'], role: 'tenant' },
  { table: 'note', idColumns: ['id'], role: 'tenant' },
  { table: 'note_version', idColumns: ['note', 'version'], role: 'tenant' },
  { table: 'live_sound', idColumns: ['session', 'ordinal'], role: 'tenant' },
  { table: 'live_event', idColumns: ['session', 'ordinal'], role: 'tenant' },
];
