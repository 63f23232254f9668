// Group commit: entries of all callers share a batch. While one batch commits the next one gathers (docs/decisions/0030).
import { isProblem, ProblemError } from '@cordon/contract';
import type { TenantId } from '#kernel/ids.ts';
import { isSerializationFailure } from '#platform/store/failures.ts';
import { commitBatch, commitOnBelief, INBOX_ROWS_PER_BATCH, isPlain, ProcessFenced } from './batch.ts';
import type { BatchParts, PlacingParts } from './batch.ts';
import { createBelief } from './belief.ts';
import type { BelievedPlan } from './belief.ts';
import type { EntryDraft } from './draft.ts';
import type { Appended } from './ledger.ts';
import type { BatchPlan } from './plan.ts';

/** What became of the inbox rows of one tenant in one batch. */
export interface Drained {
  readonly settled: ReadonlyMap<string, Appended | ProblemError>;
  /** Rows may be left: drain again. */
  readonly more: boolean;
}

export interface Sequencer {
  /** Errors: `ledger_unavailable`, `ledger_read_only`, `ledger_diverged`, `clock_behind`, `conflict`. */
  submit(draft: EntryDraft): Promise<Appended>;
  /** Sequences what waits in the inbox of the tenant. Errors: `ledger_unavailable`. */
  drain(tenant: TenantId): Promise<Drained>;
  /** Resolves when nothing waits any more. New submissions are refused with `shutting_down`. */
  stop(): Promise<void>;
}

export interface SequencerParts extends PlacingParts {
  /** Called after each commit with the tenants that grew. */
  readonly onGrowth: (tenants: readonly TenantId[]) => void;
  /** This process was declared dead: register under a new id. */
  readonly onFenced: () => Promise<void>;
}

interface WaitingEntry {
  readonly draft: EntryDraft;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: ProblemError) => void;
}

interface WaitingDrain {
  readonly resolve: (drained: Drained) => void;
  readonly reject: (error: ProblemError) => void;
}

type Drains = Map<TenantId, WaitingDrain[]>;

// Batches on their way at once, those included that only wait for the disk: each has a connection of its own. One of them is being written.
const BATCHES_IN_FLIGHT = 3;
// So many are not kept waiting for others who might join this turn: PostgreSQL works on them while the others are being prepared.
const ENTRIES_ENOUGH = 16;
// Milliseconds between the beginnings of two batches while one is on its way, unless enough wait: most of what a small batch costs it
// costs whatever its size. Whoever appends alone never waits for this.
const GATHER_MS = 2;
// Entries and bytes per batch: what PostgreSQL takes in a few milliseconds, so that nobody waits for a giant.
const ENTRIES_PER_BATCH = 512;
const BYTES_PER_BATCH = 8 * 1024 * 1024;
// Waiting entries held in memory; beyond it callers are told at once rather than queued for longer than they wait.
const WAITING_LIMIT = 8_192;
// A commit whose fate is unknown is settled by doing the batch again under the lock, where every id is looked up first.
const UNKNOWN_RETRIES = 3;

export function createSequencer(parts: SequencerParts): Sequencer {
  return new GroupCommit(parts);
}

class GroupCommit implements Sequencer {
  readonly #parts: SequencerParts & BatchParts;
  readonly #belief = createBelief();
  #waiting: WaitingEntry[] = [];
  #drains: Drains = new Map();
  /** A batch, or several whose fate was unknown, that is not written yet: the next one builds on what it leaves. */
  #writing = 0;
  /** Those, and the ones that wait for the disk. */
  #inFlight = 0;
  #scheduled = false;
  /** On the monotonic clock, in milliseconds. */
  #launchedAt = -Infinity;
  #gathering = false;
  #stopped: (() => void) | null = null;

  constructor(parts: SequencerParts) {
    this.#parts = { ...parts, isBehind: (head) => this.#belief.isBehind(head) };
  }

  submit(draft: EntryDraft): Promise<Appended> {
    if (this.#stopped !== null) return Promise.reject(new ProblemError('shutting_down'));
    if (this.#waiting.length >= WAITING_LIMIT) return Promise.reject(new ProblemError('ledger_unavailable'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ draft, resolve, reject });
      this.#schedule();
    });
  }

  drain(tenant: TenantId): Promise<Drained> {
    return new Promise((resolve, reject) => {
      this.#drains.set(tenant, [...(this.#drains.get(tenant) ?? []), { resolve, reject }]);
      this.#schedule();
    });
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#stopped = resolve;
      if (this.#inFlight === 0 && this.#isIdle()) resolve();
    });
  }

  #isIdle(): boolean {
    return this.#waiting.length === 0 && this.#drains.size === 0;
  }

  #schedule(): void {
    if (this.#waiting.length >= ENTRIES_ENOUGH) this.#launch();
    if (this.#scheduled) return;
    this.#scheduled = true;
    // At the end of this turn of the event loop, so that everyone who was woken by the last commit joins.
    setImmediate(() => {
      this.#scheduled = false;
      this.#launch();
    });
  }

  #launch(): void {
    if (this.#writing > 0 || this.#inFlight >= BATCHES_IN_FLIGHT || this.#isIdle()) return;
    const restMs = this.#launchedAt + GATHER_MS - performance.now();
    if (this.#inFlight > 0 && this.#waiting.length < ENTRIES_ENOUGH && restMs > 0) {
      this.#gather(restMs);
      return;
    }
    this.#launchedAt = performance.now();
    const entries = takeBatch(this.#waiting);
    const drafts = entries.map((entry) => entry.draft);
    const drains = this.#drains;
    const plain = isPlain({ drafts, drains: [...drains.keys()] }, (call) => this.#belief.isOpen(call));
    const believed = plain ? this.#belief.plan(this.#parts.clock, drafts) : null;
    this.#waiting = this.#waiting.slice(entries.length);
    this.#drains = new Map();
    this.#inFlight += 1;
    void this.#run(entries, drains, believed);
  }

  #gather(restMs: number): void {
    if (this.#gathering) return;
    this.#gathering = true;
    setTimeout(() => {
      this.#gathering = false;
      this.#launch();
    }, restMs);
  }

  async #run(entries: readonly WaitingEntry[], drains: Drains, believed: BelievedPlan | null): Promise<void> {
    try {
      const drafts = entries.map((entry) => entry.draft);
      const plan = await this.#commit(drafts, [...drains.keys()], believed);
      if (plan.heads.length > 0) this.#parts.onGrowth(plan.heads.map((head) => head.tenant));
      answerDrains(drains, plan);
      this.#answer(entries, plan);
    } catch (error) {
      this.#belief.forget();
      this.#fail(entries, drains, unavailable(error));
    } finally {
      this.#inFlight -= 1;
      if (!this.#isIdle()) this.#schedule();
      else if (this.#inFlight === 0) this.#stopped?.();
    }
  }

  async #commit(
    drafts: readonly EntryDraft[],
    tenants: readonly TenantId[],
    believed: BelievedPlan | null,
  ): Promise<BatchPlan> {
    let known = drafts;
    if (believed !== null) {
      try {
        if (await this.#write((written) => commitOnBelief(this.#parts, believed, written))) {
          this.#belief.note(believed.plan);
          return believed.plan;
        }
      } catch (error) {
        if (!isUnknown(error)) throw error;
        known = askAgain(drafts);
      }
      this.#belief.mistaken();
    }
    return this.#write(() => this.#belief.ask(() => commitSurely(this.#parts, known, tenants)));
  }

  /** `work` says when it has written: the next batch may be sent while this one waits for the disk. */
  async #write<T>(work: (written: () => void) => Promise<T>): Promise<T> {
    let writing = true;
    const done = (): void => {
      if (writing) this.#writing -= 1;
      writing = false;
    };
    this.#writing += 1;
    try {
      return await work(() => {
        done();
        if (!this.#isIdle()) this.#schedule();
      });
    } finally {
      done();
    }
  }

  #answer(entries: readonly WaitingEntry[], plan: BatchPlan): void {
    entries.forEach((entry, at) => {
      const outcome = plan.outcomes[at];
      if (outcome === undefined || outcome === 'again') {
        this.#waiting.push(entry);
        if (!this.#drains.has(entry.draft.tenant)) this.#drains.set(entry.draft.tenant, []);
      } else if (isProblem(outcome)) entry.reject(outcome);
      else entry.resolve(outcome);
    });
  }

  /** The storage is not there: those who wait behind the failed batch learn it now, not after a time-out each. */
  #fail(entries: readonly WaitingEntry[], drains: Drains, problem: ProblemError): void {
    for (const entry of [...entries, ...this.#waiting]) entry.reject(problem);
    for (const drain of [...drains.values(), ...this.#drains.values()].flat()) drain.reject(problem);
    this.#waiting = [];
    this.#drains = new Map();
  }
}

function takeBatch(waiting: readonly WaitingEntry[]): WaitingEntry[] {
  let bytes = 0;
  let count = 0;
  for (const { draft } of waiting) {
    bytes += (draft.sealed?.ciphertext.length ?? 0) + (draft.stream?.bytes.length ?? 0);
    if (count === ENTRIES_PER_BATCH || (count > 0 && bytes > BYTES_PER_BATCH)) break;
    count += 1;
  }
  return waiting.slice(0, count);
}

/** Under the lock, as often as the fate of the last attempt is unknown. */
async function commitSurely(
  parts: SequencerParts & BatchParts,
  drafts: readonly EntryDraft[],
  drains: readonly TenantId[],
): Promise<BatchPlan> {
  let known = drafts;
  for (let tries = 0; ; tries += 1) {
    try {
      return await commitBatch(parts, { drafts: known, drains });
    } catch (error) {
      if (tries === UNKNOWN_RETRIES) throw error;
      if (error instanceof ProcessFenced) await parts.onFenced();
      else if (!isUnknown(error) && !isSerializationFailure(error)) throw error;
      known = askAgain(drafts);
    }
  }
}

function isUnknown(error: unknown): boolean {
  return isProblem(error) && error.code === 'outcome_unknown';
}

/** The lock makes the second look certain: a commit still on its way holds the heads. */
function askAgain(drafts: readonly EntryDraft[]): EntryDraft[] {
  return drafts.map((draft) => ({ ...draft, repeated: true }));
}

function answerDrains(drains: ReadonlyMap<TenantId, readonly WaitingDrain[]>, plan: BatchPlan): void {
  const more = plan.drained.size >= INBOX_ROWS_PER_BATCH;
  for (const drain of [...drains.values()].flat()) drain.resolve({ settled: plan.drained, more });
}

/** Whatever went wrong, the caller learns that nothing was recorded for certain and nothing may be released. */
function unavailable(error: unknown): ProblemError {
  if (isProblem(error) && error.code === 'storage_full') return error;
  return new ProblemError('ledger_unavailable', isProblem(error) ? { because: error.code } : {}, error);
}
