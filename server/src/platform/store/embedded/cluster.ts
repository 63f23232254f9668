// Makes the data directory, or refuses one that this PostgreSQL cannot use.
import { execFile } from 'node:child_process';
import { chown, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ProblemError } from '@cordon/contract';
import { asAccount } from './account.ts';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';

export interface ClusterOptions {
  readonly data: string;
  readonly binaries: Binaries;
  readonly account: Account;
  readonly superuser: string;
  readonly password: string;
}

const run = promisify(execFile);
const INITDB_TIMEOUT_MS = 120_000; // a second normally; slow disks in CI

/** Idempotent. Errors: `data_directory_unusable` with `reason` `version` (another major: upgrade first) or `initdb`. */
export async function ensureCluster(options: ClusterOptions): Promise<void> {
  const found = await readMajor(options.data);
  if (found === null) await createCluster(options);
  else if (found !== options.binaries.major) {
    throw new ProblemError('data_directory_unusable', {
      reason: 'version',
      path: options.data,
      found,
      wanted: options.binaries.major,
    });
  }
}

async function readMajor(data: string): Promise<number | null> {
  const text = await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => null);
  return text === null ? null : Number.parseInt(text, 10);
}

/** Beside the final name, then renamed: a data directory is whole or absent, whenever the process dies. */
async function createCluster(options: ClusterOptions): Promise<void> {
  const building = `${options.data}.new`;
  await rm(building, { recursive: true, force: true });
  await mkdir(building, { mode: 0o700 });
  const passwordFile = join(building, '.password');
  const cluster = join(building, 'cluster');
  await writeFile(passwordFile, options.password, { mode: 0o600, flag: 'wx' });
  if (options.account !== null) {
    await chown(building, options.account.uid, options.account.gid);
    await chown(passwordFile, options.account.uid, options.account.gid);
  }
  try {
    await run(options.binaries.initdb, initdbArguments(cluster, passwordFile, options.superuser), {
      ...asAccount(options.account),
      cwd: building,
      env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
      timeout: INITDB_TIMEOUT_MS,
    });
    await rename(cluster, options.data);
    await syncDirectory(dirname(options.data));
  } catch (error) {
    throw new ProblemError('data_directory_unusable', { reason: 'initdb', path: options.data }, error);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function initdbArguments(cluster: string, passwordFile: string, superuser: string): string[] {
  return [
    `--pgdata=${cluster}`,
    `--username=${superuser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C', // the same order of strings on every machine, whatever its C library
    '--data-checksums',
    '--no-instructions',
  ];
}
