// Anchors: copies of signed checkpoints in another place (docs/formats/checkpoint.md, Anchors). They say how far the tree had
// come, so that a database restored from an old backup, or cut off at the end, is found out.
import { mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { anchorPath } from '@cordon/proofs';
import { newId, parseTenantId } from '#kernel/ids.ts';
import type { TenantId } from '#kernel/ids.ts';

export interface Anchor {
  readonly epoch: number;
  readonly size: number;
  /** The signed note. */
  readonly note: Uint8Array;
}

/** Where anchors go. Errors: whatever the place throws; the ledger goes on and tries again. */
export interface Anchors {
  /** Durable when it resolves. Repeatable. */
  put(tenant: TenantId, epoch: number, size: number, note: Uint8Array): Promise<void>;
  tenants(): Promise<readonly TenantId[]>;
  /** The newest of the newest epoch. */
  newest(tenant: TenantId): Promise<Anchor | null>;
  list(tenant: TenantId): Promise<readonly Anchor[]>;
}

// A busy ledger anchors every second. The newest are kept whatever their age, of the older ones the last of each day, so that
// years of anchors are some thousand files per tenant.
const KEPT_NEWEST = 64;
// Thinning looks at every file, so it waits until there is something to gain.
const THIN_ABOVE = 2 * KEPT_NEWEST;
const FILE = /^(\d{6})-(\d{16})\.checkpoint$/;

export function directoryAnchors(directory: string): Anchors {
  return {
    put: async (tenant, epoch, size, note) => {
      const path = join(directory, anchorPath(tenant, epoch, size));
      await writeDurably(path, note);
      await thin(dirname(path));
    },
    tenants: () => tenantsIn(directory),
    newest: async (tenant) => {
      const name = (await anchorNames(join(directory, tenant))).at(-1);
      return name === undefined ? null : readAnchor(join(directory, tenant), name);
    },
    list: async (tenant) => {
      const names = await anchorNames(join(directory, tenant));
      return Promise.all(names.map((name) => readAnchor(join(directory, tenant), name)));
    },
  };
}

async function tenantsIn(directory: string): Promise<readonly TenantId[]> {
  const names = await namesIn(directory);
  return names.flatMap((name) => parseTenantId(name) ?? []);
}

async function anchorNames(directory: string): Promise<string[]> {
  return (await namesIn(directory)).filter((name) => FILE.test(name)).toSorted();
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

async function readAnchor(directory: string, name: string): Promise<Anchor> {
  const [, epoch, size] = FILE.exec(name) ?? [];
  return { epoch: Number(epoch), size: Number(size), note: await readFile(join(directory, name)) };
}

/** Under another name first, then renamed; file and directory are flushed, or the anchor could be lost with the power. */
async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const directory = dirname(path);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const temporary = join(directory, `.${newId()}.tmp`);
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function thin(directory: string): Promise<void> {
  const names = await anchorNames(directory);
  if (names.length <= THIN_ABOVE) return;
  const older = names.slice(0, -KEPT_NEWEST);
  const days = await Promise.all(older.map((name) => dayOf(join(directory, name))));
  const gone = older.filter((_, at) => days[at] === (days[at + 1] ?? ''));
  await Promise.all(gone.map((name) => unlink(join(directory, name)).catch(() => undefined)));
}

async function dayOf(path: string): Promise<string> {
  return (await stat(path)).mtime.toISOString().slice(0, 10);
}
