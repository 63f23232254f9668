// `cordon deid risk` as a process: no server, no network.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cordon, problemOf } from './cordon.ts';

let place: string;
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'cordon-risk-'));
  const rows = Array.from({ length: 90 }, (_, at) => `${20 + (at % 60)},"9411${at % 3}",${at % 2 === 0 ? 'f' : 'm'}`);
  writeFileSync(join(place, 'visits.csv'), `age,zip,sex\r\n${rows.join('\r\n')}\r\n`);
  const notes = ['A 93-year-old woman from Ohio. She is well.', 'A 41-year-old man. He is well.'];
  writeFileSync(join(place, 'notes.jsonl'), notes.map((text) => JSON.stringify({ text })).join('\n'));
});
afterAll(() => rmSync(place, { recursive: true }));

/** Milliseconds for a few starts of the command on a busy machine. */
const STARTS_MS = 60_000;

const run = (...args: string[]) => cordon(['deid', 'risk', ...args], { cwd: place });

test(
  'figures and the levels that reach the target',
  async () => {
    const done = await run(
      'visits.csv',
      '--quasi',
      'age:age,zip:zip,sex',
      '--fraction',
      '0.1',
      '--target',
      '0.2',
      '--json',
    );
    expect([done.code, done.stderr]).toEqual([0, '']);
    const report = JSON.parse(done.stdout) as { suggestion: { found: { measured: { journalist: { max: number } } } } };
    expect(report).toMatchObject({ records: 90, columns: [{ distinct: 60 }, { distinct: 3 }, { distinct: 2 }] });
    expect(report.suggestion.found.measured.journalist.max).toBeLessThanOrEqual(0.2);
    const shown = await run('visits.csv', '--quasi', 'age:age,zip:zip,sex', '--target', '0.05');
    expect(shown.stdout).toContain('90 records');
    expect(shown.stdout).toMatch(/sex +level 0 of 1 +as it is/);
  },
  STARTS_MS,
);

test(
  'what texts say of their people',
  async () => {
    const quasi = 'text.age:age,text.sex';
    const report: unknown = JSON.parse((await run('notes.jsonl', '--quasi', quasi, '--json')).stdout);
    expect(report).toMatchObject({ records: 2, k: 1, columns: [{ distinct: 2 }, { distinct: 2 }] });
  },
  STARTS_MS,
);

test(
  'a column that is not there, a kind that is none, a file that is none',
  async () => {
    const [column, kind, target, file] = await Promise.all([
      run('visits.csv', '--quasi', 'weight', '--json'),
      run('visits.csv', '--quasi', 'age:size'),
      run('visits.csv', '--quasi', 'age', '--target', '2'),
      run('none.csv', '--quasi', 'age', '--json'),
    ]);
    expect([problemOf(column)['code'], problemOf(file)['code']]).toEqual(['dataset_unusable', 'file_unreadable']);
    expect([kind.code, target.code]).toEqual([2, 2]);
  },
  STARTS_MS,
);
