// `cordon deid` as a process: the fixed interface of docs/formats/deid.md.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BIN, cordon, type Finished, problemOf } from './cordon.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'cordon-deid-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Runs with `input` on standard input. */
function deid(input: string | Buffer, ...args: string[]): Promise<Finished> {
  const child = spawn(process.execPath, [BIN, 'deid', 'run', ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

interface Out {
  readonly id: string | number | null;
  readonly text: string;
  readonly spans: readonly {
    readonly start: number;
    readonly end: number;
    readonly type: string;
    readonly score: number;
    readonly rule: string;
    readonly replacement: string;
  }[];
  readonly error?: { readonly code: string };
}

const lines = (stdout: string): readonly Out[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Out);

test('one line out per line in, same order, spans of the input, the text replaced', async () => {
  const texts = ['🙂 Seen by Dr. Amara Okafor on 04/05/2023.', 'No identifiers here.', 'Call 617-555-0199.'];
  const input = texts.map((text, id) => JSON.stringify({ id: `d${id}`, text })).join('\n');
  const { code, stdout, stderr } = await deid(input);
  expect([code, stderr]).toEqual([0, '']);
  const out = lines(stdout);
  expect(out.map(({ id }) => id)).toEqual(['d0', 'd1', 'd2']);
  expect(out[0]?.spans.map(({ start, end, type }) => `${type} ${texts[0]?.slice(start, end)}`)).toEqual([
    'NAME Amara Okafor',
    'DATE 04/05/2023',
  ]);
  for (const [at, { spans, text }] of out.entries()) {
    const original = texts[at] ?? '';
    let [rebuilt, from] = ['', 0];
    for (const { start, end, replacement } of spans) {
      rebuilt += original.slice(from, start) + replacement;
      from = end;
    }
    expect(text).toBe(rebuilt + original.slice(from));
  }
});

test('a bad line says so in its place; the others are answered; exit 1', async () => {
  const input = Buffer.concat([
    Buffer.from(
      '{"id":1,"text":"Anna Kowalski"}\nnot json\n{"id":3}\n{"id":4,"text":"x","known":[{"type":"NONSENSE","value":"y"}]}\n{"id":5,"text":"',
    ),
    Buffer.from([0xff, 0xfe]),
    Buffer.from('"}\n\n{"id":6,"text":""}'),
  ]);
  const result = await deid(input, '--json');
  expect(result.code).toBe(1);
  expect(problemOf(result)).toMatchObject({ code: 'lines_refused' });
  expect(lines(result.stdout).map(({ id, error }) => [id, error?.code ?? 'ok'])).toEqual([
    [1, 'ok'],
    [null, 'invalid_request'],
    [3, 'invalid_request'],
    [4, 'invalid_request'],
    [null, 'invalid_request'],
    [6, 'ok'],
  ]);
});

test('known identifiers are caught in any case and spelling', async () => {
  const known = [{ type: 'NAME', value: 'Quill Zephyr' }];
  const { stdout } = await deid(JSON.stringify({ id: 1, text: 'so q u i l l z e p h y r and ZEPHIR came', known }));
  expect(lines(stdout)[0]?.text).toMatch(/^so \[NAME-\d+·\w\d\] and \[NAME-\d+·\w\d\] came$/u);
});

test.each([
  [['--mode', 'redact'], 'Seen at [FACILITY] on [DATE], aged 62, in 2019, from Ohio.'],
  [
    ['--mode', 'redact', '--no-keep-years', '--no-keep-ages-under-90', '--no-keep-states'],
    'Seen at [FACILITY] on [DATE], aged [AGE], in [DATE], from [LOCATION].',
  ],
  [['--mode', 'redact', '--keep-facilities'], 'Seen at Mercy General Hospital on [DATE], aged 62, in 2019, from Ohio.'],
])('%j', async (args, expected) => {
  const text = 'Seen at Mercy General Hospital on 3 May 2021, aged 62, in 2019, from Ohio.';
  const { code, stdout } = await deid(JSON.stringify({ id: 1, text }), ...args);
  expect([code, lines(stdout)[0]?.text]).toEqual([0, expected]);
});

test('evaluate: figures with n; a broken gold file is refused by line', async () => {
  const text = 'Seen by Dr. Amara Okafor on 04/05/2023.';
  const good = join(directory, 'gold.jsonl');
  writeFileSync(
    good,
    `${JSON.stringify({
      id: 1,
      text,
      spans: [
        { start: 12, end: 24, type: 'NAME' },
        { start: 28, end: 38, type: 'DATE' },
      ],
    })}\n`,
  );
  const result = await cordon(['deid', 'evaluate', good, '--json']);
  expect(result.code).toBe(0);
  expect(JSON.parse(result.stdout)).toMatchObject([
    { name: 'cordon', report: { documents: 1, full: { found: 2, of: 2 }, characterPrecision: { value: 1 } } },
  ]);
  const bad = join(directory, 'bad.jsonl');
  writeFileSync(bad, `${JSON.stringify({ id: 1, text, spans: [{ start: 12, end: 999, type: 'NAME' }] })}\n`);
  expect(problemOf(await cordon(['deid', 'evaluate', bad, '--json']))).toMatchObject({ code: 'manifest_invalid' });
});

test('train: the same seed gives the same bytes, and files of the size that the engine reads', async () => {
  const of = async (name: string): Promise<unknown> => {
    const out = join(directory, name);
    const run = await cordon(['deid', 'train', '--out', out, '--documents', '60', '--epochs', '1', '--json']);
    expect(run.code).toBe(0);
    expect(statSync(join(out, 'tagger.bin')).size).toBeLessThan(8 * 1024 * 1024);
    const { lexiconSha256, taggerSha256 } = JSON.parse(run.stdout) as Record<string, string>;
    return { lexiconSha256, taggerSha256 };
  };
  expect(await of('a')).toEqual(await of('b'));
}, 120_000);
