// Several texts, one set of tokens; what goes out comes back.
import { expect, test } from 'vitest';
import { loadModel } from '../model/load.ts';
import { createEngine } from './engine.ts';
import { DeidError } from './error.ts';
import { placeholderOf } from './replace/placeholder.ts';
import { createRestorer } from './restore/restorer.ts';
import { createSession, type SessionOptions } from './session.ts';

const engine = createEngine(loadModel());
const options: SessionOptions = { year: 2026, mode: 'placeholder', salt: 41 };
const back = (session: ReturnType<typeof createSession>, text: string): string => {
  const restorer = createRestorer(session.map(), 'text');
  return restorer.push(text) + restorer.end();
};

const TEXTS = [
  'Seen: Anna Przybylski, MRN 4711-0815, on Feb 5th, 2022 at Lakeside Clinic.',
  'Ask przybylski whether the appointment on Feb 5th, 2022 stands.',
  'Dr. Okafor spoke with Anna Przybylski.',
];

test('one value has one token in all texts, and everything comes back exactly', () => {
  const session = createSession(engine, options);
  const out = TEXTS.map((text) => session.deidentify(text));
  const name = /\[NAME-\d+·..\]/u.exec(out[0]!.text)![0];
  expect(out[2]!.text).toContain(name);
  expect(out.map(({ text }) => text).join()).not.toMatch(/przybylski|Okafor|4711|2022|Lakeside/iu);
  expect(out.map(({ text }) => back(session, text))).toEqual(TEXTS);
  expect(out[0]!.replacements).toHaveLength(out[0]!.spans.length);
});

test('a name found in a later text goes from the earlier ones too, when they are read together', () => {
  const session = createSession(engine, options);
  const out = session.deidentifyAll(TEXTS.toReversed());
  expect(out.map(({ text }) => text).join()).not.toMatch(/przybylski/iu);
  expect(out.map(({ text }) => back(session, text))).toEqual(TEXTS.toReversed());
});

test('a later request of the same patient goes on with the same tokens', () => {
  const first = createSession(engine, options);
  const { text } = first.deidentify(TEXTS[2]!);
  const next = createSession(engine, { ...options, salt: 99, previous: first.map() });
  expect(next.deidentify(TEXTS[2]!).text).toBe(text);
  next.deidentify('Mrs. Whitfield called.');
  expect(next.map().entries.slice(0, first.map().entries.length)).toEqual(first.map().entries);
});

test('what the caller writes as a token comes back as it was written and is nobody’s value', () => {
  const token = placeholderOf('NAME', 1, options.salt);
  const texts = [
    `Tell me who ${token} is, and ${token.toLowerCase()}, and [NAME-2·zz], ${token.slice(1, -1)}.`,
    'It is Dr. Okafor.',
    `And ${token}?`,
  ];
  const session = createSession(engine, options);
  const out = texts.map((text) => session.deidentify(text));
  expect(session.map().entries.some(({ token: given, value }) => given === token && value === 'Okafor')).toBe(true);
  expect(out[2]!.text).not.toContain(token);
  expect(out.map(({ text }) => back(session, text))).toEqual(texts);
});

test('a name known from an earlier text does not cut an address in two', () => {
  const session = createSession(engine, { ...options, mode: 'surrogate' });
  session.deidentify('Seen: Lisa Przybylski.');
  const { text, spans } = session.deidentify('Write to lisa.przybylski@example.com today.');
  expect(spans.map(({ type }) => type)).toEqual(['EMAIL']);
  const restorer = createRestorer(session.map(), 'text');
  expect(restorer.push(text) + restorer.end()).toBe('Write to lisa.przybylski@example.com today.');
  expect(restorer.report.leftover).toBe(0);
});

test('errors say nothing of the text', () => {
  const broken = { ...engine, detect: () => JSON.parse('Anna Przybylski') as never };
  const session = createSession(broken, options);
  const caught = (() => {
    try {
      return session.deidentify('Anna Przybylski');
    } catch (error) {
      return error;
    }
  })();
  expect(caught).toBeInstanceOf(DeidError);
  expect(caught).toMatchObject({ fault: 'engine' });
  expect(`${(caught as Error).stack} ${String((caught as Error).cause)}`).not.toMatch(/Przybylski/u);
  expect(() => createSession(engine, { ...options, shiftDates: 'minimised-phi' })).toThrow(DeidError);
  expect(() =>
    createRestorer(
      {
        salt: 1,
        entries: [
          { token: 'a', type: 'NAME', value: 'b' },
          { token: 'a', type: 'NAME', value: 'c' },
        ],
      },
      'text',
    ),
  ).toThrow(DeidError);
});
