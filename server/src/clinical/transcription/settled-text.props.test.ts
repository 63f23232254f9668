// However speech is cut into stretches and shared among channels, and by whatever rules it is written: what was settled is a beginning of
// the whole.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assembleTranscript, CONVERSATION, type TextRules } from './assemble.ts';
import type { SpokenWord, Stretch } from './engines/messages.ts';
import { settledText, settledWriting } from './settled-text.ts';

const CONVERSED =
  'the patient takes ten twenty milligrams of pain how are you he dr one over eighty year old and since may'.split(' ');

const DICTATED = (
  'the pain period comma new paragraph line open close paren colon he mark will question exclamation of full stop ' +
  'assessment semicolon next takes may dr one'
).split(' ');

/** Names that go over what else ends sentences and makes numbers. */
const NAMES: TextRules = {
  ...CONVERSATION,
  names: new Map([
    ['pain he', 'Pain He'],
    ['pain he takes', 'Pain He Takes'],
    ['may', 'May'],
    ['one over', 'One Over'],
    ['dr will', 'Dr Will'],
  ]),
};

const channelOf = (words: readonly string[]) =>
  fc.array(fc.tuple(fc.constantFrom(...words), fc.constantFrom(0.05, 0.3, 0.8, 1.7), fc.boolean()), {
    minLength: 1,
    maxLength: 25,
  });

function stretchesOf(channel: number, said: readonly (readonly [string, number, boolean])[]): Stretch[] {
  let at = 0;
  const stretches: Stretch[] = [];
  let words: SpokenWord[] = [];
  for (const [spoken, gap, ends] of said) {
    const start = at + gap;
    at = start + 0.2;
    words.push({ spoken, start, end: at, confidence: 0.9 });
    if (!ends) continue;
    stretches.push({ channel, words, resumeAt: at });
    words = [];
  }
  return [...stretches, { channel, words, resumeAt: at + 1 }];
}

it.each([
  ['a conversation', CONVERSED, CONVERSATION],
  ['a conversation with names', CONVERSED, NAMES],
  ['a dictation', DICTATED, { ...CONVERSATION, dictation: true }],
  ['a dictation with names', DICTATED, { ...NAMES, dictation: true }],
])('is a beginning of the transcript, and grows: %s', (_name, words, rules) => {
  fc.assert(
    fc.property(
      fc.array(channelOf(words), { minLength: 1, maxLength: 2 }),
      fc.infiniteStream(fc.boolean()),
      (said, order) => {
        const waiting = said.map((spoken, channel) => stretchesOf(channel, spoken));
        const facts = { engine: '', model: '', duration: 1, elapsed: 1 };
        const whole = assembleTranscript(waiting.flat(), facts, rules).text;
        const heard: Stretch[] = [];
        let before = '';
        while (waiting.some((queue) => queue.length > 0)) {
          const [first = [], second = []] = waiting;
          const queue = (order.next().value === true && second.length > 0) || first.length === 0 ? second : first;
          const next = queue.shift();
          if (next !== undefined) heard.push(next);
          const text = settledText(heard, settledWriting(said.length, rules));
          expect(text.startsWith(before)).toBe(true);
          expect(whole.startsWith(text)).toBe(true);
          before = text;
        }
      },
    ),
    { numRuns: 1_000 },
  );
});

it('tells what one channel says as far as the others were heard, also those that say nothing', () => {
  const said = stretchesOf(0, [
    ['he', 0.3, false],
    ['takes', 0.05, true],
    ['one', 1.7, false],
    ['pain', 0.05, true],
  ]);
  const two = settledWriting(2, CONVERSATION);
  expect(settledText(said, two)).toBe('');
  expect(settledText([...said, { channel: 1, words: [], resumeAt: 0.2 }], two)).toBe('');
  expect(settledText([...said, { channel: 1, words: [], resumeAt: 1 }], two)).toBe('He takes.');
});
