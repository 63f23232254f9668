// A policy in the shadow decides every call as well, after the live one has. Only where it came to something else is that counted: by who,
// what for, and from what to what, with the last call as an example. No content; what a crash loses of the last second, simulation finds.
import { decide } from '#boundary/policy/decide.ts';
import type { Decision } from '#boundary/policy/decision.ts';
import type { Intent } from '#boundary/policy/intent.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Store } from '#platform/store/store.ts';
import type { LiveRulebook } from './rulebooks.ts';
import { addDifferences, type DifferenceRow } from './shadow.queries.ts';

/** Milliseconds between writes. */
const WRITE_EVERY_MS = 1_000;
/** Different differences that wait at most; a policy that differs in more ways than this differs enough to be seen. */
const MAX_WAITING = 10_000;

export interface Shadow {
  /** Costs one look where nothing runs in the shadow. Never throws. */
  observe(book: LiveRulebook | null, intent: Intent, decision: Decision, intentId: string): void;
  /** Writes what waits. Errors: those of the store; what could not be written is left to simulation. */
  flush(): Promise<void>;
}

type Waiting = Map<TenantId, Map<string, DifferenceRow>>;

export function createShadow(store: Store): Shadow {
  let waiting: Waiting = new Map();
  let count = 0;
  let timer: NodeJS.Timeout | null = null;

  const flush = async (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const taken = waiting;
    [waiting, count] = [new Map(), 0];
    for (const [tenant, rows] of taken) await store.asTenant(tenant, (tx) => addDifferences(tx, inOrder(rows)));
  };

  return {
    observe(book, intent, decision, intentId) {
      if (book === null || book.shadow === null || count >= MAX_WAITING) return;
      // Changed since: two registries would be compared, not two policies.
      if (book.snapshot.version !== decision.registry || book.policy.version !== decision.policy.version) return;
      const other = decide(intent, book.shadow);
      if (alike(decision, other)) return;
      const row = differenceOf(intent, decision, other, intentId);
      const rows = waiting.get(intent.tenant) ?? new Map<string, DifferenceRow>();
      const key = keyOf(row);
      const before = rows.get(key);
      if (before === undefined) count += 1;
      rows.set(key, { ...row, count: (before?.count ?? 0) + 1 });
      waiting.set(intent.tenant, rows);
      timer ??= setTimeout(() => void flush().catch(() => undefined), WRITE_EVERY_MS).unref();
    },
    flush,
  };
}

function alike(live: Decision, other: Decision): boolean {
  return live.code === other.code && live.route?.service === other.route?.service;
}

function differenceOf(intent: Intent, live: Decision, other: Decision, intentId: string): DifferenceRow {
  return {
    live: `${live.policy.id}@${live.policy.version}`,
    shadow: `${other.policy.id}@${other.policy.version}`,
    actor: `${intent.actor.type}:${intent.actor.id}`,
    purpose: intent.purpose,
    live_code: live.code,
    live_service: live.route?.service ?? '',
    shadow_code: other.code,
    shadow_service: other.route?.service ?? '',
    count: 1,
    intent_id: intentId,
    last_at: new Date(intent.at),
  };
}

function keyOf(row: DifferenceRow): string {
  const { live, shadow, actor, purpose, live_code, live_service, shadow_code, shadow_service } = row;
  return [live, shadow, actor, purpose, live_code, live_service, shadow_code, shadow_service].join('\n');
}

/** One order for every writer, so that two of them never wait for each other in a circle. */
function inOrder(rows: ReadonlyMap<string, DifferenceRow>): DifferenceRow[] {
  return [...rows].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, row]) => row);
}
