// Every past decision, made again from the versions that it recorded, gives the same answer (spec boundary §3.2). Facts hold exactly what
// `decide` read, so nothing sealed is opened; what is compared is all that the entry's public header says of the decision.
import { isDeepStrictEqual } from 'node:util';
import type { ReplayEvent } from '@cordon/contract';
import { decide } from '#boundary/policy/decide.ts';
import { decisionDetail } from '#boundary/policy/decision-detail.ts';
import { intentOf } from '#boundary/policy/facts.ts';
import type { Rulebook } from '#boundary/policy/rulebook.ts';
import type { Registry } from '#boundary/registry/registry.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Store } from '#platform/store/store.ts';
import { pastCalls, rangeOf, type PastCall } from './past.queries.ts';

/** Entries of one query: headers come along, a kilobyte each. */
const BATCH_ENTRIES = 5_000;
const MAX_EXAMPLES = 20;
/** Rulebooks of past versions held at once: most windows know one or two. */
const MAX_BOOKS = 16;

export interface Replay {
  readonly tenant: TenantId;
  readonly since: Date | null;
  readonly until: Date | null;
  readonly signal: AbortSignal;
}

export interface ReplayParts {
  readonly store: Store;
  readonly registry: Registry;
}

type Done = Extract<ReplayEvent, { state: 'done' }>;

/** Progress after each batch, then the counts. Errors: those of the store. Stops when the signal says so. */
export async function* replay(
  parts: ReplayParts,
  { tenant, since, until, signal }: Replay,
): AsyncGenerator<ReplayEvent> {
  const { from, to } = await parts.store.asTenant(tenant, (tx) => rangeOf(tx, since, until));
  const books = new PastBooks(parts.registry, tenant);
  const done: Done = { state: 'done', same: 0, different: 0, examples: [], unreadable: 0 };
  for (let at = from; at < to && !signal.aborted; at += BATCH_ENTRIES) {
    const range = { from: at, to: Math.min(at + BATCH_ENTRIES, to), since, until };
    for (const call of await parts.store.asTenant(tenant, (tx) => pastCalls(tx, range))) {
      const member = await differingMember(call, tenant, books);
      if (member === 'unreadable') done.unreadable += 1;
      else if (member === null) done.same += 1;
      else {
        done.different += 1;
        if (done.examples.length < MAX_EXAMPLES)
          done.examples.push({ request: call.entryId, index: call.index, member });
      }
    }
    const decisions = done.same + done.different;
    yield { state: 'running', decisions, entries: range.to - from, ofEntries: to - from };
  }
  yield done;
}

/** Null: the same in every member. */
async function differingMember(call: PastCall, tenant: TenantId, books: PastBooks): Promise<string | null> {
  const { detail } = JSON.parse(Buffer.from(call.header).toString()) as { detail: Readonly<Record<string, unknown>> };
  const book = await books.of(String(detail['registry']), String(detail['policy']));
  if (book === null || call.facts === null) return 'unreadable';
  const again = decisionDetail(decide(intentOf(tenant, call.facts.at, call.facts), book));
  return Object.entries(again).find(([name, value]) => !isDeepStrictEqual(value, detail[name]))?.[0] ?? null;
}

/** Rulebooks of past versions, the oldest let go first. */
class PastBooks {
  readonly #registry: Registry;
  readonly #tenant: TenantId;
  readonly #books = new Map<string, Rulebook | null>();

  constructor(registry: Registry, tenant: TenantId) {
    this.#registry = registry;
    this.#tenant = tenant;
  }

  /** `policy` as entries name it: `id@version`. */
  async of(registry: string, policy: string): Promise<Rulebook | null> {
    const key = `${registry} ${policy}`;
    const held = this.#books.get(key);
    if (held !== undefined) return held;
    const cut = policy.lastIndexOf('@');
    const named = { id: policy.slice(0, cut), version: Number(policy.slice(cut + 1)) };
    const book = Number.isSafeInteger(named.version)
      ? await this.#registry.rulebookAt(this.#tenant, { registry, policy: named })
      : null;
    const [oldest] = this.#books.keys();
    if (this.#books.size >= MAX_BOOKS && oldest !== undefined) this.#books.delete(oldest);
    this.#books.set(key, book);
    return book;
  }
}
