// However speech is cut into stretches and shared among channels: what was settled is a beginning of the whole.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { assembleTranscript } from './assemble.ts';
import type { SpokenWord, Stretch } from './engines/messages.ts';
import { settledText } from './settled-text.ts';

const WORDS =
  'the patient takes ten twenty milligrams of pain how are you he dr one over eighty year old and since may'.split(' ');

const word = fc.tuple(fc.constantFrom(...WORDS), fc.constantFrom(0.05, 0.3, 0.8, 1.7), fc.boolean());

const channelSpeech = fc.array(word, { minLength: 1, maxLength: 25 });

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

it('is a beginning of the transcript, and grows', () => {
  fc.assert(
    fc.property(
      fc.array(channelSpeech, { minLength: 1, maxLength: 2 }),
      fc.infiniteStream(fc.boolean()),
      (said, order) => {
        const waiting = said.map((words, channel) => stretchesOf(channel, words));
        const whole = assembleTranscript(waiting.flat(), { engine: '', model: '', duration: 1, elapsed: 1 }).text;
        const heard: Stretch[] = [];
        let before = '';
        while (waiting.some((queue) => queue.length > 0)) {
          const [first = [], second = []] = waiting;
          const queue = (order.next().value === true && second.length > 0) || first.length === 0 ? second : first;
          const next = queue.shift();
          if (next !== undefined) heard.push(next);
          const text = settledText(heard, said.length);
          expect(text.startsWith(before)).toBe(true);
          expect(whole.startsWith(text)).toBe(true);
          before = text;
        }
      },
    ),
    { numRuns: 500 },
  );
});
