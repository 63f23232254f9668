import { describe, expect, it } from 'vitest';
import { writeWords } from './write-words.ts';

const written = (spoken: string): string =>
  writeWords(spoken.split(' '))
    .map((word) => word.text)
    .join(' ');

describe('writing words', () => {
  it.each([
    ['lisinopril ten milligrams daily', 'lisinopril 10 mg daily'],
    ['metformin five hundred milligrams twice a day', 'metformin 500 mg twice a day'],
    ['one thousand milligram', '1,000 mg'],
    ['zero point five milligrams', '0.5 mg'],
    ['point five milligrams', '0.5 mg'],
    ['two and a half', 'two and a half'],
    ['twenty micrograms per hour', '20 mcg/hour'],
    ['one hundred and ten milligrams per deciliter', '110 mg/dL'],
    ['ten units of insulin', '10 units of insulin'],
    ['take one tablet', 'take 1 tablet'],
    ['five to ten milligrams', '5 to 10 mg'],
  ])('doses: %s', (spoken, expected) => {
    expect(written(spoken)).toBe(expected);
  });

  it.each([
    ['take one twenty milligram tablet', 'take one twenty milligram tablet'],
    ['two fifty milligram tablets', 'two fifty milligram tablets'],
    ['one hundred twenty milligrams', '120 mg'],
    ['one oh five milligrams', '105 mg'],
    ['twenty twenty vision', 'twenty twenty vision'],
    ['one ten', 'one ten'],
    ['at this point two weeks ago', 'at this point two weeks ago'],
    ['he may march on', 'he may march on'],
    ['one of them and the other one', 'one of them and the other one'],
    ['seven or eight', 'seven or eight'],
    ['one two three', 'one two three'],
  ])('what has two readings stays as spoken: %s', (spoken, expected) => {
    expect(written(spoken)).toBe(expected);
  });

  it.each([
    ['blood pressure is one twenty over eighty', 'blood pressure is 120/80'],
    ['one hundred thirty eight over ninety two', '138/92'],
    ['ninety over sixty', '90/60'],
    ['one oh five over seventy', '105/70'],
    ['twenty over forty', '20/40'],
    ['a visit over eighty times', 'a visit over 80 times'],
    ['heart rate is one ten', 'heart rate is 110'],
    ['pulse seventy two', 'pulse 72'],
    ['ninety eight point two degrees fahrenheit', '98.2 °F'],
    ['one oh one point four degrees', '101.4 degrees'],
    ['oxygen saturation is ninety seven percent', 'oxygen saturation is 97%'],
    ['hemoglobin is seven point one', 'hemoglobin is 7.1'],
    ['creatinine level is at one point five', 'creatinine level is at 1.5'],
    ['seven out of ten', '7 out of 10'],
    ['hemoglobin a one c of seven point four', 'hemoglobin A1c of 7.4'],
    ['placed on b twelve', 'placed on B12'],
    ['vitamin d three', 'vitamin D3'],
    ['plan b one day', 'plan b one day'],
  ])('measurements: %s', (spoken, expected) => {
    expect(written(spoken)).toBe(expected);
  });

  it.each([
    ['a forty nine year old male', 'a 49-year-old male'],
    ['seventy eight years old', '78 years old'],
    ['march third twenty twenty four', 'March 3, 2024'],
    ['june fifteenth', 'June 15'],
    ['the twenty first of may', 'the 21st of May'],
    ['since nineteen ninety eight', 'since 1998'],
    ['in two thousand eighteen', 'in 2018'],
    ['five five five one two one two', '5551212'],
    ['twenty five hundred', '2500'],
    ['approximately two months ago', 'approximately two months ago'],
    ['for fourteen days', 'for 14 days'],
  ])('ages, dates, plain numbers: %s', (spoken, expected) => {
    expect(written(spoken)).toBe(expected);
  });

  it.each([
    ['the third of march', 'the 3rd of March'],
    ['the third of march twenty twenty four', 'the 3rd of March 2024'],
    ['august sixteen nineteen seventy six', 'August 16, 1976'],
    ['december twenty twenty one', 'December 2021'],
    ['june twenty nineteen ninety', 'June 20, 1990'],
    ['oh three oh five nineteen sixty', '03/05/1960'],
    ['date of birth four fourteen nineteen sixty', 'date of birth 4/14/1960'],
    ['four fourteen nineteen sixty', 'four fourteen nineteen sixty'],
    ['four slash fourteen slash nineteen sixty', '4/14/1960'],
    ['on may second', 'on May 2'],
    ['she may second that', 'she may second that'],
    ['march first we examine you', 'march first we examine you'],
    ['in august two patients', 'in august two patients'],
    ['in the fall of twenty twenty', 'in the fall of 2020'],
    ['a vision of twenty twenty', 'a vision of twenty twenty'],
    ['in twenty ten minute sessions', 'in twenty ten minute sessions'],
    ['thirteen fourteen nineteen sixty date of birth', 'thirteen fourteen nineteen sixty date of birth'],
  ])('dates: %s', (spoken, expected) => {
    expect(written(spoken)).toBe(expected);
  });

  it.each([
    ['at seven thirty a m', 'at 7:30 a.m.'],
    ['at eight a m', 'at 8 a.m.'],
    ['by ten am', 'by 10 a.m.'],
    ['at ten am i late', 'at 10 am i late'],
    ['two oh five p m', '2:05 p.m.'],
    ["eight o'clock", "8 o'clock"],
    ['seven thirty in the morning', '7:30 in the morning'],
    ['at seven thirty', 'at seven thirty'],
    ['her sugar at one fifteen', 'her sugar at one fifteen'],
  ])('times of day: %s', (spoken, expected) => {
    expect(written(spoken)).toBe(expected);
  });

  it.each([
    ['two and a half milligrams', '2.5 mg'],
    ['one and a half tablets', 'one and a half tablets'],
    ['half a tablet', 'half a tablet'],
    ['half a milligram', '0.5 mg'],
    ['one half milligram', 'one half milligram'],
    ['a hundred milligrams', '100 mg'],
    ['a hundred and twenty milligrams', '120 mg'],
    ['a hundred pills', 'a hundred pills'],
    ['fifty thousand units weekly', '50,000 units weekly'],
    ['one point zero milligrams', '1 mg'],
    ['two point five zero milligrams', '2.5 mg'],
    ['one to two tablets', '1 to 2 tablets'],
    ['one or two tablets every four to six hours', '1 or 2 tablets every four to six hours'],
    ['every eight to twelve hours', 'every 8 to 12 hours'],
    ['take one or two five milligram tablets', 'take one or two five milligram tablets'],
    ['two puffs four times a day', '2 puffs four times a day'],
    ['five millilitres', '5 mL'],
    ['ninety five per cent', '95%'],
    ['five milligrams per kilo', '5 mg/kg'],
    ['fifty to sixty percent', '50 to 60%'],
    ['a hundred percent', '100%'],
    ['from two fifty to five hundred milligrams', 'from two fifty to 500 mg'],
  ])('amounts: %s', (spoken, expected) => {
    expect(written(spoken)).toBe(expected);
  });

  it.each([
    ['one hundred and twenty over eighty', '120/80'],
    ['a hundred and ten over seventy', '110/70'],
    ['a temperature of one oh one', 'a temperature of 101'],
    ['sodium one forty', 'sodium 140'],
    ['potassium three point nine', 'potassium 3.9'],
    ['troponin of point oh four', 'troponin of 0.04'],
    ['blood pressure is one forty', 'blood pressure is 140'],
    ['six to twelve weeks', '6 to 12 weeks'],
    ['two to three days', 'two to three days'],
    ['on a scale of one to ten', 'on a scale of 1 to 10'],
    ['six seven out of ten', 'six seven out of ten'],
    ['one twenty to one thirty over seventy to eighty', 'one twenty to one thirty over seventy to eighty'],
    ['five or six hundred', 'five or six hundred'],
    ['five to six hundred milligrams', 'five to six hundred milligrams'],
    ['two to three thousand units', 'two to three thousand units'],
    ['like a hundred and eighty over', 'like 180 over'],
    ['a hundred times', 'a hundred times'],
    ['one hundred to two hundred', '100 to 200'],
    ['one twenty to thirty', 'one twenty to thirty'],
    ['five hundred five hundred milligrams', 'five hundred five hundred milligrams'],
    ['a one by two inch wound', 'a 1 by 2 inch wound'],
    ['cranial nerves two through twelve', 'cranial nerves 2 through 12'],
    ['from five to one twenty', 'from five to one twenty'],
    ['between six and twelve weeks', 'between 6 and 12 weeks'],
    ['a three and a half year old', 'a three and a half year old'],
    ['twenty two month old', '22-month-old'],
    ['oxygen s p o two is ninety seven percent', 'oxygen SpO2 is 97%'],
  ])('values and ranges: %s', (spoken, expected) => {
    expect(written(spoken)).toBe(expected);
  });

  it.each([
    ['type two diabetes', 'type 2 diabetes'],
    ['is it diabetes type one', 'is it diabetes type 1'],
    ['type one more line', 'type one more line'],
    ['a grade two murmur', 'a grade 2 murmur'],
    ['stage three kidney disease', 'stage 3 kidney disease'],
    ['stage one of the trial', 'stage one of the trial'],
    ['gravida two para one', 'gravida 2 para 1'],
    ['grade two or three', 'grade 2 or 3'],
    ['stage two or three days', 'stage 2 or three days'],
    ['l four l five', 'L4-L5'],
    ['l four five disc', 'L4-5 disc'],
    ['l five s one', 'L5-S1'],
    ['at the level of c six', 'at the level of C6'],
    ['vitamin c one tablet', 'vitamin c 1 tablet'],
    ['hepatitis c two years ago', 'hepatitis c two years ago'],
    ['s one and s two', 'S1 and S2'],
    ['an e c g and a c b c', 'an ECG and a CBC'],
    ['the mri and the c t scan', 'the MRI and the CT scan'],
    ['h b a one c', 'HbA1c'],
    ['o two sats', 'O2 sats'],
    ['go to a and e', 'go to A&E'],
    ['vitamins a and e', 'vitamins a and e'],
    ['covid nineteen', 'COVID-19'],
    ['chest x ray', 'chest x-ray'],
    ['give it to us or me', 'give it to us or me'],
    ['his pet cat', 'his pet cat'],
    ['q r s t u', 'q r s t u'],
  ])('names in letters and digits: %s', (spoken, expected) => {
    expect(written(spoken)).toBe(expected);
  });

  it.each([
    ['oh seven seven double oh nine', '077009'],
    ['m r n four one two', 'MRN 412'],
    ['one two three four five', 'one two three four five'],
    ['phone number is six one seven', 'phone number is 617'],
    ['number one two three', 'number one two three'],
    ['call nine nine nine nine nine', 'call nine nine nine nine nine'],
  ])('digits said singly: %s', (spoken, expected) => {
    expect(written(spoken)).toBe(expected);
  });

  it('writes names as the vocabulary does, word for word', () => {
    const names = new Map([
      ['epogen', 'Epogen'],
      ['john dashwood', 'John Dashwood'],
      ['mcallister', 'McAllister'],
    ]);
    const text = writeWords('mister john dashwood takes epogen ten units says mcallister john'.split(' '), { names });
    expect(text.map((word) => word.text).join(' ')).toBe(
      'mister John Dashwood takes Epogen 10 units says McAllister john',
    );
  });
});
