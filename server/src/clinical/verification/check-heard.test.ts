import { describe, expect, test } from 'vitest';
import { spoken } from '#clinical/language/transcript.fixture.ts';
import { draftNote } from '#clinical/notes/drafting.ts';
import { templateById } from '#clinical/notes/templates.ts';
import type { Reason, Verdict } from '#clinical/notes/draft.ts';
import type { Transcript } from '#clinical/transcription/transcript.ts';
import { verifySentence } from './verify.ts';

interface Heard {
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
}

function judged(text: string, transcript: Transcript): Heard {
  const citations = transcript.segments.map((segment) => {
    const from = transcript.words.findIndex((word) => word.start >= segment.start);
    const { start, end, text: quote, channel } = segment;
    return { start, end, quote, words: [from, from + quote.split(' ').length] as const, channel };
  });
  return verifySentence({ text, source: 'transcript', citations }, transcript);
}

/** A dictated sentence judged against itself, some of its words heard with little confidence. */
function heard(text: string, unsure: Readonly<Record<string, number>>): Heard {
  return judged(
    `${text}.`,
    spoken(text, (word) => unsure[word] ?? 0.9),
  );
}

const DOSE = 'The patient takes warfarin 5 mg daily for the left leg';

describe('a word that a patient’s safety hangs on', () => {
  test.each(['warfarin', '5', 'mg', 'left'])('%s, heard uncertainly, makes the sentence weak and is named', (word) => {
    expect(heard(DOSE, { [word]: 0.39 })).toMatchObject({
      verdict: 'weak',
      reasons: [{ code: 'heard_uncertainly', said: word, cited: word }],
    });
  });

  test('is believed from the limit up, and other words at any confidence', () => {
    expect(heard(DOSE, { warfarin: 0.4 }).reasons).toEqual([]);
    expect(heard(DOSE, { daily: 0.05, leg: 0.05, takes: 0.05 }).verdict).toBe('supported');
  });

  test('is a denial too, also the whole of an answer', () => {
    expect(heard('She denies chest pain', { denies: 0.2 }).verdict).toBe('weak');
    const asked: (readonly [number, string])[] = [
      [0, 'any chest pain'],
      [1, 'no'],
    ];
    const unsure = spoken(asked, (word) => (word === 'no' ? 0.2 : 0.9));
    expect(judged('Denies chest pain.', unsure)).toMatchObject({
      verdict: 'weak',
      reasons: [{ code: 'heard_uncertainly', said: 'no', cited: 'no' }],
    });
    expect(judged('Denies chest pain.', spoken(asked)).verdict).toBe('supported');
  });

  test('is what somebody is allergic to, whatever it is', () => {
    expect(heard('She is allergic to peanuts', { peanuts: 0.2 }).verdict).toBe('weak');
    expect(heard('She is eating peanuts', { peanuts: 0.2 }).verdict).toBe('supported');
    const asked: (readonly [number, string])[] = [
      [0, 'do you have any allergies'],
      [1, 'yes peanuts'],
    ];
    const unsure = spoken(asked, (word) => (word === 'peanuts' ? 0.2 : 0.9));
    expect(judged('Allergies: peanuts.', unsure).reasons.map(({ said }) => said)).toEqual(['peanuts']);
  });

  test('is named by what was spoken for it', () => {
    const plain = spoken('He has a temperature of 98.6 degrees');
    const words = plain.words.map((word) =>
      word.text === '98.6' ? { ...word, spoken: 'ninety eight point six', confidence: 0.2 } : word,
    );
    expect(judged('He has a temperature of 98.6 degrees.', { ...plain, words }).reasons).toEqual([
      { code: 'heard_uncertainly', said: '98.6', cited: 'ninety eight point six' },
    ]);
    const surer = words.map((word) => (word.text === '98.6' ? { ...word, confidence: 0.3 } : word));
    expect(judged('He has a temperature of 98.6 degrees.', { ...plain, words: surer }).verdict).toBe('supported');
  });

  test('does not weaken a sentence that leaves it out', () => {
    const said = spoken('she has some swelling of the knee and takes warfarin', (word) =>
      word === 'warfarin' ? 0.1 : 0.9,
    );
    expect(judged('Swelling of the knee.', said).verdict).toBe('supported');
  });
});

describe('a word that no visit knows', () => {
  test.each(['epigen', 'createning', 'flagill', 'hemoglobe', 'h'])('%s is taken for misheard', (word) => {
    expect(heard(`He has been placed on oral iron and ${word}`, { [word]: 0.6 })).toMatchObject({
      verdict: 'weak',
      reasons: [{ code: 'heard_uncertainly', said: word, cited: word }],
    });
  });

  test('is let pass where it was heard well', () => {
    expect(heard('There is hypergranulation along the site', { hypergranulation: 0.75 }).verdict).toBe('supported');
  });

  test('is none of the words of a visit', () => {
    const words = ['epoetin', 'creatinine', 'hemoglobin', 'vitamin D', 'a1c', 'wounds', 'nearest', 'series', 'b12'];
    for (const word of words)
      expect(heard(`He has been told about ${word} today`, { [word]: 0.45 }).reasons, word).toEqual([]);
  });
});

describe('an engine of low accuracy', () => {
  const poorly = (text: string): Transcript => ({ ...spoken(text), engine: 'pocketsphinx (low accuracy)' });

  test('supports nothing plainly, and names what to listen to first', () => {
    expect(judged('Take warfarin 5 mg.', poorly('take warfarin 5 mg')).reasons.map(({ said }) => said)).toEqual([
      'warfarin',
      '5',
      'mg',
    ]);
    expect(judged('Her knee hurts.', poorly('her knee hurts'))).toEqual({
      verdict: 'weak',
      reasons: [{ code: 'heard_uncertainly', said: 'Her knee hurts.', cited: 'her knee hurts' }],
      support: 1,
    });
  });

  test('is no reason against what a person has corrected', () => {
    const corrected = spoken('take warfarin 5 mg', () => 1);
    expect(judged('Take warfarin 5 mg.', { ...corrected, engine: 'pocketsphinx (low accuracy)' }).verdict).toBe(
      'supported',
    );
  });
});

test('a worse fault is not covered by an uncertain word', () => {
  const said = spoken('the patient takes warfarin 5 mg daily', () => 0.1);
  expect(judged('The patient takes warfarin 10 mg daily.', said).verdict).toBe('contradicted');
});

test('a draft keeps what was heard uncertainly, flagged', () => {
  const soap = templateById('soap');
  const said = spoken('his current medications include epigen', (word) => (word === 'epigen' ? 0.4 : 0.9));
  const sentences = soap === null ? [] : draftNote(said, soap).sections.flatMap((section) => section.sentences);
  expect(sentences).toMatchObject([{ text: 'His current medications include epigen.', verdict: 'weak' }]);
});
