// The engine as a whole, with the model of the checkout.
import { describe, expect, test } from 'vitest';
import { loadModel } from '../model/load.ts';
import { createEngine } from './engine.ts';
import type { Span } from './span.ts';

const engine = createEngine(loadModel());
const YEAR = 2026;
const found = (text: string, keeping = {}): readonly string[] =>
  engine.detect(text, { year: YEAR, keeping }).map(({ start, end, type }) => `${type} ${text.slice(start, end)}`);

describe('what identifies is found', () => {
  test.each([
    [
      'Seen by Dr. Okafor at Lakeside Clinic on Feb 5th, 2022 (MRN: JH-112233).',
      ['NAME Okafor', 'FACILITY Lakeside Clinic', 'DATE Feb 5th, 2022', 'MRN JH-112233'],
    ],
    [
      'Call (617) 555-7890 or write to j.doe+x@mail.example.org',
      ['PHONE (617) 555-7890', 'EMAIL j.doe+x@mail.example.org'],
    ],
    ['Fax: 650-123-4567. SSN 123-45-6789.', ['FAX 650-123-4567', 'SSN 123-45-6789']],
    ['The patient is 94 years old, born in 1931.', ['AGE 94 years old', 'DATE 1931']],
    ['VIN 1HGCM82633A004352, IP 10.20.30.40', ['VEHICLE 1HGCM82633A004352', 'IP 10.20.30.40']],
    ['Lives at 12 Elm Street, Boston, MA 02118', ['LOCATION 12 Elm Street, Boston, MA 02118']],
    [
      'patient name john smith medical record number four four seven oh two nine',
      ['NAME john smith', 'MRN four four seven oh two nine'],
    ],
    ['last name spelled s m i t h', ['NAME s m i t h']],
    ['date of birth march third nineteen eighty five', ['DATE march third nineteen eighty five']],
    [
      'Apellidos: Ramos Baez.\nNHC: 2594890.\nDomicilio: Calle Serrano 61, 4D.',
      ['NAME Ramos Baez', 'MRN 2594890', 'LOCATION Calle Serrano 61, 4D'],
    ],
  ])('%s', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });
});

describe('what identifies nobody stays', () => {
  test.each([
    'Parkinson’s disease, Babinski sign, Foley catheter, Glasgow Coma Scale 15.',
    'BP 120/80, 5/5 strength, grade 2/6 murmur, pain 4/10.',
    'May increase Lasix to 40 mg. Will follow. Mark the site.',
    'WBC 12,500, platelets 250000, Na 138, ICD-10 E11.9, CPT 99213.',
    'A 67-year-old male diagnosed in 2019 with non-Hodgkin lymphoma.',
    'Dialysis on Monday, Wednesday and Friday.',
    'blood pressure one twenty over eighty pulse seventy two',
    'NCT01234567 enrolled 1,200 patients; PMID 30415628.',
  ])('%s', (text) => {
    expect(found(text)).toEqual([]);
  });
});

describe('what may stay stays until the caller wants it gone', () => {
  const text = 'A 62-year-old from Ohio, diagnosed in 2019, seen at Mercy General Hospital.';

  test('by default ages to 89, years and States', () => {
    expect(found(text)).toEqual(['FACILITY Mercy General Hospital']);
  });

  test('each can be asked for, and facilities kept', () => {
    expect(found(text, { agesUnder90: false, years: false, states: false, facilities: true })).toEqual([
      'AGE 62-year-old',
      'LOCATION Ohio',
      'DATE 2019',
    ]);
  });
});

test('a name found once is found everywhere, one slip of the pen away too', () => {
  const text = 'Mr. Przybylski was admitted. przybylski is stable; later Przybilski went home.';
  expect(found(text)).toEqual(['NAME Przybylski', 'NAME przybylski', 'NAME Przybilski']);
});

function isOrdered(spans: readonly Span[], length: number): boolean {
  return spans.every(({ start, end }, at) => start >= (spans[at - 1]?.end ?? 0) && start < end && end <= length);
}

/** 1 MB each: what makes backtracking recognisers hang. */
const HOSTILE: readonly (readonly [string, string])[] = [
  ['digits', '1234567890'],
  ['digits with dashes', '123-45-'],
  ['dotted numbers', '1.2.3.4.'],
  ['brackets', '((((('],
  ['closing brackets', ')]}'],
  ['near e-mail', 'a.b@c.d@'],
  ['near address', '12 North West East '],
  ['number words', 'one two double three oh '],
  ['single letters', 's m i t h '],
  ['near date', 'May 5 Jan 3/ 4/'],
  ['near label', 'MRN: # No. MRN'],
  ['capitals', 'Smith-Jones O’Neill '],
  ['colons', 'aa:bb:cc:dd:'],
  ['one word', 'a'],
  ['spaces', ' '],
  ['lines', '\n'],
  ['ways', 'Calle de la '],
  ['invisible', '\u200b\u0301'],
  ['halves of pairs', '\ud800x'],
  ['segments of feeds', 'PID|1||A^B|\n'],
  ['figures for letters', 'Sm1th 0l1O '],
  ['near misspelt', 'Kowalczxx Kowalyyk '],
  ['fractions', 'on 2/5-2/9 1/2 '],
];

test.each(HOSTILE)(
  '1 MB of %s takes less than 2 s of processor',
  (_, unit) => {
    const text = unit.repeat(Math.ceil(1_000_000 / unit.length));
    const started = process.cpuUsage();
    const spans = engine.detect(text, { year: YEAR, known: [{ type: 'NAME', value: 'John Smith Kowalczyk' }] });
    const { user } = process.cpuUsage(started);
    expect(isOrdered(spans, text.length)).toBe(true);
    expect(user / 1e6).toBeLessThan(4); // alone at most 1.1 s; tests share the machine
  },
  60_000,
);

test('placeholders stand for exact values and are never given where the text holds one already', () => {
  const text = 'Anna Kowalska and ANNA KOWALSKA; [NAME-1·k7] was here. Dr. Kowalska agrees.';
  const { text: out, map, spans } = engine.deidentify(text, { year: YEAR, mode: 'placeholder', salt: 7 });
  expect(spans.length).toBeGreaterThan(2);
  expect(map.entries.every(({ token }) => !token.startsWith('[NAME-1·'))).toBe(true);
  const back = map.entries.reduce((sum, { token, value }) => sum.replaceAll(token, value), out);
  expect(back).toBe(text);
});

test('surrogates are new for every salt, the same within a request, and not in the text', () => {
  const text = 'Mary Whitfield met Mr. Whitfield on 03/04/2021 in Tucson.';
  const of = (salt: number): string => engine.deidentify(text, { year: YEAR, mode: 'surrogate', salt }).text;
  expect(of(1)).toBe(of(1));
  expect(of(1)).not.toBe(of(2));
  expect(of(1)).not.toMatch(/Whitfield|Mary|03\/04|Tucson/u);
  expect(of(1)).toContain('2021');
  const family = /^\S+ (\S+) met Mr\. (\S+) /u.exec(of(1));
  expect(family?.[1]).toBe(family?.[2]);
});
