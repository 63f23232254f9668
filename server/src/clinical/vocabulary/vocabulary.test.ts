import { describe, expect, it } from 'vitest';
import { assembleTranscript } from '#clinical/transcription/assemble.ts';
import type { TermCandidate } from '#clinical/transcription/transcript.ts';
import { corrections } from './corrections.ts';
import { hotWords } from './hot-words.ts';
import { createMatcher } from './matcher.ts';
import { piecesOf, readPieces } from './pieces.ts';
import { likeness, soundsOf } from './sounds.ts';
import { merged, spokenForms, type Term } from './terms.ts';
import { writtenNames } from './written-names.ts';

const drug = (term: string, more: Partial<Term> = {}): Term => ({ term, kind: 'drug', ...more });
const person = (term: string): Term => ({ term, kind: 'person' });

describe('a list of terms', () => {
  it('has each term once, the last one given, at its first place, and nothing that says nothing', () => {
    const list = merged(
      [drug('Lasix'), drug('Coreg', { weight: 2 })],
      [drug('  LASIX ', { spoken: ['La  Six', 'la six'], weight: 1 }), person('Ada Okonkwo')],
    );
    expect(list).toEqual([
      { term: 'LASIX', spoken: ['la six'], kind: 'drug' },
      drug('Coreg', { weight: 2 }),
      person('Ada Okonkwo'),
    ]);
    expect(merged([], list)).toEqual(list);
  });

  it('knows how a term is said, unless digits stand in it', () => {
    expect(spokenForms(drug('Co-trimoxazole'))).toEqual(['co trimoxazole']);
    expect(spokenForms({ term: 'HbA1c', kind: 'other' })).toEqual([]);
    expect(spokenForms({ term: 'HbA1c', kind: 'other', spoken: ['h b a one c'] })).toEqual(['h b a one c']);
  });
});

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('').map((letter) => `${letter}\t-6`);
const MODEL = readPieces(['<blk>\t0', '\u2581\t-5', '\u2581AND\t-4', 'EN\t-5', '\u2581E\t-6', ...letters].join('\n'));

describe('hot words', () => {
  it('are written as the model writes, each with its own score', () => {
    const { lines, left } = hotWords([drug('Epogen'), drug('Coreg', { weight: 2 }), person('Ada Okonkwo')], MODEL);
    expect(lines).toEqual(['COREG :1.5', 'EPOGEN :0.75', 'ADA OKONKWO :0.75']);
    expect(left).toEqual({ unspellable: 0, common: 0, surplus: 0 });
    const small = readPieces('\u2581\t-5\na\t-1\nb\t-1\nc\t-1\nd\t-1');
    expect(hotWords([drug('Abcd')], small).lines).toEqual(['abcd :0.75']);
  });

  it('leave out what the model cannot spell and what begins with a common word of its pieces', () => {
    expect(piecesOf('anderson', MODEL)?.[0]).toBe('\u2581AND');
    const { lines, left } = hotWords([person('Anderson'), drug('Épogène'), drug('the'), drug('B12')], MODEL);
    expect(lines).toEqual([]);
    expect(left).toEqual({ unspellable: 1, common: 2, surplus: 0 });
  });

  it('cannot smuggle another line or score into the file', () => {
    const hostile = [drug('Epogen\nEVIL :99'), drug('EPOGEN :99'), drug('a #0.1 @b')];
    expect(hotWords(hostile, MODEL).lines).toEqual([]);
  });

  it('are limited, the heavier first', () => {
    const many = Array.from({ length: 1_500 }, (_, index) =>
      drug(`x${nameOf(index)}`, index === 1_499 ? { weight: 2 } : {}),
    );
    const { lines, left } = hotWords(many, MODEL);
    expect([lines.length, left.surplus]).toEqual([1_000, 500]);
    expect(lines[0]).toMatch(/ :1.5$/);
  });
});

/** Letters for a number: aaa, aab, … */
function nameOf(index: number): string {
  return [index / 676, index / 26, index].map((part) => String.fromCharCode(97 + (Math.floor(part) % 26))).join('');
}

describe('names as they are written', () => {
  it('have their capitals, unless they are ordinary words or disputed', () => {
    const names = writtenNames([
      drug('Lasix'),
      person('Will'),
      person('Ada Okonkwo'),
      person('Okonkwo'),
      { term: 'NuLife', kind: 'place' },
      { term: 'Nulife', kind: 'other' },
      { term: 'aspirin', kind: 'drug' },
      { term: 'B12', kind: 'other' },
    ]);
    expect([...names]).toEqual([
      ['lasix', 'Lasix'],
      ['ada okonkwo', 'Ada Okonkwo'],
      ['okonkwo', 'Okonkwo'],
    ]);
  });
});

describe('likeness of sounds', () => {
  it.each([
    ['epigen', 'epogen', 0.9],
    ['flagill', 'flagyl', 0.95],
    ['fizzio', 'physio', 0.85],
    ['nome onia', 'pneumonia', 0.85],
    ['zai loprim', 'zyloprim', 0.85],
  ])('%s and %s are near', (a, b, least) => {
    expect(likeness(soundsOf(a), soundsOf(b))).toBeGreaterThanOrEqual(least);
  });

  it.each([
    ['lisinopril', 'metformin'],
    ['table', 'lasix'],
    ['patient', 'prozac'],
  ])('%s and %s are not', (a, b) => {
    expect(likeness(soundsOf(a), soundsOf(b))).toBeLessThan(0.5);
  });

  it('is the same both ways and bounded', () => {
    for (const [a, b] of [
      ['', 'x'],
      ['aspirin', 'aspirin'],
      ['knight', 'night'],
      ['b', 'aeiou'],
    ] as const) {
      const [there, back] = [likeness(soundsOf(a), soundsOf(b)), likeness(soundsOf(b), soundsOf(a))];
      expect(there).toBe(back);
      expect(there).toBeGreaterThanOrEqual(0);
      expect(there).toBeLessThanOrEqual(1);
    }
    expect(likeness(soundsOf('knight'), soundsOf('night'))).toBe(1);
  });
});

/** `word?` was heard with doubt. */
function heard(text: string) {
  const words = text.split(' ').map((word, index) => ({
    spoken: word.replace('?', ''),
    start: index * 0.3,
    end: index * 0.3 + 0.3,
    confidence: word.endsWith('?') ? 0.35 : 0.95,
  }));
  const stretch = { channel: 0, words, resumeAt: words.length };
  return assembleTranscript([stretch], { engine: 'stand-in 1', model: 'none', duration: 60, elapsed: 1 });
}

const suggest = async (terms: readonly Term[], text: string): Promise<readonly TermCandidate[]> =>
  corrections(heard(text), await createMatcher(terms));

describe('candidates for correction', () => {
  const LIST = [drug('Epogen'), drug('Flagyl'), person('Ada Okonkwo'), { term: 'graft', kind: 'other' } as const];

  it('say where, what was heard and what may have been said', async () => {
    expect(await suggest(LIST, 'she takes epigen? and oral iron')).toEqual([
      {
        segment: '0-0',
        first: 2,
        last: 2,
        heard: 'epigen',
        term: 'Epogen',
        score: expect.closeTo(0.94, 1) as number,
        lookalike: false,
      },
    ]);
    expect(await suggest(LIST, 'seen by doctor eda? okonko? today')).toMatchObject([
      { heard: 'eda okonko', term: 'Ada Okonkwo' },
    ]);
  });

  it('are for doubt: sure ordinary words, the term itself and numbers give none', async () => {
    expect(await suggest(LIST, 'the graph was fine')).toEqual([]);
    expect(await suggest(LIST, 'the graph? was fine')).toMatchObject([{ heard: 'graph', term: 'graft' }]);
    expect(await suggest(LIST, 'she takes epogen? and flagyl?')).toEqual([]);
    expect(await suggest([drug('Sixtene')], 'sixteen? milligrams')).toEqual([]);
    expect(await suggest(LIST, 'the? and? of? to?')).toEqual([]);
    expect(await suggest([], 'epigen?')).toEqual([]);
  });

  it('never call a look-alike certain', async () => {
    const pair = [drug('hydroxyzine'), drug('hydralazine')];
    const both = await suggest(pair, 'she takes hydrolozine? daily');
    expect(both.map(({ term }) => term).toSorted()).toEqual(['hydralazine', 'hydroxyzine']);
    for (const candidate of both) expect(candidate).toMatchObject({ lookalike: true, first: 2, last: 2 });
    for (const candidate of both) expect(candidate.score).toBeLessThanOrEqual(0.5);
    // A drug was heard: another would take its place.
    expect(await suggest([drug('Celexa')], 'she takes celebrex? daily')).toSatisfy((found: readonly TermCandidate[]) =>
      found.every((candidate) => candidate.lookalike && candidate.score <= 0.5),
    );
  });

  it('take the tenant’s own spoken forms, however surely heard, and apply not even these', async () => {
    const list = [{ term: 'Epogen', kind: 'drug', spoken: ['big een'] } as const];
    expect(await suggest(list, 'she takes big een daily')).toMatchObject([
      { heard: 'big een', term: 'Epogen', score: 0.99 },
    ]);
    expect(heard('she takes big een daily').text).toBe('She takes big een daily.');
  });

  it('stay within what can be read, and let others work, for a long visit and the longest list', async () => {
    const list = Array.from({ length: 20_000 }, (_, index) => drug(`${nameOf(index)}${nameOf(index * 7)}ine`));
    const visit = heard(Array.from({ length: 600 }, (_, index) => `${nameOf(index)}an?`).join(' '));
    let turns = 0;
    const others = setInterval(() => (turns += 1), 1);
    const found = await corrections(visit, await createMatcher(list));
    clearInterval(others);
    expect(found.length).toBeLessThanOrEqual(500);
    expect(turns).toBeGreaterThan(20);
  }, 60_000);
});
