import { describe, expect, test } from 'vitest';
import { concepts } from './concepts.ts';
import { drugMentions, looksAlike } from './drugs.ts';
import { lateralities } from './laterality.ts';
import { quantities } from './numbers.ts';
import { polarity } from './polarity.ts';
import { tokenize } from './tokens.ts';
import { spoken } from './transcript.fixture.ts';
import { sameAmount } from './units.ts';
import { utterances } from './utterances.ts';

describe('numbers', () => {
  test.each<[string, string, string | null, string | null]>([
    ['five hundred milligrams', '500', 'mg', null],
    ['10mg', '10', 'mg', null],
    ['1,000 mg', '1000', 'mg', null],
    ['hemoglobin at seven point one', '7.1', null, 'hemoglobin'],
    ['ninety eight point two degrees', '98.2', 'degree', null],
    ['blood pressure one twenty over eighty', '120/80', null, 'blood-pressure'],
    ['blood pressure is 120/80', '120/80', null, 'blood-pressure'],
    ['a forty nine year old', '49', 'age', null],
    ['59-year-old', '59', 'age', null],
    ['two and a half weeks', '2.5', 'week', null],
    ['a week', '1', 'week', null],
    ['a couple of days', '2', 'day', null],
    ['half an hour', '0.5', 'hour', null],
    ['creatinine was .7', '0.7', null, 'creatinine'],
    ['the twenty first', '21', null, null],
    ['nineteen eighty six', '1986', null, null],
    ['one oh five', '105', null, null],
    ['4 out of 5 strength', '4/5', null, 'strength'],
    ['twice a day', '2', 'times', null],
    ['two hundred and fifty pounds', '250', 'lb', null],
  ])('%s', (text, value, unit, attribute) => {
    const [first] = quantities(tokenize(text));
    expect([first?.values[0], first?.unit, first?.attribute]).toEqual([value, unit, attribute]);
  });

  test('a pair said in one breath keeps its other reading', () => {
    expect(quantities(tokenize('one twenty'))[0]?.values).toEqual(['120', '1', '20']);
  });

  test('a hyphenated name is no amount', () => {
    expect(quantities(tokenize('a COVID-19 vaccine and a CA-125'))).toEqual([]);
  });

  test.each<[string, string | null, string, string | null, boolean]>([
    ['7', 'day', '1', 'week', true],
    ['1.5', 'year', '18', 'month', true],
    ['0.5', 'hour', '30', 'minute', true],
    ['1', 'g', '1000', 'mg', true],
    ['10', 'mg', '10', 'mL', false],
    ['2', 'week', '2', 'day', false],
    ['5', null, '5', 'mg', true],
  ])('%s %s against %s %s', (a, unitA, b, unitB, same) => {
    expect(sameAmount(a, unitA, b, unitB)).toBe(same);
  });
});

describe('drugs', () => {
  test('brand and generic are one ingredient; an unlisted name is known by its ending', () => {
    expect(
      drugMentions(tokenize('Coumadin, warfarin and fostamatinib')).map(({ ingredient, listed }) => [
        ingredient,
        listed,
      ]),
    ).toEqual([
      ['warfarin', true],
      ['warfarin', true],
      ['fostamatinib', false],
    ]);
  });

  test('ordinary words with drug-like endings are no drugs', () => {
    expect(drugMentions(tokenize('the reason the person came this season was a lesson'))).toEqual([]);
  });

  test('look-alikes are found by either brand', () => {
    expect([
      looksAlike('hydroxyzine', 'hydralazine'),
      looksAlike('hydralazine', 'hydroxyzine'),
      looksAlike('metformin', 'warfarin'),
    ]).toEqual([true, true, false]);
  });
});

describe('polarity', () => {
  const negated = (text: string): string[] => {
    const tokens = tokenize(text);
    return polarity(tokens).flatMap(({ negated: no }, i) => (no ? [tokens[i]?.norm ?? ''] : []));
  };
  test.each<[string, string[], string[]]>([
    ['Denies fever, chills, or night sweats.', ['fever', 'chills', 'sweats'], []],
    ['No fever but has a cough.', ['fever'], ['cough']],
    ["I don't have any pain.", ['pain'], []],
    ['No, I have a headache.', [], ['headache']],
    ['Fever. No cough.', ['cough'], ['fever']],
    ['Straight leg raise was negative.', ['raise'], []],
    ['Not only the knee hurts.', [], ['knee']],
  ])('%s', (text, yes, no) => {
    expect(negated(text)).toEqual(expect.arrayContaining(yes));
    for (const word of no) expect(negated(text)).not.toContain(word);
  });
});

describe('laterality', () => {
  test.each<[string, [string, string | null][]]>([
    [
      'left knee and right shoulder',
      [
        ['left', 'knee'],
        ['right', 'shoulder'],
      ],
    ],
    ['pain in the knee on the right', [['right', 'knee']]],
    ['the right lower extremity', [['right', 'leg']]],
    ['both of it is right now all right and I left work', []],
    ['lungs clear bilaterally', [['both', 'lung']]],
  ])('%s', (text, expected) => {
    expect(lateralities(tokenize(text)).map(({ side, part }) => [side, part])).toEqual(expected);
  });
});

describe('concepts', () => {
  test.each([
    ['shortness of breath', 'dyspnea'],
    ['high blood pressure', 'hypertension'],
    ['swollen', 'edema'],
    ['Tylenol', 'acetaminophen'],
    ['cat scan', 'CT'],
    ['coughed', 'coughing'],
  ])('%s means %s', (a, b) => {
    const names = (text: string): string[] => concepts(tokenize(text)).map(({ name }) => name);
    expect(names(a)).toEqual(names(b));
  });
});

describe('utterances', () => {
  const cutUp = (text: string): string[] => utterances(spoken(text)).map((utterance) => utterance.text);
  test('unpunctuated speech is cut where a clause begins, and a subordinate start waits for its clause', () => {
    expect(
      cutUp(
        'he has a temperature of ninety eight and his current medications include cipro there are no signs of infection',
      ),
    ).toEqual([
      'he has a temperature of ninety eight',
      'and his current medications include cipro',
      'there are no signs of infection',
    ]);
    expect(cutUp('he denies any constitutional complaints except for mild fatigue')).toHaveLength(1);
    expect(cutUp('he was airlifted to the hospital and was later discharged')).toHaveLength(1);
    expect(cutUp('on your heart exam i do appreciate a murmur')).toHaveLength(1);
    expect(cutUp('if you have more pain we will order an mri')).toHaveLength(1);
  });

  test('questions are known by their mark or their first words', () => {
    const asked = (text: string): boolean => utterances(spoken(text)).some(({ question }) => question);
    expect(
      ['any chest pain', 'do you smoke', 'Pain?', 'when i push here does that hurt', 'how long has that been'].map(
        asked,
      ),
    ).toEqual([true, true, true, true, true]);
    expect(
      ['i do not smoke', 'You have a murmur.', 'when i fell it hurt', 'what hurts is my knee.'].map(asked),
    ).toEqual([false, false, false, false]);
  });

  test('words that overlap on two channels stay with their own speaker', () => {
    const two = spoken([
      [0, 'any pain today'],
      [1, 'yes my knee hurts'],
    ]);
    const shifted = {
      ...two,
      words: two.words.map((word) => ({ ...word, start: word.start % 1, end: (word.start % 1) + 0.3 })),
    };
    expect(new Set(utterances(shifted).map(({ channel }) => channel)).size).toBe(2);
    expect(utterances(shifted).every(({ words, channel }) => words.every((word) => word.channel === channel))).toBe(
      true,
    );
  });
});
