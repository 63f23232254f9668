// The processes of a running Cordon that can be killed, found by parentage in /proc.
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/** `postgresql`: the database server; `backend`: one of its processes; `recogniser`: a child that hears; `worker`: a process for jobs alone. */
export type VictimKind = 'server' | 'postgresql' | 'backend' | 'recogniser' | 'worker';

export interface Process {
  readonly pid: number;
  readonly program: string;
}

/** All below `root`, children of children too; zombies are none. */
export function descendants(root: number): readonly Process[] {
  const children = childrenByParent();
  const below = (pid: number): readonly number[] =>
    (children.get(pid) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(root).map((pid) => ({ pid, program: programOf(pid) }));
}

/** The PostgreSQL server that is a child of `root`. */
export function postmastersOf(root: number): readonly number[] {
  return (childrenByParent().get(root) ?? []).filter((pid) => programOf(pid) === 'postgres');
}

export function backendsOf(root: number): readonly number[] {
  const children = childrenByParent();
  return postmastersOf(root).flatMap((pid) => children.get(pid) ?? []);
}

export function recognisersOf(root: number): readonly number[] {
  return descendants(root)
    .filter(({ program }) => program !== 'postgres')
    .map(({ pid }) => pid);
}

/** Children that ended and were never waited for. */
export function zombiesOf(root: number): readonly number[] {
  return readdirSync('/proc').flatMap((name) => {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : null;
    return stat?.state === 'Z' && stat.parent === root ? [Number(name)] : [];
  });
}

export function isAlive(pid: number): boolean {
  const stat = statOf(pid);
  return stat !== null && stat.state !== 'Z';
}

function childrenByParent(): ReadonlyMap<number, readonly number[]> {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = statOf(Number(name));
    if (stat === null || stat.state === 'Z') continue;
    children.set(stat.parent, [...(children.get(stat.parent) ?? []), Number(name)]);
  }
  return children;
}

/** proc_pid_stat(5): `pid (comm) state ppid …`; comm may hold spaces and brackets. */
function statOf(pid: number): { readonly state: string; readonly parent: number } | null {
  try {
    const [state = 'Z', parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return null;
  }
}

function programOf(pid: number): string {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`));
  } catch {
    return '';
  }
}
