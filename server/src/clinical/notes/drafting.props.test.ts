// Whatever is said, in whatever order: a draft cites every sentence, quotes exactly, and is the same twice.
import { isProblem } from '@cordon/contract';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { tokenize } from '#clinical/language/tokens.ts';
import { spoken } from '#clinical/language/transcript.fixture.ts';
import type { Transcript } from '#clinical/transcription/transcript.ts';
import type { Draft } from './draft.ts';
import { draftNote } from './drafting.ts';
import { TEMPLATES } from './templates.ts';

const phrase = fc.constantFrom(
  'any chest pain',
  'no',
  'yes',
  'i have a cough',
  "i've been having pain in my left knee",
  'five hundred milligrams of metformin twice a day',
  'the patient is a forty nine year old male',
  'he denies fever',
  'blood pressure one twenty over eighty',
  'okay',
  'uh',
  'i am going to order an x-ray',
  'do you smoke',
  'not really',
  'my mother had diabetes',
  'you have a murmur',
  'follow up in two weeks',
  'allergic to penicillin',
  'right now',
  'you know',
);
const noise = fc.string({
  unit: fc.constantFrom('a', "'", '-', '5', '.', '/', ',', '%', '?', 'é', '😀', '\n', '[', '<'),
  maxLength: 8,
});
const words = fc
  .array(fc.oneof({ weight: 6, arbitrary: phrase }, { weight: 1, arbitrary: noise }), { maxLength: 6 })
  .map((parts) => parts.join(' '));
const transcript = fc.array(fc.tuple(fc.nat(2), words), { maxLength: 10 }).map((turns) => spoken(turns));

function draft(of: Transcript, index: number): Draft | null {
  const template = TEMPLATES[index % TEMPLATES.length];
  if (template === undefined) return null;
  try {
    return draftNote(of, template);
  } catch (error) {
    if (isProblem(error) && error.code === 'draft_empty') return null;
    throw error;
  }
}

test('every sentence cites, every quote is the transcript’s own words at its times, nothing unsupported enters', () => {
  let sentences = 0;
  fc.assert(
    fc.property(transcript, fc.nat(1), (of, index) => {
      const made = draft(of, index);
      const all = made?.sections.flatMap((section) => section.sentences) ?? [];
      expect(all.map(({ id }) => id)).toEqual(all.map((_, i) => `s${String(i + 1)}`));
      for (const sentence of all) {
        sentences += 1;
        expect(sentence.citations.length).toBeGreaterThan(0);
        expect(['supported', 'weak']).toContain(sentence.verdict);
        for (const {
          words: [from, to],
          channel,
          quote,
          start,
          end,
        } of sentence.citations) {
          const cited = of.words.slice(from, to).filter((word) => word.channel === channel);
          expect(quote).toBe(cited.map(({ text }) => text).join(' '));
          expect([start, end]).toEqual([cited[0]?.start, cited.at(-1)?.end]);
        }
      }
    }),
    { numRuns: 500 },
  );
  expect(sentences).toBeGreaterThan(500);
});

test('no number enters a draft that was not spoken', () => {
  fc.assert(
    fc.property(transcript, fc.nat(1), (of, index) => {
      const heard = new Set(tokenize(of.text).map(({ norm }) => norm));
      const figures = new Set(['49', '500', '120/80', '5', '2', '55', '555']);
      for (const { text } of draft(of, index)?.sections.flatMap((section) => section.sentences) ?? [])
        for (const { norm } of tokenize(text))
          expect(/^\d/u.test(norm) && !heard.has(norm) && !figures.has(norm)).toBe(false);
    }),
    { numRuns: 300 },
  );
});

test('the same words give the same bytes', () => {
  fc.assert(
    fc.property(transcript, fc.nat(1), (of, index) => {
      expect(JSON.stringify(draft(structuredClone(of), index))).toBe(JSON.stringify(draft(of, index)));
    }),
    { numRuns: 100 },
  );
});

test('time grows with length, not with its square', () => {
  const long = spoken(
    Array.from(
      { length: 4_000 },
      (_, i) =>
        [i % 2, i % 2 === 0 ? 'any chest pain or shortness of breath' : `no but i have a cough ${String(i)}`] as const,
    ),
  );
  const begin = performance.now();
  expect(draft(long, 0)).not.toBeNull();
  // Some 20 hours of speech; linear work takes well under a second of it, quadratic work over utterances far more.
  expect(performance.now() - begin).toBeLessThan(20_000);
});
