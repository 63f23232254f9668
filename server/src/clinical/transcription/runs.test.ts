import { describe, expect, it } from 'vitest';
import { assembleRuns, CONVERSATION } from './assemble.ts';
import { toDiarizedJson } from './renderings.ts';
import { cutAtSpeakers, portionsOf, runsOf } from './runs.ts';
import type { Run } from './runs.ts';

const FACTS = { engine: 'stand-in 1', model: 'none', duration: 60, elapsed: 1 };

/** Words of 0.4 s, one every half second from `start`; `written` where a model wrote them. */
function said(start: number, text: string) {
  return text.split(' ').map((written, index) => {
    const spoken = written.toLowerCase().replace(/[.,?!]$/, '');
    const from = start + index / 2;
    return { spoken, start: from, end: from + 0.4, confidence: 0.9, ...(written === spoken ? {} : { written }) };
  });
}

const run = (words: Run['words']): Run => ({ channel: 0, speaker: null, words });
const texts = (runs: readonly Run[]): string[] => runs.map(({ words }) => words.map(({ spoken }) => spoken).join(' '));

describe('cutAtSpeakers', () => {
  const one = run(said(10, 'how is your pain it is a nine'));

  it('gives each word to whoever speaks most of it, and letters in the order in which they are heard', () => {
    const runs = cutAtSpeakers(one, [
      { start: 10, end: 12.1, speaker: 5 },
      { start: 12.1, end: 15, speaker: 2 },
    ]);
    expect(texts(runs)).toEqual(['how is your pain', 'it is a nine']);
    expect(runs.map(({ speaker }) => speaker)).toEqual([0, 1]);
  });

  it('gives a word in no turn to the nearest, and one far from all to whoever spoke before', () => {
    const words = [...said(0, 'um'), ...said(10, 'yes'), ...said(40, 'bye')];
    const runs = cutAtSpeakers(run(words), [
      { start: 1, end: 4, speaker: 0 },
      { start: 10.6, end: 12, speaker: 1 },
    ]);
    expect(texts(runs)).toEqual(['um', 'yes bye']);
  });

  it('understands people who talk over each other', () => {
    const runs = cutAtSpeakers(one, [
      { start: 0, end: 60, speaker: 0 },
      { start: 12, end: 12.3, speaker: 1 },
    ]);
    expect(texts(runs)).toEqual(['how is your pain it is a nine']);
  });

  it('knows nobody where no turn was found', () => {
    expect(cutAtSpeakers(one, [])).toEqual([one]);
  });

  it('keeps numbers and sentences within a speaker', () => {
    const words = [...said(0, 'i take one twenty'), ...said(2, 'over eighty is good')];
    const runs = cutAtSpeakers(run(words), [
      { start: 0, end: 2, speaker: 0 },
      { start: 2, end: 9, speaker: 1 },
    ]);
    const transcript = assembleRuns(runs, FACTS, CONVERSATION);
    expect(transcript.segments.map(({ speaker, text }) => [speaker, text])).toEqual([
      ['A', 'I take one twenty.'],
      ['B', 'Over 80 is good.'],
    ]);
    expect(transcript.words.map(({ speaker }) => speaker).join('')).toBe('AAAABBBB');
    expect(toDiarizedJson(transcript).segments.map(({ speaker }) => speaker)).toEqual(['A', 'B']);
  });
});

describe('portionsOf', () => {
  it('cuts where the speaker stops', () => {
    expect(texts(portionsOf(run([...said(0, 'no fever'), ...said(5, 'no cough')])))).toEqual(['no fever', 'no cough']);
    expect(portionsOf(run([]))).toEqual([]);
  });

  it('cuts what has no end at its longest pause, and loses no word', () => {
    const many = Array.from({ length: 1_000 }, (_, index) => ({
      spoken: `w${String(index)}`,
      start: index + (index >= 150 ? 0.5 : 0),
      end: index + 0.9 + (index >= 150 ? 0.5 : 0),
      confidence: 1,
    }));
    const portions = portionsOf(run(many));
    expect(portions[0]?.words).toHaveLength(150);
    expect(Math.max(...portions.map(({ words }) => words.length))).toBeLessThanOrEqual(200);
    expect(portions.flatMap(({ words }) => words)).toEqual(many);
  });

  it('is not slow for ten hours of short sentences', () => {
    const words = Array.from({ length: 60_000 }, (_, index) => ({
      spoken: 'no',
      start: index * 2,
      end: index * 2 + 0.3,
      confidence: 1,
    }));
    expect(portionsOf(run(words))).toHaveLength(60_000);
  });
});

describe('marks of a model', () => {
  it('are all the marks there are: nothing of ours is put beside them', () => {
    const words = [...said(0, 'Well, how are you? I'), ...said(3.3, 'am fine')];
    const { text, words: written } = assembleRuns([run(words)], FACTS, CONVERSATION);
    expect(text).toBe('Well, how are you? I am fine.');
    expect(written.map(({ spoken }) => spoken).join(' ')).toBe('well how are you i am fine');
  });

  it('without capitals get those that are certain', () => {
    const marked = said(0, 'well it is sore, i, mr. jones, am').map((word) => ({
      ...word,
      written: word.written ?? word.spoken,
    }));
    expect(assembleRuns([run(marked)], FACTS, CONVERSATION).text).toBe('Well it is sore, I, Mr. Jones, am.');
  });
});

describe('runsOf', () => {
  it('makes one of each channel', () => {
    const stretches = [1, 0, 1].map((channel, at) => ({ channel, words: said(9 - at, 'a'), resumeAt: 9 }));
    expect(runsOf(stretches).map(({ channel, words }) => [channel, words.length])).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });
});
