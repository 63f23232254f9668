// PostgreSQL refuses to run as root. When Cordon is root, the database runs under an account that owns nothing else.
import { execFileSync, spawnSync } from 'node:child_process';
import { ProblemError } from '@cordon/contract';

/** The account that PostgreSQL runs under; null: our own, because we are not root. */
export type Account = { readonly uid: number; readonly gid: number } | null;

const NAME = 'cordon-postgres';
// Where no account can be made (a container image without useradd). It may be shared with other programs, hence last.
const FALLBACK = 'nobody';

export function databaseAccount(): Account {
  if (process.getuid?.() !== 0) return null;
  const account = lookUp(NAME) ?? create() ?? lookUp(FALLBACK);
  if (account === null) throw new ProblemError('data_directory_unusable', { reason: 'no_account' });
  return account;
}

/** True when the account can reach and use the path: asked of the kernel by trying, not computed from modes and access lists. */
export function canReach(account: Account, path: string, need: '-x' | '-w'): boolean {
  return spawnSync('/bin/sh', ['-c', `test ${need} "$0"`, path], { ...asAccount(account), cwd: '/' }).status === 0;
}

/** Options for `spawn` that drop to the account. libuv clears supplementary groups when it changes the user. */
export function asAccount(account: Account): { uid?: number; gid?: number } {
  return account === null ? {} : { uid: account.uid, gid: account.gid };
}

function create(): Account {
  const made = spawnSync(
    'useradd',
    [
      '--system',
      '--no-create-home',
      '--home-dir',
      '/nonexistent',
      '--shell',
      '/usr/sbin/nologin',
      '--user-group',
      NAME,
    ],
    { stdio: 'ignore' },
  );
  // Also when it failed: another process may just have made the account.
  return made.error === undefined ? lookUp(NAME) : null;
}

function lookUp(name: string): Account {
  const id = (flag: '-u' | '-g'): number =>
    Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    const account = { uid: id('-u'), gid: id('-g') };
    return account.uid === 0 ? null : account;
  } catch {
    return null;
  }
}
