// The header of an entry (docs/formats/entry.md §1), cut in pieces: everything but its place is made ready before the head
// is locked, so that under the lock only three short strings are joined in.
import { ProblemError } from '@cordon/contract';
import { encodeEntry } from '@cordon/proofs';
import type { EntryHeader } from '@cordon/proofs';
import { canonicalJson } from './json.ts';

/** Header without its place. */
export type HeaderMembers = Omit<EntryHeader, 'epoch' | 'index' | 'time' | 'v'>;

/** Where an entry stands; `time` is RFC 3339, UTC, milliseconds. */
export interface Place {
  readonly epoch: number;
  readonly index: number;
  readonly time: string;
}

/** Gives the canonical bytes at a place. */
export type HeaderAt = (place: Place) => Buffer;

// Longest values of the three, so that what is valid here is valid at any place.
const ANYWHERE: Place = { epoch: 999_999, index: Number.MAX_SAFE_INTEGER, time: '2000-01-01T00:00:00.000Z' };

/** Errors: `invalid_request` when the members break docs/formats/entry.md. */
export function compileHeader(members: HeaderMembers): HeaderAt {
  validate(members);
  const { actor, body, detail, facts, id, kind, log, objects, stream } = members;
  const beforeEpoch = `{${join({ actor, body, detail })},"epoch":`;
  const beforeIndex = `,${join({ facts, id })},"index":`;
  const beforeTime = `,${join({ kind, log, objects, stream })},"time":"`;
  return ({ epoch, index, time }) =>
    Buffer.from(`${beforeEpoch}${epoch}${beforeIndex}${index}${beforeTime}${time}","v":1}`);
}

function validate(members: HeaderMembers): void {
  try {
    encodeEntry({ ...members, ...ANYWHERE, v: 1 });
  } catch (error) {
    throw new ProblemError('invalid_request', { field: 'entry' }, error);
  }
}

/** Members in canonical order, without the braces; what is undefined is left out. */
function join(members: Readonly<Record<string, unknown>>): string {
  return Object.entries(members)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `"${name}":${canonicalJson(value)}`)
    .join(',');
}
