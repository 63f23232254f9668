// Where a PostgreSQL is and how to reach it. A target is data; pools and clients are made from it.
import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';

/** One database as one user. `host` beginning with `/` is the directory of a unix socket. */
export interface DatabaseTarget {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly tls: TlsMode;
}

/** `verify-full`: TLS, chain and host name checked (libpq's sslmode). `rootCertificate` is a PEM file, else the system's roots. */
type TlsMode = { readonly mode: 'off' } | { readonly mode: 'verify-full'; readonly rootCertificate: string | null };

/** What `pg` and `pg-boss` both take. */
export interface ConnectionSettings {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly application_name: string;
  readonly connectionTimeoutMillis: number;
  readonly keepAlive: boolean;
  readonly ssl?: ConnectionOptions;
}

/** A fault in a DATABASE_URL, as a sentence without the URL's content. */
export type DatabaseUrlResult =
  | { readonly ok: true; readonly target: DatabaseTarget }
  | { readonly ok: false; readonly faults: readonly string[] };

const DEFAULT_PORT = 5432;
// A half-open connection must fail well before a caller gives up.
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Parses `postgresql://user:password@host:port/database?sslmode=…&sslrootcert=…`. A unix socket is `@%2Fdirectory/` or `?host=/directory`.
 * Beyond this machine (anything but loopback and unix sockets) `sslmode=verify-full` is required: 45 CFR 164.312(e)(1).
 */
export function parseDatabaseUrl(text: string): DatabaseUrlResult {
  const url = URL.parse(text);
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) {
    return { ok: false, faults: ['DATABASE_URL is not a postgresql:// URL'] };
  }
  const faults: string[] = [];
  const host = url.searchParams.get('host') ?? decodeURIComponent(url.hostname);
  const database = decodeURIComponent(url.pathname.slice(1));
  if (host === '') faults.push('DATABASE_URL names no host');
  if (database === '') faults.push('DATABASE_URL names no database');
  if (url.username === '') faults.push('DATABASE_URL names no user');
  const tls = tlsOf(url, host, faults);
  if (faults.length > 0) return { ok: false, faults };
  return {
    ok: true,
    target: {
      host: host.replace(/^\[(.*)\]$/, '$1'),
      port: url.port === '' ? DEFAULT_PORT : Number(url.port),
      database,
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      tls,
    },
  };
}

function tlsOf(url: URL, host: string, faults: string[]): TlsMode {
  const mode = url.searchParams.get('sslmode');
  if (mode === 'verify-full') return { mode, rootCertificate: url.searchParams.get('sslrootcert') };
  if (!isThisMachine(host)) faults.push('DATABASE_URL leaves this machine and needs sslmode=verify-full');
  else if (mode !== null && mode !== 'disable' && mode !== 'prefer') {
    faults.push('DATABASE_URL: use sslmode=verify-full, or none on this machine');
  }
  return { mode: 'off' };
}

function isThisMachine(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** The URL that `parseDatabaseUrl` reads back to the same target. Holds the password. */
export function databaseUrl(target: DatabaseTarget): string {
  const login = `${encodeURIComponent(target.user)}:${encodeURIComponent(target.password)}`;
  const host = target.host.includes(':') ? `[${target.host}]` : encodeURIComponent(target.host);
  const tls =
    target.tls.mode === 'off'
      ? ''
      : `?sslmode=verify-full${target.tls.rootCertificate === null ? '' : `&sslrootcert=${encodeURIComponent(target.tls.rootCertificate)}`}`;
  return `postgresql://${login}@${host}:${target.port}/${encodeURIComponent(target.database)}${tls}`;
}

/** What `pg` wants. Statement and lock limits stand in the login role itself (migrate.queries.ts), so a pooler in between keeps them. */
export function clientConfig(target: DatabaseTarget): ConnectionSettings {
  return {
    host: target.host,
    port: target.port,
    database: target.database,
    user: target.user,
    password: target.password,
    application_name: 'cordon',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    ...(target.tls.mode === 'off' ? {} : { ssl: sslOptions(target.tls.rootCertificate) }),
  };
}

function sslOptions(rootCertificate: string | null): ConnectionOptions {
  return {
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ...(rootCertificate === null ? {} : { ca: readFileSync(rootCertificate, 'utf8') }),
  };
}
