// `cordon deid run PATH --out DIRECTORY` as a process: a tree in, the same tree out, resumable, nothing written over.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cordon, type Finished, problemOf } from './cordon.ts';

let root: string;
let notes: string;
let out: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cordon-tree-'));
  notes = join(root, 'notes');
  out = join(root, 'out');
  mkdirSync(join(notes, 'ward', 'empty'), { recursive: true });
  writeFileSync(join(notes, 'a.txt'), 'Seen by Dr. Amara Okafor on 04/05/2023.\r\nNo fever.\n');
  writeFileSync(join(notes, 'ward', 'b.jsonl'), '{"id":1,"text":"Call 617-555-0199."}\n');
  writeFileSync(
    join(notes, 'ward', 'c.csv'),
    'visit;MRN;note\r\n7;00482913;"Dr. Amara Okafor said ""rest""; come back"\r\n8;;no fever\r\n',
  );
});
afterEach(() => rmSync(root, { recursive: true }));

const run = (...args: string[]): Promise<Finished> =>
  cordon(['deid', 'run', notes, '--out', out, '--mode', 'redact', ...args]);
const read = (path: string): string => readFileSync(join(out, path), 'utf8');

test('every file in its place and form, every other byte as it was; again: nothing to do', async () => {
  writeFileSync(join(notes, 'scan.pdf'), '%PDF');
  symlinkSync(notes, join(notes, 'ward', 'loop'));
  const first = await run('--json');
  expect([first.code, first.stderr]).toEqual([0, expect.stringContaining('not read: scan.pdf')]);
  expect(JSON.parse(first.stdout)).toMatchObject({
    done: 3,
    unchanged: 0,
    refused: [],
    skipped: ['scan.pdf', 'ward/loop'],
  });
  expect(read('a.txt')).toBe('Seen by Dr. [NAME] on [DATE].\r\nNo fever.\n');
  expect(JSON.parse(read('ward/b.jsonl'))).toMatchObject({ id: 1, text: 'Call [PHONE].' });
  expect(read('ward/c.csv')).toBe('visit;MRN;note\r\n7;[MRN];"Dr. [NAME] said ""rest""; come back"\r\n8;;no fever\r\n');
  expect(readdirSync(join(out, 'ward')).toSorted()).toEqual(['b.jsonl', 'c.csv']);
  expect(statSync(join(out, 'a.txt')).mode & 0o777).toBe(0o600);
  const made = statSync(join(out, 'a.txt')).mtimeMs;
  const again = await run('--json');
  expect(JSON.parse(again.stdout)).toMatchObject({ done: 0, unchanged: 3 });
  expect(statSync(join(out, 'a.txt')).mtimeMs).toBe(made);
}, 30_000);

test('a changed file and changed settings are done again; what a killed run left is taken up', async () => {
  expect((await run()).code).toBe(0);
  writeFileSync(join(notes, 'a.txt'), 'Seen by Dr. Lena Whitfield.');
  utimesSync(join(notes, 'a.txt'), new Date(), new Date(Date.now() + 5_000));
  // Killed after the output appeared and before it was noted; and in the middle of another.
  const journal = join(out, '.cordon-deid.jsonl');
  const lines = readFileSync(journal, 'utf8').trimEnd().split('\n');
  const kept = lines.filter((line) => !(line.includes('b.jsonl') && line.includes('"done"')));
  writeFileSync(journal, `${kept.join('\n')}\n{"path":"ward/c.c`);
  writeFileSync(join(out, 'ward', 'c.csv.cordon-partial'), 'Amara Ok');
  writeFileSync(join(out, '.cordon-deid.lock'), '999999999');
  const again = await run('--json');
  expect(JSON.parse(again.stdout)).toMatchObject({ done: 2, unchanged: 1 });
  expect(read('a.txt')).toBe('Seen by Dr. [NAME].');
  const other = await run('--no-keep-years', '--json');
  expect(JSON.parse(other.stdout)).toMatchObject({ done: 3 });
  expect(existsSync(join(out, 'ward', 'c.csv.cordon-partial'))).toBe(false);
}, 30_000);

test('one bad file does not stop the others; exit 1; nothing of it is in the output', async () => {
  writeFileSync(join(notes, 'bad.txt'), Buffer.from([0x41, 0xff, 0xfe]));
  writeFileSync(join(notes, 'open.csv'), 'a,b\n1,"Amara Okafor\n');
  const result = await run('--json');
  expect([result.code, result.stdout]).toEqual([1, '']);
  expect(problemOf(result)).toMatchObject({ code: 'files_refused' });
  expect(result.stderr).toContain('bad.txt: invalid_request');
  expect(result.stderr).toContain('open.csv: invalid_request');
  expect(readdirSync(out).filter((name) => !name.startsWith('.'))).toEqual(['a.txt', 'ward']);
  expect(result.stderr + readFileSync(join(out, '.cordon-deid.jsonl'), 'utf8')).not.toContain('Okafor');
}, 30_000);

test('what stands in the output and is not ours stays, also the second time', async () => {
  mkdirSync(out);
  writeFileSync(join(out, 'a.txt'), 'mine');
  for (const _ of [1, 2]) {
    const result = await run('--json');
    expect(problemOf(result)).toMatchObject({ code: 'files_refused' });
    expect(result.stderr).toContain('a.txt: output_unsafe');
    expect(read('a.txt')).toBe('mine');
  }
}, 30_000);

test.each([['.'], ['inside'], ['..']])(
  'the output may not meet the input: %s',
  async (place) => {
    const result = await cordon(['deid', 'run', notes, '--out', join(notes, place), '--json']);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(problemOf(result)).toMatchObject({ code: 'output_unsafe' });
    expect(readFileSync(join(notes, 'a.txt'), 'utf8')).toContain('Okafor');
  },
  30_000,
);

test('a single file; columns by name; identifiers that are known; a column that is not there', async () => {
  const table = join(notes, 'ward', 'c.csv');
  const known = join(root, 'known.json');
  writeFileSync(known, JSON.stringify([{ type: 'OTHER_ID', value: '00482913' }]));
  const one = await cordon(['deid', 'run', table, '--out', out, '--columns', 'note', '--mode', 'redact']);
  expect(one.code).toBe(0);
  expect(read('c.csv')).toContain('7;00482913;"Dr. [NAME]');
  const two = await cordon([
    'deid',
    'run',
    table,
    '--out',
    out,
    '--known',
    known,
    '--columns',
    '2',
    '--mode',
    'redact',
  ]);
  expect(two.code).toBe(0);
  expect(read('c.csv')).toMatch(/^7;\[(?:OTHER_ID|MRN)\];"Dr\. Amara/mu);
  const three = await cordon(['deid', 'run', table, '--out', out, '--columns', 'nowhere', '--json']);
  expect(three.stderr).toContain('c.csv: invalid_request');
  const same = await cordon(['deid', 'run', table, '--out', join(notes, 'ward'), '--json']);
  expect(problemOf(same)).toMatchObject({ code: 'output_unsafe' });
}, 30_000);
