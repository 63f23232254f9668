// Where things lie in the key directory (docs/formats/key-store.md §1), and how ids are written.
import { join } from 'node:path';
import type { TenantId } from '#kernel/ids.ts';
import type { RetentionClass } from './sealer.ts';

export const RETENTION_CLASSES: readonly RetentionClass[] = [
  'audio',
  'clinical',
  'call',
  'ledger',
  'identity',
  'configuration',
];

const KEY = '.key';
const GONE = '.gone';

/** An erasure key's id taken apart: `<class>.<yyyy-mm>.<generation>`. */
export interface ErasureKeyName {
  readonly retention: RetentionClass;
  /** `yyyy-mm`, UTC. */
  readonly month: string;
  /** 1 at first; a re-wrap makes the next. */
  readonly generation: number;
}

export function erasureKeyId(name: ErasureKeyName): string {
  return `${name.retention}.${name.month}.${name.generation}`;
}

/** Null for anything that is not the id of an erasure key, so that an id from a row can never name another file. */
export function parseErasureKeyId(id: string): ErasureKeyName | null {
  const found = /^([a-z]+)\.(\d{4}-(?:0[1-9]|1[0-2]))\.([1-9]\d{0,5})$/.exec(id);
  const retention = RETENTION_CLASSES.find((known) => known === found?.[1]);
  if (found?.[2] === undefined || retention === undefined) return null;
  return { retention, month: found[2], generation: Number(found[3]) };
}

export interface Layout {
  readonly directory: string;
  readonly installation: string;
  readonly signing: string;
  readonly pending: string;
  readonly records: string;
  readonly tenants: string;
  tenant(tenant: TenantId): TenantLayout;
}

export interface TenantLayout {
  readonly keys: string;
  readonly lookup: string;
  readonly erasure: string;
  key(id: string): string;
  erasureKey(id: string): string;
  /** The mark that an erasure key was destroyed. It stands before the key goes and stays for good. */
  gone(id: string): string;
}

export function layoutOf(directory: string): Layout {
  const tenants = join(directory, 'tenants');
  return {
    directory,
    installation: join(directory, 'installation.key'),
    signing: join(directory, 'signing'),
    pending: join(directory, 'pending'),
    records: join(directory, 'records'),
    tenants,
    tenant: (tenant) => tenantLayout(join(tenants, tenant)),
  };
}

/** Ids in a directory of key files, in the order of their generations. */
export function keyIds(names: readonly string[], suffix: '.key' | '.gone' | '.next' = KEY): string[] {
  return names
    .filter((name) => name.endsWith(suffix))
    .map((name) => name.slice(0, -suffix.length))
    .toSorted((a, b) => generationOf(a) - generationOf(b));
}

/** The number at the end of an id. */
export function generationOf(id: string): number {
  return Number(id.slice(id.lastIndexOf('.') + 1));
}

function tenantLayout(directory: string): TenantLayout {
  const keys = join(directory, 'keys');
  const erasure = join(directory, 'erasure');
  return {
    keys,
    erasure,
    lookup: join(directory, 'lookup.key'),
    key: (id) => join(keys, `${id}${KEY}`),
    erasureKey: (id) => join(erasure, `${id}${KEY}`),
    gone: (id) => join(erasure, `${id}${GONE}`),
  };
}
