// The main job from the command line against a real server: recording, draft, review, signature, proof. Needs the speech
// models and recordings of ../shared/data; without them it is skipped, and says so.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { ScribeResult, Transcription } from '@cordon/contract';
import { parseProof, parseVkey, verifyCheckpoint, verifyProof } from '@cordon/proofs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BIN, cordon, type Finished, problemOf } from './cordon.ts';

const DATA = resolve(import.meta.dirname, '../../../shared/data');
const MODELS = join(DATA, 'models');
const DICTATION = join(DATA, 'audio/aws-mta-1.wav');
const SPEECH = join(DATA, 'audio/jfk.wav');
const PRESENT = [MODELS, DICTATION, SPEECH].every((path) => existsSync(path));
if (!PRESENT) console.warn(`skipped: the journeys from the command line need ${MODELS} and recordings beside it`);

const LONG = { timeout: 120_000 };
let directory: string;
let env: Record<string, string>;
let server: ChildProcess;

describe.skipIf(!PRESENT)('from the command line', LONG, () => {
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'cordon-journey-'));
    env = { CORDON_HOME: join(directory, 'home'), CORDON_MODELS: MODELS, CORDON_PORT: '0' };
    server = await start();
  }, 120_000);

  afterAll(async () => {
    if (server.exitCode === null) server.kill('SIGTERM');
    if (server.exitCode === null) await once(server, 'exit');
    rmSync(directory, { recursive: true, force: true });
  }, 60_000);

  const run = (...args: string[]): Promise<Finished> => cordon(args, { env, cwd: directory });
  const json = async (...args: string[]): Promise<Record<string, unknown>> => {
    const done = await run(...args, '--json');
    expect({ args, code: done.code, stderr: done.stderr }).toEqual({ args, code: 0, stderr: '' });
    return JSON.parse(done.stdout) as Record<string, unknown>;
  };

  async function start(): Promise<ChildProcess> {
    const child = spawn(process.execPath, [BIN, 'start'], {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    for await (const line of createInterface({ input: child.stdout }))
      if (/^ready http:\/\/127\.0\.0\.1:\d+$/.test(line)) break;
    child.stdout.resume();
    return child;
  }

  test('a vocabulary is imported, suggests without applying, is evaluated against and cleared', async () => {
    const file = join(directory, 'terms.csv');
    writeFileSync(file, 'term,kind\nFlagyl,drug\nCipro,drug\nhypergranulation,other\n,drug\n');
    const refused = await run('vocabulary', 'import', file, '--json');
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('line 5 term');
    writeFileSync(file, 'term,kind\nFlagyl,drug\nCipro,drug\nhypergranulation,other\n');
    expect(await json('vocabulary', 'import', file)).toMatchObject({ version: 1, terms: 3, skipped: 0 });
    expect(await json('vocabulary', 'import', file)).toMatchObject({ version: 1 });
    const heard = Transcription.parse(await json('transcribe', DICTATION));
    expect(heard.vocabularyVersion).toBe(1);
    const flagyl = heard.candidates?.find(({ term }) => term === 'Flagyl') ?? expect.fail('no candidate for Flagyl');
    expect(
      heard.words
        .slice(flagyl.first, flagyl.last + 1)
        .map(({ spoken }) => spoken)
        .join(' '),
    ).toBe(flagyl.heard);
    expect(heard.spokenText).not.toContain('flagyl');
    writeFileSync(
      join(directory, 'manifest.json'),
      JSON.stringify([
        {
          file: SPEECH,
          text: 'And so my fellow Americans, ask not what your country can do for you, ask what you can do for your country.',
        },
        { file: DICTATION, text: 'and his current medications include Cipro and Flagyl', kind: 'dictation' },
      ]),
    );
    const figures = await json('speech', 'evaluate', 'manifest.json');
    expect(figures).toMatchObject({
      terms: { from: 'vocabulary', count: 3 },
      all: { clips: 2, words: 30, terms: { said: 2 } },
    });
    const strict = await run('speech', 'evaluate', 'manifest.json', '--most', '1');
    expect(strict.code).toBe(1);
    expect(strict.stdout).toContain('95 % interval');
    expect(strict.stderr).toContain('accuracy_insufficient');
    expect(await json('vocabulary', 'clear', '--yes')).toMatchObject({ version: 2, terms: 0 });
    expect(await json('vocabulary', 'show', '--version-number', '1')).toMatchObject({
      terms: [{ term: 'Flagyl' }, {}, {}],
    });
  });

  test('start leaves the sign-in and the key for their owner alone', () => {
    const credentials = join(env['CORDON_HOME'] ?? '', 'credentials.json');
    expect(statSync(credentials).mode & 0o777).toBe(0o600);
    expect(Object.keys(JSON.parse(readFileSync(credentials, 'utf8')) as object)).toEqual(
      expect.arrayContaining(['url', 'tenant', 'apiKey', 'adminEmail', 'adminPassword', 'adminTotpSecret']),
    );
  });

  test('a second start on the same home is refused: home_in_use, exit 5', async () => {
    const second = await run('start', '--json');
    expect(second).toMatchObject({ code: 5, stdout: '' });
    expect(problemOf(second)).toMatchObject({ code: 'home_in_use' });
  });

  test('transcribe --json has exactly the settled shape', async () => {
    const heard = Transcription.parse(await json('transcribe', SPEECH));
    expect(heard.spokenText).toContain('ask not what your country can do for you');
    expect(heard.words.length).toBeGreaterThan(15);
    for (const { start: from, end } of heard.words) expect(end).toBeGreaterThan(from);
    expect(heard.duration).toBeCloseTo(11, 0);
  });

  test.each([
    ['text', /^And so my fellow/],
    ['srt', /^1\n00:00:0\d,\d{3} --> 00:00:0\d,\d{3}\n/],
    ['vtt', /^WEBVTT\n/],
    ['json', /^\{.*"text":/],
    ['verbose_json', /"task":\s*"transcribe"/],
  ])('transcribe --format %s', async (format, form) => {
    const { code, stdout } = await run('transcribe', SPEECH, '--format', format);
    expect(code).toBe(0);
    expect(stdout).toMatch(form);
  });

  test('what is no audio is bad input with the server’s own words: exit 2', async () => {
    const file = join(directory, 'noise.wav');
    writeFileSync(file, Buffer.alloc(10_000, 7));
    const done = await run('transcribe', file, '--json');
    expect(done).toMatchObject({ code: 2, stdout: '' });
    expect(problemOf(done)).toMatchObject({
      code: 'audio_unreadable',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  test('a dictation with nothing for a note: exit 1', async () => {
    const done = await run('scribe', SPEECH, '--consent', 'dictation', '--json');
    expect(done).toMatchObject({ code: 1, stdout: '' });
    expect(problemOf(done)).toMatchObject({ code: 'draft_empty' });
  });

  describe('one visit', () => {
    let noteId = '';

    test('scribe: every sentence cites its moment, and the ledger has it', async () => {
      const result = ScribeResult.parse(
        await json('scribe', DICTATION, '--consent', 'verbal', '--consent-by', 'Jane Roe'),
      );
      const sentences = result.draft.sections.flatMap((section) => section.sentences);
      expect(sentences.length).toBeGreaterThan(5);
      for (const { citations } of sentences) expect(citations.length).toBeGreaterThan(0);
      const vkey = readFileSync(join(env['CORDON_HOME'] ?? '', 'log.vkey'), 'utf8').trim();
      const note = new TextEncoder().encode(result.ledger.checkpoint);
      expect(verifyCheckpoint(note, [parseVkey(vkey)], { unknown: 'refuse' }).size).toBeGreaterThan(
        result.ledger.index,
      );
      const drafts = await json('draft', 'list', result.encounterId);
      const [draft] = drafts['items'] as { id: string }[];
      const opened = await json('review', 'open', draft?.id ?? '');
      expect(opened).toMatchObject({ state: 'in_review', version: 1, demo: false });
      noteId = opened['id'] as string;
    });

    test('a version other than the one that was seen is not signed: exit 1', async () => {
      const before = await json('review', 'show', noteId);
      await json('review', 'edit', noteId, 's3', '--text', 'He has been admitted today for his wound.');
      const done = await run(
        'review',
        'sign',
        noteId,
        '--version-seen',
        before['versionSeen'] as string,
        '--attest',
        '--json',
      );
      expect(done).toMatchObject({ code: 1, stdout: '' });
      expect(problemOf(done)).toMatchObject({ code: 'version_not_seen' });
    });

    test('without a terminal nothing is attested by itself', async () => {
      const done = await run('review', 'sign', noteId, '--json');
      expect(done).toMatchObject({ code: 2, stdout: '' });
      expect(problemOf(done)).toMatchObject({ code: 'usage' });
    });

    test('an unsigned note does not leave', async () => {
      for (const form of ['text', 'fhir']) {
        const done = await run('review', form, noteId, '--json');
        expect(done).toMatchObject({ code: 1, stdout: '' });
        expect(problemOf(done)).toMatchObject({ code: 'review_incomplete' });
      }
    });

    test('resolved, read and signed, it leaves as text and as FHIR', async () => {
      const state = await json('review', 'state', noteId);
      const open = state['open'] as string[];
      if (open.length > 0) await json('review', 'reject', noteId, ...open);
      const { versionSeen } = await json('review', 'show', noteId);
      const signed = await json('review', 'sign', noteId, '--version-seen', versionSeen as string, '--attest');
      expect(signed).toMatchObject({ state: 'signed', signature: { signer: 'Administrator' } });
      const { stdout } = await run('review', 'text', noteId);
      expect(stdout).toContain('He has been admitted today for his wound.');
      const out = join(directory, 'bundle.json');
      await json('review', 'fhir', noteId, '--out', out);
      expect(statSync(out).mode & 0o777).toBe(0o600);
      expect(JSON.parse(readFileSync(out, 'utf8'))).toMatchObject({ resourceType: 'Bundle', type: 'transaction' });
      expect((await run('review', 'fhir', noteId, '--out', out)).code).toBe(2); // never over what is there
    });

    test('the signature is proven by a file that stands alone', async () => {
      const { entries } = await json('ledger', 'tail', '-n', '1', '--kind', 'note.signed');
      const [entry] = entries as { index: number }[];
      const index = entry?.index ?? -1;
      const out = join(directory, 'signed.proof');
      await json('ledger', 'prove', String(index), '--out', out);
      const vkey = parseVkey(readFileSync(join(env['CORDON_HOME'] ?? '', 'log.vkey'), 'utf8').trim());
      expect(verifyProof(readFileSync(out), [vkey])).toMatchObject({ index });
      expect(new TextDecoder().decode(parseProof(readFileSync(out)).header)).toContain('"kind":"note.signed"');
    });

    test('the exported ledger verifies offline; one flipped bit does not', async () => {
      const bundle = join(directory, 'bundle');
      await json('ledger', 'export', '--out', bundle);
      expect(await json('verify', bundle, '--strict')).toMatchObject({
        result: 'verified',
        pinned: true,
        warnings: [],
      });
      const tile = join(bundle, 'tile/0', '000.p');
      const file = existsSync(tile) ? join(tile, String(sizeOf(bundle))) : join(bundle, 'tile/0/000');
      const bytes = readFileSync(file);
      bytes[5] = (bytes[5] ?? 0) ^ 1;
      writeFileSync(file, bytes);
      const done = await run('verify', bundle, '--json');
      expect(done.code).toBe(1);
      expect(JSON.parse(done.stdout)).toMatchObject({
        result: 'failed',
        firstBad: { file: expect.stringMatching(/^tile\/0\//) },
      });
    });
  });

  test('demo --sign goes all the way, and a demonstration note leaves no other way', async () => {
    const done = await json('demo', DICTATION, '--consent', 'dictation', '--sign');
    expect(done).toMatchObject({ state: 'signed', ledger: { verified: true } });
    const fhir = await run('review', 'fhir', done['noteId'] as string, '--json');
    expect(problemOf(fhir)).toMatchObject({ code: 'demo_note' });
  });

  test('doctor is red until an escrow copy was written and tried', async () => {
    const escrowOf = async () => {
      const done = await run('doctor', '--json');
      const report = JSON.parse(done.stdout) as { findings: { check: string; level: string }[] };
      return { code: done.code, level: report.findings.find(({ check }) => check === 'escrow')?.level };
    };
    expect(await escrowOf()).toEqual({ code: 1, level: 'red' });
    const [out, identity] = [join(directory, 'escrow.age'), join(directory, 'key.txt')];
    writeFileSync(identity, `# made for this test\n${IDENTITY}\n`);
    await json('keys', 'escrow', '--recipient', RECIPIENT, '--out', out);
    expect(await escrowOf()).toEqual({ code: 1, level: 'red' }); // written, never tried
    expect(await json('keys', 'try-escrow', out, '--identity', identity)).toMatchObject({
      escrow: { covered: true, tried: true },
    });
    expect(await escrowOf()).toEqual({ code: 0, level: 'green' });
  });

  test('models are listed and hold their digests', async () => {
    const { items } = await json('models', 'verify');
    expect(items).toEqual(
      expect.arrayContaining([expect.objectContaining({ id: 'zipformer-en-3.3m', state: 'verified' })]),
    );
    expect(problemOf(await run('models', 'verify', 'no-such-model', '--json'))).toMatchObject({ code: 'not_found' });
  });

  test('budgets are set and shown; what is not named stays', async () => {
    await json('budgets', 'set', '--tokens-per-month', '1000000', '--calls-per-minute', '600');
    await json('budgets', 'set', '--calls-per-minute', 'none');
    const limits = { callsPerMinute: null, concurrent: null, centsPerMonth: null, tokensPerMonth: 1_000_000 };
    expect(await json('budgets', 'show')).toMatchObject({ limits, used: { tokensThisMonth: 0 } });
    expect((await run('budgets', 'show')).stdout).toContain('0 of 1000000');
    await json('budgets', 'set', '--tokens-per-month', 'none');
  });

  test('a key that changes needs a second person, who is another one', async () => {
    const asked = await json('keys', 'rotate', 'tenant', '--reason', 'Yearly rotation');
    expect(asked).toMatchObject({ state: 'waiting' });
    const done = await run('approvals', 'approve', asked['id'] as string, '--json');
    expect(done).toMatchObject({ code: 4, stdout: '' });
    expect(problemOf(done)).toMatchObject({ code: 'second_person_required' });
  });

  test('SIGTERM stops server and database in order; the next command starts its own and leaves none behind', async () => {
    server.kill('SIGTERM');
    expect(await once(server, 'exit')).toEqual([0, null]);
    const note = join(env['CORDON_HOME'] ?? '', 'run.json');
    const { entries } = await json('ledger', 'tail', '-n', '1');
    expect(entries).toHaveLength(1);
    const { pid } = JSON.parse(readFileSync(note, 'utf8')) as { pid: number };
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
    expect(existsSync(join(env['CORDON_HOME'] ?? '', 'postgres', 'postmaster.pid'))).toBe(false);
  });
});

function sizeOf(bundle: string): number {
  const [, size] = readFileSync(join(bundle, 'checkpoint'), 'utf8').split('\n');
  return Number(size);
}

/** An age identity made for this test alone. */
const IDENTITY = 'AGE-SECRET-KEY-12GADLGZDVQKPA83DF4PW5GJG90N3EZCVXTY9SRPMRAPNQCL0AWAQ0ZP7XJ';
const RECIPIENT = 'age1f6yn5fd00sgjw0zk7cqajvc7xa7atraenlgcghutq6fqfhxve9vscatdmh';
