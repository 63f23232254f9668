// PocketSphinx on this machine: found, or installed by apt on Debian when that is allowed and possible.
import { spawn } from 'node:child_process';
import { access, constants, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NO_COMPANIONS } from './choose-companions.ts';
import type { ChosenEngine } from './choose-engine.ts';
import { digestOfSet, fileDigest } from './digests.ts';

/** Debian's places. Programs are looked for only here, so that a PATH cannot smuggle one in. */
const PROGRAMS = [
  { path: '/usr/bin/pocketsphinx_continuous', flavour: 'continuous' },
  { path: '/usr/bin/pocketsphinx', flavour: 'live' },
] as const;
const MODELS = '/usr/share/pocketsphinx/model/en-us';

export const APT_PACKAGES = ['pocketsphinx', 'pocketsphinx-en-us'] as const;

/** Milliseconds. About 30 MB; beyond this the mirror does not really answer. */
const APT_TIMEOUT_MS = 300_000;

/** Null when it is not installed, or not wholly. */
export async function findPocketSphinx(): Promise<ChosenEngine | null> {
  const files = {
    acousticModel: join(MODELS, 'en-us'),
    languageModel: join(MODELS, 'en-us.lm.bin'),
    dictionary: join(MODELS, 'cmudict-en-us.dict'),
  };
  if (!(await allThere(Object.values(files)))) return null;
  for (const { path, flavour } of PROGRAMS) {
    if (!(await allThere([path], constants.X_OK))) continue;
    return {
      config: { family: { family: 'pocketsphinx', flavour, command: path, ...files }, cut: { how: 'whole' } },
      pieces: null,
      engine: 'pocketsphinx',
      model: 'pocketsphinx-en-us',
      digest: await digestOf([path, ...Object.values(files)]),
      accuracy: 'low',
      companions: NO_COMPANIONS,
      directories: [],
    };
  }
  return null;
}

/** The acoustic model is a directory of a handful of files. */
async function digestOf(paths: readonly string[]): Promise<string> {
  const digests = new Map<string, string>();
  for (const path of paths) {
    const inside = await readdir(path).then(
      (names) => names.map((name) => join(path, name)),
      () => [path],
    );
    for (const file of inside) digests.set(file, await fileDigest(file));
  }
  return digestOfSet(digests);
}

/** Whether apt could install it here: Debian or a descendant, as root, with apt-get. */
export async function aptIsPossible(): Promise<boolean> {
  if (process.getuid?.() !== 0 || !(await allThere(['/usr/bin/apt-get'], constants.X_OK))) return false;
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^ID(_LIKE)?=.*\bdebian\b/m.test(release);
}

/** Runs apt-get; true when both steps succeeded. The index is refreshed first, as a fresh machine has none. */
export async function installPocketSphinx(signal: AbortSignal): Promise<boolean> {
  const quiet = ['-qq', '-o', 'DPkg::Lock::Timeout=60', '-o', 'Acquire::Retries=1', '-o', 'Acquire::http::Timeout=20'];
  const install = ['install', '-y', '--no-install-recommends', ...quiet, ...APT_PACKAGES];
  if (await aptGet(install, signal)) return true;
  return (await aptGet(['update', ...quiet], signal)) && (await aptGet(install, signal));
}

async function aptGet(args: readonly string[], signal: AbortSignal): Promise<boolean> {
  const child = spawn('/usr/bin/apt-get', args, {
    stdio: 'ignore',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', DEBIAN_FRONTEND: 'noninteractive', LANG: 'C.UTF-8' },
    signal: AbortSignal.any([signal, AbortSignal.timeout(APT_TIMEOUT_MS)]),
  });
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}

async function allThere(paths: readonly string[], mode = constants.R_OK): Promise<boolean> {
  const found = await Promise.all(
    paths.map((path) =>
      access(path, mode).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.every(Boolean);
}
