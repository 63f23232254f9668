// How a child that runs native code on foreign bytes is confined: no network, no core dump, no new privileges, gone when we are gone.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

/** What this machine permits; `cordon doctor` shows it. */
export interface Confinement {
  /** The child has a network namespace of its own with nothing in it. */
  readonly network: boolean;
  /** The kernel kills the child when the server dies. (Without it the child ends when its input closes.) */
  readonly tied: boolean;
}

interface Wrapper {
  readonly grants: keyof Confinement;
  readonly words: readonly string[];
}

/** Tried in this order; the first that works is used. Root may unshare; others need a user namespace around it. */
const NETWORK: readonly (readonly string[])[] = [
  ['unshare', '--net', '--'],
  ['unshare', '--user', '--map-current-user', '--net', '--'],
];

/** `--pdeathsig` must come after `unshare`: a change of credentials clears it (prctl(2), PR_SET_PDEATHSIG). */
const TIED: readonly (readonly string[])[] = [['setpriv', '--no-new-privs', '--pdeathsig', 'KILL', '--']];

export interface Sandbox {
  readonly confinement: Confinement;
  /** The command line that runs `command` confined. Batch work gives way to live work and to the server itself. */
  wrap(command: readonly string[], work: Work): readonly string[];
}

/** Live sound is heard while somebody speaks; a recording can wait. */
export type Work = 'live' | 'batch';

/**
 * Niceness of batch work: a live child gets nine tenths of a core that both want (sched(7), weights 1024 to 110). At 19 it would be all but
 * a seventieth, and a machine that is full of other work would starve recordings (docs/decisions/0092).
 */
const BATCH_NICENESS = '10';

/** Tries what the machine permits; about ten milliseconds. */
export function probeSandbox(): Sandbox {
  const wrappers = [firstWorking('network', NETWORK, []), null].filter((wrapper) => wrapper !== null);
  const before = wrappers.flatMap((wrapper) => wrapper.words);
  const tied = firstWorking('tied', TIED, before);
  const prefix = [...before, ...(tied?.words ?? [])];
  return {
    confinement: { network: wrappers.length > 0, tied: tied !== null },
    // RLIMIT_CORE 0: a core file would hold speech. The shell replaces itself, so the process id is the child's.
    wrap: (command, work) => [
      ...prefix,
      '/bin/sh',
      '-c',
      'ulimit -c 0; exec "$@"',
      'sh',
      ...(work === 'batch' ? ['nice', '-n', BATCH_NICENESS, '--'] : []),
      ...command,
    ],
  };
}

/**
 * Where the kernel shares out processor time by session first (sched(7), autogroup: the default of desktop kernels), a child in a session
 * of its own gives way only if its session does. Elsewhere there is no such file and niceness alone counts.
 */
export function giveWay(pid: number): void {
  try {
    writeFileSync(`/proc/${String(pid)}/autogroup`, BATCH_NICENESS);
  } catch {
    // not Linux, no autogroups, or the child is gone: its end is seen elsewhere
  }
}

function firstWorking(
  grants: keyof Confinement,
  choices: readonly (readonly string[])[],
  before: readonly string[],
): Wrapper | null {
  const words = choices.find((choice) => works([...before, ...choice, 'true']));
  return words === undefined ? null : { grants, words };
}

function works(command: readonly string[]): boolean {
  const [file = '', ...rest] = command;
  return spawnSync(file, rest, { stdio: 'ignore', timeout: 5_000 }).status === 0;
}
