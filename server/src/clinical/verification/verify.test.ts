import { describe, expect, test } from 'vitest';
import { spoken } from '#clinical/language/transcript.fixture.ts';
import type { Citation } from '#clinical/notes/draft.ts';
import type { Transcript } from '#clinical/transcription/transcript.ts';
import { omissions } from './omissions.ts';
import { verifySentence } from './verify.ts';

function whole(transcript: Transcript): Citation[] {
  return transcript.segments.map((segment) => {
    const from = transcript.words.findIndex((word) => word.start >= segment.start);
    const size = segment.text.split(' ').length;
    return {
      start: segment.start,
      end: segment.end,
      quote: segment.text,
      words: [from, from + size],
      channel: segment.channel,
    };
  });
}

function verdict(text: string, said: string | readonly (readonly [number, string])[]): [string, string[]] {
  const transcript = spoken(said);
  const finding = verifySentence({ text, source: 'transcript', citations: whole(transcript) }, transcript);
  return [finding.verdict, finding.reasons.map(({ code }) => code)];
}

const METFORMIN = 'i would like to increase your metformin to five hundred milligrams twice a day';
const KNEE = 'you have some swelling of the left knee and no redness';

describe('a sentence against what it cites', () => {
  test.each<[string, string | readonly (readonly [number, string])[], string]>([
    ['I would like to increase his metformin to 500 mg twice a day.', METFORMIN, 'supported'],
    ['Increase Glucophage to 500 mg twice daily.', METFORMIN, 'supported'],
    ['There is swelling of the left knee without erythema.', KNEE, 'supported'],
    ['Edema of the left knee.', KNEE, 'supported'],
    [
      'Denies chest pain.',
      [
        [0, 'any chest pain'],
        [1, 'no'],
      ],
      'supported',
    ],
    ['Symptoms for 7 days.', 'i have had symptoms for a week', 'supported'],
    ['Blood pressure 120/80.', 'your blood pressure is one twenty over eighty', 'supported'],
    ['Temperature of 98.2 degrees.', 'he has a temperature of ninety eight point two degrees', 'supported'],
  ])('%s', (text, said, expected) => {
    expect(verdict(text, said)[0]).toBe(expected);
  });

  test.each<[string, string | readonly (readonly [number, string])[], string, string]>([
    ['Increase metformin to 1000 mg twice a day.', METFORMIN, 'contradicted', 'number_absent'],
    ['Increase metformin to 500 mL twice a day.', METFORMIN, 'contradicted', 'number_unit'],
    ['Increase metronidazole to 500 mg twice a day.', METFORMIN, 'contradicted', 'drug_lookalike'],
    ['Increase warfarin to 500 mg twice a day.', METFORMIN, 'unsupported', 'drug_absent'],
    ['I would like to decrease his metformin to 500 mg twice a day.', METFORMIN, 'contradicted', 'negation'],
    ['I would not like to increase his metformin to 500 mg twice a day.', METFORMIN, 'contradicted', 'negation'],
    ['Edema of the right knee.', KNEE, 'contradicted', 'laterality'],
    ['Redness of the left knee.', KNEE, 'contradicted', 'negation'],
    ['No swelling of the left knee.', KNEE, 'contradicted', 'negation'],
    [
      'Reports chest pain.',
      [
        [0, 'any chest pain'],
        [1, 'no'],
      ],
      'contradicted',
      'negation',
    ],
    [
      'Denies chest pain.',
      [
        [0, 'any chest pain'],
        [1, 'yes'],
      ],
      'contradicted',
      'negation',
    ],
    ['Hemoglobin is 1.5.', 'his creatinine level is at one point five', 'contradicted', 'number_attribute'],
    ['Symptoms for 2 weeks.', 'i have had symptoms for a week', 'contradicted', 'number_absent'],
    ['The patient had a stroke last year.', 'i walk the dog every morning', 'unsupported', 'words_absent'],
    ['He has heart failure.', 'he probably has heart failure', 'weak', 'certainty'],
    ['The patient has diabetes.', 'my mother has diabetes', 'weak', 'speaker'],
    ['The patient was given an injection.', "we'll give you an injection", 'weak', 'time'],
  ])('%s is %#', (text, said, expected, code) => {
    const [found, codes] = verdict(text, said);
    expect([found, codes]).toEqual([expected, expect.arrayContaining([code])]);
  });

  test('a machine sentence without a citation is unsupported, a clinician’s rests on the clinician', () => {
    const transcript = spoken('hello');
    const bare = (source: 'transcript' | 'context' | 'accepted-normal' | 'clinician-added') =>
      verifySentence({ text: 'Lungs clear.', source, citations: [] }, transcript).verdict;
    expect([bare('transcript'), bare('context'), bare('accepted-normal'), bare('clinician-added')]).toEqual([
      'unsupported',
      'unsupported',
      'supported',
      'supported',
    ]);
  });

  test.each<[string, Partial<Citation>]>([
    ['says other words', { quote: 'i have a fever' }],
    ['points beyond the transcript', { words: [40, 44] }],
    ['points nowhere', { words: [2, 2] }],
    ['names another channel', { channel: 1 }],
  ])('a citation that %s supports nothing', (_name, change) => {
    const transcript = spoken('i have a cough');
    const citations = whole(transcript).map((citation) => ({ ...citation, ...change }));
    const finding = verifySentence({ text: 'I have a cough.', source: 'transcript', citations }, transcript);
    expect([finding.verdict, finding.reasons[0]?.code]).toEqual(['unsupported', 'citation_mismatch']);
  });
});

describe('omissions', () => {
  const transcript = spoken([
    [0, 'are you taking any ibuprofen'],
    [1, 'no'],
    [1, 'i take lisinopril every morning'],
    [1, 'i am allergic to penicillin'],
    [0, 'your creatinine was one point five'],
    [0, 'we will order an echocardiogram next month'],
  ]);

  test('lists what was said and is not written, with its times', () => {
    expect(omissions(transcript, []).map(({ kind, text }) => [kind, text])).toEqual([
      ['medication', 'i take lisinopril every morning'],
      ['medication', 'i am allergic to penicillin'],
      ['allergy', 'i am allergic to penicillin'],
      ['number', 'your creatinine was one point five'],
      ['plan', 'we will order an echocardiogram next month'],
    ]);
    const [first] = omissions(transcript, []);
    expect([first?.start, first?.end]).toEqual([transcript.segments[2]?.start, transcript.words[10]?.end]);
  });

  test('leaves out what is written in any form', () => {
    const texts = ['Takes Zestril daily.', 'Allergy to penicillin.', 'Creatinine 1.5.', 'Order an echo next month.'];
    expect(omissions(transcript, texts)).toEqual([]);
  });
});
