// The adapter over the real door and real sockets, against a service that speaks OpenAI's wire format.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Phi } from '#kernel/phi.ts';
import { startOpenAi, type StandIn } from '../../../../test/vendors/openai.ts';
import type { ModelAnswer, SpeechRequest } from '#boundary/egress/adapter.ts';
import { chat, modelRequest, never, openDoor, target, type TestDoor } from '../egress.fixture.ts';
import { openai } from './openai.ts';

let standIn: StandIn;
let house: TestDoor;
beforeAll(async () => {
  standIn = await startOpenAi();
  house = openDoor();
  house.give('key-1', 'sk-canary\n');
});
afterEach(() => {
  standIn.behave();
  standIn.received.length = 0;
});
afterAll(async () => {
  await house.close();
  await standIn.close();
});

const here = () => target(standIn.url, { credential: 'key-1' });
const send = (request: ReturnType<typeof chat>) => openai.send(house.door, here(), request, never());

async function textOf(answer: ModelAnswer): Promise<string> {
  if (answer.kind !== 'stream') return Buffer.from(answer.bytes).toString();
  const segments: Uint8Array[] = [];
  for await (const segment of answer.segments) {
    expect(Buffer.from(segment).toString()).toMatch(/(\n\n|\r\n\r\n)$/);
    segments.push(segment);
  }
  return Buffer.concat(segments).toString();
}

describe('a whole answer', () => {
  it('comes as the service wrote it, with its usage', async () => {
    const answer = await send(chat('Grüße'));
    expect(answer.kind).toBe('whole');
    expect(JSON.parse(await textOf(answer))).toMatchObject({ choices: [{ message: { content: 'You said: Grüße' } }] });
    expect(answer).toMatchObject({ usage: { inputTokens: 11, cachedInputTokens: 3, outputTokens: 7, audioMs: null } });
  });

  it('is asked for with the caller’s bytes, the service’s model, store off, and its credential', async () => {
    const body = '{ "messages":[{"role":"user","content":"\\u0041 1.0e0"}],\n"model" : "mine", "temperature":1.0 }';
    await send(modelRequest('chat', body));
    const [got] = standIn.received;
    expect(got?.body.toString()).toBe(
      '{ "messages":[{"role":"user","content":"\\u0041 1.0e0"}],\n"model" : "stand-in-1", "temperature":1.0 ,"store":false}',
    );
    expect(got?.headers).toMatchObject({ authorization: 'Bearer sk-canary', 'content-type': 'application/json' });
    expect(Object.keys(got?.headers ?? {}).toSorted()).toEqual([
      'accept',
      'accept-encoding',
      'authorization',
      'connection',
      'content-length',
      'content-type',
      'host',
    ]);
  });

  it('brings no header that nobody asked for', async () => {
    const { headers } = await send(chat('hello'));
    expect(headers).toEqual({ 'x-request-id': 'req_standin', 'openai-processing-ms': '7' });
  });
});

describe('a streamed answer', () => {
  it('passes every byte but the usage report that the caller did not ask for', async () => {
    const request = { model: 'any', messages: [{ role: 'user', content: 'one two three' }], stream: true };
    const answer = await send(modelRequest('chat', request));
    const text = await textOf(answer);
    expect(JSON.parse(standIn.received[0]?.body.toString() ?? '')).toMatchObject({
      stream_options: { include_usage: true },
      store: false,
    });
    expect(text).toMatch(/data: \[DONE\]\n\n$/);
    expect(text).not.toContain('prompt_tokens');
    expect(text.match(/"content":"(?:[^"]*)"/g)?.join('')).toContain('three');
    expect(answer.kind === 'stream' && answer.usage()).toMatchObject({ inputTokens: 11, outputTokens: 7 });
  });

  it('keeps the usage report for a caller who asked', async () => {
    const answer = await send(chat('hello', { stream: true, stream_options: { include_usage: true } }));
    expect(await textOf(answer)).toContain('"prompt_tokens":11');
  });

  it('of responses has its usage too', async () => {
    const answer = await send(modelRequest('responses', { model: 'm', input: 'hello there', stream: true }));
    expect(await textOf(answer)).toContain('response.completed');
    expect(answer.kind === 'stream' && answer.usage()).toMatchObject({ inputTokens: 11, cachedInputTokens: 3 });
  });

  it('leaves the connection open for the next', async () => {
    const before = standIn.seen.connections;
    for (let each = 0; each < 5; each += 1) await textOf(await send(chat('hello', { stream: true })));
    expect(standIn.seen.connections - before).toBeLessThanOrEqual(1);
  });
});

describe('a refusal', () => {
  it('of the request is told without what it repeats', async () => {
    const answer = await send(modelRequest('chat', { model: 'm', messages: [], note: 'Jane Canary' }));
    expect(answer).toMatchObject({ kind: 'refused', status: 400 });
    expect(JSON.parse(await textOf(answer))).toEqual({
      error: {
        message: 'The service refused the request.',
        type: 'invalid_request_error',
        param: 'messages',
        code: 'missing_required_parameter',
      },
    });
  });

  it.each([
    [401, 'upstream_refused', { status: 401 }],
    [404, 'upstream_refused', { status: 404 }],
    [429, 'upstream_unavailable', { reason: 'status', status: 429, retryAfterMs: 2000 }],
    [500, 'upstream_unavailable', { reason: 'status', status: 500, retryAfterMs: 2000 }],
    [503, 'upstream_unavailable', { reason: 'status', status: 503, retryAfterMs: 2000 }],
  ])('%s is %s', async (status, code, details) => {
    standIn.fail({ kind: 'status', status, headers: { 'retry-after': '2' } });
    await expect(send(chat('Jane Canary'))).rejects.toMatchObject({ code, details });
  });
});

describe('a transcription', () => {
  const speech = (bytes: Uint8Array, change: Partial<SpeechRequest> = {}): SpeechRequest => ({
    audio: (async function* () {
      for (let at = 0; at < bytes.length; at += 1000) yield await Promise.resolve(bytes.subarray(at, at + 1000));
    })(),
    contentType: 'audio/wav',
    length: bytes.length,
    channels: 1,
    durationMs: 3000,
    language: 'en-US',
    hints: Phi.of(['metoprolol', 'Grüße']),
    ...change,
  });

  it('sends the sound as a form and brings words with their times', async () => {
    const heard = await openai.transcribe(house.door, here(), speech(Buffer.alloc(5000, 7)), never());
    expect(heard.words.reveal().map(({ text }) => text)).toEqual(['heard', '5000', 'bytes']);
    expect(heard.words.reveal()[1]).toEqual({
      text: '5000',
      start: 1,
      end: 1.5,
      confidence: null,
      channel: null,
      speaker: null,
    });
    expect(heard.usage).toMatchObject({ audioMs: 3000 });
    const body = standIn.received[0]?.body.toString('latin1') ?? '';
    expect(body).toContain('name="language"\r\n\r\nen\r\n');
    expect(Buffer.from(body, 'latin1').toString()).toContain('metoprolol, Grüße');
    expect(body).toContain('name="model"\r\n\r\nstand-in-1\r\n');
  });

  it('of a recording that is not as long as it said is not finished', async () => {
    const wrong = speech(Buffer.alloc(5000), { length: 6000 });
    await expect(openai.transcribe(house.door, here(), wrong, never())).rejects.toMatchObject({ code: 'internal' });
    expect(standIn.received).toEqual([]);
  });
});
