// A service that streams: so many tokens a second on every connection, each with its number and the moment it was sent.
import { createServer, type ServerResponse } from 'node:http';

const TOKENS_PER_SECOND = Number(process.argv[2] ?? 50);
const TOKENS = Number(process.argv[3] ?? 500);

/** One clock for all streams: a timer each would be what is measured. */
const TICK_MS = 1000 / TOKENS_PER_SECOND;

interface Open {
  readonly response: ServerResponse;
  sent: number;
}

const open = new Set<Open>();

setInterval(() => {
  for (const stream of open) {
    stream.sent += 1;
    stream.response.write(chunk(stream.sent));
    if (stream.sent < TOKENS) continue;
    open.delete(stream);
    stream.response.end('data: [DONE]\n\n');
  }
}, TICK_MS);

function chunk(number: number): string {
  const content = `${String(number)}@${(performance.timeOrigin + performance.now()).toFixed(3)} `;
  return `data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1790000000,"model":"bench-1","system_fingerprint":"fp_bench","choices":[{"index":0,"delta":{"content":"${content}"},"logprobs":null,"finish_reason":null}]}\n\n`;
}

const server = createServer((request, response) => {
  request.resume();
  request.once('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
    response.flushHeaders();
    const stream: Open = { response, sent: 0 };
    response.once('close', () => open.delete(stream));
    open.add(stream);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${JSON.stringify({ port: typeof address === 'object' ? address?.port : 0 })}\n`);
});
