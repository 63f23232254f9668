import { describe, expect, it } from 'vitest';
import { assembleTranscript } from './assemble.ts';
import { correctWords } from './correct.ts';
import type { TermCandidate } from './transcript.ts';

const WORDS = 'he takes epigen and creatine daily'.split(' ');
const words = WORDS.map((spoken, index) => ({ spoken, start: index, end: index + 0.9, confidence: 0.3 }));
const HEARD = assembleTranscript([{ channel: 0, words, resumeAt: 7 }], {
  engine: 'stand-in 1',
  model: 'none',
  duration: 7,
  elapsed: 1,
});
const candidate = (first: number, last: number, term: string): TermCandidate => ({
  segment: '0-0',
  first,
  last,
  heard: WORDS.slice(first, last + 1).join(' '),
  term,
  score: 0.8,
  lookalike: false,
});
const SUGGESTED = { ...HEARD, candidates: [candidate(2, 2, 'Epogen'), candidate(4, 4, 'creatinine')] };

describe('correcting words', () => {
  it('takes a candidate by the same change as any other, and the others move along', () => {
    const corrected = correctWords(SUGGESTED, [
      { first: 0, last: 1, text: 'She takes' },
      { first: 2, last: 2, text: 'Epogen' },
    ]);
    expect(corrected.text).toBe('She takes Epogen and creatine daily.');
    expect(corrected.candidates).toEqual([{ ...candidate(4, 4, 'creatinine'), first: 3, last: 3 }]);
    expect(corrected.words[3]).toMatchObject({ spoken: 'creatine' });
  });

  it('moves candidates by words taken out', () => {
    const corrected = correctWords(SUGGESTED, [{ first: 0, last: 1, text: '' }]);
    expect(corrected.candidates?.map(({ first, last }) => [first, last])).toEqual([
      [0, 0],
      [2, 2],
    ]);
    expect(corrected.words[2]).toMatchObject({ spoken: 'creatine' });
  });

  it('keeps a transcript without candidates without them', () => {
    expect(correctWords(HEARD, [{ first: 0, last: 0, text: 'She' }])).not.toHaveProperty('candidates');
  });
});
