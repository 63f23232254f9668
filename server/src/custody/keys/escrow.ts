// Escrow: losing the root key loses everything, so a copy is sealed to people outside (age, https://age-encryption.org/v1)
// and a restore with it is tried. Erasure keys are left out on purpose: an escrow that held them would undo every erasure.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ProblemError } from '@cordon/contract';
import { Decrypter, Encrypter } from 'age-encryption';
import type { AppendKeyEvent } from './events.ts';
import { createOnce, destroy, ensureDirectory, readIfThere, writeDurably } from './files.ts';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import { SYSTEM_TENANT } from '#kernel/ids.ts';
import { filesBelow } from './copies.ts';
import { currentSigningKey, openInstallation } from './installation.ts';
import type { KeyStore } from './keystore.ts';
import { layoutOf } from './layout.ts';
import { openRootFile, restoreRootFile } from './root.ts';

/** What doctor and the evidence pack show. Red unless `covered` and `tried`. */
export interface EscrowStatus {
  /** An escrow exists that holds the root key of today. */
  readonly covered: boolean;
  /** Opening that escrow and reading this installation's keys with it was tried, and worked. */
  readonly tried: boolean;
  readonly made: string | null;
  readonly recipients: number;
}

interface EscrowRecord {
  readonly id: string;
  readonly rootKey: string;
  readonly made: string;
  readonly recipients: number;
  readonly tried: string | null;
}

interface EscrowContent {
  readonly format: 'cordon-escrow/1';
  readonly id: string;
  readonly installation: string;
  readonly made: string;
  /** Base64 of the root key file. */
  readonly root: string;
  /** Key files by their place in the key directory; no erasure keys. */
  readonly files: Readonly<Record<string, string>>;
}

/** More recipients than a board has members is a mistake. */
const MOST_RECIPIENTS = 20;

/**
 * The sealed copy, to be stored away from this machine; in the ledger before it is given out.
 * Errors: `invalid_request` for a recipient that is none.
 */
export async function makeEscrow(
  store: KeyStore,
  request: { readonly recipients: readonly string[]; readonly actor: ActorRef; readonly append: AppendKeyEvent },
): Promise<Uint8Array> {
  const { recipients, actor, append } = request;
  const encrypter = encrypterFor(recipients);
  const id = randomUUID();
  const made = store.clock.now().toISOString();
  const content: EscrowContent = {
    format: 'cordon-escrow/1',
    id,
    installation: store.installation.id,
    made,
    root: (await store.root.disclose()).toString('base64'),
    files: escrowedFiles(store),
  };
  const sealed = await encrypter.encrypt(JSON.stringify(content));
  const rootKey = await store.root.id();
  const detail = { recipients: recipients.length, root: rootKey };
  await append({ tenant: SYSTEM_TENANT, kind: 'key.escrowed', actor, detail, entryId: id });
  writeRecord(store, { id, rootKey, made, recipients: recipients.length, tried: null });
  return sealed;
}

/** Where a trial builds, inside the key directory: no key leaves the place that was made for keys, not even for a moment. */
const TRIAL = '.escrow-trial-';
/** By its ending a temporary file: copies leave it out, and the sweep takes it when a trial died with its process. */
const TRIAL_ROOT = 'root.tmp';

/**
 * Tries a restore: opens the escrow with an identity, rebuilds root and installation beside the real ones, and checks
 * that they are this installation's. Errors: `invalid_request` when the identity does not open it, `key_unavailable` when
 * what is inside is not this installation.
 */
export async function tryEscrow(store: KeyStore, sealed: Uint8Array, identity: string): Promise<void> {
  const content = await openEscrow(sealed, identity);
  const directory = mkdtempSync(join(store.layout.directory, TRIAL));
  const rootFile = join(directory, TRIAL_ROOT);
  try {
    restoreEscrow(content, directory, rootFile);
    const now = store.clock.now();
    const layout = layoutOf(directory);
    const root = openRootFile(rootFile, { mayCreate: false, nowMs: now.getTime() });
    const installation = await openInstallation(layout, root, now);
    const signing = await currentSigningKey(layout, root, 'escrow', now);
    const same =
      installation.id === store.installation.id &&
      installation.derive('escrow').equals(store.installation.derive('escrow')) &&
      Buffer.from(signing.publicKey).equals(Buffer.from(store.signingKey().publicKey));
    if (!same) throw new ProblemError('key_unavailable', { reason: 'escrow_of_another_installation' });
  } finally {
    for (const path of filesBelow(directory)) destroy(path);
    rmSync(directory, { recursive: true, force: true });
  }
  const record = readRecord(store);
  if (record?.id !== content.id) return;
  const detail = { setting: 'escrow-tried', escrow: content.id };
  store.events.announce({ tenant: SYSTEM_TENANT, kind: 'configuration.changed', detail }, recordPath(store));
  writeRecord(store, { ...record, tried: store.clock.now().toISOString() });
}

/** Errors: `invalid_request`. */
export async function openEscrow(sealed: Uint8Array, identity: string): Promise<EscrowContent> {
  try {
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const content: unknown = JSON.parse(await decrypter.decrypt(sealed, 'text'));
    if (isContent(content)) return content;
  } catch {
    // Falls through: the library's words may quote the identity.
  }
  throw new ProblemError('invalid_request', { field: 'identity' });
}

/** Writes root key and key files into an empty place. Erasure keys come from a copy of the key store. Errors: `conflict`. */
export function restoreEscrow(content: EscrowContent, directory: string, rootFile: string): void {
  restoreRootFile(rootFile, Buffer.from(content.root, 'base64'));
  for (const [name, text] of Object.entries(content.files)) restoreKeyFile(directory, name, text);
}

/** Whether the root of today is in an escrow that was tried. */
export async function escrowStatus(store: KeyStore): Promise<EscrowStatus> {
  const record = readRecord(store);
  const covered = record !== null && record.rootKey === (await store.root.id());
  return {
    covered,
    tried: covered && record.tried !== null,
    made: record?.made ?? null,
    recipients: record?.recipients ?? 0,
  };
}

function encrypterFor(recipients: readonly string[]): Encrypter {
  if (recipients.length === 0 || recipients.length > MOST_RECIPIENTS)
    throw new ProblemError('invalid_request', { field: 'recipients' });
  const encrypter = new Encrypter();
  for (const recipient of recipients) {
    try {
      encrypter.addRecipient(recipient);
    } catch {
      throw new ProblemError('invalid_request', { field: 'recipients' });
    }
  }
  return encrypter;
}

/** Key files other than erasure keys and the root: installation, signing keys, tenant keys, look-up keys. */
const ESCROWED =
  /^(installation\.key|signing\/signing\.\d+\.(key|next)|tenants\/[0-9a-f-]{36}\/(lookup\.key|keys\/tenant\.\d+\.key))$/;

function escrowedFiles(store: KeyStore): Record<string, string> {
  const { directory } = store.layout;
  const names = filesBelow(directory).map((path) => relative(directory, path));
  const kept = names.filter((name) => ESCROWED.test(name));
  return Object.fromEntries(
    kept.flatMap((name) => {
      const text = readIfThere(join(directory, name));
      return text === null ? [] : [[name, text]];
    }),
  );
}

function restoreKeyFile(directory: string, name: string, text: string): void {
  if (!ESCROWED.test(name)) throw new ProblemError('invalid_request', { field: 'escrow' });
  const path = join(directory, name);
  ensureDirectory(dirname(path));
  if (!createOnce(path, text)) throw new ProblemError('conflict', { reason: 'key_store_exists' });
}

function isContent(value: unknown): value is EscrowContent {
  return typeof value === 'object' && value !== null && 'format' in value && value.format === 'cordon-escrow/1';
}

function recordPath(store: KeyStore): string {
  return join(store.layout.records, 'escrow.json');
}

function readRecord(store: KeyStore): EscrowRecord | null {
  const text = readIfThere(recordPath(store));
  return text === null ? null : (JSON.parse(text) as EscrowRecord);
}

function writeRecord(store: KeyStore, record: EscrowRecord): void {
  writeDurably(recordPath(store), `${JSON.stringify(record)}\n`);
}
