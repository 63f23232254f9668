// Follows a job to its end over server-sent events, through dropped connections.
import { Job } from '@cordon/contract';
import type { CordonClientOptions } from './client.ts';
import { serverEvents } from './events.ts';
import { CordonError, problemOf, unreachable } from './problem.ts';

/** Attempts in a row that bring nothing before it gives up; with the pauses below about a minute. */
const MAX_SILENT_ATTEMPTS = 8;
/** First pause between attempts, doubled up to the longest. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;

export interface FollowOptions {
  readonly signal?: AbortSignal;
}

/**
 * Yields the job whenever it changes; the last is `done` or `failed`. A dropped connection is opened again.
 * Errors: `CordonError` of a refusal; `server_unreachable` after eight attempts in a row that brought nothing.
 */
export async function* followJob(
  client: CordonClientOptions,
  jobId: string,
  { signal }: FollowOptions = {},
): AsyncGenerator<Job, void, void> {
  let silent = 0;
  while (silent < MAX_SILENT_ATTEMPTS) {
    let heard = false;
    try {
      for await (const job of oneConnection(client, jobId, signal)) {
        heard = true;
        yield job;
        if (job.state === 'done' || job.state === 'failed') return;
      }
    } catch (error) {
      if (!mayPass(error) || signal?.aborted === true) throw error;
    }
    silent = heard ? 0 : silent + 1;
    await pause(silent, signal);
  }
  throw unreachable(null);
}

/** The last state of the job. Errors as `followJob`. */
export async function jobEnd(client: CordonClientOptions, jobId: string, options: FollowOptions = {}): Promise<Job> {
  let last: Job | null = null;
  for await (const job of followJob(client, jobId, options)) last = job;
  if (last === null) throw unreachable(null);
  return last;
}

async function* oneConnection(
  client: CordonClientOptions,
  jobId: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Job> {
  const url = `${client.url.replace(/\/+$/, '')}/api/jobs/${encodeURIComponent(jobId)}/events`;
  const headers = {
    accept: 'text/event-stream',
    ...(client.credential !== '' && { authorization: `Bearer ${client.credential}` }),
  };
  const send = client.fetch ?? globalThis.fetch;
  const response = await send(new Request(url, { headers, ...(signal !== undefined && { signal }) })).catch(
    (error: unknown) => {
      throw unreachable(error);
    },
  );
  if (!response.ok || response.body === null) throw problemOf(response, await response.json().catch(() => null));
  for await (const { event, data } of serverEvents(response.body)) {
    if (event === 'job') yield Job.parse(JSON.parse(data));
  }
}

/** What another attempt may get over: no answer, a busy or restarting server, a stream that broke off. */
function mayPass(error: unknown): boolean {
  if (error instanceof CordonError) return error.status === 429 || error.status >= 502;
  return error instanceof TypeError;
}

async function pause(silent: number, signal: AbortSignal | undefined): Promise<void> {
  const milliseconds = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, silent - 1));
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      },
      { once: true },
    );
  });
}
