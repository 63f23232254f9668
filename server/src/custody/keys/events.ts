// Key events on their way to the ledger. A mark stands in the key store before the act, so that a crash between act and
// entry loses nothing: what the mark speaks of is looked at again, and recorded if it happened.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AppendRequest } from '#custody/ledger/ledger.ts';
import { SYSTEM_TENANT, newId, parseTenantId } from '#kernel/ids.ts';
import type { TenantId } from '#kernel/ids.ts';
import { namesIn, readIfThere, removeDurably, writeDurably } from './files.ts';

/** Appends one entry; resolves when it is durable. The ledger's `append`. */
export type AppendKeyEvent = (request: AppendRequest) => Promise<unknown>;

export interface KeyEvent {
  readonly tenant: TenantId;
  readonly kind: 'key.created' | 'key.rotated' | 'key.erased';
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

  /** Call before the act. The mark's id becomes the entry's id, so sending twice records once. */
  announce(event: KeyEvent, evidence: string, id: string = newId()): void {
    const mark: Mark = { ...event, evidence, at: this.#now() };
    writeDurably(join(this.#directory, `${id}.json`), `${JSON.stringify(mark)}\n`);
  }

  /** Sends what happened and forgets it. Stops at the first failure: the rest waits for the next call. */
  async drain(append: AppendKeyEvent): Promise<number> {
    let sent = 0;
    for (const name of namesIn(this.#directory)) {
      const path = join(this.#directory, name);
      const mark = readMark(path);
      if (mark === null) continue;
      const happened = existsSync(mark.evidence);
      if (happened) {
        await append(requestOf(mark, name.slice(0, -'.json'.length)));
        sent += 1;
      }
      if (happened || this.#now() - mark.at > ABANDONED_AFTER_MS) removeDurably(path);
    }
    return sent;
  }
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
