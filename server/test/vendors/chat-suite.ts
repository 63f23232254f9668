// What every adapter for a language model is held to, against its stand-in over real HTTP: the same requests in OpenAI's form, the
// same answers, the same faults, and not one word of content in whatever goes wrong.
import { inspect } from 'node:util';
import { isProblem, ProblemError } from '@cordon/contract';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModelAdapter, ModelAnswer } from '#boundary/egress/adapter.ts';
import type { Service } from '#boundary/policy/snapshot.ts';
import { modelRequest, openDoor, target, type TestDoor } from '#boundary/egress/egress.fixture.ts';
import type { Fault } from './faults.ts';
import { HELLO, type Said } from './said.ts';
import type { Seen, StandIn } from './stand-in.ts';

export interface ChatVendor {
  readonly adapter: ModelAdapter;
  /** As it lies in its file; `url`: the stand-in's. */
  secret(url: string): string;
  readonly service: Partial<Service>;
  start(options: { said: () => Said; broken: () => string | null }): Promise<StandIn>;
  /** An error that the vendor sends inside a stream when it is overloaded. */
  readonly overloaded: string;
  /** Where the wire says how much a model is to think. */
  readonly thinking: RegExp;
  /** Requests of OpenAI's form that this vendor's protocol has no place for, with the field that is named. */
  readonly unsupported: readonly (readonly [field: string, change: object])[];
}

interface Chunk {
  readonly id: string;
  readonly object: string;
  readonly model: string;
  readonly choices: readonly {
    readonly delta: {
      readonly role?: string;
      readonly content?: string;
      readonly tool_calls?: readonly {
        readonly index: number;
        readonly id?: string;
        readonly function: { readonly name?: string; readonly arguments?: string };
      }[];
    };
    readonly finish_reason: string | null;
  }[];
  readonly usage?: unknown;
}

const CANARY = 'canary-4c1d the patient coughs';
const ASK = { model: 'whatever', messages: [{ role: 'user', content: CANARY }], max_tokens: 64 };
const TOOL = {
  type: 'function',
  function: {
    name: 'look_up',
    description: 'Looks up.',
    parameters: { type: 'object', properties: { q: { type: 'string' } }, required: ['q'] },
  },
};
const CALLS: Said = {
  text: ['Moment. '],
  calls: [
    { id: 'call_a1', name: 'look_up', input: { q: 'Grüße, "世界" 🩺', deep: [1, { x: null }] } },
    { id: 'call_a2', name: 'look_up', input: {} },
  ],
  usage: { input: 20, cached: 0, output: 9 },
};

/** Leaves as it is what is an error already; the code says what happened, whatever the answer was. */
type Outcome = string;

const FAULTS_AND_OUTCOMES: readonly (readonly [Fault, Outcome])[] = [
  ['slow', 'ok'],
  ['drip', 'ok'],
  ['half', 'upstream_invalid'],
  ['wrong-json', 'upstream_invalid'],
  ['wrong-type', 'upstream_invalid'],
  ['status-400', 'refused 400'],
  ['status-401', 'upstream_refused'],
  ['status-429', 'upstream_unavailable'],
  ['status-500', 'upstream_unavailable'],
  ['status-503', 'upstream_unavailable'],
  ['huge', 'upstream_invalid'],
  ['redirect', 'upstream_invalid'],
  ['reset', 'upstream_unavailable'],
  ['stuck-before-headers', 'upstream_timeout'],
  ['stuck-after-headers', 'upstream_timeout'],
];

export function chatSuite(name: string, vendor: ChatVendor): void {
  let house: StandIn;
  let said: Said;
  let broken: string | null;
  let way: TestDoor;
  beforeEach(async () => {
    said = HELLO;
    broken = null;
    house = await vendor.start({ said: () => said, broken: () => broken });
    way = openDoor();
    way.give('stand-in', vendor.secret(house.url));
    // Where tokens are fetched, if not at the vendor's own address.
    way.give('stand-in.hosts', house.url);
  });
  afterEach(async () => {
    await way.close();
    await house.close();
  });
  const targetOf = (change: Partial<Service> = {}) =>
    target(house.url, { model: 'model-1', credential: 'stand-in', ...vendor.service, ...change });

  const send = (change: object, stream = false, signal = AbortSignal.timeout(20_000)): Promise<ModelAnswer> =>
    vendor.adapter.send(way.door, targetOf(), modelRequest('chat', { ...ASK, ...change, stream }), signal);
  const whole = async (change: object = {}) => {
    const answer = await send(change);
    if (answer.kind !== 'whole') throw new Error(answer.kind);
    return { ...answer, form: JSON.parse(Buffer.from(answer.bytes).toString()) as Record<string, unknown> };
  };
  const streamed = async (change: object = {}) => {
    const answer = await send(change, true);
    if (answer.kind !== 'stream') throw new Error(answer.kind);
    return { answer, chunks: await chunksOf(answer.segments) };
  };

  describe(`${name}: chat`, () => {
    it('gives a whole answer in OpenAI’s form, with usage as measured', async () => {
      const { form, usage } = await whole({ temperature: 0.5, stop: ['END'] });
      expect(form).toMatchObject({
        object: 'chat.completion',
        model: targetOf().service.model,
        choices: [
          {
            index: 0,
            finish_reason: 'stop',
            message: { role: 'assistant', content: 'Guten Tag, 世界 🩺', refusal: null },
          },
        ],
        usage: {
          prompt_tokens: 12,
          completion_tokens: 7,
          total_tokens: 19,
          prompt_tokens_details: { cached_tokens: 4 },
        },
      });
      expect(usage).toEqual({ inputTokens: 12, cachedInputTokens: 4, outputTokens: 7, audioMs: null });
      expect(house.seen.filter(content)).toHaveLength(1);
    });

    it.each([true, false])('streams the same answer; usage as the last chunk: %s', async (include_usage) => {
      const { answer, chunks } = await streamed({ stream_options: { include_usage } });
      expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('Guten Tag, 世界 🩺');
      expect(chunks[0]?.choices[0]?.delta.role).toBe('assistant');
      expect(chunks.flatMap(({ choices }) => choices[0]?.finish_reason ?? [])).toEqual(['stop']);
      expect(new Set(chunks.map(({ id, object }) => `${id} ${object}`)).size).toBe(1);
      const counted = chunks.filter(({ usage }) => usage !== undefined && usage !== null);
      expect(counted.map(({ choices, usage }) => ({ choices, usage }))).toEqual(
        include_usage ? [{ choices: [], usage: expect.objectContaining({ prompt_tokens: 12, total_tokens: 19 }) }] : [],
      );
      expect(answer.usage()).toEqual({ inputTokens: 12, cachedInputTokens: 4, outputTokens: 7, audioMs: null });
    });

    it('carries calls of tools out, whole and streamed alike, and their results back', async () => {
      said = CALLS;
      const { form } = await whole({ tools: [TOOL], tool_choice: 'auto' });
      const { chunks } = await streamed({ tools: [TOOL] });
      const { message, finish_reason } = (
        form['choices'] as { message: { tool_calls: WireCall[] }; finish_reason: string }[]
      )[0]!;
      expect(finish_reason).toBe('tool_calls');
      expect(joinCalls(chunks).map(({ call }) => call)).toEqual(plainCalls(message.tool_calls).map(({ call }) => call));
      expect(new Set(joinCalls(chunks).map(({ id }) => id)).size).toBe(2);
      expect(message.tool_calls.map((call) => JSON.parse(call.function.arguments) as unknown)).toEqual(
        CALLS.calls!.map(({ input }) => input),
      );
      said = HELLO;
      const results = message.tool_calls.map(({ id }, index) => ({
        role: 'tool',
        tool_call_id: id,
        content: `result ${index} of ${CANARY}`,
      }));
      await whole({ tools: [TOOL], messages: [...ASK.messages, message, ...results] });
      const wire = house.seen.at(-1)!.body.toString();
      for (const part of ['result 0 of', 'result 1 of', 'Moment. ', 'Grüße']) expect(wire).toContain(part);
    });

    it.each([
      ['length', 'length'],
      ['filter', 'content_filter'],
    ] as const)('says %s as %s', async (end, word) => {
      said = { ...HELLO, end };
      expect((await whole()).form['choices']).toMatchObject([{ finish_reason: word }]);
      expect((await streamed()).chunks.flatMap(({ choices }) => choices[0]?.finish_reason ?? [])).toEqual([word]);
    });

    it('does not call an answer finished whose end it does not know', async () => {
      said = { ...HELLO, end: 'unknown' };
      await expect(whole()).rejects.toMatchObject({ code: 'upstream_invalid' });
      await expect(streamed()).rejects.toMatchObject({ code: 'upstream_invalid' });
    });

    it('holds a tool to its schema where that was asked for, or refuses', async () => {
      const strict = {
        ...TOOL.function,
        strict: true,
        parameters: { ...TOOL.function.parameters, additionalProperties: false },
      };
      const asked = whole({ tools: [{ type: 'function', function: strict }] }).then(
        () => house.last(),
        (error: unknown) => error,
      );
      const outcome = await asked;
      if (isProblem(outcome)) expect(outcome.details).toEqual({ field: 'tools' });
      else expect(JSON.stringify(outcome)).toMatch(/"strict":true|"VALIDATED"/);
      await streamed({ tools: [TOOL] });
      expect(house.seen.at(-1)!.body.toString()).not.toMatch(/strict|VALIDATED|eager/);
    });

    it('asks for as much thinking as was asked for', async () => {
      await whole({ reasoning_effort: 'low', max_tokens: null });
      await whole({ reasoning_effort: 'none', max_tokens: null });
      await whole({ max_tokens: null });
      const [low, ...others] = house.seen.filter(content).map(({ body }) => body.toString());
      expect(low).toMatch(vendor.thinking);
      for (const other of others) expect(other).not.toMatch(vendor.thinking);
    });

    it('asks for a JSON schema and gives the JSON as the answer', async () => {
      said = { text: ['{"plan":"rest"}'] };
      const schema = {
        type: 'object',
        properties: { plan: { type: 'string' } },
        required: ['plan'],
        additionalProperties: false,
      };
      const { form } = await whole({
        response_format: { type: 'json_schema', json_schema: { name: 'note', strict: true, schema } },
      });
      expect(JSON.stringify(house.last())).toContain('"plan"');
      expect(form['choices']).toMatchObject([{ message: { content: '{"plan":"rest"}' }, finish_reason: 'stop' }]);
    });

    it('sends images that are in the request where the row is cleared, and none else', async () => {
      const url = 'data:image/png;base64,iVBORw0KGgo=';
      const messages = [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'see' },
            { type: 'image_url', image_url: { url } },
          ],
        },
      ];
      await expect(whole({ messages })).rejects.toMatchObject({ code: 'feature_not_covered' });
      const ask = (parts: object[]) =>
        vendor.adapter.send(
          way.door,
          targetOf({ features: ['image_input'] }),
          modelRequest('chat', { ...ASK, messages: [{ role: 'user', content: parts }] }),
          AbortSignal.timeout(9000),
        );
      const remote = [{ type: 'image_url', image_url: { url: 'https://example.org/scan.png' } }];
      await expect(ask(remote)).rejects.toMatchObject({ code: 'feature_not_covered' });
      expect(house.seen.filter(content)).toHaveLength(0);
      await ask(messages[0]!.content);
      expect(house.seen.filter(content)[0]!.body.toString()).toContain('iVBORw0KGgo=');
    });
  });

  describe(`${name}: refusals before a byte leaves`, () => {
    it.each<readonly [string, object]>([
      ['n', { n: 2 }],
      ['logprobs', { logprobs: true }],
      ['top_logprobs', { top_logprobs: 3 }],
      ['logit_bias', { logit_bias: { 50256: -100 } }],
      ['functions', { functions: [] }],
      ['audio', { audio: { voice: 'x' } }],
      ['metadata', { metadata: { a: 'b' } }],
      ['prediction', { prediction: { type: 'content', content: 'x' } }],
      ['made_up', { made_up: 1 }],
      ['?', { 'Mrs Smith, 4 May': 1 }],
      ['tools[0].type', { tools: [{ type: 'web_search' }] }],
      ['messages[0].name', { messages: [{ role: 'user', content: 'x', name: 'Ann' }] }],
      ['messages[1].role', { messages: [...ASK.messages, { role: 'system', content: 'now' }] }],
      ['messages[1].role', { messages: [...ASK.messages, { role: 'assistant', content: 'Once' }] }],
      [
        'messages[0].content[0].type',
        { messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: {} }] }] },
      ],
      ['service_tier', { service_tier: 'flex' }],
      ['response_format.type', { response_format: { type: 'grammar' } }],
      ...vendor.unsupported,
    ])('%s', async (field, change) => {
      for (const stream of [false, true]) {
        await expect(send(change, stream)).rejects.toMatchObject({ code: 'field_unsupported', details: { field } });
      }
      expect(house.seen.filter(content)).toHaveLength(0);
    });

    it.each([
      ['messages', { messages: [] }],
      ['max_tokens', { max_tokens: 0 }],
      ['temperature', { temperature: 'warm' }],
      ['messages[0].content', { messages: [{ role: 'user', content: 7 }] }],
      ['messages[1].tool_call_id', { messages: [...ASK.messages, { role: 'tool', tool_call_id: 'x', content: 'y' }] }],
      ['tool_choice', { tool_choice: 'required' }],
    ])('%s of the wrong form', async (field, change) => {
      await expect(send(change)).rejects.toMatchObject({ code: 'invalid_request', details: { field } });
      expect(house.seen.filter(content)).toHaveLength(0);
    });

    it('stored state, and a secret it cannot use', async () => {
      await expect(send({ store: true })).rejects.toMatchObject({ code: 'feature_not_covered' });
      const target = targetOf({ credential: null });
      const blind = vendor.adapter.send(way.door, target, modelRequest('chat', ASK), AbortSignal.timeout(9000));
      await expect(blind).rejects.toMatchObject({ code: 'credential_unusable' });
      expect(house.seen.filter(content)).toHaveLength(0);
    });
  });

  describe(`${name}: an upstream in trouble`, () => {
    it.each(FAULTS_AND_OUTCOMES)('%s, whole: %s', async (fault, outcome) => {
      house.fail(fault);
      const signal = outcome === 'upstream_timeout' ? hurried() : AbortSignal.timeout(30_000);
      expect(await outcomeOf(send({}, false, signal))).toBe(outcome);
    });

    it.each(FAULTS_AND_OUTCOMES)('%s, streamed: %s', async (fault, outcome) => {
      house.fail(fault);
      const signal = outcome === 'upstream_timeout' ? hurried() : AbortSignal.timeout(30_000);
      expect(await outcomeOf(send({}, true, signal))).toBe(outcome);
    });

    it('an error event inside a stream ends it without [DONE], and says overload as overload', async () => {
      broken = vendor.overloaded;
      expect(await outcomeOf(send({}, true))).toBe('upstream_unavailable');
    });

    it('whoever leaves, closes the upstream', async () => {
      said = { text: Array.from({ length: 4000 }, (_, index) => `${index} `.repeat(40)) };
      const answer = await send({}, true);
      if (answer.kind !== 'stream') throw new Error(answer.kind);
      for await (const _segment of answer.segments) break;
      await expect.poll(house.hungUp, { timeout: 5000 }).toBe(1);
      const leaving = new AbortController();
      const second = await send({}, true, leaving.signal);
      if (second.kind !== 'stream') throw new Error(second.kind);
      const read = async () => {
        for await (const _segment of second.segments) leaving.abort();
      };
      await expect(read()).rejects.toMatchObject({ code: 'caller_gone' });
      await expect.poll(house.hungUp, { timeout: 5000 }).toBe(2);
    });
  });

  it(`${name}: every text and every argument arrives, whatever is in it`, async () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((value) => value.trim() !== '');
    await fc.assert(
      fc.asyncProperty(
        text,
        text,
        fc.dictionary(text, fc.oneof(text, fc.integer(), fc.constant(null))),
        async (a, b, input) => {
          const safe = Object.fromEntries(Object.entries(input).filter(([key]) => key !== '__proto__'));
          const call = {
            id: 'call_1',
            type: 'function',
            function: { name: 'look_up', arguments: JSON.stringify(safe) },
          };
          await whole({
            tools: [TOOL],
            messages: [
              { role: 'system', content: a },
              { role: 'user', content: [{ type: 'text', text: b }] },
              { role: 'assistant', content: '', tool_calls: [call] },
              { role: 'tool', tool_call_id: 'call_1', content: a },
            ],
          });
          const leaves = leavesOf(house.last());
          for (const wanted of [a, b]) expect(leaves.strings).toContain(wanted);
          expect(leaves.objects).toContainEqual(safe);
        },
      ),
      { numRuns: 40 },
    );
  });
}

/** A request that could hold content; the other kind asks for a token. */
function content({ url }: Seen): boolean {
  return url !== '/token';
}

function hurried(): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new ProblemError('upstream_timeout')), 400);
  return controller.signal;
}

/** `ok`, `refused STATUS`, or the problem's code. Whatever it is, it shows no word of the prompt or of what the vendor quoted. */
async function outcomeOf(sent: Promise<ModelAnswer>): Promise<Outcome> {
  try {
    const answer = await sent;
    if (answer.kind === 'stream') {
      await chunksOf(answer.segments);
      return 'ok';
    }
    if (answer.kind === 'whole') return 'ok';
    quiet(Buffer.from(answer.bytes).toString());
    quiet(JSON.stringify(answer.headers));
    return `refused ${answer.status}`;
  } catch (error) {
    quiet(inspect(error, { depth: null, showHidden: true, getters: true }));
    if (!isProblem(error)) throw error;
    return error.code;
  }
}

function quiet(shown: string): void {
  expect(shown).not.toContain('canary-4c1d');
  expect(shown).not.toContain('CANARY-ECHO');
}

/** The events of a stream; `[DONE]` stands once, last. */
async function chunksOf(segments: AsyncIterable<Uint8Array>): Promise<readonly Chunk[]> {
  const parts: Uint8Array[] = [];
  for await (const segment of segments) {
    expect(Buffer.from(segment).toString().endsWith('\n\n')).toBe(true);
    parts.push(segment);
  }
  const events = Buffer.concat(parts).toString().split('\n\n').filter(Boolean);
  expect(events.indexOf('data: [DONE]')).toBe(events.length - 1);
  return events.slice(0, -1).map((event) => JSON.parse(event.slice('data: '.length)) as Chunk);
}

interface WireCall {
  readonly id: string;
  readonly function: { readonly name: string; readonly arguments: string };
}

interface Called {
  readonly id: string;
  readonly call: readonly [name: string, input: unknown];
}

function plainCalls(calls: readonly WireCall[]): Called[] {
  return calls.map(({ id, function: { name, arguments: text } }) => ({ id, call: [name, JSON.parse(text)] }));
}

/** Deltas put together as the official client does. */
function joinCalls(chunks: readonly Chunk[]): Called[] {
  const calls: { id: string; name: string; text: string }[] = [];
  for (const delta of chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])) {
    const call = (calls[delta.index] ??= { id: delta.id!, name: delta.function.name!, text: '' });
    call.text += delta.function.arguments ?? '';
  }
  return calls.map(({ id, name, text }) => ({ id, call: [name, JSON.parse(text)] }));
}

function leavesOf(
  value: unknown,
  strings: string[] = [],
  objects: object[] = [],
): { strings: string[]; objects: object[] } {
  if (typeof value === 'string') strings.push(value);
  if (typeof value !== 'object' || value === null) return { strings, objects };
  objects.push(value);
  for (const item of Object.values(value)) leavesOf(item, strings, objects);
  return { strings, objects };
}
