// The root key: opens tenant keys, the installation secret and the signing keys. Here the local file; a key service
// (AWS KMS, Vault transit) has the same interface.
import { randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { ProblemError } from '@cordon/contract';
import { createOnce, ensureDirectory, readIfThere, writeDurably } from './files.ts';
import { KEY_BYTES } from './derive.ts';
import type { WrapPlace } from './wrap.ts';
import { unwrapKey, wrapContext, wrapKey } from './wrap.ts';

/** Wraps and unwraps small secrets. Errors: `key_unavailable`. */
export interface RootKey {
  /** `local-file`, `aws-kms`…: what doctor and the evidence pack name. */
  readonly provider: string;
  /** The id of the key that wraps now. */
  id(): Promise<string>;
  /** `place.by` is the root key's id. A key service takes the place as its encryption context. */
  wrap(place: WrapPlace, secret: Uint8Array): Promise<Uint8Array>;
  unwrap(place: WrapPlace, wrapped: Uint8Array): Promise<Buffer>;
}

/** A root whose key material Cordon itself renews. A key service rotates on its own side instead. */
export interface RenewableRoot extends RootKey {
  /** Adds a key and makes it the one that wraps. A renewal that was begun is continued. Returns its id. */
  begin(nowMs: number): Promise<string>;
  /** When the renewal was begun, and which keys it replaces; null when none is under way. */
  underWay(): Promise<{ readonly begunAtMs: number; readonly replaced: readonly string[] } | null>;
  /** Forgets every key but the one that wraps. Only when nothing is wrapped by them any more. */
  finish(): Promise<void>;
  /** The whole secret, for escrow alone. */
  disclose(): Promise<Buffer>;
}

interface RootFile {
  readonly format: 'cordon-root/1';
  readonly active: string;
  readonly keys: readonly { readonly id: string; readonly created: string; readonly key: string }[];
}

/** Others than the owner could read the file. */
const LOOSE_MODE = 0o077;

/** Creates the root key file unless it is there. `mayCreate` is false once something is wrapped: a lost root is never replaced silently. */
export function openRootFile(
  path: string,
  options: { readonly mayCreate: boolean; readonly nowMs: number },
): RenewableRoot {
  if (!existsSync(path)) {
    if (!options.mayCreate) throw new ProblemError('key_unavailable', { reason: 'root_key_missing' });
    ensureDirectory(dirname(path));
    const key = freshKey(options.nowMs);
    createOnce(path, print({ format: 'cordon-root/1', active: key.id, keys: [key] }));
  }
  if ((statSync(path).mode & LOOSE_MODE) !== 0) throw new ProblemError('key_unavailable', { reason: 'root_key_mode' });
  read(path);
  return localRoot(path);
}

/** Writes a root that came back from escrow. Errors: `conflict` when a root file is there already. */
export function restoreRootFile(path: string, secret: Uint8Array): void {
  const text = Buffer.from(secret).toString('utf8');
  parse(text);
  ensureDirectory(dirname(path));
  if (!createOnce(path, text)) throw new ProblemError('conflict', { reason: 'root_key_exists' });
}

function localRoot(path: string): RenewableRoot {
  const keyOf = (id: string): Buffer => {
    const found = read(path).keys.find((key) => key.id === id);
    if (found === undefined) throw new ProblemError('key_unavailable', { reason: 'root_key_unknown' });
    return Buffer.from(found.key, 'base64');
  };
  return {
    provider: 'local-file',
    id: async () => read(path).active,
    wrap: async (place, secret) => wrapKey(keyOf(place.by), place.level, wrapContext(place), secret),
    unwrap: async (place, wrapped) => unwrapKey(keyOf(place.by), place.level, wrapContext(place), wrapped),
    begin: async (nowMs) => {
      const file = read(path);
      if (file.keys.length > 1) return file.active;
      const key = freshKey(nowMs);
      writeDurably(path, print({ ...file, active: key.id, keys: [...file.keys, key] }));
      return key.id;
    },
    underWay: async () => {
      const file = read(path);
      const active = file.keys.find((key) => key.id === file.active);
      if (file.keys.length === 1 || active === undefined) return null;
      const replaced = file.keys.filter((key) => key.id !== file.active).map((key) => key.id);
      return { begunAtMs: Date.parse(active.created), replaced };
    },
    finish: async () => {
      const file = read(path);
      writeDurably(path, print({ ...file, keys: file.keys.filter((key) => key.id === file.active) }));
    },
    disclose: async () => Buffer.from(print(read(path)), 'utf8'),
  };
}

function freshKey(nowMs: number): RootFile['keys'][number] {
  const id = `root.${randomBytes(8).toString('hex')}`;
  return { id, created: new Date(nowMs).toISOString(), key: randomBytes(KEY_BYTES).toString('base64') };
}

function read(path: string): RootFile {
  const text = readIfThere(path);
  if (text === null) throw new ProblemError('key_unavailable', { reason: 'root_key_missing' });
  return parse(text);
}

function print(file: RootFile): string {
  return `${JSON.stringify(file)}\n`;
}

function parse(text: string): RootFile {
  try {
    const file = JSON.parse(text) as Partial<RootFile>;
    const keys = file.keys ?? [];
    const sound = keys.every((key) => Buffer.from(key.key, 'base64').length === KEY_BYTES);
    if (file.format === 'cordon-root/1' && sound && keys.some((key) => key.id === file.active)) return file as RootFile;
  } catch {
    // Falls through to the one refusal.
  }
  throw new ProblemError('key_unavailable', { reason: 'root_key_invalid' });
}
