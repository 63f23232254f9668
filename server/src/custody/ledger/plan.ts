// What a batch will write, worked out in memory from the locked heads: indexes, times, hashes, new heads. No I/O.
import { ProblemError } from '@cordon/contract';
import { Frontier, HASH_BYTES, leafHash } from '@cordon/proofs';
import type { TenantId } from '#kernel/ids.ts';
import type { CallRef, Head, InboxPlacement, InboxRow, PlacedRow } from './batch.queries.ts';
import type { EntryRow } from './entries.queries.ts';
import type { EntryDraft } from './draft.ts';
import type { HeaderAt } from './header.ts';
import type { Appended } from './ledger.ts';

/** All that was read under the lock. */
export interface BatchView {
  readonly heads: readonly Head[];
  readonly drafts: readonly EntryDraft[];
  readonly inbox: readonly InboxRow[];
  readonly placed: readonly PlacedRow[];
  /** Keys of drafts that wait in the inbox. */
  readonly waiting: readonly string[];
  /** Keys of the calls that outcomes among the drafts want to close and that are open. */
  readonly openCalls: readonly string[];
  /** Unix milliseconds, read after the lock was got. */
  readonly now: number;
  /** Compiles the header of an inbox row; throws when the row can never be an entry. */
  readonly compile: (row: InboxRow) => HeaderAt;
}

export type Outcome = Appended | ProblemError | 'again';

export interface BatchPlan {
  /** Aligned with the drafts. `again`: to be put into a later batch. */
  readonly outcomes: readonly Outcome[];
  /** By entry id: what became of the inbox rows that were read. */
  readonly drained: ReadonlyMap<string, Appended | ProblemError>;
  readonly entries: readonly EntryRow[];
  readonly placements: readonly InboxPlacement[];
  readonly droppedInbox: readonly InboxRow[];
  readonly refusedInbox: readonly InboxRow[];
  readonly opened: readonly CallRef[];
  readonly closed: readonly CallRef[];
  readonly streams: readonly EntryDraft[];
  readonly heads: readonly Head[];
}

/**
 * How far behind the newest entry this machine's clock may be: two synchronised machines differ by less. Within it an entry
 * takes the time of the one before; beyond it the tenant's appends are refused (`clock_behind`) until the clock has caught up.
 */
export const CLOCK_TOLERANCE_MS = 5_000;

/** What a tenant's part of the batch does to its head. */
interface Cursor {
  readonly head: Head;
  readonly frontier: Frontier;
  readonly time: number;
  readonly timeText: string;
  readonly refusal: ProblemError | null;
  size: number;
}

/** Names an entry or a call among those of all tenants. */
export function entryKey(tenant: TenantId, id: string): string {
  return `${tenant}/${id}`;
}

export function planBatch(view: BatchView): BatchPlan {
  const planning = startPlanning(view);
  const { plan, cursors } = planning;
  for (const row of view.inbox) plan.drained.set(row.entryId, placeInboxRow(row, view, planning));
  for (const draft of view.drafts) plan.outcomes.push(placeDraft(draft, planning));
  for (const cursor of cursors.values()) if (cursor.size > cursor.head.size) plan.heads.push(movedHead(cursor));
  return plan;
}

function startPlanning(view: BatchView) {
  return {
    cursors: new Map(view.heads.map((head) => [head.tenant, openCursor(head, view.now)])),
    /** Entries that stand, by key: from before and, as they are placed, of this batch. */
    standing: new Map(view.placed.map((row) => [entryKey(row.tenant, row.entryId), row])),
    openCalls: new Set(view.openCalls),
    waiting: new Set(view.waiting),
    plan: {
      outcomes: [] as Outcome[],
      drained: new Map<string, Appended | ProblemError>(),
      entries: [] as EntryRow[],
      placements: [] as InboxPlacement[],
      droppedInbox: [] as InboxRow[],
      refusedInbox: [] as InboxRow[],
      opened: [] as CallRef[],
      closed: [] as CallRef[],
      streams: [] as EntryDraft[],
      heads: [] as Head[],
    },
  };
}

type Planning = ReturnType<typeof startPlanning>;

function openCursor(head: Head, now: number): Cursor {
  const time = Math.max(now, head.lastTime ?? 0);
  return {
    head,
    frontier: Frontier.of(head.size, hashesIn(head.frontier)),
    time,
    timeText: new Date(time).toISOString(),
    refusal: refusalOf(head, now),
    size: head.size,
  };
}

/** Why this tenant takes no entries now; null when it does. */
function refusalOf(head: Head, now: number): ProblemError | null {
  switch (head.state) {
    case 'read_only':
      return new ProblemError('ledger_read_only');
    case 'diverged':
      return new ProblemError('ledger_diverged');
    case 'open':
      return (head.lastTime ?? 0) - now > CLOCK_TOLERANCE_MS ? new ProblemError('clock_behind') : null;
  }
}

function cursorOf(planning: Planning, tenant: TenantId): Cursor {
  const cursor = planning.cursors.get(tenant);
  if (cursor === undefined) throw new ProblemError('internal');
  return cursor;
}

function placeInboxRow(row: InboxRow, view: BatchView, planning: Planning): Appended | ProblemError {
  const { plan } = planning;
  const cursor = cursorOf(planning, row.tenant);
  if (row.placedIndex !== null) {
    plan.droppedInbox.push(row);
    return appended({ ...row, index: row.placedIndex, time: row.placedTime ?? 0 });
  }
  if (cursor.refusal !== null) return cursor.refusal;
  const headerAt = row.open ? attempt(() => view.compile(row)) : null;
  if (headerAt === null) {
    plan.refusedInbox.push(row);
    return new ProblemError('conflict');
  }
  const entry = advance(cursor, headerAt);
  plan.placements.push({ tenant: row.tenant, seq: row.seq, time: cursor.timeText, ...entry });
  return remember(row, entry.index, cursor, planning);
}

function placeDraft(draft: EntryDraft, planning: Planning): Outcome {
  const { plan, standing, waiting, openCalls } = planning;
  const cursor = cursorOf(planning, draft.tenant);
  const there = standing.get(entryKey(draft.tenant, draft.entryId));
  if (there !== undefined) return there.kind === draft.kind ? appended(there) : new ProblemError('conflict');
  if (cursor.refusal !== null) return cursor.refusal;
  if (waiting.has(entryKey(draft.tenant, draft.entryId))) return 'again';
  if (draft.intentId !== null && !openCalls.delete(entryKey(draft.tenant, draft.intentId))) {
    return new ProblemError('conflict');
  }
  const { entryId, tenant, kind, facts } = draft;
  const entry = advance(cursor, draft.headerAt);
  const sealed = draft.sealed === null ? null : { ciphertext: draft.sealed.ciphertext, ...draft.sealed.wrap };
  plan.entries.push({ tenant, entryId, kind, facts, sealed, time: cursor.timeText, ...entry });
  if (draft.stream !== null) plan.streams.push(draft);
  return remember(draft, entry.index, cursor, planning);
}

function advance(cursor: Cursor, headerAt: HeaderAt): { index: number; header: Buffer; leafHash: Uint8Array } {
  const index = cursor.size;
  const header = headerAt({ epoch: cursor.head.epoch, index, time: cursor.timeText });
  const hash = leafHash(header);
  cursor.frontier.append(hash);
  cursor.size += 1;
  return { index, header, leafHash: hash };
}

/** Notes what stands now, and the calls it opens or closes: an intent opens one, its outcome closes it. */
function remember(
  entry: { tenant: TenantId; entryId: string; kind: string; intentId: string | null },
  index: number,
  cursor: Cursor,
  { plan, standing, openCalls }: Planning,
): Appended {
  const { tenant, entryId, kind, intentId } = entry;
  standing.set(entryKey(tenant, entryId), { tenant, entryId, kind, index, time: cursor.time });
  if (kind === 'call.intent') plan.opened.push({ tenant, intentId: entryId });
  if (intentId !== null) {
    plan.closed.push({ tenant, intentId });
    openCalls.delete(entryKey(tenant, intentId));
  }
  return { entryId, index, time: cursor.timeText };
}

export function appended(row: PlacedRow): Appended {
  return { entryId: row.entryId, index: row.index, time: new Date(row.time).toISOString() };
}

function movedHead(cursor: Cursor): Head {
  return {
    ...cursor.head,
    size: cursor.size,
    root: cursor.frontier.root(),
    frontier: Buffer.concat(cursor.frontier.hashes),
    lastTime: cursor.time,
  };
}

/** Concatenated hashes, apart. */
export function hashesIn(bytes: Uint8Array): Uint8Array[] {
  const hashes: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += HASH_BYTES) hashes.push(bytes.subarray(at, at + HASH_BYTES));
  return hashes;
}

function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}
