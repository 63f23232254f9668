// What dead processes left open is closed: streams as `interrupted` with all their durable frames, calls without an outcome
// as `interrupted` with the code `unknown` (docs/formats/stream.md). No key is needed. The living are left alone: a process
// is dead only when it has not been heard of for a lease, and then finds itself fenced should it come back.
import { isProblem } from '@cordon/contract';
import { parseEntry } from '@cordon/proofs';
import type { TenantId } from '#kernel/ids.ts';
import type { Store } from '#platform/store/store.ts';
import { draftEntry } from './draft.ts';
import { interruptedIdOf } from './outcome-ids.ts';
import type { DraftParts, EntryDraft } from './draft.ts';
import { readJournal } from './frames.queries.ts';
import type { ClosedStream } from './frames.queries.ts';
import { decodeRecords, streamBytes } from './frames.ts';
import { drainAll } from './inbox.ts';
import type { PublicJson } from './ledger.ts';
import { abandonStream, buryProcesses, clearDead, findOrphanCalls, findOrphanStreams } from './process.queries.ts';
import type { OrphanCall, OrphanStream } from './process.queries.ts';
import type { Sequencer } from './sequencer.ts';

export interface RecoveryParts extends DraftParts {
  readonly store: Store;
  readonly sequencer: Sequencer;
  /** A process not heard of for so long is dead. */
  readonly leaseMs: number;
}

export interface Recovered {
  readonly intents: number;
  readonly streams: number;
}

// Per round; the rest waits for the next one.
const ORPHANS_PER_ROUND = 200;
const JOURNAL_ROWS_PER_READ = 200;
const ACTOR = { type: 'system', id: 'ledger-recovery' } as const;

/** One round. Repeatable and safe to run in many processes at once: every outcome has an id of its own. Errors: those of the ledger. */
export async function recover(parts: RecoveryParts): Promise<void> {
  const { store } = parts;
  await store.asLedger((tx) => buryProcesses(tx, parts.leaseMs));
  // Outcomes that the dead had committed with their state come first.
  await drainAll(parts);
  const streams = await store.asLedger((tx) => findOrphanStreams(tx, ORPHANS_PER_ROUND));
  const done = await closeStreams(parts, streams);
  const calls = await store.asLedger((tx) => findOrphanCalls(tx, ORPHANS_PER_ROUND));
  for (const call of calls) await closeCall(parts, call, done);
  for (const [tenant, counts] of done) await report(parts, tenant, counts);
  await store.asLedger(clearDead);
}

type Counts = Map<TenantId, { intents: number; streams: number }>;

async function closeStreams(parts: RecoveryParts, orphans: readonly OrphanStream[]): Promise<Counts> {
  const { store } = parts;
  const done: Counts = new Map();
  for (const process of new Set(orphans.map((orphan) => orphan.process))) {
    const mine = orphans.filter((orphan) => orphan.process === process);
    const frames = await collectFrames(store, process, new Set(mine.map((orphan) => orphan.streamId)));
    for (const orphan of mine) {
      const draft = await interruptedStream(parts, orphan, frames.get(orphan.streamId) ?? []);
      if (await closed(parts, draft)) countFor(done, orphan.tenant).streams += 1;
      // Its call had an outcome already, so no entry can speak of it: a fault of the caller, kept but not tried again.
      else if (draft.stream !== null) await abandon(store, orphan, draft.stream);
    }
  }
  return done;
}

/** The frames of each stream in order. A row whose fate was unknown may stand twice: the number tells. */
async function collectFrames(
  store: Store,
  process: string,
  wanted: ReadonlySet<string>,
): Promise<Map<string, Uint8Array[]>> {
  const frames = new Map<string, Uint8Array[]>();
  let after = 0;
  for (;;) {
    const from = after;
    const rows = await store.asLedger((tx) => readJournal(tx, process, from, JOURNAL_ROWS_PER_READ));
    for (const record of rows.flatMap((row) => decodeRecords(row.frames))) {
      if (!wanted.has(record.streamId)) continue;
      const of = frames.get(record.streamId) ?? [];
      of[record.number] ??= record.frame;
      frames.set(record.streamId, of);
    }
    const last = rows.at(-1);
    if (last === undefined) return frames;
    after = last.id;
  }
}

async function interruptedStream(
  parts: RecoveryParts,
  orphan: OrphanStream,
  frames: readonly Uint8Array[],
): Promise<EntryDraft> {
  const { tenant, streamId, intentId, outcomeId, erasureKey, wrapped } = orphan;
  const { summary, bytes } = streamBytes(streamId, orphan.header, frames);
  const detail = interrupted(orphan.intentHeader, intentId);
  const stream = { summary, intentId, outcomeId, erasureKey, wrapped, bytes };
  return draftEntry(parts, { tenant, kind: 'call.outcome', actor: ACTOR, entryId: outcomeId, detail }, stream);
}

async function abandon(store: Store, orphan: OrphanStream, { bytes, summary }: ClosedStream): Promise<void> {
  await store.asLedger((tx) => abandonStream(tx, orphan.tenant, orphan.streamId, bytes, summary.frames));
}

async function closeCall(parts: RecoveryParts, call: OrphanCall, done: Counts): Promise<void> {
  const { tenant, intentId } = call;
  const detail = interrupted(call.intentHeader, intentId);
  const entryId = interruptedIdOf(intentId);
  const draft = await draftEntry(parts, { tenant, kind: 'call.outcome', actor: ACTOR, entryId, detail });
  if (await closed(parts, draft)) countFor(done, tenant).intents += 1;
}

/** False when the call has an outcome already: another process was faster. */
async function closed(parts: RecoveryParts, draft: EntryDraft): Promise<boolean> {
  try {
    await parts.sequencer.submit(draft);
    return true;
  } catch (error) {
    if (isProblem(error) && error.code === 'conflict') return false;
    throw error;
  }
}

/** What may have been sent is named: a service of null would say that nothing was. */
function interrupted(intentHeader: Uint8Array, intent: string): { readonly [key: string]: PublicJson } {
  const { detail } = parseEntry(intentHeader);
  if (detail['decision'] === 'refuse') return { intent, status: 'refused', code: 'unknown', service: null };
  const [route] = Array.isArray(detail['routes']) ? detail['routes'] : [];
  const service = typeof route === 'object' && route !== null && 'service' in route ? route.service : null;
  return { intent, status: 'interrupted', code: 'unknown', service: typeof service === 'string' ? service : null };
}

function countFor(done: Counts, tenant: TenantId): { intents: number; streams: number } {
  const counts = done.get(tenant) ?? { intents: 0, streams: 0 };
  done.set(tenant, counts);
  return counts;
}

async function report(parts: RecoveryParts, tenant: TenantId, { intents, streams }: Recovered): Promise<void> {
  const detail = { intents, streams };
  await parts.sequencer.submit(await draftEntry(parts, { tenant, kind: 'ledger.recovered', actor: ACTOR, detail }));
}
