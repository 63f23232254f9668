// What can be seen from this machine without the server: where things lie, who may read them, space, clock, confinement.
import { spawnSync } from 'node:child_process';
import { readdir, stat, statfs } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type Finding, green, red, yellow } from '#doctor/finding.ts';
import type { Environment } from '#env.ts';
import { credentialsPath } from '#home/credentials.ts';
import { listSecrets } from '#home/secrets.ts';

const GIB = 1024 ** 3;
/** Under this PostgreSQL's own log may fill the disk within a busy hour. */
const LEAST_FREE_BYTES = GIB;
const LOW_FREE_BYTES = 5 * GIB;
/** Clocks of two file systems may differ by a moment. */
const CLOCK_SLACK_MS = 5_000;
const OTHERS = 0o077;
const PROBE_MS = 5_000;

export async function machineFindings(env: Environment): Promise<readonly Finding[]> {
  return [
    await keysApart(env),
    await anchorsApart(env),
    await credentialsPrivate(env),
    await secretsPrivate(env),
    await space(env),
    await clock(env),
    confinement(),
  ];
}

/** A key that lies with what it opens protects nothing (spec custody §2). */
async function keysApart({ home, keys }: Environment): Promise<Finding> {
  const check = 'keys-apart';
  if (lies(keys, home) || lies(home, keys)) {
    return red(
      check,
      'Keys and data lie in one directory.',
      'Set CORDON_KEYS to a directory outside CORDON_HOME and move the keys there.',
    );
  }
  const [keyStat, homeStat] = [await found(keys), await found(home)];
  if (keyStat === null) return yellow(check, 'There is no key directory yet.', 'The first start makes one.');
  if ((keyStat.mode & OTHERS) !== 0)
    return red(check, 'Other accounts can read the key directory.', `chmod 700 ${keys}`);
  if (keyStat.dev === homeStat?.dev) {
    return yellow(
      check,
      'Keys and data are apart, but on one disk.',
      'Put CORDON_KEYS on another disk, or use a key service: a stolen disk would hold both.',
    );
  }
  return green(check, 'Keys lie apart from the data, on another disk, readable by their owner alone.');
}

/** Anchors that are restored with the database prove nothing about it (spec custody §3). */
async function anchorsApart({ home, anchors }: Environment): Promise<Finding> {
  const check = 'anchors-apart';
  const [anchorStat, homeStat] = [await found(anchors), await found(home)];
  if (anchorStat === null) return yellow(check, 'There are no anchors yet.', 'The first checkpoint makes one.');
  if (anchorStat.dev === homeStat?.dev) {
    return yellow(
      check,
      'Anchors and data are on one disk.',
      'Put CORDON_ANCHORS on another disk or machine, so that a rolled-back database is found out.',
    );
  }
  return green(check, 'Anchors are kept on another disk.');
}

async function credentialsPrivate({ home }: Environment): Promise<Finding> {
  const check = 'credentials';
  const path = credentialsPath(home);
  const file = await found(path);
  if (file === null) return green(check, 'No first sign-in lies about.');
  if ((file.mode & OTHERS) !== 0) return red(check, 'Other accounts can read the first sign-in.', `chmod 600 ${path}`);
  return yellow(
    check,
    'The first sign-in is still on disk, readable by its owner alone.',
    `Change the administrator’s password and authenticator, keep the API key elsewhere, and remove ${path}.`,
  );
}

/** A secret that others may read or change is not used by the server: `credential_unusable`. */
async function secretsPrivate({ secrets }: Environment): Promise<Finding> {
  const check = 'secrets';
  const tenants = await readdir(secrets, { withFileTypes: true }).catch(() => []);
  const loose: string[] = [];
  let count = 0;
  for (const tenant of tenants) {
    if (!tenant.isDirectory()) continue;
    const known = await listSecrets(join(secrets, tenant.name));
    count += known.length;
    loose.push(...known.filter((secret) => secret.loose).map(({ name }) => name));
  }
  if (loose.length > 0) {
    return red(
      check,
      `Others may read or change: ${loose.join(', ')}.`,
      `chmod 600 the files below ${secrets}, and replace what was seen.`,
    );
  }
  return green(
    check,
    count === 0 ? 'No service needs a secret.' : `${count} secrets of services are their owner’s alone.`,
  );
}

async function space({ home, keys, anchors }: Environment): Promise<Finding> {
  const free = await Promise.all([home, keys, anchors].map(freeBytes));
  const least = Math.min(...free);
  const says = `${(least / GIB).toFixed(1)} GiB are free where data, keys and anchors are kept.`;
  const remedy = 'Free disk space or move the data; Cordon refuses work rather than lose it.';
  if (least < LEAST_FREE_BYTES) return red('disk', says, remedy);
  return least < LOW_FREE_BYTES ? yellow('disk', says, remedy) : green('disk', says);
}

async function freeBytes(path: string): Promise<number> {
  const there = (await found(path)) === null ? dirname(path) : path;
  const { bavail, bsize } = await statfs(there).catch(() => ({ bavail: Infinity, bsize: 1 }));
  return bavail * bsize;
}

/** A clock behind the newest anchor would make the ledger stop (`clock_behind`). */
async function clock({ anchors }: Environment): Promise<Finding> {
  const newest = await newestAnchor(anchors);
  if (newest === null) return green('clock', 'There is no anchor to compare the clock with yet.');
  const behind = newest.getTime() - Date.now();
  if (behind > CLOCK_SLACK_MS) {
    return red(
      'clock',
      `The clock is ${Math.round(behind / 1000)} s behind the newest anchor.`,
      'Correct the clock (NTP); work goes on by itself.',
    );
  }
  return green('clock', 'The clock is not behind the newest anchor.');
}

async function newestAnchor(anchors: string): Promise<Date | null> {
  const tenants = await readdir(anchors, { withFileTypes: true }).catch(() => []);
  const times: Date[] = [];
  for (const tenant of tenants) {
    if (!tenant.isDirectory()) continue;
    const names = await readdir(join(anchors, tenant.name)).catch(() => []);
    const last = names
      .filter((name) => name.endsWith('.checkpoint'))
      .toSorted()
      .at(-1);
    const file = last === undefined ? null : await found(join(anchors, tenant.name, last));
    if (file !== null) times.push(file.mtime);
  }
  return times.toSorted((a, b) => a.getTime() - b.getTime()).at(-1) ?? null;
}

/** Recognisers read untrusted bytes; without a network of their own a fault in one reaches nobody (spec clinical §1). */
function confinement(): Finding {
  const check = 'recogniser-network';
  const tried = spawnSync('unshare', ['--net', '--map-root-user', 'true'], { stdio: 'ignore', timeout: PROBE_MS });
  if (tried.status === 0) return green(check, 'Recognisers can be cut off from the network.');
  return yellow(
    check,
    'This machine does not let recognisers be cut off from the network.',
    'Allow unprivileged network namespaces (kernel.unprivileged_userns_clone=1), or run where they are allowed.',
  );
}

async function found(path: string): Promise<Stats | null> {
  return stat(path).catch(() => null);
}

function lies(inner: string, outer: string): boolean {
  const way = relative(outer, inner);
  return way === '' || (way !== '..' && !way.startsWith('../'));
}
