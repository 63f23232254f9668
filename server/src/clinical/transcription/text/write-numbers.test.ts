import { describe, expect, it } from 'vitest';
import { writeNumbers } from './write-numbers.ts';

const written = (spoken: string): string =>
  writeNumbers(spoken.split(' '))
    .map((word) => word.text)
    .join(' ');

describe('writing numbers', () => {
  it.each([
    ['lisinopril ten milligrams daily', 'lisinopril 10 mg daily'],
    ['metformin five hundred milligrams twice a day', 'metformin 500 mg twice a day'],
    ['one thousand milligram', '1000 mg'],
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
    ['the twenty first of may', 'the twenty first of may'],
    ['since nineteen ninety eight', 'since 1998'],
    ['in two thousand eighteen', 'in 2018'],
    ['five five five one two one two', '5551212'],
    ['twenty five hundred', '2500'],
    ['approximately two months ago', 'approximately two months ago'],
    ['for fourteen days', 'for 14 days'],
  ])('ages, dates, plain numbers: %s', (spoken, expected) => {
    expect(written(spoken)).toBe(expected);
  });
});
