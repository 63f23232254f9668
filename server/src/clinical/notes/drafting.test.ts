import { describe, expect, test } from 'vitest';
import { spoken } from '#clinical/language/transcript.fixture.ts';
import type { Draft } from './draft.ts';
import { draftNote } from './drafting.ts';
import { templateById, TEMPLATES, type NoteTemplate } from './templates.ts';

function template(id: string): NoteTemplate {
  const found = templateById(id);
  if (found === null) throw new Error(`no template ${id}`);
  return found;
}

const SOAP = template('soap');
const PROGRESS = template('progress');

const textsOf = (draft: Draft, section: string): string[] =>
  draft.sections.find(({ id }) => id === section)?.sentences.map(({ text }) => text) ?? [];

const VISIT = spoken([
  [0, 'okay so mary is a 52 year old female with a history of hypertension who presents today with left knee pain'],
  [1, "yeah i've been having pain in my left knee for about two weeks"],
  [0, 'okay any fevers or chills'],
  [1, 'no'],
  [0, 'are you taking your lisinopril'],
  [1, 'yes'],
  [0, 'and how often do you take it'],
  [1, 'once a day'],
  [1, 'i love this weather we went to the beach'],
  [0, 'on your knee exam i do appreciate some swelling of the left knee'],
  [0, 'i am going to prescribe meloxicam fifteen milligrams once a day'],
  [0, 'i want to see you back in two weeks'],
]);

// As a recogniser without punctuation gives a dictation.
const DICTATION = spoken(
  'the patient is a fifty six year old male who presents with shortness of breath he denies chest pain his creatinine level is at one point five ' +
    'he has been placed on furosemide forty milligrams daily there is mild edema of the right leg my impression at this time is that he probably has heart failure ' +
    'the patient will receive an echocardiogram',
);

describe('a visit', () => {
  const soap = draftNote(VISIT, SOAP);

  test('is sorted into the template’s sections, the patient in the third person', () => {
    expect(soap.sections.map(({ title, loinc }) => [title, loinc])).toEqual([
      ['Subjective', '61150-9'],
      ['Objective', '61149-1'],
      ['Assessment', '51848-0'],
      ['Plan', '18776-5'],
    ]);
    expect(textsOf(soap, 'subjective')).toEqual(
      expect.arrayContaining([
        'Mary is a 52-year-old female with a history of hypertension who presents today with left knee pain.',
        'She has been having pain in her left knee for about 2 weeks.',
        'Denies fevers or chills.',
        'She is taking her lisinopril.',
      ]),
    );
    expect(textsOf(soap, 'objective')).toEqual(['On her knee exam I do appreciate some swelling of the left knee.']);
    expect(textsOf(soap, 'plan')).toEqual([
      'I am going to prescribe meloxicam 15 mg once a day.',
      'I want to see her back in 2 weeks.',
    ]);
  });

  test('loses its small talk', () => {
    expect(JSON.stringify(soap.sections)).not.toMatch(/weather|beach/u);
  });

  test('cites the question and the answer of a joined sentence', () => {
    const joined = soap.sections
      .flatMap(({ sentences }) => sentences)
      .find(({ text }) => text === 'Denies fevers or chills.');
    expect(joined?.citations.map(({ quote, channel }) => [quote, channel])).toEqual([
      ['okay any fevers or chills', 0],
      ['no', 1],
    ]);
  });

  test('is the same note when the channels are exchanged: labels are not trusted', () => {
    const exchanged = {
      ...VISIT,
      words: VISIT.words.map((w) => ({ ...w, channel: 1 - w.channel })),
      segments: VISIT.segments.map((s) => ({ ...s, channel: 1 - s.channel })),
    };
    expect(draftNote(exchanged, SOAP).sections.map(({ sentences }) => sentences.map(({ text }) => text))).toEqual(
      soap.sections.map(({ sentences }) => sentences.map(({ text }) => text)),
    );
  });

  test('names nobody he or she when no sex was said', () => {
    const draft = draftNote(
      spoken([
        [0, 'do you have any chest pain'],
        [1, 'i have pain in my back'],
      ]),
      SOAP,
    );
    expect(JSON.stringify(draft.sections)).toContain("The patient has pain in the patient's back.");
  });
});

describe('an answer', () => {
  const told = (question: string, answer: string): string[] =>
    draftNote(
      spoken([
        [0, 'i want to see you back in two weeks'],
        [0, question],
        [1, answer],
      ]),
      SOAP,
    )
      .sections.flatMap(({ sentences }) => sentences)
      .map(({ text }) => text)
      .filter((text) => !text.startsWith('I want'));

  test.each<[string, string, string[]]>([
    ['any chest pain', 'no', ['Denies chest pain.']],
    ['any chest pain', 'yes', ['Reports chest pain.']],
    ['any chest pain or cough', 'no not really', ['Denies chest pain or cough.']],
    ['any chest pain or cough', 'yes', []],
    ['do you have any chest pain', 'i have pain in my back', ["The patient has pain in the patient's back."]],
    ['any chest pain', 'no but my back hurts', ["The patient's back hurts."]],
    ['do you smoke cigarettes', 'i do not', ['The patient does not smoke cigarettes.']],
    ['how long has the pain been going on', 'about five weeks', ['Onset and duration: about 5 weeks.']],
    ['any other symptoms', 'no', []],
    ['do you have any allergies', 'yes morphine', ['Allergies: morphine.']],
    ['do you have any allergies', 'no', ['Denies allergies.']],
    ['do you have any allergies', 'yes peanuts they make me itch', ['Allergies: peanuts they make the patient itch.']],
    ['are you taking anything', 'yes aspirin', []],
  ])('%s — %s', (question, answer, expected) => {
    expect(told(question, answer)).toEqual(expected);
  });
});

describe('what is heard wrongly', () => {
  const told = (...turns: (readonly [number, string])[]): string[] =>
    draftNote(spoken(turns), SOAP)
      .sections.flatMap(({ sentences }) => sentences)
      .map(({ text }) => text);

  test('keeps a substance and what it did in one sentence', () => {
    expect(
      told([0, 'Do you have any allergies?'], [1, 'Yes, morphine.'], [1, 'It gave me a rash.'], [0, 'Do you smoke?']),
    ).toEqual(['Allergies: morphine; it gave the patient a rash.']);
  });

  test.each<[string, string]>([
    ['You are blood pressure is 130 over h', 'Clinician: "You are blood pressure is 130 over h"'],
    ["You're temperature is 98.6 degrees", 'Clinician: "You\u0027re temperature is 98.6 degrees"'],
    ['Your temperature is 98.6 degrees', "The patient's temperature is 98.6 degrees."],
    ['You are taking lisinopril which is 10 mg', 'The patient is taking lisinopril which is 10 mg.'],
  ])('no person is turned into what is no sentence: %s', (said, expected) => {
    expect(told([0, 'how are you today'], [0, said])).toEqual([expected]);
  });

  test('what is wished of the patient stands in the plan', () => {
    const draft = draftNote(
      spoken([
        [0, 'I want you to keep taking the aspirin.'],
        [0, 'Your heart sounds normal.'],
      ]),
      SOAP,
    );
    expect(textsOf(draft, 'plan')).toEqual(['I want the patient to keep taking the aspirin.']);
    expect(textsOf(draft, 'objective')).toEqual(["The patient's heart sounds normal."]);
  });
});

describe('a dictation', () => {
  const draft = draftNote(DICTATION, PROGRESS);

  test('keeps every statement, in its section', () => {
    expect(textsOf(draft, 'reason')).toEqual([
      'The patient is a 56-year-old male who presents with shortness of breath.',
    ]);
    expect(textsOf(draft, 'symptoms')).toEqual(['He denies chest pain.']);
    expect(textsOf(draft, 'results')).toEqual(['His creatinine level is at 1.5.']);
    expect(textsOf(draft, 'medications')).toEqual(['He has been placed on furosemide 40 mg daily.']);
    expect(textsOf(draft, 'exam')).toEqual(['There is mild edema of the right leg.']);
    expect(textsOf(draft, 'assessment')).toEqual([
      'My impression at this time is that he probably has heart failure.',
      'The patient will receive an echocardiogram.',
    ]);
    expect(draft.omissions).toEqual([]);
  });
});

describe('every draft', () => {
  test('has the form of the vector in docs/formats/draft.md', () => {
    const made = draftNote(
      spoken([
        [0, 'any fevers or chills'],
        [1, 'no'],
      ]),
      SOAP,
    );
    expect(JSON.stringify(made.sections[0]?.sentences[0])).toBe(
      '{"id":"s1","text":"Denies fevers or chills.","source":"transcript","verdict":"supported","reasons":[],"citations":[{"start":0,"end":1.2,"quote":"any fevers or chills","words":[0,4],"channel":0},{"start":1.7,"end":2,"quote":"no","words":[4,5],"channel":1}]}',
    );
  });

  test.each(TEMPLATES.map(({ id }) => id))('%s gives the same bytes again', (id) => {
    for (const transcript of [VISIT, DICTATION])
      expect(JSON.stringify(draftNote(structuredClone(transcript), template(id)))).toBe(
        JSON.stringify(draftNote(transcript, template(id))),
      );
  });

  test('shows required sections even when the visit had nothing for them', () => {
    const draft = draftNote(spoken('the patient has a cough'), PROGRESS);
    expect(draft.sections.map(({ id }) => id)).toEqual(['interval', 'exam', 'assessment']);
  });

  test.each([
    ['silence', ''],
    ['hesitation', 'uh um okay'],
  ])('%s makes no note', (_name, text) => {
    expect(() => draftNote(spoken(text), SOAP)).toThrow(expect.objectContaining({ code: 'draft_empty' }));
  });

  test('every LOINC code has its check digit right', () => {
    const codes = TEMPLATES.flatMap((one) => [one.loinc, ...one.sections.flatMap(({ loinc }) => loinc ?? [])]);
    for (const code of codes) expect([code, mod10(code.slice(0, -2))]).toEqual([code, Number(code.slice(-1))]);
  });
});

// LOINC users' guide, appendix: Mod 10 (Luhn) over the digits before the hyphen.
function mod10(digits: string): number {
  const sum = digits
    .split('')
    .toReversed()
    .reduce((total, digit, i) => {
      const value = Number(digit) * (i % 2 === 0 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return (10 - (sum % 10)) % 10;
}
