// The configuration: `cordon.yaml` in CORDON_HOME under the environment, read once, parsed, refused as a whole, then frozen.
// Secrets are not in the file: DATABASE_URL comes from the environment or from the file that DATABASE_URL_FILE names.
import { accessSync, constants, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { ProblemError } from '@cordon/contract';
import { parse as parseYaml } from 'yaml';
import { isAddressRange, isLoopback } from '#platform/http/addresses.ts';
import { parseDatabaseUrl } from '#platform/store/connection.ts';
import type { DatabaseTarget } from '#platform/store/connection.ts';
import type { LogLevel } from '#platform/log/log.ts';
import { readEnvironment } from './env.ts';
import type { Environment, EnvironmentReading } from './env.ts';
import { LOG_LEVELS, RETENTION_PROFILES, parseFile } from './file.ts';
import type { ConfigFile, RetentionProfile } from './file.ts';

export interface Config {
  readonly home: string;
  /** Key directory, apart from the data (spec custody §2). */
  readonly keys: string;
  /** Checkpoints are copied here. */
  readonly anchors: string;
  /** Secrets of services, one directory per tenant; apart from the rest (docs/operate/secrets.md). */
  readonly secrets: string;
  /** Directory of speech models; null: the cache, then the default model. */
  readonly models: string | null;
  /** Id of the model that recognises speech; null: the first that is found. */
  readonly speechModel: string | null;
  readonly listen: ListenConfig;
  readonly database: { readonly kind: 'embedded' } | { readonly kind: 'external'; readonly target: DatabaseTarget };
  /** Nothing leaves: held in the process and by the system, or there is no start (docs/operate/air-gap.md). */
  readonly airGapped: boolean;
  /** The proxy that services in a cloud are reached through; null: none. */
  readonly egressProxy: EgressProxyConfig | null;
  /** Speech models may be fetched from where they are published. */
  readonly mayFetch: boolean;
  /** Whether `apt-get` may install a speech engine at first start (spec surfaces §1). */
  readonly mayInstallPackages: boolean;
  /** Days after which copies of the key store expire. */
  readonly keyBackupDays: number;
  readonly retentionProfile: RetentionProfile;
  readonly logLevel: LogLevel;
}

export interface EgressProxyConfig {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly names: 'here' | 'proxy';
  readonly services: readonly string[] | null;
}

interface ListenConfig {
  readonly host: string;
  readonly port: number;
  readonly tls: { readonly certificateFile: string; readonly keyFile: string } | null;
  readonly trustedProxies: readonly string[];
  /** Host names that requests may name; null: any. */
  readonly hosts: readonly string[] | null;
}

const CHECKOUT = resolve(import.meta.dirname, '..', '..', '..');
const DEFAULT_PORT = 8788;
const MAX_PORT = 65_535;
const DEFAULT_KEY_BACKUP_DAYS = 7;
const MAX_KEY_BACKUP_DAYS = 365; // beyond a year "expires" says nothing
const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

/** Reads and parses. Errors: `configuration_invalid` with every fault in `faults`; no fault quotes a value. */
export function loadConfig(reading: EnvironmentReading = readEnvironment()): Config {
  const faults: string[] = reading.unknown.map((name) => `${name} is no setting of Cordon`);
  const home = resolve(reading.values.CORDON_HOME ?? join(CHECKOUT, '.cordon'));
  const file = parseFile(readOptional(join(home, 'cordon.yaml')), parseYaml, faults);
  const config = assemble(home, file, reading.values, faults);
  if (faults.length > 0) throw new ProblemError('configuration_invalid', { faults });
  return deepFreeze(config);
}

function assemble(home: string, file: ConfigFile, env: Environment, faults: string[]): Config {
  const database = databaseOf(env, faults);
  const airGapped = flag('CORDON_AIR_GAPPED', env.CORDON_AIR_GAPPED, file.air_gapped ?? false, faults);
  const noFetch = flag('CORDON_NO_FETCH', env.CORDON_NO_FETCH, file.fetch_models === false, faults);
  const noApt = flag('CORDON_NO_APT', env.CORDON_NO_APT, file.install_packages === false, faults);
  const keys = resolve(env.CORDON_KEYS ?? `${home}-keys`);
  const anchors = resolve(env.CORDON_ANCHORS ?? `${home}-anchors`);
  const secrets = resolve(env.CORDON_SECRETS ?? `${home}-secrets`);
  keepApart({ CORDON_HOME: home, CORDON_KEYS: keys, CORDON_ANCHORS: anchors, CORDON_SECRETS: secrets }, faults);
  const models = env.CORDON_MODELS ?? file.models;
  return {
    home,
    keys,
    anchors,
    secrets,
    models: models === undefined ? null : resolve(home, models),
    speechModel: env.CORDON_SPEECH_MODEL ?? file.speech_model ?? null,
    listen: listenOf(home, file, env, faults),
    database,
    airGapped,
    egressProxy: egressProxyOf(file, airGapped, faults),
    mayFetch: !airGapped && !noFetch,
    mayInstallPackages: !airGapped && !noApt && database.kind === 'embedded',
    keyBackupDays: whole(
      'CORDON_KEY_BACKUP_DAYS',
      env.CORDON_KEY_BACKUP_DAYS,
      file.key_backup_days ?? DEFAULT_KEY_BACKUP_DAYS,
      MAX_KEY_BACKUP_DAYS,
      faults,
    ),
    retentionProfile: oneOf(
      'CORDON_RETENTION_PROFILE',
      env.CORDON_RETENTION_PROFILE,
      file.retention_profile ?? 'record',
      RETENTION_PROFILES,
      faults,
    ),
    logLevel: oneOf('CORDON_LOG_LEVEL', env.CORDON_LOG_LEVEL, file.log_level ?? 'info', LOG_LEVELS, faults),
  };
}

/** Variables that other programs honour (`HTTPS_PROXY`) declare nothing here: what leads out is written down by name. */
function egressProxyOf(
  { egress_proxy: given }: ConfigFile,
  airGapped: boolean,
  faults: string[],
): EgressProxyConfig | null {
  if (given === undefined) return null;
  if (airGapped) faults.push('egress_proxy leads out, and air_gapped lets nothing out');
  const url = URL.parse(given.url);
  const plain = url !== null && url.pathname === '/' && url.search === '' && url.hash === '';
  if (!plain || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.username !== '' || url.password !== '') {
    faults.push('egress_proxy.url is not http(s)://host[:port]; its password belongs into the secrets');
    return null;
  }
  const secure = url.protocol === 'https:';
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { host, port, secure, names: given.names ?? 'here', services: given.services ?? null };
}

function databaseOf(env: Environment, faults: string[]): Config['database'] {
  if (env.DATABASE_URL !== undefined && env.DATABASE_URL_FILE !== undefined) {
    faults.push('DATABASE_URL and DATABASE_URL_FILE are both set');
  }
  const fromFile = env.DATABASE_URL_FILE === undefined ? undefined : readOptional(env.DATABASE_URL_FILE)?.trim();
  if (env.DATABASE_URL_FILE !== undefined && fromFile === undefined) faults.push('DATABASE_URL_FILE cannot be read');
  const url = env.DATABASE_URL ?? fromFile;
  if (url === undefined) return { kind: 'embedded' };
  const parsed = parseDatabaseUrl(url);
  if (parsed.ok) return { kind: 'external', target: parsed.target };
  faults.push(...parsed.faults);
  return { kind: 'embedded' };
}

/** A key that lies with the data it opens protects nothing; an anchor that is restored with them proves nothing. */
function keepApart(directories: Readonly<Record<string, string>>, faults: string[]): void {
  const named = Object.entries(directories);
  for (const [name, path] of named) {
    for (const [other, otherPath] of named) {
      if (name === other) continue;
      const way = relative(otherPath, path);
      const inside = way === '' || !(way === '..' || way.startsWith('../'));
      if (inside && (way !== '' || name < other)) faults.push(`${name} lies in ${other}; they must be apart`);
    }
  }
}

function listenOf(home: string, file: ConfigFile, env: Environment, faults: string[]): ListenConfig {
  const host = env.CORDON_HOST ?? file.host ?? '127.0.0.1';
  const port = whole('CORDON_PORT', env.CORDON_PORT, file.port ?? DEFAULT_PORT, MAX_PORT, faults);
  const tls =
    file.tls === undefined
      ? null
      : { certificateFile: resolve(home, file.tls.certificate), keyFile: resolve(home, file.tls.key) };
  const trustedProxies = file.behind_proxy?.trusted ?? [];
  if (tls !== null && !readable(tls.certificateFile)) faults.push('tls.certificate cannot be read');
  if (tls !== null && !readable(tls.keyFile)) faults.push('tls.key cannot be read');
  if (!trustedProxies.every(isAddressRange))
    faults.push('behind_proxy.trusted holds something that is no address or CIDR');
  const loopback = isLoopback(host);
  if (!loopback && tls === null && trustedProxies.length === 0) {
    faults.push(
      'CORDON_HOST is reachable from other machines: set tls, or name the proxies in front in behind_proxy.trusted',
    );
  }
  const named = file.hosts ?? null;
  const open = !loopback || trustedProxies.length > 0;
  return { host, port, tls, trustedProxies, hosts: open ? named : [...LOOPBACK_HOSTS, ...(named ?? [])] };
}

function flag(name: string, text: string | undefined, otherwise: boolean, faults: string[]): boolean {
  if (text === undefined) return otherwise;
  if (text === '1' || text === 'true') return true;
  if (text !== '0' && text !== 'false') faults.push(`${name} is neither 1 nor 0`);
  return false;
}

function whole(name: string, text: string | undefined, otherwise: number, most: number, faults: string[]): number {
  if (text === undefined) return otherwise;
  if (/^\d{1,9}$/.test(text) && Number(text) <= most) return Number(text);
  faults.push(`${name} is not a whole number from 0 to ${most}`);
  return otherwise;
}

function oneOf<T extends string>(
  name: string,
  text: string | undefined,
  otherwise: T,
  allowed: readonly T[],
  faults: string[],
): T {
  if (text === undefined) return otherwise;
  const found = allowed.find((value) => value === text);
  if (found === undefined) faults.push(`${name} is none of ${allowed.join(', ')}`);
  return found ?? otherwise;
}

function readOptional(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function readable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    for (const member of Object.values(value)) deepFreeze(member);
    Object.freeze(value);
  }
  return value;
}
