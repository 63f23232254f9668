// `cordon deid audio` as a process, with a transcript that is brought: what appears, what is refused, what stays as it was.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cordon, problemOf } from './cordon.ts';

const RATE = 8_000;
const SECONDS = 6;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cordon-audio-'));
  writeFileSync(join(directory, 'in.wav'), tone());
});
afterEach(() => rmSync(directory, { recursive: true }));

const at = (name: string): string => join(directory, name);

/** 16-bit mono without a single zero sample, so that silence can only be ours. */
function tone(): Buffer {
  const data = Buffer.alloc(RATE * SECONDS * 2);
  for (let index = 0; index < RATE * SECONDS; index += 1) data.writeInt16LE(1 + ((index * 37) % 9_000), index * 2);
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + data.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(RATE * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
}

const word = (text: string, start: number, end: number) => ({ word: text, start, end });
const WORDS = [word('Dr.', 1, 1.2), word('Amara', 2, 2.4), word('Okafor', 2.4, 3), word('listened.', 4, 4.5)];

function transcript(words: readonly object[]): string {
  writeFileSync(at('t.json'), JSON.stringify({ task: 'transcribe', text: 'unused', words }));
  return at('t.json');
}

const run = (...args: string[]) => cordon(['deid', 'audio', at('in.wav'), '--out', at('out.wav'), ...args]);

test('the named stretch is silent, every other sample as it was; transcript and report beside, without a name', async () => {
  const result = await run('--transcript', transcript(WORDS), '--pad-before', '0.1', '--pad-after', '0.2', '--json');
  expect([result.code, result.stderr]).toEqual([0, '']);
  const report = JSON.parse(result.stdout) as Record<string, unknown>;
  expect(report).toMatchObject({
    format: 'cordon-deid-audio/1',
    label: 'minimised-phi',
    audio: { sampleRate: RATE, channels: 1, duration: SECONDS, written: 'pcm16', exact: true },
    silenced: [{ start: 1.9, end: 3.2 }],
    removed: [{ channel: 0, start: 2, end: 3, types: ['NAME'], words: 2 }],
    counts: { NAME: 1 },
  });
  expect(JSON.parse(readFileSync(at('out.report.json'), 'utf8'))).toEqual(report);
  const before = readFileSync(at('in.wav')).subarray(44);
  const made = readFileSync(at('out.wav'));
  const after = made.subarray(made.length - before.length);
  const [from, to] = [Math.floor(1.9 * RATE) * 2, Math.ceil(3.2 * RATE) * 2];
  expect(after.subarray(0, from).equals(before.subarray(0, from))).toBe(true);
  expect(after.subarray(to).equals(before.subarray(to))).toBe(true);
  expect(after.subarray(from + 200, to - 200).every((byte) => byte === 0)).toBe(true);
  const text = readFileSync(at('out.transcript.json'), 'utf8');
  expect(JSON.parse(text)).toMatchObject({ text: expect.stringMatching(/^Dr\. \[NAME-1·\w\d\] listened\.$/u) });
  expect(text + JSON.stringify(report) + result.stderr).not.toMatch(/Okafor|Amara/u);
  expect(readdirSync(directory).toSorted()).toEqual([
    'in.wav',
    'out.report.json',
    'out.transcript.json',
    'out.wav',
    't.json',
  ]);
}, 30_000);

test('its own transcript can be read again, and nothing is found in it', async () => {
  expect((await run('--transcript', transcript(WORDS))).code).toBe(0);
  const from = ['--transcript', at('out.transcript.json')];
  const again = await cordon(['deid', 'audio', at('out.wav'), '--out', at('twice.wav'), ...from, '--json']);
  expect(JSON.parse(again.stdout)).toMatchObject({ removed: [], silenced: [] });
}, 30_000);

test.each<[string, readonly object[], string]>([
  ['of a longer recording', [...WORDS, word('Okafor', 8, 9)], 'transcript_mismatch'],
  ['without any time', [{ word: 'Okafor' }], 'transcript_invalid'],
  ['that is none', [{ said: 'Okafor' }], 'transcript_invalid'],
])(
  'a transcript %s is refused and nothing is written',
  async (_, words, code) => {
    const result = await run('--transcript', transcript(words), '--json');
    expect(result.stdout).toBe('');
    expect(problemOf(result)).toMatchObject({ code });
    expect(readdirSync(directory).toSorted()).toEqual(['in.wav', 't.json']);
  },
  30_000,
);

test('what is there is not written over; the recording itself is no place for the output; damage is refused', async () => {
  const given = transcript(WORDS);
  writeFileSync(at('out.report.json'), 'mine');
  expect(problemOf(await run('--transcript', given, '--json'))).toMatchObject({ code: 'file_unreadable' });
  expect(existsSync(at('out.wav'))).toBe(false);
  const onto = await cordon(['deid', 'audio', at('in.wav'), '--out', at('in.wav'), '--transcript', given, '--json']);
  expect(problemOf(onto)).toMatchObject({ code: 'output_unsafe' });
  rmSync(at('out.report.json'));
  writeFileSync(at('in.wav'), tone().subarray(0, 5_000));
  const damaged = await run('--transcript', given, '--json');
  expect([damaged.code, problemOf(damaged)['code']]).toEqual([2, 'audio_unreadable']);
  expect(readdirSync(directory).toSorted()).toEqual(['in.wav', 't.json']);
  expect(problemOf(await run('--json'))).toMatchObject({ code: 'usage' });
}, 30_000);
