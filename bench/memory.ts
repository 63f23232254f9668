// Memory over 200,000 calls through everything: levels of the second fifth and of the last one are compared, garbage and caches and all
// (docs/performance.md).
import type { LoadPlan, LoadResult } from './gateway/load.ts';
import { beside, cordonBefore, median, rounded, rssOf, runOnce } from './gateway/rig.ts';

const CALLS = 200_000;
const CONNECTIONS = 32;
const STRETCH_MS = 5_000;
const LOOK_MS = 250;
const FIFTHS = 5;

const BODY = JSON.stringify({
  model: 'local-llm',
  messages: [{ role: 'user', content: 'Summarise the visit for the chart, in plain words. '.repeat(40) }],
});

interface Look {
  readonly calls: number;
  readonly mib: number;
}

export async function run(): Promise<object> {
  const upstream = await beside('upstream.ts');
  const server = await cordonBefore(`http://127.0.0.1:${String(upstream.port)}/v1`);
  const port = Number(new URL(server.url).port);
  const pid = server.process.pid ?? 0;
  const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:${String(port)}\r\ncontent-type: application/json\r\n`;
  const credential = `authorization: Bearer ${server.credentials.apiKey}\r\n`;
  const request = `${head}${credential}content-length: ${String(Buffer.byteLength(BODY))}\r\n\r\n${BODY}`;
  const plan: LoadPlan = { port, request, connections: CONNECTIONS, warmUpMs: 0, measureMs: STRETCH_MS };
  const looks: Look[] = [];
  let calls = 0;
  let errors = 0;
  const timer = setInterval(() => looks.push({ calls, mib: rssOf(pid) }), LOOK_MS);
  try {
    while (calls < CALLS) {
      const result = await runOnce<LoadResult>('load.ts', plan);
      calls += result.all;
      errors += result.errors;
    }
  } finally {
    clearInterval(timer);
    upstream.stop();
    await server.remove();
  }
  const levels = Array.from({ length: FIFTHS }, (_, fifth) => levelOf(looks, calls, fifth));
  const [, second = 0] = levels;
  const more = (levels.at(-1) ?? 0) - second;
  console.log(
    `  ${String(calls)} calls, ${String(errors)} errors; MiB by fifths: ${levels.join(', ')}; ${String(more)} more`,
  );
  return { calls, errors, connections: CONNECTIONS, residentMibByFifths: levels, moreFromSecondToLast: more };
}

function levelOf(looks: readonly Look[], all: number, fifth: number): number {
  const inside = looks.filter(({ calls }) => Math.min(FIFTHS - 1, Math.floor((calls / all) * FIFTHS)) === fifth);
  return rounded(median(inside.map(({ mib }) => mib)), 0);
}
