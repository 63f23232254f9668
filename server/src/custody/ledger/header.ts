// The header of an entry (docs/formats/entry.md §1), cut in pieces: everything but its place is made ready before the head
// is locked, so that under the lock only three short strings are joined in.
import { ProblemError } from '@cordon/contract';
import { entryChecker, logName } from '@cordon/proofs';
import type { EntryHeader } from '@cordon/proofs';
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
// Checkers kept, a few kB each.
const LOGS_KEPT = 1_000;

/** `installation`: its UUID (docs/formats/checkpoint.md, Names). */
export function createHeaderCompiler(installation: string): HeaderCompiler {
  const checkers = new Map<TenantId, (bytes: Uint8Array) => void>();

  function checkerOf(tenant: TenantId): (bytes: Uint8Array) => void {
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
      const headerAt = inPieces(members);
      try {
        // The check is of the bytes: whatever the pieces would let through, a verifier's reader does not.
        checkerOf(tenant)(headerAt(ANYWHERE));
      } catch (error) {
        throw new ProblemError('invalid_request', { field: 'entry' }, error);
      }
      return headerAt;
    },
  };
}

function inPieces(members: HeaderMembers): HeaderAt {
  const { actor, body, detail, facts, id, kind, log, objects, stream } = members;
  const beforeEpoch = `{"actor":${json(actor)}${optional('body', body)},"detail":${json(detail)},"epoch":`;
  const beforeIndex = `${optional('facts', facts)},"id":${json(id)},"index":`;
  const beforeTime = `,"kind":${json(kind)},"log":${json(log)},"objects":${json(objects)}${optional('stream', stream)},"time":"`;
  return ({ epoch, index, time }) =>
    Buffer.from(`${beforeEpoch}${epoch}${beforeIndex}${index}${beforeTime}${time}","v":1}`);
}

function optional(name: string, value: unknown): string {
  return value === undefined ? '' : `,"${name}":${json(value)}`;
}

/** JSON with sorted names and nothing else: that it is canonical is checked on the bytes. */
function json(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(json).join(',')}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${json(member)}`).join(',')}}`;
}
