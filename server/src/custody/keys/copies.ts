// Copies of the key store. They hold everything but the root key, and they expire: as long as a copy lives, an erasure is
// not complete (spec custody §2, §4; `CORDON_KEY_BACKUP_DAYS`).
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ProblemError } from '@cordon/contract';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import { SYSTEM_TENANT, newId, parseTenantId } from '#kernel/ids.ts';
import type { AppendKeyEvent } from './events.ts';
import { entryIdOf } from './events.ts';
import { createOnce, destroy, ensureDirectory, namesIn, readIfThere, removeDurably, writeDurably } from './files.ts';
import type { KeyStore } from './keystore.ts';
import { layoutOf, parseErasureKeyId } from './layout.ts';

/** A copy that was made and has not been destroyed yet. */
export interface KeyStoreCopy {
  readonly id: string;
  readonly path: string;
  /** RFC 3339. */
  readonly made: string;
  readonly expires: string;
}

const DEFAULT_COPY_DAYS = 7;
/** Beyond a year "expires" says nothing. */
const LONGEST_COPY_DAYS = 365;
const DAY_MS = 86_400_000;
const KEY_FILE = /\.(key|next|gone)$/;

/**
 * Writes a copy below `target`; `days` until it expires. It is on record in the key store and in the ledger before the first
 * byte: a copy nobody knows of would never be destroyed. Errors: `invalid_request` for days out of 1…365.
 */
export async function copyKeyStore(
  store: KeyStore,
  request: {
    readonly target: string;
    readonly days?: number;
    readonly actor: ActorRef;
    readonly append: AppendKeyEvent;
  },
): Promise<KeyStoreCopy> {
  const { target, days = DEFAULT_COPY_DAYS, actor, append } = request;
  if (!Number.isInteger(days) || days < 1 || days > LONGEST_COPY_DAYS) {
    throw new ProblemError('invalid_request', { field: 'days' });
  }
  const now = store.clock.now();
  const id = newId(now.getTime());
  const expires = new Date(now.getTime() + days * DAY_MS).toISOString();
  const copy = { id, path: join(target, `cordon-keys-${id}`), made: now.toISOString(), expires };
  writeDurably(recordPath(store, id), `${JSON.stringify(copy)}\n`);
  const detail = { what: 'key-store-copy', copy: id, expires };
  await append({ tenant: SYSTEM_TENANT, kind: 'export.made', actor, detail, entryId: id });
  copyKeys(store.layout.directory, copy.path);
  writeDurably(join(copy.path, 'copy.json'), `${JSON.stringify({ format: 'cordon-key-copy/1', ...copy })}\n`);
  return copy;
}

/** Destroys copies that have expired, each after its entry in the ledger. Returns their number. */
export async function expireCopies(store: KeyStore, append: AppendKeyEvent): Promise<number> {
  const now = store.clock.now().getTime();
  const expired = liveCopies(store).filter((copy) => Date.parse(copy.expires) <= now);
  for (const copy of expired) {
    const event = {
      tenant: SYSTEM_TENANT,
      kind: 'configuration.changed',
      detail: { setting: 'key-store-copy-expired', copy: copy.id },
    };
    await append({ ...event, actor: { type: 'system', id: 'keys' }, entryId: entryIdOf(event) });
    for (const path of filesBelow(copy.path)) destroy(path);
    rmSync(copy.path, { recursive: true, force: true });
    removeDurably(recordPath(store, copy.id));
  }
  return expired.length;
}

/** Copies on record. An erasure is `pending_backup_expiry` until the last of those made before it has expired. */
export function liveCopies(store: KeyStore): readonly KeyStoreCopy[] {
  const directory = join(store.layout.records, 'copies');
  return namesIn(directory).flatMap((name) => {
    const text = readIfThere(join(directory, name));
    return text === null ? [] : [JSON.parse(text) as KeyStoreCopy];
  });
}

/**
 * Puts a copy into an empty key directory. `erased` are the keys that the ledger says were destroyed since: they are marked
 * and left out before anything can open the store. Errors: `conflict` when the directory holds keys.
 */
export function restoreCopy(
  from: string,
  directory: string,
  erased: readonly { readonly tenant: string; readonly key: string; readonly at: string }[],
): void {
  if (existsSync(layoutOf(directory).installation)) throw new ProblemError('conflict', { reason: 'key_store_exists' });
  for (const { tenant, key, at } of erased) {
    const id = parseTenantId(tenant);
    if (id === null || parseErasureKeyId(key) === null) throw new ProblemError('invalid_request', { field: 'erased' });
    const layout = layoutOf(directory).tenant(id);
    ensureDirectory(layout.erasure);
    createOnce(layout.gone(key), `${JSON.stringify({ format: 'cordon-erased/1', key, at })}\n`);
  }
  copyKeys(from, directory);
}

function copyKeys(from: string, to: string): void {
  // The installation last: a directory without it is not taken for a key store.
  const paths = filesBelow(from).filter((path) => KEY_FILE.test(path) && !path.endsWith('root.key'));
  for (const path of paths.toSorted(
    (a, b) => Number(a.endsWith('installation.key')) - Number(b.endsWith('installation.key')),
  )) {
    const target = join(to, relative(from, path));
    if (path.endsWith('.key') && existsSync(target.replace(/\.key$/, '.gone'))) continue;
    const text = readIfThere(path);
    // A key that was erased while the copy was made.
    if (text === null) continue;
    ensureDirectory(dirname(target));
    createOnce(target, text);
  }
}

export function filesBelow(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function recordPath(store: KeyStore, id: string): string {
  const directory = join(store.layout.records, 'copies');
  ensureDirectory(directory);
  return join(directory, `${id}.json`);
}
