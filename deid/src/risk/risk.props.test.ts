// What must hold of any dataset: coarser is never riskier, the search finds what a look at every node finds, pieces and order change nothing.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RiskError } from './fault.ts';
import { COLUMN_KINDS, generalise, heightOf } from './levels.ts';
import { measure } from './measure.ts';
import { linkRisks } from './population.ts';
import { RecordReader } from './records.ts';
import { suggest } from './suggest.ts';
import { type QuasiColumn, RiskTable } from './table.ts';

const kind = fc.constantFrom(...COLUMN_KINDS);
const value = fc.oneof(
  fc.integer({ min: 0, max: 110 }).map(String),
  fc.integer({ min: 0, max: 99_999 }).map((zip) => String(zip).padStart(5, '0')),
  fc.integer({ min: 0, max: 40_000 }).map((days) => new Date(days * 86_400_000).toISOString().slice(0, 10)),
  fc.constantFrom('', 'x', '90+', '1.5', '-7'),
);
const dataset = fc.array(kind, { minLength: 1, maxLength: 3 }).chain((kinds) =>
  fc.record({
    columns: fc.constant(kinds.map((one, at): QuasiColumn => ({ name: `c${at}`, kind: one }))),
    rows: fc.array(fc.tuple(...kinds.map(() => value)), { minLength: 1, maxLength: 30 }),
  }),
);

function tableOf({ columns, rows }: { columns: QuasiColumn[]; rows: string[][] }): RiskTable {
  const table = new RiskTable(columns);
  for (const row of rows) table.add(row);
  return table;
}

function run<T>(work: Generator<undefined, T, undefined>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

test('each level follows from the one before it', () => {
  fc.assert(
    fc.property(kind, value, value, (one, left, right) => {
      for (let level = 0; level < heightOf(one); level += 1)
        if (generalise(one, level, left) === generalise(one, level, right))
          expect(generalise(one, level + 1, left)).toBe(generalise(one, level + 1, right));
      expect(generalise(one, heightOf(one), left)).toBe('*');
    }),
    { numRuns: 2_000 },
  );
});

test('making a column coarser never raises a risk, and loses no record', () => {
  const options = { threshold: 0.2, fraction: 0.3 };
  fc.assert(
    fc.property(dataset, fc.array(fc.nat(4), { minLength: 3, maxLength: 3 }), (data, wished) => {
      const table = tableOf(data);
      const levels = data.columns.map((column, at) => Math.min(wished[at] ?? 0, heightOf(column.kind)));
      const fine = run(table.atLevels(levels));
      data.columns.forEach((column, at) => {
        const step = levels.with(at, Math.min(levels[at]! + 1, heightOf(column.kind)));
        const coarse = run(table.atLevels(step));
        expect(coarse.records).toBe(data.rows.length);
        const [before, after] = [fine, coarse].map((classes) => measure(classes.distribution(), options));
        for (const attacker of ['prosecutor', 'journalist'] as const)
          for (const figure of ['max', 'mean', 'above'] as const)
            expect(after![attacker]![figure]).toBeLessThanOrEqual(before![attacker]![figure] + 1e-12);
        expect(after!.k).toBeGreaterThanOrEqual(before!.k);
      });
    }),
  );
});

test('the search is as good as a look at every node', () => {
  fc.assert(
    fc.property(dataset, fc.integer({ min: 1, max: 8 }), fc.constantFrom(0, 0.1, 0.4), (data, k, suppression) => {
      const table = tableOf(data);
      const told = run(suggest(table, { k, suppression }));
      const heights = data.columns.map((column) => heightOf(column.kind));
      let nodes: number[][] = [[]];
      for (const height of heights)
        nodes = nodes.flatMap((node) => Array.from({ length: height + 1 }, (_, level) => [...node, level]));
      const passing = nodes.filter((node) => {
        const sizes = run(table.atLevels(node)).distribution();
        const below = sizes.filter(({ size }) => size < k).reduce((sum, one) => sum + one.size * one.classes, 0);
        return below <= suppression * data.rows.length;
      });
      const losses = passing.map(
        (node) => node.reduce((sum, level, at) => sum + level / heights[at]!, 0) / heights.length,
      );
      expect(told.best).toBe(true);
      if (losses.length === 0) expect(told.found).toBeNull();
      else expect(told.found?.loss).toBeCloseTo(Math.min(...losses), 10);
    }),
    { numRuns: 150 },
  );
});

test('a link is as likely as the population makes it: between π/f and 1/f, falling with f, rising with π', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1e-4, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 300 }),
      (fraction, largest) => {
        const risks = linkRisks(fraction, largest);
        const more = linkRisks(Math.min(1, fraction * 1.5), largest);
        for (let size = 1; size <= largest; size += 1) {
          expect(risks[size]).toBeGreaterThanOrEqual(fraction / size - 1e-9);
          expect(risks[size]).toBeLessThanOrEqual(1 / size + 1e-9);
          if (size > 1) expect(risks[size]).toBeLessThanOrEqual(risks[size - 1]! + 1e-9);
          expect(more[size]).toBeGreaterThanOrEqual(risks[size]! - 1e-9);
        }
      },
    ),
  );
});

test('CSV comes back as it was written, in pieces of any size', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r', ' '), maxLength: 6 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 9 }),
      (rows, size) => {
        const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        const text = ['x,y', ...rows.map((row) => row.map(quoted).join(','))].join('\r\n');
        const reader = new RecordReader('csv', ['y', 'x']);
        const read: (readonly string[])[] = [];
        for (let at = 0; at < text.length; at += size) read.push(...reader.push(text.slice(at, at + size)));
        read.push(...reader.end());
        expect(read).toEqual(rows.map(([x, y]) => [y, x]));
      },
    ),
    { numRuns: 500 },
  );
});

test('whatever comes, a reader gives rows as wide as it was asked for, or refuses by a line', () => {
  const piece = fc.string({
    unit: fc.constantFrom('a', 'b', ',', '"', '\n', '\r', '{', '}', ':', '1', '[', '\\', 'text'),
    maxLength: 40,
  });
  const format = fc.constantFrom('csv' as const, 'jsonl' as const);
  fc.assert(
    fc.property(format, fc.array(piece, { maxLength: 6 }), (of, pieces) => {
      const reader = new RecordReader(of, ['a', 'text.sex'], () => ({}));
      const table = new RiskTable([
        { name: 'a', kind: 'number' },
        { name: 'text.sex', kind: 'category' },
      ]);
      const taken = (values: readonly string[]): void => {
        expect(values).toHaveLength(2);
        table.add(values);
      };
      try {
        for (const one of pieces) for (const values of reader.push(one)) taken(values);
        for (const values of reader.end()) taken(values);
      } catch (error) {
        expect(error).toBeInstanceOf(RiskError);
      }
    }),
    { numRuns: 3_000 },
  );
});
