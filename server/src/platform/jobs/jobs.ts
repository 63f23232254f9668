// Work that outlives a request: queues in PostgreSQL (pg-boss; docs/decisions/0011). Delivery is at least once, so every handler is
// idempotent by the job's id. A job carries ids and nothing else; what they stand for is read by the handler, under the tenant.
import { ProblemError, PROBLEMS, isProblem } from '@cordon/contract';
import { PgBoss } from 'pg-boss';
import type { JobResult, JobWithMetadata } from 'pg-boss';
import { isUuid, parseTenantId } from '#kernel/ids.ts';
import type { TenantId } from '#kernel/ids.ts';
import { clientConfig } from '#platform/store/connection.ts';
import type { DatabaseTarget } from '#platform/store/connection.ts';
import { statementFailure } from '#platform/store/failures.ts';
import { targetFor } from '#platform/store/roles.ts';
import type { Transaction } from '#platform/store/store.ts';
import { activeJobs, openDoorForApp, repeatNow } from './jobs.queries.ts';

/** Ids only; anything that is not a UUID is refused. `tenant` walls the handler and the row. */
export type JobPayload = { readonly tenant: TenantId } & Readonly<Record<string, string>>;

export interface JobInHand {
  readonly id: string;
  readonly payload: JobPayload;
  /** 1 for the first. */
  readonly attempt: number;
  /** Fires when the job was taken away (expired, cancelled, heartbeat lost) or the process stops. */
  readonly signal: AbortSignal;
}

/** Resolving completes the job; rejecting repeats it, unless the problem says that repeating is pointless (status below 500). */
export type JobHandler = (job: JobInHand) => Promise<void>;

export interface QueueDefinition {
  readonly name: string;
  /** Attempts after the first. */
  readonly retries: number;
  /** Seconds before the first repetition; doubled for each further one. */
  readonly retryDelaySeconds: number;
  /** Seconds that one attempt may take at most. A dead worker is noticed by its heartbeat long before. */
  readonly expireSeconds: number;
  /** Jobs at the same time in this process. */
  readonly concurrency: number;
}

export interface Jobs {
  /** In the caller's transaction: there is a job exactly if the transaction commits. A second job of the same id is the first one. */
  enqueue(tx: Transaction, queue: string, id: string, payload: JobPayload): Promise<void>;
  /** `abandoned` is called once for a job whose last attempt failed or that killed its workers. Idempotent like the handler. */
  work(queue: string, handler: JobHandler, abandoned: JobHandler): Promise<void>;
  /** Takes no more jobs, waits for those in hand, gives the rest back. */
  stop(): Promise<void>;
}

export type JobsEvent =
  | {
      readonly kind: 'failed';
      readonly queue: string;
      readonly job: string;
      readonly attempt: number;
      readonly error: unknown;
    }
  | { readonly kind: 'recovered'; readonly queue: string; readonly count: number }
  | { readonly kind: 'trouble'; readonly error: unknown };

export interface JobsOptions {
  readonly target: DatabaseTarget;
  readonly installationSecret: Uint8Array;
  readonly queues: readonly QueueDefinition[];
  /** This process alone works on these queues (it holds CORDON_HOME), so jobs found in hand at start are a dead worker's. */
  readonly soleWorker: boolean;
  readonly onEvent: (event: JobsEvent) => void;
}

type InHand = JobWithMetadata<JobPayload>;

const SCHEMA = 'pgboss';
const HEARTBEAT_SECONDS = 10; // the least that pg-boss allows; a dead worker's job is found within it plus one monitor pass
const MONITOR_SECONDS = 5;
const POLL_SECONDS = 2; // new jobs wake a worker at once by NOTIFY; repetitions and abandoned ones are found by looking
const CONNECTIONS = 6;
const STOP_TIMEOUT_MS = 15_000;
const KEEP_DONE_SECONDS = 86_400; // a day, for the operator; the record of what happened is the ledger
// A database that comes and goes must not leave a job waiting for minutes once it is back; looking twice a minute costs nothing.
const LONGEST_DELAY_SECONDS = 30;

/** Installs or updates the schema `pgboss` as cordon_jobs and makes the queues. Errors: `storage_unavailable`. */
export async function startJobs(options: JobsOptions): Promise<Jobs> {
  const boss = new PgBoss({
    ...clientConfig(targetFor('jobs', options.target, options.installationSecret)),
    schema: SCHEMA,
    createSchema: false, // 0001-platform.sql made it and gave it to cordon_jobs
    schedule: false,
    useListenNotify: true,
    max: CONNECTIONS,
    monitorIntervalSeconds: MONITOR_SECONDS,
    superviseIntervalSeconds: MONITOR_SECONDS,
  });
  boss.on('error', (error) => options.onEvent({ kind: 'trouble', error }));
  try {
    await boss.start();
    await openDoorForApp(boss.getDb());
    for (const queue of options.queues) await ensureQueue(boss, queue);
    if (options.soleWorker) await takeBack(boss, options);
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => undefined);
    throw statementFailure(error);
  }
  const queues = new Map(options.queues.map((queue) => [queue.name, queue]));
  return {
    enqueue: (tx, queue, id, payload) => enqueue(boss, tx, queue, id, payload),
    work: (queue, handler, abandoned) => work(boss, known(queues, queue), handler, abandoned, options.onEvent),
    stop: () => boss.stop({ graceful: true, timeout: STOP_TIMEOUT_MS }),
  };
}

function deadQueue(name: string): string {
  return `${name}.dead`;
}

async function ensureQueue(boss: PgBoss, queue: QueueDefinition): Promise<void> {
  const settings = {
    retryLimit: queue.retries,
    retryDelay: queue.retryDelaySeconds,
    retryBackoff: true,
    retryDelayMax: LONGEST_DELAY_SECONDS,
    expireInSeconds: queue.expireSeconds,
    deleteAfterSeconds: KEEP_DONE_SECONDS,
    notify: true,
  };
  const made = { ...settings, heartbeatSeconds: HEARTBEAT_SECONDS };
  await boss.createQueue(deadQueue(queue.name), made);
  await boss.createQueue(queue.name, { ...made, deadLetter: deadQueue(queue.name) });
  await boss.updateQueue(queue.name, settings); // where the queue existed with other settings
}

/**
 * Jobs that were in hand when the last process died: failed once, so they are repeated now instead of after the heartbeat; and
 * without the growing pauses, which are for what fails by itself.
 */
async function takeBack(boss: PgBoss, options: JobsOptions): Promise<void> {
  for (const { name } of options.queues) {
    for (const queue of [name, deadQueue(name)]) {
      const ids = await activeJobs(boss.getDb(), queue);
      if (ids.length === 0) continue;
      await boss.fail(queue, ids, { code: 'worker_lost' });
      await repeatNow(boss.getDb(), queue, ids);
      options.onEvent({ kind: 'recovered', queue, count: ids.length });
    }
  }
}

async function enqueue(boss: PgBoss, tx: Transaction, queue: string, id: string, payload: JobPayload): Promise<void> {
  if (!isUuid(id) || !Object.values(payload).every(isUuid))
    throw new ProblemError('internal', { reason: 'job_not_ids' });
  const db = {
    executeSql: async (text: string, values: unknown[] = []) => ({ rows: await tx.query(text, values.map(String)) }),
  };
  await boss.send(queue, payload, { id, db });
}

async function work(
  boss: PgBoss,
  queue: QueueDefinition,
  handler: JobHandler,
  abandoned: JobHandler,
  onEvent: (event: JobsEvent) => void,
): Promise<void> {
  const settings = {
    includeMetadata: true,
    perJobResults: true,
    batchSize: 1,
    pollingIntervalSeconds: POLL_SECONDS,
    notifyPollingIntervalSeconds: POLL_SECONDS,
    heartbeatRefreshSeconds: HEARTBEAT_SECONDS / 3, // two may be lost on the way
  } as const;
  await boss.work(queue.name, { ...settings, localConcurrency: queue.concurrency }, (jobs: InHand[]) =>
    Promise.all(jobs.map((job) => attempt(job, job.id, handler, onEvent))),
  );
  await boss.work(deadQueue(queue.name), settings, (jobs: InHand[]) =>
    Promise.all(jobs.map((job) => attempt(job, job.sourceRootId ?? job.id, abandoned, onEvent))),
  );
}

/** What is stored with a failed job is its code: pg-boss would store message and stack of a thrown error. */
async function attempt(
  job: InHand,
  id: string,
  handler: JobHandler,
  onEvent: (event: JobsEvent) => void,
): Promise<JobResult> {
  try {
    await handler({ id, payload: parsePayload(job.data), attempt: job.retryCount + 1, signal: job.signal });
    return { id: job.id, status: 'completed' };
  } catch (error) {
    onEvent({ kind: 'failed', queue: job.name, job: id, attempt: job.retryCount + 1, error });
    const code = isProblem(error) ? error.code : 'internal';
    return { id: job.id, status: PROBLEMS[code].status < 500 ? 'deadletter' : 'failed', output: { code } };
  }
}

function parsePayload(data: Readonly<Record<string, string>>): JobPayload {
  const tenant = parseTenantId(data['tenant'] ?? '');
  if (tenant === null) throw new ProblemError('invalid_request', { field: 'tenant' });
  return { ...data, tenant };
}

function known(queues: ReadonlyMap<string, QueueDefinition>, name: string): QueueDefinition {
  const queue = queues.get(name);
  if (queue === undefined) throw new TypeError('unknown queue');
  return queue;
}
