// The header of an entry (docs/formats/entry.md §1), cut in pieces: everything but its place is made ready before the head
// is locked, so that under the lock only three short strings are joined in.
import { ProblemError } from '@cordon/contract';
import { canonicalText, entryChecker, logName } from '@cordon/proofs';
import type { EntryHeader, Json } from '@cordon/proofs';
import type { TenantId } from '#kernel/ids.ts';

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

export interface HeaderCompiler {
  /** Name of the tenant's log. */
  log(tenant: TenantId): string;
  /** Errors: `invalid_request` when the members break docs/formats/entry.md. */
  compile(tenant: TenantId, members: HeaderMembers): HeaderAt;
}

// Longest values of the three, so that what is valid here is valid at any place.
const ANYWHERE: Place = { epoch: 999_999, index: Number.MAX_SAFE_INTEGER, time: '2000-01-01T00:00:00.000Z' };
type Checker = (bytes: Uint8Array, end: number) => void;

// Longer than any header may be: what does not fit is cut, and too long also then.
const SCRATCH_BYTES = 128 * 1024;
// Checkers kept, a few kB each.
const LOGS_KEPT = 1_000;

/** `installation`: its UUID (docs/formats/checkpoint.md, Names). */
export function createHeaderCompiler(installation: string): HeaderCompiler {
  const checkers = new Map<TenantId, Checker>();
  const scratch = Buffer.alloc(SCRATCH_BYTES);

  function checkerOf(tenant: TenantId): Checker {
    const known = checkers.get(tenant);
    if (known !== undefined) return known;
    if (checkers.size >= LOGS_KEPT) checkers.clear();
    const made = entryChecker(logName(installation, tenant));
    checkers.set(tenant, made);
    return made;
  }

  return {
    log: (tenant) => logName(installation, tenant),
    compile: (tenant, members) => {
      try {
        const textAt = inPieces(members);
        // The check is of the bytes: whatever the pieces would let through, a verifier's reader does not.
        checkerOf(tenant)(scratch, scratch.write(textAt(ANYWHERE)));
        return (place) => Buffer.from(textAt(place));
      } catch (error) {
        throw new ProblemError('invalid_request', { field: 'entry' }, error);
      }
    },
  };
}

function inPieces(members: HeaderMembers): (place: Place) => string {
  const { actor, body, detail, facts, id, kind, log, objects, stream } = members;
  const beforeEpoch = `{"actor":${json(actor)}${optional('body', body)},"detail":${json(detail)},"epoch":`;
  const beforeIndex = `${optional('facts', facts)},"id":${json(id)},"index":`;
  const beforeTime = `,"kind":${json(kind)},"log":${json(log)},"objects":${json(objects)}${optional('stream', stream)},"time":"`;
  return ({ epoch, index, time }) => `${beforeEpoch}${epoch}${beforeIndex}${index}${beforeTime}${time}","v":1}`;
}

function optional(name: string, value: unknown): string {
  return value === undefined ? '' : `,"${name}":${json(value)}`;
}

function json(value: unknown): string {
  return canonicalText(value as Json);
}
