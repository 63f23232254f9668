import { describe, expect, it } from 'vitest';
import { writeSentences } from './sentences.ts';

/** Words of 0.2 s; `|0.5|` is a pause of half a second. */
function timed(script: string) {
  let at = 0;
  return script.split(' ').flatMap((piece) => {
    const pause = /^\|([\d.]+)\|$/.exec(piece);
    if (pause !== null) {
      at += Number(pause[1]);
      return [];
    }
    const word = { text: piece, spoken: piece, start: at, end: at + 0.2 };
    at += 0.2;
    return [word];
  });
}

const written = (script: string): string[] =>
  writeSentences(timed(script)).map((sentence) => sentence.words.map((word) => word.text).join(' '));

describe('writing sentences', () => {
  it.each([
    ['he was discharged |0.5| he has been admitted today', ['He was discharged.', 'He has been admitted today.']],
    ['we stopped the aspirin |1.2| blood pressure is better', ['We stopped the aspirin.', 'Blood pressure is better.']],
    ['do you have any allergies |1| penicillin', ['Do you have any allergies?', 'Penicillin.']],
    ['how long has it hurt |0.9| two weeks', ['How long has it hurt?', 'Two weeks.']],
    ['when i cough it hurts', ['When I cough it hurts.']],
    ['what i mean is pain', ['What I mean is pain.']],
    ['it hurts when i bend over |2| no fever', ['It hurts when I bend over.', 'No fever.']],
    ['mr smith came on monday', ['Mr. Smith came on Monday.']],
  ])('%s', (script, expected) => {
    expect(written(script)).toEqual(expected);
  });

  it.each([
    ['ask what your |1.4| country can do'],
    ['and my fellow citizens of |0.9| the world'],
    ['he denies fever |0.5| chills'],
    ['he has |1.2| diabetes'],
  ])('does not end a sentence where the words speak against it: %s', (script) => {
    expect(written(script)).toHaveLength(1);
  });

  it('gives nothing for nothing', () => {
    expect(writeSentences([])).toEqual([]);
  });
});
