// The mapping between OpenAI's chat form and the libraries' own, without a wire: what goes in comes back.
import type { LanguageModelV4GenerateResult, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { completionOf } from './chat-answer.ts';
import { ChunkWriter } from './chat-chunks.ts';
import { type ChatRules, chatCallOf } from './chat-request.ts';

const RULES: ChatRules = { images: true, thoughtSignatures: true, sampling: true, looseJson: true, serialTools: true };
const HEAD = { id: 'chatcmpl-1', created: 1, model: 'm' };
const USAGE = {
  inputTokens: { total: 3, noCache: 3, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 2, text: 2, reasoning: 0 },
};

const text = fc.string({ unit: 'binary', maxLength: 60 });
const input = fc.dictionary(
  fc.string({ maxLength: 8 }).filter((key) => key !== '__proto__'),
  fc.jsonValue({ depthSize: 'small' }),
);
const calls = fc
  .uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { maxLength: 4 })
  .chain((ids) =>
    fc.tuple(...ids.map((id) => fc.record({ id: fc.constant(id), name: fc.constantFrom('a', 'b'), input }))),
  );

interface Message {
  readonly content: string | null;
  readonly tool_calls?: readonly {
    readonly id: string;
    readonly function: { readonly name: string; readonly arguments: string };
  }[];
}

it('an answer sent back as the next request is the same answer', () => {
  fc.assert(
    fc.property(text, calls, (said, made) => {
      const result: LanguageModelV4GenerateResult = {
        content: [
          { type: 'text', text: said },
          ...made.map(({ id, name, input: value }) => ({
            type: 'tool-call' as const,
            toolCallId: id,
            toolName: name,
            input: JSON.stringify(value),
          })),
        ],
        finishReason: { unified: made.length > 0 ? 'tool-calls' : 'stop', raw: undefined },
        usage: USAGE,
        warnings: [],
      };
      const { choices } = completionOf(result, HEAD) as { choices: [{ message: Message }] };
      const { message } = JSON.parse(JSON.stringify(choices[0])) as { message: Message };
      const results = made.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: '' }));
      const messages = [{ role: 'user', content: '' }, message, ...results, { role: 'user', content: said }];
      const [, assistant, ...rest] = chatCallOf({ messages }, RULES).options.prompt;
      const texts = made.length > 0 && said === '' ? [] : [{ type: 'text', text: said }];
      expect(assistant).toEqual({
        role: 'assistant',
        content: [
          ...texts,
          ...made.map(({ id, name, input: value }) => ({
            type: 'tool-call',
            toolCallId: id,
            toolName: name,
            input: JSON.parse(JSON.stringify(value)) as unknown,
          })),
        ],
      });
      expect(rest.flatMap((turn) => (turn.role === 'tool' ? turn.content : []))).toHaveLength(made.length);
    }),
  );
});

it('a stream, however it is cut, says what the whole answer says', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 6 }), calls, fc.nat({ max: 9 }), (texts, made, size) => {
      const parts: LanguageModelV4StreamPart[] = [
        { type: 'stream-start', warnings: [] },
        ...texts.map((delta) => ({ type: 'text-delta' as const, id: 't', delta })),
        ...made.flatMap(({ id, name, input: value }): LanguageModelV4StreamPart[] => {
          const whole = JSON.stringify(value);
          const step = size + 1;
          const deltas = Array.from({ length: Math.ceil(whole.length / step) }, (_, at) =>
            whole.slice(at * step, (at + 1) * step),
          );
          // Some vendors stream arguments; some give them whole.
          const streamed: LanguageModelV4StreamPart[] =
            size === 0
              ? []
              : [
                  { type: 'tool-input-start', id, toolName: name },
                  ...deltas.map((delta) => ({ type: 'tool-input-delta' as const, id, delta })),
                  { type: 'tool-input-end', id },
                ];
          return [...streamed, { type: 'tool-call', toolCallId: id, toolName: name, input: whole }];
        }),
        { type: 'finish', usage: USAGE, finishReason: { unified: 'stop', raw: undefined } },
      ];
      const writer = new ChunkWriter(HEAD, true);
      const bytes = parts.flatMap((part) => writer.write(part) ?? []);
      const events = Buffer.concat([...bytes, writer.end()])
        .toString()
        .split('\n\n')
        .filter(Boolean);
      expect(events.pop()).toBe('data: [DONE]');
      const deltas = events.flatMap((event) => {
        const chunk = JSON.parse(event.slice(6)) as { choices: { delta: Delta }[] };
        return chunk.choices.map(({ delta }) => delta);
      });
      expect(deltas.map(({ content = '' }) => content).join('')).toBe(texts.join(''));
      expect(joined(deltas)).toEqual(made.map(({ id, name, input: value }) => [id, name, JSON.stringify(value)]));
      expect(writer.usage()).toEqual({ inputTokens: 3, cachedInputTokens: 0, outputTokens: 2, audioMs: null });
    }),
  );
});

interface Delta {
  readonly content?: string;
  readonly tool_calls?: readonly {
    readonly index: number;
    readonly id?: string;
    readonly function: { readonly name?: string; readonly arguments: string };
  }[];
}

function joined(deltas: readonly Delta[]): (readonly [string, string, string])[] {
  const calls: [string, string, string][] = [];
  for (const { index, id, function: called } of deltas.flatMap(({ tool_calls = [] }) => tool_calls)) {
    const call = (calls[index] ??= [id!, called.name!, '']);
    call[2] += called.arguments;
  }
  return calls;
}

it('any JSON is a request that is taken or refused by a problem, never by a fault', () => {
  const anything = fc.record(
    {
      messages: fc.oneof(
        fc.jsonValue(),
        fc.array(
          fc.record(
            {
              role: fc.constantFrom('system', 'user', 'assistant', 'tool', 'x'),
              content: fc.jsonValue(),
              tool_calls: fc.jsonValue(),
            },
            { requiredKeys: [] },
          ),
        ),
      ),
      tools: fc.jsonValue(),
      tool_choice: fc.jsonValue(),
      response_format: fc.jsonValue(),
      stop: fc.jsonValue(),
      n: fc.jsonValue(),
      logit_bias: fc.jsonValue(),
      stream_options: fc.jsonValue(),
      service_tier: fc.jsonValue(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(anything, (request) => {
      try {
        chatCallOf(request, RULES);
      } catch (error) {
        expect(['invalid_request', 'field_unsupported', 'feature_not_covered']).toContain(
          (error as { code: unknown }).code,
        );
      }
    }),
    { numRuns: 2000 },
  );
});
