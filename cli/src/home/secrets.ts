// Secrets of services on this machine (docs/operate/secrets.md): files that the server reads and nothing ever prints.
import { chmod, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Refusal } from '#failure.ts';
import { hasCode, reason } from '#home/files.ts';
import { brief } from '#terminal/printable.ts';

/** What may stand beside a secret: an authority to trust, a certificate of our own with its key, hosts that give tokens. */
export const PARTS = ['secret', 'ca', 'cert', 'key', 'hosts'] as const;
export type Part = (typeof PARTS)[number];

/** As registry rows name credentials. */
export const CREDENTIAL = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Bytes, as the server takes them. */
export const MAX_SECRET_BYTES = 65_536;

/** Read or changed by others; the owner's group may read, for mounted secrets. */
const LOOSE = 0o027;

export interface StoredSecret {
  readonly name: string;
  readonly parts: readonly Part[];
  /** Others may read or change one of the files: the server does not use it. */
  readonly loose: boolean;
}

/** Written beside and renamed, so that the server reads the old or the new and never half. Errors: `file_unreadable`. */
export async function storeSecret(directory: string, name: string, part: Part, content: Uint8Array): Promise<void> {
  const path = join(directory, fileName(name, part));
  const unfinished = `${path}.unfinished`;
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await chmod(dirname(directory), 0o700);
    await rm(unfinished, { force: true });
    const file = await open(unfinished, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (error) {
    throw new Refusal('file_unreadable', `${brief(directory)}: ${reason(error)}`);
  }
}

/** Every file of the credential; true when there was one. Errors: `file_unreadable`. */
export async function removeSecret(directory: string, name: string): Promise<boolean> {
  const known = (await listSecrets(directory)).find((secret) => secret.name === name);
  for (const part of known?.parts ?? []) await rm(join(directory, fileName(name, part)), { force: true });
  return known !== undefined;
}

/** By name; empty where there is no directory. Errors: `file_unreadable`. */
export async function listSecrets(directory: string): Promise<readonly StoredSecret[]> {
  const found = new Map<string, { parts: Part[]; loose: boolean }>();
  for (const file of await filesIn(directory)) {
    const [name = '', end = 'secret', ...rest] = file.split('.');
    const part = PARTS.find((each) => each === end);
    if (part === undefined || rest.length > 0 || !CREDENTIAL.test(name)) continue;
    const { mode } = await stat(join(directory, file));
    const secret = found.get(name) ?? { parts: [], loose: false };
    secret.parts.push(part);
    secret.loose ||= (mode & LOOSE) !== 0;
    found.set(name, secret);
  }
  return [...found].map(([name, secret]) => ({ name, ...secret })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function filesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw new Refusal('file_unreadable', `${brief(directory)}: ${reason(error)}`);
  }
}

function fileName(name: string, part: Part): string {
  return part === 'secret' ? name : `${name}.${part}`;
}
