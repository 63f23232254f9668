// The server that a run talks to: the one named, the one that holds the home, or one started for the run and stopped after it.
import { Readiness } from '@cordon/contract';
import { setTimeout as sleep } from 'node:timers/promises';
import { startServer, type ServerChild } from '#connection/child.ts';
import type { Context } from '#context.ts';
import { Refusal } from '#failure.ts';
import { type Credentials, readCredentials } from '#home/credentials.ts';
import { isHeld, lastRunning } from '#home/running.ts';
import { beginStage } from '#terminal/progress.ts';

export interface Server {
  readonly url: string;
  readonly apiKey: string;
  /** What the first start left, when the server is this machine's own; signing in as its administrator needs it. */
  readonly credentials: Credentials | null;
  readonly embedded: boolean;
}

/** A server that holds the home may still be starting or stopping; that takes seconds. */
const HOLDER_LIMIT_MS = 30_000;
const HOLDER_POLL_MS = 250;
const PROBE_LIMIT_MS = 3_000;

/** Runs `work` against a server; one that was started for it is stopped whatever happens. */
export async function withServer<T>(context: Context, work: (server: Server) => Promise<T>): Promise<T> {
  const { env } = context;
  if (env.url !== null) return work(await named(context, env.url));
  if (isHeld(env.home)) return work(await holder(context));
  const { server, child } = await embedded(context);
  try {
    return await work(server);
  } finally {
    await child.stop();
  }
}

/** CORDON_URL with CORDON_API_KEY; the home's own credentials serve when they are for that very address. */
async function named({ env }: Context, url: string): Promise<Server> {
  const credentials = await readCredentials(env.home).catch(() => null);
  const own = credentials?.url.replace(/\/+$/, '') === url ? credentials : null;
  const apiKey = env.apiKey ?? own?.apiKey;
  if (apiKey === undefined) throw new Refusal('unauthenticated', 'CORDON_URL is set; CORDON_API_KEY is not');
  return { url, apiKey, credentials: own, embedded: false };
}

async function holder(context: Context): Promise<Server> {
  const { env, signal } = context;
  const until = Date.now() + HOLDER_LIMIT_MS;
  for (;;) {
    const credentials = await readCredentials(env.home);
    const noted = await lastRunning(env.home);
    for (const url of [noted?.url, credentials?.url]) {
      if (url !== undefined && credentials !== null && (await serves(url)))
        return ownServer(url, context, credentials, false);
    }
    if (Date.now() > until) throw new Refusal('home_in_use', `${env.home} is held, but its server does not answer`);
    await sleep(HOLDER_POLL_MS, undefined, { signal });
  }
}

async function embedded(context: Context): Promise<{ readonly server: Server; readonly child: ServerChild }> {
  const { env, terminal, signal } = context;
  const stage = beginStage(terminal, 'Starting Cordon');
  try {
    const child = await startServer({
      // Port 0: a run of its own takes whatever port is free and disturbs nobody.
      environment: { ...env.forServer, CORDON_PORT: env.port ?? '0' },
      onLine: () => undefined,
      onLog: (line) => (env.debug ? terminal.remark(line) : undefined),
      signal,
    });
    const credentials = await readCredentials(env.home);
    if (credentials === null) {
      await child.stop();
      throw new Refusal('unauthenticated', `the server left no credentials.json in ${env.home}`);
    }
    stage.done(child.url);
    return { server: ownServer(child.url, context, credentials, true), child };
  } catch (error) {
    stage.abandon();
    throw error;
  }
}

function ownServer(url: string, { env }: Context, credentials: Credentials, isEmbedded: boolean): Server {
  return { url: url.replace(/\/+$/, ''), apiKey: env.apiKey ?? credentials.apiKey, credentials, embedded: isEmbedded };
}

async function serves(url: string): Promise<boolean> {
  return (await readiness(url).catch(() => null)) !== null;
}

/** What `/readyz` says. Errors: `server_unreachable`. */
export async function readiness(url: string): Promise<Readiness> {
  try {
    const reply = await fetch(new URL('/readyz', url), { signal: AbortSignal.timeout(PROBE_LIMIT_MS) });
    return Readiness.parse(await reply.json());
  } catch {
    throw new Refusal('server_unreachable', url);
  }
}
