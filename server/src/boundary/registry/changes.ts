// What an import changes, member by member. Pure.
import type { RegistryChanges } from '@cordon/contract';

export type Change = RegistryChanges['changes'][number];

/** Members whose words are sealed: that they change is said, not how. */
const SEALED = /^(notes|retentionProof|reviewed|parties|subcontractors)\b|^clauses\.[^.]+\.(quote|reviewer)$/;
const MAX_SHOWN_CHARS = 200;

/** Leaves that differ, by path, in the order of their names. `from` null: there was none; `to` null: there is none any more. */
export function differences(held: unknown, wanted: unknown): Change['fields'] {
  const before = leaves(held);
  const after = leaves(wanted);
  const paths = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  return paths
    .filter((path) => before.get(path) !== after.get(path))
    .map((field) => ({ field, from: shown(field, before.get(field)), to: shown(field, after.get(field)) }));
}

function shown(field: string, text: string | undefined): string | null {
  if (text === undefined || text === 'null') return null;
  return SEALED.test(field) ? '…' : text.slice(0, MAX_SHOWN_CHARS);
}

/** Lists of plain values are one leaf; an empty list or object is none. */
function leaves(value: unknown, path = '', found = new Map<string, string>()): Map<string, string> {
  if (Array.isArray(value) && value.length === 0) return found;
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== 'object' || item === null)) found.set(path, value.join(', '));
    else for (const [at, item] of value.entries()) leaves(item, `${path}.${at}`, found);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) leaves(member, path === '' ? name : `${path}.${name}`, found);
  } else if (value !== undefined) found.set(path, typeof value === 'string' ? value : JSON.stringify(value));
  return found;
}

/** Whether two values say the same, whatever the order of their members. */
export function same(left: unknown, right: unknown): boolean {
  return canonical(left) === canonical(right);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([left], [right]) => (left < right ? -1 : 1)))
      : member,
  );
}
