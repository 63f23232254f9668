// Answers come back the same whatever pieces a service sends them in: whole, streamed, several at once, with tools.
import { createEngine, createSession } from '@cordon/deid';
import { loadModel } from '@cordon/deid/model';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AnswerStream } from './answer-stream.ts';
import { AnswerTexts, restoreWhole } from './answer.ts';

const SAID = 'Patient Marguerite "Maggie" Oyelaran, MRN 48213907, seen on 03/14/2025 by Dr. Ana Björk.';
const engine = createEngine(loadModel());
const session = createSession(engine, { mode: 'placeholder', salt: 11, year: 2026 });
const [{ text: TOKENS } = { text: '' }] = session.deidentifyAll([SAID]);
const map = session.map();
const RUNS = Number(process.env['PROPS_RUNS'] ?? 200);

const words = fc.array(fc.constantFrom(TOKENS, 'fever ', '[', '·', '[NAME-1', '"', '\\', '\n', '🌡️', 'é'), {
  maxLength: 6,
});
const said = words.map((each) => each.join(''));
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });

function cut(text: string, lengths: readonly number[]): string[] {
  const pieces: string[] = [];
  for (let at = 0, turn = 0; at < text.length; turn += 1) {
    const size = lengths[turn % lengths.length] ?? 1;
    pieces.push(text.slice(at, at + size));
    at += size;
  }
  return pieces;
}

const eventsIn = (bytes: Uint8Array): Record<string, unknown>[] =>
  Buffer.from(bytes)
    .toString()
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => JSON.parse(line.slice(6)) as Record<string, unknown>);

const texts = (json = false): AnswerTexts => new AnswerTexts(map, json);
const one = (text: string, name = 'content', json = false): string => texts(json).whole(text, name).text;
const sse = (said_: object): Buffer => Buffer.from(`data: ${JSON.stringify(said_)}\n\n`);

interface Delta {
  readonly content?: string;
  readonly tool_calls?: readonly { readonly index: number; readonly function: { readonly arguments: string } }[];
}

it('chat: each choice and each call of a tool by itself, in order, before its end', () => {
  fc.assert(
    fc.property(said, said, said, sizes, fc.boolean(), (first, second, third, lengths, endsWithText) => {
      const argumentsText = JSON.stringify({ of: third });
      const chunk = (index: number, delta: object, finish_reason: string | null = null) =>
        sse({ id: 'c', object: 'chat.completion.chunk', choices: [{ index, delta, finish_reason }], usage: null });
      const columns = [
        cut(first, lengths).map((content) => chunk(0, { content })),
        cut(second, lengths.toReversed()).map((content) => chunk(1, { content })),
        cut(argumentsText, lengths).map((piece) =>
          chunk(1, { tool_calls: [{ index: 2, function: { arguments: piece } }] }),
        ),
      ];
      const longest = Math.max(...columns.map((column) => column.length));
      const events = Array.from({ length: longest }, (_, at) => columns.map((column) => column[at])).flat();
      const ends = [chunk(0, endsWithText ? { content: TOKENS } : {}, 'stop'), chunk(1, {}, 'tool_calls')];
      const stream = new AnswerStream('chat', texts());
      const sent = [...events.filter((event) => event !== undefined), ...ends, Buffer.from('data: [DONE]\n\n')];
      const got = Buffer.concat(sent.map((event) => Buffer.from(stream.push(event))));
      const grown = ['', '', ''];
      const ended = new Set<number>();
      for (const event of eventsIn(got)) {
        for (const choice of event['choices'] as { index: number; delta: Delta; finish_reason: string | null }[]) {
          expect(ended.has(choice.index)).toBe(false);
          grown[choice.index] += choice.delta.content ?? '';
          for (const call of choice.delta.tool_calls ?? []) grown[call.index] += call.function.arguments;
          if (choice.finish_reason !== null) ended.add(choice.index);
        }
      }
      const last = endsWithText ? TOKENS : '';
      expect(grown).toEqual([one(first + last), one(second), one(argumentsText, 'arguments')]);
      expect(ended).toEqual(new Set([0, 1]));
      expect(got.toString().endsWith('data: [DONE]\n\n')).toBe(true);
    }),
    { numRuns: RUNS },
  );
});

it('responses: what grows and what repeats it say the same, numbered without a gap', () => {
  fc.assert(
    fc.property(said, sizes, (whole, lengths) => {
      const at = { item_id: 'm', output_index: 0, content_index: 0 };
      const events = [
        ...cut(whole, lengths).map((delta) => ({ type: 'response.output_text.delta', ...at, delta })),
        { type: 'response.output_text.done', ...at, text: whole },
        { type: 'response.completed', response: { output: [{ content: [{ type: 'output_text', text: whole }] }] } },
      ].map((event, sequence_number) => ({ ...event, sequence_number }));
      const stream = new AnswerStream('responses', texts());
      const got = eventsIn(Buffer.concat(events.map((event) => Buffer.from(stream.push(sse(event))))));
      const grown = got.map((event) => (event['type'] === 'response.output_text.delta' ? event['delta'] : '')).join('');
      expect(grown).toBe(one(whole, 'text'));
      expect(got.at(-2)?.['text']).toBe(grown);
      expect(got.map((event) => event['sequence_number'])).toEqual(got.map((_, number) => number));
    }),
    { numRuns: RUNS },
  );
});

it('JSON stays JSON, and every byte that holds no token stays', () => {
  fc.assert(
    fc.property(fc.json(), said, (json, text) => {
      // What begins as JSON does is taken for JSON in a string, and values are escaped for it (docs/formats/deid.md, Restoring).
      fc.pre(!/^\s*[[{]/.test(text));
      const answer = `{"a" : ${json}, "choices":[{"message":{"content":${JSON.stringify(JSON.stringify({ is: text }))}}}]}`;
      const { text: got } = restoreWhole(answer, texts(true));
      const content = (JSON.parse(got) as { choices: { message: { content: string } }[] }).choices[0]?.message.content;
      expect((JSON.parse(content ?? '') as { is: string }).is).toBe(one(text));
      expect(got.startsWith(`{"a" : ${json}`)).toBe(true);
    }),
    { numRuns: RUNS },
  );
});
