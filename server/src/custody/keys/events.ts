// Key events on their way to the ledger. A mark stands in the key store before the act, so that a crash between act and
// entry loses nothing: what the mark speaks of is looked at again, and recorded if it happened.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AppendRequest } from '#custody/ledger/ledger.ts';
import { SYSTEM_TENANT, parseTenantId } from '#kernel/ids.ts';
import type { TenantId } from '#kernel/ids.ts';
import { namesIn, readIfThere, removeDurably, writeDurably } from './files.ts';

/** Appends one entry; resolves when it is durable. The ledger's `append`. */
export type AppendKeyEvent = (request: AppendRequest) => Promise<unknown>;

export interface KeyEvent {
  readonly tenant: TenantId;
  readonly kind: 'key.created' | 'key.rotated' | 'key.erased' | 'configuration.changed';
  readonly detail: Readonly<Record<string, string>>;
}

interface Mark extends KeyEvent {
  readonly at: number;
  /** The file whose presence shows that the act happened. */
  readonly evidence: string;
}

/** A mark whose act did not happen within this time belongs to a process that died before it. */
const ABANDONED_AFTER_MS = 3_600_000;

export class KeyEvents {
  readonly #directory: string;
  readonly #now: () => number;

  constructor(directory: string, now: () => number) {
    this.#directory = directory;
    this.#now = now;
  }

  /** Call before the act. Repeating the act, or sending its mark again, records it once. */
  announce(event: KeyEvent, evidence: string): void {
    const mark: Mark = { ...event, evidence, at: this.#now() };
    writeDurably(join(this.#directory, `${entryIdOf(event)}.json`), `${JSON.stringify(mark)}\n`);
  }

  /** Sends what happened and forgets it. Stops at the first failure: the rest waits for the next call. */
  async drain(append: AppendKeyEvent): Promise<number> {
    let sent = 0;
    for (const { path, id, mark } of this.#marks()) {
      const happened = existsSync(mark.evidence);
      if (happened) {
        await append(requestOf(mark, id));
        sent += 1;
      }
      if (happened || this.#now() - mark.at > ABANDONED_AFTER_MS) removeDurably(path);
    }
    return sent;
  }

  /** In the order of time. */
  #marks(): { readonly path: string; readonly id: string; readonly mark: Mark }[] {
    const found = namesIn(this.#directory).flatMap((name) => {
      const path = join(this.#directory, name);
      const mark = readMark(path);
      return mark === null ? [] : [{ path, id: name.slice(0, -'.json'.length), mark }];
    });
    return found.toSorted((a, b) => a.mark.at - b.mark.at);
  }
}

/** The entry's id follows from the event: a key of a tenant is made, replaced or erased once. UUIDv8 (RFC 9562 §5.8). */
export function entryIdOf(event: Pick<AppendRequest, 'tenant' | 'kind' | 'detail'>): string {
  const bytes = createHash('sha256')
    .update(JSON.stringify([event.tenant, event.kind, event.detail]))
    .digest();
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

function requestOf(mark: Mark, entryId: string): AppendRequest {
  const actor = { type: 'system', id: 'keys' } as const;
  return { tenant: mark.tenant, kind: mark.kind, actor, detail: mark.detail, entryId };
}

function readMark(path: string): Mark | null {
  const text = readIfThere(path);
  if (text === null) return null;
  const mark = JSON.parse(text) as Mark;
  return { ...mark, tenant: parseTenantId(mark.tenant) ?? SYSTEM_TENANT };
}
