// What belongs to the installation and not to a tenant: its id, the secret from which credentials' digests and database
// passwords are derived, and the keys that sign the ledger.
import { createPrivateKey, createPublicKey, hkdfSync, randomBytes, randomUUID, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { ProblemError } from '@cordon/contract';
import { SYSTEM_TENANT } from '#kernel/ids.ts';
import { KEY_BYTES } from './derive.ts';
import { createOnce, ensureDirectory, namesIn, readIfThere } from './files.ts';
import { parseKeyFile, printKeyFile } from './keyfile.ts';
import { generationOf, keyIds } from './layout.ts';
import type { Layout } from './layout.ts';
import type { RootKey } from './root.ts';
import type { WrapLevel } from './wrap.ts';

/** Signs checkpoints and certificates (docs/formats/checkpoint.md). */
export interface SigningKey {
  /** `signing.N`. */
  readonly id: string;
  /** Key name of the signed note: `cordon.local/<installation uuid>`. */
  readonly name: string;
  /** Ed25519 public key, 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Ed25519 signature, 64 bytes (RFC 8032). */
  sign(bytes: Uint8Array): Uint8Array;
}

/** RFC 8410: PKCS #8 of an Ed25519 seed is this prefix and the 32 bytes. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
/** SPKI of an Ed25519 public key: the key is the last 32 bytes. */
const PUBLIC_KEY_BYTES = 32;

export interface Installation {
  readonly id: string;
  /** Keyed derivation for one purpose (HKDF-SHA-256 of the installation secret); the same purpose always gives the same bytes. */
  readonly derive: (purpose: string, length?: number) => Buffer;
}

/** Creates id and secret on first use. Errors: `key_unavailable`. */
export async function openInstallation(layout: Layout, root: RootKey, now: Date): Promise<Installation> {
  if (!existsSync(layout.installation)) {
    await createKey(layout.installation, { root, level: 'installation', of: randomUUID(), now });
  }
  const { id, secret } = await openKey(layout.installation, root, 'installation');
  return {
    id,
    derive: (purpose, length = KEY_BYTES) => Buffer.from(hkdfSync('sha256', secret, '', `cordon ${purpose}`, length)),
  };
}

/** The key that signs now; the first one is created. */
export async function currentSigningKey(layout: Layout, root: RootKey, name: string, now: Date): Promise<SigningKey> {
  if (!existsSync(layout.signing)) await root.id(); // nothing is made where the whole key store is away
  ensureDirectory(layout.signing);
  if (keyIds(namesIn(layout.signing)).length === 0) {
    await createKey(join(layout.signing, 'signing.1.key'), { root, level: 'signing', of: 'signing.1', now });
  }
  const newest = keyIds(namesIn(layout.signing)).at(-1);
  return openSigningKey(join(layout.signing, `${newest}.key`), root, name);
}

/** A successor that does not sign yet: the ledger first records the change under both keys. Repeatable after a crash. */
export async function prepareSigningKey(layout: Layout, root: RootKey, name: string, now: Date): Promise<SigningKey> {
  const newest = keyIds(namesIn(layout.signing)).at(-1);
  const next = `signing.${generationOf(newest ?? 'signing.0') + 1}`;
  const path = join(layout.signing, `${next}.next`);
  if (!existsSync(path)) await createKey(path, { root, level: 'signing', of: next, now });
  return openSigningKey(path, root, name);
}

/** From now on the prepared key signs. Repeatable. */
export function activateSigningKey(layout: Layout, id: string): void {
  const prepared = join(layout.signing, `${id}.next`);
  const active = join(layout.signing, `${id}.key`);
  if (existsSync(prepared)) renameSync(prepared, active);
  else if (!existsSync(active)) throw new ProblemError('key_unavailable', { reason: 'signing_key_unknown' });
}

async function openSigningKey(path: string, root: RootKey, name: string): Promise<SigningKey> {
  const { id, secret } = await openKey(path, root, 'signing');
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, secret]), format: 'der', type: 'pkcs8' });
  secret.fill(0);
  return { id, name, publicKey: publicBytes(privateKey), sign: (bytes) => sign(null, bytes, privateKey) };
}

function publicBytes(privateKey: KeyObject): Uint8Array {
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return new Uint8Array(spki.subarray(spki.length - PUBLIC_KEY_BYTES));
}

async function createKey(
  path: string,
  key: { readonly root: RootKey; readonly level: WrapLevel; readonly of: string; readonly now: Date },
): Promise<void> {
  const secret = randomBytes(KEY_BYTES);
  const place = { level: key.level, of: key.of, tenant: SYSTEM_TENANT, by: await key.root.id() };
  const wrapped = await key.root.wrap(place, secret);
  secret.fill(0);
  createOnce(path, printKeyFile({ place, created: key.now.toISOString(), wrapped }));
}

async function openKey(
  path: string,
  root: RootKey,
  level: WrapLevel,
): Promise<{ readonly id: string; readonly secret: Buffer }> {
  const text = readIfThere(path);
  if (text === null) throw new ProblemError('key_unavailable', { reason: 'key_missing' });
  const file = parseKeyFile(text);
  const place = { level, of: file.place.of, tenant: SYSTEM_TENANT, by: file.place.by };
  try {
    return { id: file.place.of, secret: await root.unwrap(place, file.wrapped) };
  } catch (error) {
    throw new ProblemError('key_unavailable', { reason: 'key_file_invalid' }, error);
  }
}
