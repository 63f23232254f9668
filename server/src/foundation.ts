// The lower floors, put together once for main.ts and worker.ts: home, keys, PostgreSQL, store, ledger, registry, jobs, blobs.
// Each part gets what it needs and nothing more; closing runs in reverse.
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { DEID_QUEUE } from '#boundary/deid-jobs/receive.ts';
import { createDeidPool, type DeidPool } from '#boundary/deidentify/pool.ts';
import { type EngineFacts, engineFacts } from '@cordon/deid/facts';
import { createRegistry, type Registry } from '#boundary/registry/registry.ts';
import { TRANSCRIBE_QUEUE } from '#clinical/transcription/transcriptions.ts';
import type { Config } from '#config/config.ts';
import { directoryAnchors } from '#custody/ledger/anchors.ts';
import { createLedger, type RunningLedger } from '#custody/ledger/create.ts';
import { KeyStore } from '#custody/keys/keystore.ts';
import { systemClock, type Clock } from '#kernel/clock.ts';
import type { BlobStore } from '#platform/blobs/blobs.ts';
import { openLocalBlobs } from '#platform/blobs/local-blobs.ts';
import { openHome } from '#platform/home/home.ts';
import { startJobs, type Jobs, type JobsEvent, type QueueDefinition } from '#platform/jobs/jobs.ts';
import type { Log } from '#platform/log/log.ts';
import { guardProcess, proveAirGap } from '#platform/outbound/air-gap.ts';
import type { DatabaseTarget } from '#platform/store/connection.ts';
import { startEmbeddedPostgres, type EmbeddedEvent } from '#platform/store/embedded/embedded.ts';
import { migrate } from '#platform/store/migrate.ts';
import { openStore, type PgStore } from '#platform/store/pg-store.ts';

const MIGRATIONS = resolve(import.meta.dirname, '..', 'migrations');

/** Stands in the manifest of every export. */
const WRITER = 'cordon/0.1.0';
/** An hour of audio takes minutes; a day bounds the longest recording on the slowest engine. A dead worker is noticed by its heartbeat. */
const LONGEST_TRANSCRIPTION_SECONDS = 86_400;
/** The largest upload takes some minutes of a core. */
const LONGEST_DEID_SECONDS = 21_600;

export interface Foundation {
  readonly config: Config;
  readonly log: Log;
  readonly clock: Clock;
  readonly keys: KeyStore;
  readonly store: PgStore;
  readonly ledger: RunningLedger;
  readonly registry: Registry;
  /** What de-identifies here, by its digests. */
  readonly engine: EngineFacts;
  readonly jobs: Jobs;
  readonly blobs: BlobStore;
  readonly pool: DeidPool;
  close(): Promise<void>;
}

type Undo = () => unknown;

/**
 * `holdHome`: the server holds its home alone; workers stand beside it in the same one, for its blobs, and hold nothing.
 * Errors: whatever a part refuses to start with; what had been started is stopped again.
 */
export async function layFoundation(config: Config, log: Log, { holdHome = true } = {}): Promise<Foundation> {
  const undo: Undo[] = [];
  try {
    if (config.airGapped) {
      await proveAirGap();
      guardProcess();
    }
    if (holdHome) {
      const home = await openHome(config.home);
      undo.push(() => home.release());
    }
    return await build(config, log, undo);
  } catch (error) {
    await unwind(undo, log);
    throw error;
  }
}

async function build(config: Config, log: Log, undo: Undo[]): Promise<Foundation> {
  const clock = systemClock;
  const embedded = config.database.kind === 'embedded';
  const keys = await KeyStore.open({ directory: config.keys, clock });
  const { id: installation } = keys.installation;
  const installationSecret = keys.installation.derive('database roles');
  const target = await openDatabase(config, installationSecret, log, undo);
  const applied = await migrate({ admin: target, directory: MIGRATIONS, installationSecret });
  if (applied.length > 0) log.info('database.migrated', { count: applied.length });
  const store = await openStore({ target, installationSecret });
  undo.push(() => store.close());
  const ledger = createLedger({
    store,
    keys,
    clock,
    installation,
    anchors: directoryAnchors(config.anchors),
    writer: WRITER,
    onFault: (task, error) => log.error('ledger.task_failed', { reason: task }, error),
  });
  const stopped = await ledger.start();
  for (const { tenant, state, anchored, held } of stopped) {
    log.error('ledger.tenant_stopped', { tenant, reason: state, size: anchored.size, index: held });
  }
  undo.push(() => ledger.stop());
  const jobs = await startJobs({
    target,
    installationSecret,
    queues: [transcribeQueue(), deidQueue()],
    soleWorker: embedded,
    onEvent: (event) => logJobs(log, event),
  });
  undo.push(() => jobs.stop());
  const blobs = await openLocalBlobs({ directory: join(config.home, 'blobs'), sweep: embedded });
  const engine = engineFacts();
  const registry = createRegistry({ store, ledger, clock, engine: engine.fingerprint });
  const pool = createDeidPool();
  undo.push(() => pool.stop());
  const parts = { config, log, clock, keys, store, ledger, registry, engine, jobs, blobs, pool };
  return { ...parts, close: () => unwind(undo, log) };
}

async function openDatabase(
  config: Config,
  installationSecret: Uint8Array,
  log: Log,
  undo: Undo[],
): Promise<DatabaseTarget> {
  if (config.database.kind === 'external') return config.database.target;
  const postgres = await startEmbeddedPostgres({
    home: config.home,
    installationSecret,
    onEvent: (event) => logPostgres(log, event),
  });
  undo.push(() => postgres.stop());
  return postgres.admin;
}

function transcribeQueue(): QueueDefinition {
  return {
    name: TRANSCRIBE_QUEUE,
    retries: 20, // with delays that double up to half a minute: eight minutes of waiting for an engine or a database
    retryDelaySeconds: 2,
    expireSeconds: LONGEST_TRANSCRIPTION_SECONDS,
    concurrency: availableParallelism(),
  };
}

function deidQueue(): QueueDefinition {
  return {
    name: DEID_QUEUE,
    retries: 20, // as above: what is done of a job stays done
    retryDelaySeconds: 2,
    expireSeconds: LONGEST_DEID_SECONDS,
    concurrency: 1, // one thread works on them
  };
}

async function unwind(undo: Undo[], log: Log): Promise<void> {
  for (const step of undo.splice(0).toReversed()) {
    try {
      await step();
    } catch (error) {
      log.error('process.stop_failed', {}, error);
    }
  }
}

function logPostgres(log: Log, event: EmbeddedEvent): void {
  switch (event.kind) {
    case 'orphans_stopped':
      return log.warn('postgres.orphans_stopped', { count: event.processes });
    case 'started':
      return log.info('postgres.started', { milliseconds: event.milliseconds, pid: event.pid });
    case 'ended':
      return log.error('postgres.ended', { signal: event.signal, exitCode: event.exitCode });
    case 'restart_failed':
      return log.error('postgres.restart_failed', { attempt: event.attempt });
    case 'said':
      return; // its own log file has it; a line of PostgreSQL may quote a statement
  }
}

function logJobs(log: Log, event: JobsEvent): void {
  switch (event.kind) {
    case 'failed':
      return log.warn('job.failed', { queue: event.queue, job: event.job, attempt: event.attempt }, event.error);
    case 'recovered':
      return log.warn('job.recovered', { queue: event.queue, count: event.count });
    case 'trouble':
      return log.error('jobs.trouble', {}, event.error);
  }
}
