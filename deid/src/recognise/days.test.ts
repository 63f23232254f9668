// Days without a year, ranges, Roman months, feeds: what stands in notes, and the fractions and scores beside them that stay.
import { expect, test } from 'vitest';
import { loadModel } from '../../model/load.ts';
import { createEngine } from '../engine.ts';

const engine = createEngine(loadModel());
const found = (text: string, type: string): readonly string[] =>
  engine
    .detect(text, { year: 2026 })
    .filter((span) => span.type === type)
    .map(({ start, end }) => text.slice(start, end));

test.each([
  ['HA since 4/2. RTC 6/2 w/ MD', ['4/2', '6/2']],
  ['dressing changed 10/17 by the team', ['10/17']],
  ['injected on the 19th, correct?', ['19th']],
  ['inpatient between 2 and 6 May.', ['2 and 6 May']],
  ['operada el 7-IX-2011.', ['7-IX-2011']],
  ['due Wednesday 4th', ['Wednesday 4th']],
  ['back pain since monday the sixth', ['monday the sixth']],
  ['off work 2/5-2/9?', ['2/5-2/9']],
  ['seen Febuary 3rd, 2024', ['Febuary 3rd, 2024']],
])('%s', (text, dates) => expect(found(text, 'DATE')).toEqual(dates));

test.each([
  'A1c 7.2 on 3/7 days of exercise',
  'monofilament 6/10 on the left',
  'pain 4/10, strength 5/5',
  'vision 20/20',
  'on the 4th toe',
  '11/18 tender points',
])('%s names no day', (text) => expect(found(text, 'DATE')).toEqual([]));

test('a segment of HL7: fields that identify, and no code of the format', () => {
  const pid = 'PID|1||778120^^^RG||MOHAMUD^HODAN^A||19920704|F|||905 CEDAR AVE^^ST CLOUD^MN^56301||3205550171';
  expect(found(pid, 'NAME')).toEqual(['MOHAMUD^HODAN^A']);
  expect(found(pid, 'MRN')).toEqual(['778120']);
  expect(found(pid, 'DATE')).toEqual(['19920704']);
  expect(found(pid, 'PHONE')).toEqual(['3205550171']);
  expect(found(pid, 'LOCATION').join(' ')).toContain('CEDAR AVE');
});
