// Listens to many streams at once and says when each token came. Run as a process of its own; one JSON document on standard output.
import { request } from 'node:http';

export interface ListenPlan {
  readonly port: number;
  readonly streams: number;
  readonly tokens: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Milliseconds between the beginnings of two streams: nobody begins all at one instant. */
  readonly spreadMs: number;
}

export interface Listened {
  /** Milliseconds from the request to the first token, of every stream. */
  readonly firstMs: readonly number[];
  /** Milliseconds between two tokens of a stream. */
  readonly gapMs: readonly number[];
  /** Milliseconds from a token's sending to its arrival. */
  readonly lagMs: readonly number[];
  /** Streams of which a token never came. */
  readonly lost: number;
  /** Streams in which nothing came for `STALL_MS`. */
  readonly stalled: number;
}

const STALL_MS = 1_000;
const TOKEN = /"content":"(\d+)@([\d.]+) "/g;

interface Heard {
  firstMs: number;
  readonly gaps: number[];
  readonly lags: number[];
  tokens: number;
  done: boolean;
}

function listenTo(plan: ListenPlan): Promise<Heard> {
  const heard: Heard = { firstMs: 0, gaps: [], lags: [], tokens: 0, done: false };
  return new Promise((resolve) => {
    const begun = performance.now();
    let last = 0;
    let rest = '';
    const asking = request(
      { host: '127.0.0.1', port: plan.port, path: '/v1/chat/completions', method: 'POST', headers: plan.headers },
      (response) => {
        response.setEncoding('utf8');
        response.on('data', (text: string) => {
          const now = performance.now();
          rest += text;
          const end = rest.lastIndexOf('\n\n') + 2;
          if (end < 2) return;
          const whole = rest.slice(0, end);
          rest = rest.slice(end);
          for (const [, number, sentAt] of whole.matchAll(TOKEN)) {
            if (Number(number) === heard.tokens + 1) heard.tokens += 1;
            if (heard.firstMs === 0) heard.firstMs = now - begun;
            else heard.gaps.push(now - last);
            heard.lags.push(performance.timeOrigin + now - Number(sentAt));
            last = now;
          }
          if (whole.includes('data: [DONE]')) heard.done = true;
        });
        response.once('close', () => resolve(heard));
        response.once('error', () => resolve(heard));
      },
    );
    asking.once('error', () => resolve(heard));
    asking.end(plan.body);
  });
}

const plan = JSON.parse(process.argv[2] ?? '{}') as ListenPlan;
const all = await Promise.all(
  Array.from({ length: plan.streams }, async (_, at) => {
    await new Promise((wait) => setTimeout(wait, at * plan.spreadMs));
    return listenTo(plan);
  }),
);
const listened: Listened = {
  firstMs: all.map((heard) => heard.firstMs),
  gapMs: all.flatMap((heard) => heard.gaps),
  lagMs: all.flatMap((heard) => heard.lags),
  lost: all.filter((heard) => heard.tokens !== plan.tokens || !heard.done).length,
  stalled: all.filter((heard) => heard.gaps.some((gap) => gap > STALL_MS)).length,
};
process.stdout.write(JSON.stringify(listened), () => process.exit(0));
