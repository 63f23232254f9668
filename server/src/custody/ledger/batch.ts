// One batch: one transaction that gives entries of any tenants their places (spec custody §3).
// lock heads in tenant order → read what must be known → plan in memory → write everything → commit.
import { isProblem, ProblemError } from '@cordon/contract';
import { EMPTY_ROOT } from '@cordon/proofs';
import type { Clock } from '#kernel/clock.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Store, Transaction } from '#platform/store/store.ts';
import {
  beginEpoch,
  closeCalls,
  createHeads,
  dropInbox,
  findOpenCalls,
  findPlaced,
  findWaiting,
  holdProcess,
  lockHeads,
  moveHeads,
  openCalls,
  placeInbox,
  readInbox,
  refuseInbox,
} from './batch.queries.ts';
import type { Head, InboxRow } from './batch.queries.ts';
import { appendOnce, insertEntries, isDurable } from './entries.queries.ts';
import { setState } from './checkpoint.queries.ts';
import type { EntryDraft } from './draft.ts';
import { closeStreams } from './frames.queries.ts';
import type { HeaderAt, HeaderCompiler, HeaderMembers } from './header.ts';
import type { Appended } from './ledger.ts';
import { entryKey, planBatch } from './plan.ts';
import type { BatchPlan, BatchView } from './plan.ts';

export interface BatchParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly headers: HeaderCompiler;
  /** Id of this process's row; changes when it was declared dead and came back. */
  readonly process: () => string;
  /** Whether this process has seen more of the ledger than the head holds: the database was restored while it ran. */
  readonly isBehind: (head: Head) => boolean;
}

export interface Batch {
  readonly drafts: readonly EntryDraft[];
  /** Tenants whose inbox is to be emptied, up to a limit of rows. */
  readonly drains: readonly TenantId[];
}

/** This process was declared dead by another: nothing was written; it must register again. */
export class ProcessFenced extends Error {}

// Rows of the inbox taken in one batch: beyond it the transaction would hold the heads for long.
export const INBOX_ROWS_PER_BATCH = 500;

/** Commits the batch. Errors: those of the store, with nothing written except on `outcome_unknown`; `ProcessFenced`. */
export async function commitBatch(parts: BatchParts, batch: Batch): Promise<BatchPlan> {
  const tenants = [...new Set([...batch.drafts.map((draft) => draft.tenant), ...batch.drains])].toSorted();
  for (;;) {
    const done = await parts.store.asLedger((tx) => inTransaction(tx, parts, batch, tenants));
    if (done !== 'heads missing') return done;
    // Apart from the batch, for heads are locked in tenant order and a new one may stand before those already locked.
    await parts.store.asLedger((tx) => createHeads(tx, tenants, EMPTY_ROOT));
  }
}

async function inTransaction(
  tx: Transaction,
  parts: BatchParts,
  batch: Batch,
  tenants: readonly TenantId[],
): Promise<BatchPlan | 'heads missing'> {
  const process = parts.process();
  // Sent together, in this order: the lock is got before the questions behind it are asked, and all cost one round trip.
  const [held, heads, view] = await Promise.all([
    holdProcess(tx, process),
    lockHeads(tx, tenants),
    readView(tx, batch),
  ]);
  if (!held) throw new ProcessFenced();
  if (heads.length < tenants.length) return 'heads missing';
  const plan = planBatch({
    ...view,
    heads: await Promise.all(heads.map((head) => stopIfBehind(tx, parts, head))),
    drafts: batch.drafts,
    now: parts.clock.now().getTime(),
    compile: (row) => compileRow(parts.headers, row),
  });
  await write(tx, plan, process);
  return plan;
}

/** A ledger that lost entries takes no new ones, or the tree would contradict what was signed. */
async function stopIfBehind(tx: Transaction, parts: BatchParts, head: Head): Promise<Head> {
  if (head.state !== 'open' || !parts.isBehind(head)) return head;
  await setState(tx, head.tenant, 'read_only');
  return { ...head, state: 'read_only' };
}

/** What is enough to place entries on heads that were just compared or locked. */
export type PlacingParts = Omit<BatchParts, 'isBehind'>;

/** An entry whose content depends on its place, and the head that it is planned on. */
export interface PlacedDraft {
  readonly draft: EntryDraft;
  /** The locked head, or the one with which it begins a new epoch. */
  readonly head: Head;
}

/**
 * Commits one entry that is made under the lock, knowing its index. A head with another epoch begins that epoch: both or
 * neither. Errors: whatever `make` throws, with nothing written; those of the store.
 */
export async function commitAtHead(
  parts: PlacingParts,
  tenant: TenantId,
  make: (head: Head) => Promise<PlacedDraft>,
): Promise<Appended> {
  const plan = await parts.store.asLedger(async (tx) => {
    const [alive, [head]] = await Promise.all([holdProcess(tx, parts.process()), lockHeads(tx, [tenant])]);
    if (!alive) throw new ProcessFenced();
    if (head === undefined) throw new ProblemError('conflict');
    const { draft, head: base } = await make(head);
    const planned = planOnBelief(parts.clock, [draft], [base]);
    if (planned === null) throw new ProblemError('clock_behind');
    if (base.epoch !== head.epoch) await beginEpoch(tx, tenant, base.epoch);
    await write(tx, planned, parts.process());
    return planned;
  });
  const [appended] = plan.outcomes;
  if (appended === undefined || appended === 'again' || isProblem(appended)) throw new ProblemError('internal');
  return appended;
}

async function readView(
  tx: Transaction,
  batch: Batch,
): Promise<Pick<BatchView, 'inbox' | 'placed' | 'waiting' | 'openCalls'>> {
  const repeated = batch.drafts.filter((draft) => draft.repeated);
  const closing = batch.drafts.flatMap(({ tenant, intentId }) => (intentId === null ? [] : [{ tenant, intentId }]));
  const [placed, waiting, open, inbox] = await Promise.all([
    repeated.length === 0 ? [] : findPlaced(tx, repeated),
    repeated.length === 0 ? [] : findWaiting(tx, repeated),
    closing.length === 0 ? [] : findOpenCalls(tx, closing),
    batch.drains.length === 0 ? [] : readInbox(tx, batch.drains, INBOX_ROWS_PER_BATCH),
  ]);
  return {
    inbox,
    placed,
    waiting: waiting.map((row) => entryKey(row.tenant, row.entryId)),
    openCalls: open.map((call) => entryKey(call.tenant, call.intentId)),
  };
}

/** Whether the batch asks nothing of the database and may be planned on believed heads and open calls. */
export function isPlain(batch: Batch, isOpen: (call: string) => boolean): boolean {
  return batch.drains.length === 0 && batch.drafts.every((draft) => isPlainDraft(draft, isOpen));
}

/** An outcome is plain when this process opened its call and has not closed it; the database is asked again as it is written. */
function isPlainDraft({ tenant, repeated, intentId, stream }: EntryDraft, isOpen: (call: string) => boolean): boolean {
  return !repeated && stream === null && (intentId === null || isOpen(entryKey(tenant, intentId)));
}

/** The plan of a plain batch on believed heads; null when some entry would be refused, which only the true heads may decide. */
export function planOnBelief(clock: Clock, drafts: readonly EntryDraft[], heads: readonly Head[]): BatchPlan | null {
  const now = clock.now().getTime();
  const openCalls = drafts.flatMap(({ tenant, intentId }) => (intentId === null ? [] : [entryKey(tenant, intentId)]));
  const nothing = { inbox: [], placed: [], waiting: [], openCalls, compile: refuseToCompile };
  const plan = planBatch({ ...nothing, heads, drafts, now });
  return plan.entries.length === drafts.length ? plan : null;
}

/**
 * Commits such a plan in one round trip; resolves when it is durable. `onWritten` is called as soon as it is visible: the next batch may
 * build on it while the disk is being waited for. False, with nothing written, when the heads were not the believed ones. Errors: those
 * of the store; on `outcome_unknown` it may have been written.
 */
export function commitOnBelief(
  { store, process }: PlacingParts,
  { plan, heads }: { readonly plan: BatchPlan; readonly heads: readonly Head[] },
  onWritten: () => void,
): Promise<boolean> {
  const moves = heads.flatMap((from) => {
    const to = plan.heads.find((head) => head.tenant === from.tenant);
    return to === undefined ? [] : [{ from, to }];
  });
  return store.asLedgerStatements(async (tx) => {
    const writing = appendOnce(tx, process(), moves, plan, plan.entries);
    // Sent right behind. Whatever fails here, the batch may stand.
    const flushing = isDurable(tx, plan.entries.at(-1)).catch(() => false);
    try {
      if (!(await writing)) return false;
      onWritten();
    } finally {
      await flushing;
    }
    if (!(await flushing)) throw new ProblemError('outcome_unknown');
    return true;
  });
}

/** A batch without inbox rows has none to compile. */
function refuseToCompile(): never {
  throw new ProblemError('internal');
}

function compileRow(headers: HeaderCompiler, row: InboxRow): HeaderAt {
  const members = JSON.parse(row.draft) as HeaderMembers;
  if (members.kind !== row.kind || members.id !== row.entryId) throw new ProblemError('internal');
  return headers.compile(row.tenant, members);
}

async function write(tx: Transaction, plan: BatchPlan, process: string): Promise<void> {
  const streams = plan.streams.flatMap(({ tenant, stream }) => (stream === null ? [] : [{ ...stream, tenant }]));
  await Promise.all([
    plan.entries.length === 0 ? null : insertEntries(tx, plan.entries),
    plan.placements.length === 0 ? null : placeInbox(tx, plan.placements),
    plan.droppedInbox.length === 0 ? null : dropInbox(tx, plan.droppedInbox),
    plan.refusedInbox.length === 0 ? null : refuseInbox(tx, plan.refusedInbox),
    plan.opened.length === 0 ? null : openCalls(tx, process, plan.opened),
    plan.closed.length === 0 ? null : closeCalls(tx, plan.closed),
    streams.length === 0 ? null : closeStreams(tx, process, streams),
    plan.heads.length === 0 ? null : moveHeads(tx, plan.heads),
  ]);
}
