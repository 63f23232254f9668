// The four roles of the database (spec custody §3). The group roles carry the rights and cannot log in; each database has its own
// login roles in them, whose passwords follow from the installation secret, so that no password is stored anywhere.
import { createHash, createHmac, hkdfSync, pbkdf2Sync, randomBytes } from 'node:crypto';
import type { DatabaseTarget } from './connection.ts';

export type Role = 'app' | 'ledger' | 'access' | 'jobs';

export const ROLES: readonly Role[] = ['app', 'ledger', 'access', 'jobs'];

const MAX_IDENTIFIER_BYTES = 63; // PostgreSQL cuts longer names silently (NAMEDATALEN)
const PASSWORD_BYTES = 32;
const SCRAM_ITERATIONS = 4096; // PostgreSQL's default; the password has 256 bits, so more iterations protect nothing
const SCRAM_SALT_BYTES = 16;

export function groupRole(role: Role): string {
  return `cordon_${role}`;
}

/** Roles belong to the whole PostgreSQL server, so a login role carries the name of its database. */
export function loginRole(role: Role, database: string): string {
  const name = `cordon_${role}_${database}`;
  if (Buffer.byteLength(name) <= MAX_IDENTIFIER_BYTES) return name;
  return `cordon_${role}_${createHash('sha256').update(database).digest('hex').slice(0, 32)}`;
}

/** HKDF-SHA-256 (RFC 5869) of the installation secret, one password per role and database. */
export function loginPassword(installationSecret: Uint8Array, role: string, database: string): string {
  const info = `cordon/database-login/v1/${role}/${database}`;
  return Buffer.from(hkdfSync('sha256', installationSecret, '', info, PASSWORD_BYTES)).toString('base64url');
}

/** The same database, as one of our login roles. */
export function targetFor(role: Role, target: DatabaseTarget, installationSecret: Uint8Array): DatabaseTarget {
  return {
    ...target,
    user: loginRole(role, target.database),
    password: loginPassword(installationSecret, role, target.database),
  };
}

/** A SCRAM-SHA-256 verifier as `ALTER ROLE … PASSWORD` takes it (RFC 5802, RFC 7677): the password itself never reaches the server. */
export function scramVerifier(password: string): string {
  const salt = randomBytes(SCRAM_SALT_BYTES);
  const salted = pbkdf2Sync(password, salt, SCRAM_ITERATIONS, 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest('base64');
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64');
  return `SCRAM-SHA-256$${SCRAM_ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}
