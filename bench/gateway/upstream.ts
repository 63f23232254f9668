// The service behind every gateway of the comparison: answers a chat completion of a fixed size at once. `--echo`: it begins with the
// first words of what it was asked.
import { createServer, type ServerResponse } from 'node:http';

const ECHO = process.argv.includes('--echo');

/** Characters of what was asked last that are said again. */
const ECHOED = 320;

const answerOf = (content: string): Buffer =>
  Buffer.from(
    JSON.stringify({
      id: 'chatcmpl-bench',
      object: 'chat.completion',
      created: 1_790_000_000,
      model: 'bench-1',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content, refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: { prompt_tokens: 480, completion_tokens: 96, total_tokens: 576 },
      system_fingerprint: 'fp_bench',
    }),
  );

const ANSWER = answerOf('The patient reports no chest pain. '.repeat(12).trim());

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  if (ECHO) request.on('data', (chunk: Buffer) => chunks.push(chunk));
  else request.resume();
  request.once('end', () => give(response, ECHO ? echoOf(Buffer.concat(chunks)) : ANSWER));
});

function give(response: ServerResponse, answer: Buffer): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length });
  response.end(answer);
}

function echoOf(body: Buffer): Buffer {
  const { messages } = JSON.parse(body.toString()) as { messages: readonly { content: string }[] };
  return answerOf(messages.at(-1)?.content.slice(0, ECHOED) ?? '');
}

server.keepAliveTimeout = 60_000;
server.listen(Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 0), '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${JSON.stringify({ port: typeof address === 'object' ? address?.port : 0 })}\n`);
});
