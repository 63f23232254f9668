// The stand-in of OpenAI is first accepted by the official client, unmodified; only then is it a judge of our adapter.
import OpenAI, { toFile } from 'openai';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startOpenAi, type StandIn } from './openai.ts';

let standIn: StandIn;
let client: OpenAI;
beforeAll(async () => {
  standIn = await startOpenAi();
  client = new OpenAI({ baseURL: standIn.url, apiKey: 'sk-test', maxRetries: 0 });
});
afterEach(() => standIn.behave());
afterAll(() => standIn.close());

const messages = [{ role: 'user' as const, content: 'Grüße an alle' }];
const tools = [
  { type: 'function' as const, function: { name: 'look_up', parameters: { type: 'object', properties: {} } } },
];

it('answers chat, whole', async () => {
  const answer = await client.chat.completions.create({ model: 'm', messages });
  expect(answer.choices[0]?.message.content).toBe('You said: Grüße an alle');
  expect(answer.usage?.prompt_tokens_details?.cached_tokens).toBe(3);
});

it('answers chat as a stream, with usage', async () => {
  const stream = client.chat.completions.stream({ model: 'm', messages, stream_options: { include_usage: true } });
  const final = await stream.finalChatCompletion();
  expect(final.choices[0]?.message.content).toBe('You said: Grüße an alle');
  expect(final.usage?.completion_tokens).toBe(7);
});

it('calls tools, whole and streamed', async () => {
  const whole = await client.chat.completions.create({ model: 'm', messages, tools });
  const [called] = whole.choices[0]?.message.tool_calls ?? [];
  expect(called).toMatchObject({ function: { name: 'look_up', arguments: '{"of":"Grüße an alle"}' } });
  const streamed = await client.chat.completions.stream({ model: 'm', messages, tools }).finalMessage();
  expect(streamed.tool_calls?.[0]).toMatchObject({
    function: { name: 'look_up', arguments: '{"of":"Grüße an alle"}' },
  });
});

it('keeps to a JSON Schema', async () => {
  const schema = { type: 'object', properties: { said: { type: 'string' } } };
  const response_format = { type: 'json_schema' as const, json_schema: { name: 's', schema } };
  const answer = await client.chat.completions.parse({ model: 'm', messages, response_format });
  expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual({ said: 'Grüße an alle' });
});

it('answers responses, whole and streamed', async () => {
  const whole = await client.responses.create({ model: 'm', input: 'hello', store: false });
  expect(whole.output_text).toBe('You said: hello');
  const streamed = await client.responses.stream({ model: 'm', input: 'hello' }).finalResponse();
  expect(streamed.output_text).toBe('You said: hello');
  expect(streamed.usage?.input_tokens).toBe(11);
});

it('embeds', async () => {
  const { data } = await client.embeddings.create({ model: 'm', input: ['a', 'b'], dimensions: 4 });
  expect(data.map(({ embedding }) => embedding.length)).toEqual([4, 4]);
  expect(data[1]?.embedding[0]).toBe(1);
});

it('transcribes', async () => {
  const file = await toFile(Buffer.alloc(100), 'a.wav');
  const form = {
    model: 'm',
    file,
    response_format: 'verbose_json' as const,
    timestamp_granularities: ['word' as const],
  };
  const heard = await client.audio.transcriptions.create(form);
  expect(heard).toMatchObject({ text: 'heard 100 bytes', words: [{ word: 'heard', start: 0 }, {}, {}] });
});

it('lists models', async () => {
  expect((await client.models.list()).data.map(({ id }) => id)).toEqual(['stand-in-1']);
});

it('refuses as OpenAI does', async () => {
  await expect(client.chat.completions.create({ model: 'm', messages: [] })).rejects.toBeInstanceOf(
    OpenAI.BadRequestError,
  );
  standIn.fail({ kind: 'status', status: 429 });
  await expect(client.chat.completions.create({ model: 'm', messages })).rejects.toBeInstanceOf(OpenAI.RateLimitError);
});

it('ends when the client leaves', async () => {
  standIn.fail({ kind: 'stuck' });
  const leaving = new AbortController();
  setTimeout(() => leaving.abort(), 50);
  const asked = client.chat.completions.create({ model: 'm', messages }, { signal: leaving.signal });
  await expect(asked).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);
  await expect.poll(() => standIn.seen.left).toBe(1);
});
