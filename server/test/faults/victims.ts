// The processes of a running Cordon that can be killed, found by parentage in /proc.
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/** `postgresql`: the database server; `backend`: one of its processes; `recogniser`: a child that hears. */
export type VictimKind = 'server' | 'postgresql' | 'backend' | 'recogniser';

export const VICTIM_KINDS: readonly VictimKind[] = ['server', 'postgresql', 'backend', 'recogniser'];

/** Process ids of that kind under the server `root`; empty when there is none at the moment. */
export function findVictims(root: number, kind: VictimKind): readonly number[] {
  if (kind === 'server') return [root];
  const children = childrenByParent();
  const direct = children.get(root) ?? [];
  const postgres = direct.filter((pid) => program(pid) === 'postgres');
  switch (kind) {
    case 'postgresql':
      return postgres;
    case 'backend':
      return postgres.flatMap((pid) => children.get(pid) ?? []);
    case 'recogniser':
      return descendants(children, root).filter((pid) => !postgres.includes(pid) && program(pid) !== 'postgres');
  }
}

function descendants(children: ReadonlyMap<number, readonly number[]>, root: number): readonly number[] {
  const direct = children.get(root) ?? [];
  return direct.flatMap((pid) => [pid, ...descendants(children, pid)]);
}

function childrenByParent(): ReadonlyMap<number, readonly number[]> {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(Number(name));
    if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  return children;
}

/** proc_pid_stat(5): `pid (comm) state ppid …`; comm may hold spaces and brackets. A zombie is no victim. */
function parentOf(pid: number): number | null {
  try {
    const [state = 'Z', parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return state === 'Z' ? null : Number(parent);
  } catch {
    return null;
  }
}

function program(pid: number): string {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`));
  } catch {
    return '';
  }
}
