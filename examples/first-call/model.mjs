// Stands where a language model would: it speaks OpenAI's API on 127.0.0.1:9101 and gives back what it was asked. For trying the way
// there; put vLLM, Ollama, llama.cpp or LM Studio in its place.
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const asked = JSON.parse(Buffer.concat(chunks).toString() || '{}');
    const content = `You asked: ${asked.messages?.at(-1)?.content ?? ''}`;
    const answer = {
      id: 'chatcmpl-local',
      object: 'chat.completion',
      created: Math.floor(Date.now() / 1000),
      model: asked.model,
      choices: [{ index: 0, message: { role: 'assistant', content }, logprobs: null, finish_reason: 'stop' }],
      usage: { prompt_tokens: 20, completion_tokens: 22, total_tokens: 42 },
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
});
server.listen(Number(process.env.PORT ?? 9101), '127.0.0.1', () =>
  console.log('a model of sorts listens on 127.0.0.1:9101'),
);
