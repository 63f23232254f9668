// What goes wrong in PostgreSQL, as typed errors. A driver's message and detail quote values ("Key (mrn)=(…) already exists"),
// so they stop here: what goes on is the SQLSTATE and the names of table and constraint.
import { ProblemError } from '@cordon/contract';
import pg from 'pg';

/** A statement that PostgreSQL refused for a reason that is the caller's to know (unique, foreign key, check, row-level security…). */
class StatementError extends Error {
  /** Five characters, PostgreSQL manual appendix A. */
  readonly sqlState: string;
  readonly constraint: string | null;
  readonly table: string | null;

  constructor(sqlState: string, constraint: string | null, table: string | null) {
    super(`SQLSTATE ${sqlState}${constraint === null ? '' : ` ${constraint}`}`);
    this.name = 'StatementError';
    this.sqlState = sqlState;
    this.constraint = constraint;
    this.table = table;
  }
}

const UNIQUE_VIOLATION = '23505';
const DISK_FULL = new Set(['53100', 'ENOSPC', 'EDQUOT']);
// Class 08 connection, 53 resources, 57 operator intervention, 58 system error; 25006 is a server that became read-only.
const UNAVAILABLE = /^(08|53|57|58|25006|XX)/;
// Class 28 invalid authorisation; 3D000 no such database.
const LOGIN_REFUSED = /^(28|3D)/;
const SERIALIZATION = new Set(['40001', '40P01']);

/** True when a row with the same key exists; `constraint` narrows it to one key. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  return (
    error instanceof StatementError &&
    error.sqlState === UNIQUE_VIOLATION &&
    (constraint === undefined || error.constraint === constraint)
  );
}

/** True when the transaction lost against another one and would succeed if repeated. */
export function isSerializationFailure(error: unknown): boolean {
  return error instanceof StatementError && SERIALIZATION.has(error.sqlState);
}

/** A failure of a statement inside a transaction that did not commit. */
export function statementFailure(error: unknown): Error {
  if (error instanceof ProblemError || error instanceof StatementError) return error;
  if (error instanceof TypeError || error instanceof RangeError) return error; // ours or the driver's mistake, not the server's state
  const code = codeOf(error);
  if (DISK_FULL.has(code)) return new ProblemError('storage_full', { sqlState: code });
  if (LOGIN_REFUSED.test(code)) return new ProblemError('database_login_failed', { sqlState: code });
  if (error instanceof pg.DatabaseError && !UNAVAILABLE.test(code)) {
    return new StatementError(code, error.constraint ?? null, error.table ?? null);
  }
  return new ProblemError('storage_unavailable', { sqlState: code });
}

/**
 * A failure of COMMIT itself. An ERROR is PostgreSQL's word that nothing was committed. Anything else (connection gone, FATAL, PANIC,
 * time-out) leaves open whether the commit record reached the disk: `outcome_unknown`.
 */
export function commitFailure(error: unknown): Error {
  if (error instanceof pg.DatabaseError && error.severity === 'ERROR') return statementFailure(error);
  return new ProblemError('outcome_unknown', { sqlState: codeOf(error) });
}

function codeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string') {
    return error.code;
  }
  return 'none';
}
