// Real speech, silenced and heard again by the real engine: the words that had to go are not heard, the others are. Needs the speech
// models and recordings of ../shared/data; without them it is skipped, and says so.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Transcription } from '@cordon/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BIN, cordon, type Finished } from './cordon.ts';

const DATA = resolve(import.meta.dirname, '../../../shared/data');
const MODELS = join(DATA, 'models');
const NOVEL = join(DATA, 'audio/sense_and_sensibility_01_austen_64kb-0870.wav');
/** "and mr john dashwood had then leisure to consider how much there might be prudently in his power to do for them" */
const NAMES = ['john', 'dashwood'];
const KEPT = ['leisure', 'consider', 'much', 'might', 'prudently', 'power', 'them'];
const PRESENT = [MODELS, NOVEL].every((path) => existsSync(path));
if (!PRESENT) console.warn(`skipped: hearing silenced recordings again needs ${MODELS} and recordings beside it`);

describe.skipIf(!PRESENT)('heard again', { timeout: 180_000 }, () => {
  let directory: string;
  let env: Record<string, string>;
  let server: ChildProcess;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'cordon-heard-'));
    env = { CORDON_HOME: join(directory, 'home'), CORDON_MODELS: MODELS, CORDON_PORT: '0' };
    server = spawn(process.execPath, [BIN, 'start'], {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    if (server.stdout === null) throw new Error('no output');
    for await (const line of createInterface({ input: server.stdout })) if (line.startsWith('ready http')) break;
    server.stdout.resume();
  }, 120_000);
  afterAll(async () => {
    if (server.exitCode === null) server.kill('SIGTERM');
    if (server.exitCode === null) await once(server, 'exit');
    rmSync(directory, { recursive: true, force: true });
  }, 60_000);

  const run = (...args: string[]): Promise<Finished> => cordon(args, { env, cwd: directory });
  const at = (name: string): string => join(directory, name);
  const wordsIn = (file: string): readonly string[] =>
    Transcription.parse(JSON.parse(readFileSync(file, 'utf8')))
      .spokenText.toLowerCase()
      .split(' ');

  test('a name is not heard any more, what was said around it is', async () => {
    const first = await run('transcribe', NOVEL, '--json');
    expect(first.code, first.stderr).toBe(0);
    writeFileSync(at('before.json'), first.stdout);
    const before = wordsIn(at('before.json'));
    // As the engine hears it, too: what it writes for a name that it does not know is its own.
    const heard = before.filter((word) => NAMES.some((name) => near(word, name)));
    expect(heard.length, before.join(' ')).toBeGreaterThan(0);
    const known = [...new Set([...NAMES, ...heard])].map((value) => ({ type: 'NAME', value }));
    writeFileSync(at('known.json'), JSON.stringify(known));
    const made = ['--transcribe', '--known', at('known.json'), '--out', at('out.wav'), '--json'];
    const done = await run('deid', 'audio', NOVEL, ...made);
    expect([done.code, done.stderr]).toEqual([0, '']);
    expect(JSON.parse(done.stdout)).toMatchObject({ audio: { exact: true }, silenced: [expect.anything()] });
    const again = await run('transcribe', at('out.wav'), '--json');
    expect(again.code, again.stderr).toBe(0);
    writeFileSync(at('after.json'), again.stdout);
    const after = wordsIn(at('after.json'));
    expect(after.filter((word) => heard.includes(word) || NAMES.some((name) => near(word, name)))).toEqual([]);
    const kept = KEPT.filter((word) => before.includes(word));
    expect(kept.length).toBeGreaterThan(3);
    expect(kept.filter((word) => !after.includes(word))).toEqual([]);
  });
});

/** The same word, or one that begins or ends alike: recognisers write names that they do not know as they sound. */
function near(word: string, wanted: string): boolean {
  return (
    word === wanted ||
    (word.length >= 5 && (word.slice(0, 4) === wanted.slice(0, 4) || word.slice(-4) === wanted.slice(-4)))
  );
}
