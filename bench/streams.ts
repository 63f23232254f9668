// Many streamed answers at once, every segment sealed and durable before it goes on, beside the same streams straight from the service
// and beside bare group commits of the same bytes (docs/performance.md).
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Listened, ListenPlan } from './gateway/listen.ts';
import { beside, cordonBefore, median, rounded, runOnce } from './gateway/rig.ts';

const STREAMS = 128;
const TOKENS_PER_SECOND = 50;
const SECONDS = 10;
const TOKENS = TOKENS_PER_SECOND * SECONDS;
const ROUNDS = 3;
const SPREAD_MS = 7;

/** Bytes of a token's event as the service sends it. */
const TOKEN_BYTES = 225;

const BODY = JSON.stringify({ model: 'local-llm', stream: true, messages: [{ role: 'user', content: 'Go on.' }] });

export async function run(): Promise<object> {
  const upstream = await beside('stream-upstream.ts', String(TOKENS_PER_SECOND), String(TOKENS));
  const server = await cordonBefore(`http://127.0.0.1:${String(upstream.port)}/v1`);
  try {
    const through = { authorization: `Bearer ${server.credentials.apiKey}` };
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      const direct = await listen(upstream.port, {});
      const cordon = await listen(Number(new URL(server.url).port), through);
      const commitP99 = bareCommits();
      const measured = compare(direct, cordon, commitP99);
      console.log(`  ${JSON.stringify(measured)}`);
      rounds.push(measured);
    }
    return { streams: STREAMS, tokensPerSecond: TOKENS_PER_SECOND, seconds: SECONDS, ...middle(rounds), rounds };
  } finally {
    upstream.stop();
    await server.remove();
  }
}

function listen(port: number, headers: Readonly<Record<string, string>>): Promise<Listened> {
  const all = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(BODY)), ...headers };
  const plan: ListenPlan = { port, streams: STREAMS, tokens: TOKENS, headers: all, body: BODY, spreadMs: SPREAD_MS };
  return runOnce<Listened>('listen.ts', plan);
}

interface Compared {
  readonly lost: number;
  readonly stalled: number;
  readonly addedTtftMs: { readonly p50: number; readonly p99: number };
  readonly addedGapMs: { readonly p50: number; readonly p99: number };
  readonly bareCommitP99Ms: number;
}

function compare(direct: Listened, cordon: Listened, commitP99: number): Compared {
  const added = (member: 'firstMs' | 'gapMs', share: number): number =>
    rounded(quantile(cordon[member], share) - quantile(direct[member], share));
  return {
    lost: cordon.lost,
    stalled: cordon.stalled,
    addedTtftMs: { p50: added('firstMs', 0.5), p99: added('firstMs', 0.99) },
    addedGapMs: { p50: added('gapMs', 0.5), p99: added('gapMs', 0.99) },
    bareCommitP99Ms: rounded(commitP99),
  };
}

/** Nothing lost in any round; the rest are medians. */
function middle(rounds: readonly Compared[]): Compared {
  const of = (pick: (round: Compared) => number): number => median(rounds.map(pick));
  return {
    lost: Math.max(...rounds.map((round) => round.lost)),
    stalled: Math.max(...rounds.map((round) => round.stalled)),
    addedTtftMs: { p50: of((round) => round.addedTtftMs.p50), p99: of((round) => round.addedTtftMs.p99) },
    addedGapMs: { p50: of((round) => round.addedGapMs.p50), p99: of((round) => round.addedGapMs.p99) },
    bareCommitP99Ms: of((round) => round.bareCommitP99Ms),
  };
}

/** In a process of its own, which starts a PostgreSQL: the 99th percentile of a commit in milliseconds. */
function bareCommits(): number {
  const script = join(import.meta.dirname, 'gateway', 'bare-commits.ts');
  const bytesPerSecond = STREAMS * TOKENS_PER_SECOND * TOKEN_BYTES;
  const text = execFileSync(process.execPath, [script, String(bytesPerSecond)], { encoding: 'utf8' });
  return (JSON.parse(text) as { p99: number }).p99;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
