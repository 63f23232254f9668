// Risk against examples that were worked out by hand, and against the formulas' own identities.
import { describe, expect, test } from 'vitest';
import type { ClassSize } from './classes.ts';
import { RiskError } from './fault.ts';
import { generalise } from './levels.ts';
import { classSizeFor, measure } from './measure.ts';
import { quasiOfText } from './of-text.ts';
import { linkRisks, populationUniques } from './population.ts';
import { RecordReader } from './records.ts';
import { summarise } from './summary.ts';
import { suggest, type Suggestion } from './suggest.ts';
import { RiskTable } from './table.ts';

/** Ten patients: sex and decade of birth give classes of 3, 2, 2, 1, 1, 1. */
const TEN = [
  ['male', '1950'],
  ['male', '1950'],
  ['male', '1950'],
  ['male', '1960'],
  ['female', '1950'],
  ['female', '1950'],
  ['female', '1960'],
  ['female', '1970'],
  ['male', '1970'],
  ['male', '1970'],
] as const;

function tableOf(rows: readonly (readonly string[])[], kinds = ['category', 'category'] as const): RiskTable {
  const table = new RiskTable(kinds.map((kind, at) => ({ name: `c${at}`, kind })));
  for (const row of rows) table.add(row);
  return table;
}

function run<T>(work: Generator<undefined, T, undefined>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

const thrownBy = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error instanceof RiskError ? [error.code, error.line] : error;
  }
};

describe('measure', () => {
  test('ten patients, by hand', () => {
    const {
      journalist,
      populationUniques: uniques,
      ...told
    } = tableOf(TEN).measure({ threshold: 0.4, fraction: null });
    expect(told).toEqual({
      records: 10,
      classes: 6,
      k: 1,
      unique: { records: 3, share: 0.3 },
      threshold: 0.4,
      fraction: null,
      prosecutor: { max: 1, mean: 0.6, above: 0.7 }, // 6 classes of 10 records; 1 + 1 + 1 + 2 + 2 records have a risk above 0.4
      marketer: { dataset: 0.6, population: null },
      sizes: [
        { from: 1, to: 1, classes: 3, records: 3 },
        { from: 2, to: 2, classes: 2, records: 4 },
        { from: 3, to: 4, classes: 1, records: 3 },
        { from: 5, to: 10, classes: 0, records: 0 },
        { from: 11, to: 19, classes: 0, records: 0 },
        { from: 20, to: null, classes: 0, records: 0 },
      ],
    });
    expect([journalist, uniques]).toEqual([null, null]);
  });

  test('a share of the population: closed forms of the model, by hand', () => {
    // E[1/F | 1] = π·ln(1/π)/(1−π); E[1/F | 2] = π/(1−π)²·(π·ln π + 1 − π): Franconi and Polettini 2004, (6).
    for (const pi of [0.001, 0.1, 0.4, 0.5, 0.6, 0.9, 0.999]) {
      const q = 1 - pi;
      const [, one, two] = linkRisks(pi, 3);
      expect(one).toBeCloseTo((pi * Math.log(1 / pi)) / q, 9);
      expect(two).toBeCloseTo((pi / (q * q)) * (pi * Math.log(pi) + q), 6);
    }
    expect([...linkRisks(1, 4)].slice(1)).toEqual([1, 1 / 2, 1 / 3, 1 / 4]); // the dataset is the population
    const tenth = tableOf(TEN).measure({ threshold: 0.2, fraction: 0.1 });
    const [, one = 0, two = 0, three = 0] = linkRisks(0.1, 3);
    expect(one).toBeCloseTo(0.255843, 6); // 0.1 · 2.302585 / 0.9
    expect(tenth.journalist?.max).toBe(one);
    expect(tenth.journalist?.mean).toBeCloseTo((3 * one + 4 * two + 3 * three) / 10, 12);
    expect(tenth.journalist?.above).toBe(0.3); // those alone; two of a kind have 0.15
    expect(two).toBeCloseTo(0.082684, 6);
  });

  test('by the definition itself: the sum over what the population could be', () => {
    const [pi, q] = [0.3, 0.7];
    const risks = linkRisks(pi, 12);
    for (const size of [1, 2, 5, 12]) {
      let [sum, chance] = [0, pi ** size]; // P(F = f)
      for (let people = size; people < size + 2_000; people += 1) {
        sum += chance / people;
        chance *= (people / (people - size + 1)) * q;
      }
      expect(risks[size]).toBeCloseTo(sum, 10);
    }
  });

  test('uniques of the population: model and Zayatz, by hand', () => {
    const sizes: ClassSize[] = [
      { size: 1, classes: 3 },
      { size: 2, classes: 2 },
      { size: 3, classes: 1 },
    ];
    const { byModel, byZayatz } = populationUniques(sizes, 0.5);
    expect(byModel).toBe(0.5);
    expect(byZayatz).toBeCloseTo(3 / (3 * 1 + 2 * 2 * 0.5 + 3 * 0.25), 12);
    expect(populationUniques([{ size: 4, classes: 9 }], 0.5)).toEqual({ byModel: 0, byZayatz: 0 });
  });

  test('the class that a risk asks for', () => {
    expect([0.09, 0.2, 1 / 3, 0.5, 1].map((risk) => classSizeFor(risk, null))).toEqual([12, 5, 3, 2, 1]);
    expect(classSizeFor(0.09, 0.1)).toBe(2); // two of a sample of a tenth stand for about twenty
    expect(classSizeFor(0.3, 0.1)).toBe(1);
  });

  test('nothing, and shares that are none', () => {
    expect(thrownBy(() => measure([], { threshold: 0.1, fraction: null }))).toEqual(['no_records', null]);
    for (const [threshold, fraction] of [
      [0, null],
      [1, null],
      [0.1, 0],
      [0.1, 1.1],
      [NaN, null],
    ] as const)
      expect(thrownBy(() => measure([{ size: 1, classes: 1 }], { threshold, fraction }))).toEqual([
        'options_unusable',
        null,
      ]);
  });
});

describe('levels', () => {
  test.each([
    ['age', ['37', '89', '90', '104', '90+', 'old'], ['37', '89', '90', '104', '90+', 'old']],
    ['age', ['37', '89', '90', '104', '90+', 'old'], ['35-39', '85-89', '90+', '90+', '90+', '?']],
    ['age', ['37', '89', '90', '104', '90+', 'old'], ['30-39', '80-89', '90+', '90+', '90+', '?']],
    ['age', ['37', '79', '80', '104', '90+', 'old'], ['20-39', '60-79', '80+', '80+', '80+', '?']],
    ['age', ['37'], ['*']],
    ['zip', ['94110', '03601', 'x'], ['94110', '03601', 'x']],
    ['zip', ['94110', '03601', '05301', 'x'], ['941', '000', '053', '000']],
    ['zip', ['94110', '03601', '05301'], ['9', '000', '0']],
    ['zip', ['94110'], ['*']],
    ['date', ['2024-05-17', '2024-05', '2024', 'May'], ['2024-05-17', '2024-05', '2024', 'May']],
    ['date', ['2024-05-17', '2024-05', '2024', 'May'], ['2024-05', '2024-05', '2024', '?']],
    ['date', ['2024-05-17', '2024-05', '2024', 'May'], ['2024', '2024', '2024', '?']],
    ['date', ['2024-05-17', '1999'], ['2020s', '1990s']],
    ['number', ['17', '-3', 'x', ''], ['17', '-3', 'x', '']],
    ['number', ['17', '-3', 'x', ''], ['10..20', '-10..0', '?', '?']],
  ] as const)('%s %j', (kind, values, wanted) => {
    const level = [0, 1, 2, 3, 4].find((one) =>
      values.every((value, at) => generalise(kind, one, value) === wanted[at]),
    );
    expect(level).toBeDefined();
  });
});

describe('suggest', () => {
  const found = (told: Suggestion) => told.found?.steps.map(({ level }) => level);

  test('the cheapest way by hand: the birth year goes, the sex stays', () => {
    const told = run(suggest(tableOf(TEN), { k: 4, suppression: 0 }));
    expect(found(told)).toEqual([0, 1]); // six men, four women
    expect(told).toMatchObject({ best: true, nodes: 4, found: { loss: 0.5, suppressed: 0 } });
  });

  test('leaving some out instead', () => {
    const told = run(suggest(tableOf(TEN), { k: 2, suppression: 0.3 }));
    expect(found(told)).toEqual([0, 0]);
    expect(told.found?.suppressed).toBe(3);
  });

  test('decades before years before nothing', () => {
    const rows = Array.from({ length: 60 }, (_, at) => [String(1950 + (at % 30)), at % 2 === 0 ? 'f' : 'm']);
    const told = run(suggest(tableOf(rows, ['date', 'category'] as never), { k: 10, suppression: 0 }));
    expect(found(told)).toEqual([3, 0]); // three decades of two sexes: ten each
  });

  test('what cannot be reached, and a search that is cut', () => {
    expect(run(suggest(tableOf(TEN), { k: 11, suppression: 0 })).found).toBeNull();
    const cut = run(suggest(tableOf(TEN), { k: 4, suppression: 0 }, { nodes: 3, classes: 1_000 }));
    expect([cut.best, found(cut)]).toEqual([false, [0, 1]]);
  });

  test('the summary says what it would then be', () => {
    const options = { threshold: 0.3, fraction: null, target: 0.25, suppression: 0 };
    const told = run(summarise(tableOf(TEN), options));
    expect(told.columns).toEqual([
      { name: 'c0', kind: 'category', distinct: 2, levels: 2 },
      { name: 'c1', kind: 'category', distinct: 3, levels: 2 },
    ]);
    expect(told.suggestion).toMatchObject({
      target: { risk: 0.25, k: 4, suppression: 0 },
      found: { measured: { k: 4, prosecutor: { max: 0.25, mean: 0.2, above: 0 } } },
    });
  });
});

describe('records', () => {
  const read = (format: 'csv' | 'jsonl', columns: readonly string[], text: string, size = 7) => {
    const reader = new RecordReader(format, columns, (of) => ({ 'text.sex': of.includes('she') ? 'female' : '' }));
    const rows: (readonly string[])[] = [];
    for (let at = 0; at < text.length; at += size) rows.push(...reader.push(text.slice(at, at + size)));
    return [...rows, ...reader.end()];
  };

  test('CSV with marks, ends of lines within cells, CRLF, a mark of order, any piece', () => {
    const text = '\ufeffname,zip,"the ""age"""\r\n"Tan, Ann",94110,"3\r\n7"\r\nBo,02139,41\r\n';
    for (const size of [1, 2, 7, 1_000])
      expect(read('csv', ['the "age"', 'zip'], text, size)).toEqual([
        ['3\r\n7', '94110'],
        ['41', '02139'],
      ]);
  });

  test('JSON Lines, and what a text says', () => {
    const text = '{"zip":94110,"text":"she came"}\n\n{"zip":null,"text":"came"}';
    expect(read('jsonl', ['zip', 'text.sex'], text)).toEqual([
      ['94110', 'female'],
      ['', ''],
    ]);
    expect(read('csv', ['text.sex', 'zip'], 'text,zip\nshe,1\n')).toEqual([['female', '1']]);
  });

  test.each([
    ['csv', 'a,b\n1\n', ['record_uneven', 2]],
    ['csv', 'a\n1\n', ['column_missing', 1]],
    ['csv', 'a,b\n"1,2\n', ['record_unreadable', 2]],
    ['csv', 'a,b\n1"x",2\n', ['record_unreadable', 2]],
    ['csv', 'a,b\n"1"x,2\n', ['record_unreadable', 2]],
    ['csv', '', ['no_records', null]],
    ['jsonl', '{"a":1,"b":2}\n[1]\n', ['record_unreadable', 2]],
    ['jsonl', '{"a":1}\n', ['column_missing', 1]],
    ['jsonl', '{"a":1,"b":{"x":"secret"}}\n', ['record_unreadable', 1]],
  ] as const)('%s %j is refused by its line', (format, text, fault) => {
    expect(thrownBy(() => read(format, ['a', 'b'], text))).toEqual(fault);
  });

  test('a table refuses what it cannot group', () => {
    expect(thrownBy(() => new RiskTable([]))).toEqual(['options_unusable', null]);
    const twice = { name: 'a', kind: 'age' } as const;
    expect(thrownBy(() => new RiskTable([twice, twice]))).toEqual(['options_unusable', null]);
    expect(thrownBy(() => tableOf([['x'.repeat(1_001), '']]))).toEqual(['value_too_long', null]);
    expect(thrownBy(() => tableOf([['x']]))).toEqual(['record_uneven', null]);
  });
});

test('what a text says of its person, from spans', () => {
  const text = 'A 93-year-old woman from 94110, Ohio, seen 3/4/2019 and in 2021; she is stable.';
  const span = (value: string, type: 'AGE' | 'LOCATION' | 'DATE', rule: string) => {
    const start = text.indexOf(value);
    return { start, end: start + value.length, type, score: 1, rule };
  };
  const spans = [
    span('93-year-old', 'AGE', 'age'),
    span('94110', 'LOCATION', 'zip'),
    span('Ohio', 'LOCATION', 'state'),
    span('3/4/2019', 'DATE', 'date'),
    span('2021', 'DATE', 'year'),
  ];
  expect(quasiOfText(text, spans)).toEqual({
    'text.age': '90+',
    'text.zip3': '941',
    'text.state': 'OHIO',
    'text.year': '2021',
    'text.sex': 'female',
  });
  expect(Object.values(quasiOfText('Stable.', []))).toEqual(['', '', '', '', '']);
});
