// The ledger, put together (spec custody §3): what the rest of the house appends to, what keeps it going in the background,
// and what the people who run and examine it use.
import type { BundleFile } from '@cordon/proofs';
import type { SigningKey } from '#custody/keys/installation.ts';
import type { Keys } from '#custody/keys/sealer.ts';
import type { Clock } from '#kernel/clock.ts';
import { createRandomSource } from '#kernel/random.ts';
import type { Store } from '#platform/store/store.ts';
import { createAbandonedCalls } from './abandoned.ts';
import type { Anchors } from './anchors.ts';
import { findUnpublished } from './checkpoint.queries.ts';
import { draftEntry } from './draft.ts';
import { exportLedger } from './export.ts';
import type { Certificates, ExportRequest } from './export.ts';
import { compareWithAnchors } from './guard.ts';
import type { Finding } from './guard.ts';
import { createHeaderCompiler } from './header.ts';
import { countRefused } from './inbox.queries.ts';
import { drainAll, enqueueDraft, settleEntry } from './inbox.ts';
import { createJournal } from './journal.ts';
import type { Ledger } from './ledger.ts';
import { createPresence } from './presence.ts';
import { publishCheckpoint } from './publish.ts';
import { createReader } from './reader.ts';
import type { LedgerReader } from './reader.ts';
import { recover } from './recovery.ts';
import { reopenLedger } from './reopen.ts';
import type { Reopened, ReopenRequest } from './reopen.ts';
import { createSequencer } from './sequencer.ts';
import { createSigning, recordKeyChange } from './signing.ts';
import { openLedgerStream } from './streams.ts';
import { createGrowthNotes, createUpkeep } from './upkeep.ts';
import type { OnFault, UpkeepTask } from './upkeep.ts';

export interface LedgerKeys extends Keys {
  /** The key that signs now, also after another process changed it. */
  refreshSigningKey(): Promise<SigningKey>;
}

export interface LedgerOptions {
  readonly store: Store;
  readonly keys: LedgerKeys;
  readonly clock: Clock;
  /** UUID of the installation (docs/formats/checkpoint.md, Names). */
  readonly installation: string;
  readonly anchors: Anchors;
  /** Certificates of destruction that entries name. By default there are none. */
  readonly certificates?: Certificates;
  /** Name and version of this program, a token: stands in export manifests. */
  readonly writer: string;
  readonly onFault: OnFault;
  /** A process not heard of for so long is dead. By default 15 s. */
  readonly leaseMs?: number;
}

export interface LedgerAdmin extends LedgerReader {
  /** Files of an export bundle, the manifest last. */
  export(request: ExportRequest): AsyncGenerator<BundleFile>;
  /** After a lawful restore (docs/operate/ledger.md). Two different people; the caller checks that they may. */
  reopen(request: ReopenRequest): Promise<Reopened>;
  /** Between `prepareSigningKey` and `activateSigningKey`: the change stands in every log, signed by both keys. */
  recordKeyChange(old: SigningKey, next: SigningKey): Promise<void>;
  /** Compares with the anchors, as at start. Those found must not go on and do not. */
  compareWithAnchors(): Promise<readonly Finding[]>;
  /** Inbox rows that can never become entries and wait for the operator (docs/operate/ledger.md). */
  refusedInbox(): Promise<number>;
  /** Registers this process, compares with the anchors, closes what dead processes left. Gives the tenants that must not go on. */
  start(): Promise<readonly Finding[]>;
  /** Waits for what is on its way; refuses what comes after with `shutting_down`. */
  stop(): Promise<void>;
}

// The heartbeat is beaten several times per lease, so that one slow commit does not look like death.
const DEFAULT_LEASE_MS = 15_000;
const BEATS_PER_LEASE = 6;
const PUBLISH_EVERY_MS = 500; // "≤ 1 s after growth" (issue 2), publishing included
const SWEEP_EVERY_MS = 5_000; // what another process left: inbox rows, open calls, unsigned trees

const SALT_BYTES = 32; // docs/formats/entry.md §2
const SALTS_AT_ONCE = 128;

export type RunningLedger = Ledger & LedgerAdmin;

export function createLedger(options: LedgerOptions): RunningLedger {
  const { store, clock, keys, installation, anchors, onFault, certificates = () => [] } = options;
  const presence = createPresence(store);
  const growth = createGrowthNotes();
  const headers = createHeaderCompiler(installation);
  const batching = { store, clock, headers, process: presence.id };
  const sequencer = createSequencer({ ...batching, onGrowth: growth.note, onFenced: presence.beat });
  const journal = createJournal(store, presence.id);
  const abandoned = createAbandonedCalls(store, presence.id);
  const signing = createSigning(store, () => keys.refreshSigningKey());
  const drafting = { keys, headers, salts: createRandomSource(SALT_BYTES, SALTS_AT_ONCE) };
  const inbox = { store, sequencer };
  const publishing = { store, installation, signing, anchors, onFault };
  const leaseMs = options.leaseMs ?? DEFAULT_LEASE_MS;
  const recovering = { ...inbox, ...drafting, leaseMs };
  const publish = async (): Promise<void> => {
    for (const tenant of growth.take()) {
      // One tenant in trouble must not keep the others from being signed.
      await publishCheckpoint(publishing, tenant).catch((error: unknown) => onFault('publish', error));
    }
  };
  const tasks: readonly UpkeepTask[] = [
    { name: 'heartbeat', everyMs: leaseMs / BEATS_PER_LEASE, work: presence.beat },
    { name: 'publish', everyMs: PUBLISH_EVERY_MS, work: publish },
    { name: 'journal', everyMs: PUBLISH_EVERY_MS, work: () => journal.trim() },
    { name: 'inbox', everyMs: SWEEP_EVERY_MS, work: () => drainAll(inbox) },
    { name: 'abandoned', everyMs: SWEEP_EVERY_MS, work: abandoned.handOver },
    { name: 'recovery', everyMs: Math.min(SWEEP_EVERY_MS, leaseMs), work: () => recover(recovering) },
    {
      name: 'unpublished',
      everyMs: SWEEP_EVERY_MS,
      work: async () => growth.note(await store.asLedger(findUnpublished)),
    },
  ];
  const upkeep = createUpkeep(tasks, onFault);
  return {
    append: async (request) => sequencer.submit(await draftEntry(drafting, request)),
    enqueue: async (tx, request) => {
      const draft = await draftEntry(drafting, request);
      await enqueueDraft(tx, presence.id(), draft);
      return { entryId: draft.entryId };
    },
    abandon: abandoned.note,
    settle: (tenant, entryId) => settleEntry(inbox, tenant, entryId),
    openStream: (request) => openLedgerStream({ ...drafting, journal, sequencer, process: presence.id }, request),
    ...createReader({ ...publishing, keys }),
    export: (request) => exportLedger({ ...publishing, keys, clock, certificates, writer: options.writer }, request),
    reopen: (request) => reopenLedger({ ...batching, ...drafting, anchors }, request),
    recordKeyChange: (old, next) => recordKeyChange({ ...batching, ...drafting }, old, next),
    refusedInbox: () => store.asLedger(countRefused),
    compareWithAnchors: () => compareWithAnchors(publishing),
    start: async () => {
      await presence.register();
      const findings = await compareWithAnchors(publishing);
      await recover(recovering);
      upkeep.start();
      return findings;
    },
    stop: async () => {
      await upkeep.stop();
      await sequencer.stop();
      await publish();
      await presence.resign();
    },
  };
}
