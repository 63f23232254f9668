// What every command owes to programs: exit codes, one JSON document or none, one JSON line when it fails.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cordon, problemOf } from './cordon.ts';

let directory: string;
let wav: string;
let env: Record<string, string>;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'cordon-cli-'));
  wav = join(directory, 'visit.wav');
  writeFileSync(wav, 'RIFF');
  mkdirSync(join(directory, 'folder.wav'));
  symlinkSync('loop.wav', join(directory, 'loop.wav'));
  writeFileSync(join(directory, 'secret.wav'), '', { mode: 0 });
  chmodSync(directory, 0o755);
  // Nothing listens there, and no run may start a server of its own in these tests.
  env = { CORDON_HOME: join(directory, 'home'), CORDON_URL: 'http://127.0.0.1:9', CORDON_API_KEY: 'k' };
});
afterAll(() => rmSync(directory, { recursive: true }));

const run = (...args: string[]) => cordon(args, { cwd: directory, env });

const ID = '0193d5a0-0000-7000-8000-0000000000aa';
const USAGE: readonly (readonly string[])[] = [
  ['nonsense'],
  ['scribe'],
  ['scribe', 'visit.wav', '--template', 'haiku', '--consent', 'verbal'],
  ['scribe', 'visit.wav', '--consent', 'telepathic'],
  ['scribe', 'visit.wav', '--bogus'],
  ['scribe', 'visit.wav', 'second.wav', '--consent', 'verbal'],
  ['transcribe', 'visit.wav', '--format', 'docx'],
  ['start', '--port', '70000'],
  ['start', '--port', '-1'],
  ['draft', 'show', 'not-an-id'],
  ['draft', 'create', `${ID}0`],
  ['review', 'edit', ID, 's1'],
  ['review', 'accept', ID],
  ['ledger', 'prove', '-3'],
  ['ledger', 'prove', '1.5'],
  ['ledger', 'prove', '99999999999999999999'],
  ['ledger', 'export'],
  ['ledger', 'tail', '-n', '0'],
  ['ledger', 'tail', '--follow'],
  ['ledger', 'reopen', '--tenant', ID],
  ['keys', 'rotate', 'master', '--reason', 'x'],
  ['policy', 'apply'],
  ['policy', 'activate', '0', '--reason', 'x'],
  ['policy', 'activate', '3'],
  ['policy', 'explain', '--purpose', 'dictation'],
  ['policy', 'explain', '--purpose', 'dictation', '--capability', 'guess'],
  ['vocabulary', 'import'],
  ['vocabulary', 'import', 'visit.wav', '--format', 'xml'],
  ['vocabulary', 'clear'],
  ['vocabulary', 'show', '--version-number', '0'],
  ['speech', 'evaluate'],
  ['speech', 'evaluate', 'm.json', '--most', '101'],
  ['completion', 'tcsh', '--json'],
];

test.each(USAGE.map((args) => [args]))(
  'usage: exit 2, nothing on stdout, one JSON line last on stderr: %j',
  async (args) => {
    const result = await run(...args, '--json');
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(problemOf(result)).toMatchObject({ code: 'usage', requestId: null });
    expect(Object.keys(problemOf(result))).toEqual(['code', 'message', 'remedy', 'requestId']);
    expect(result.stderr.length).toBeLessThan(5_000);
  },
);

test('an argument of 10,000 characters is not said back whole', async () => {
  const result = await run('scribe', 'visit.wav', '--template', 'x'.repeat(10_000), '--json');
  expect(result).toMatchObject({ code: 2, stdout: '' });
  expect(result.stderr.length).toBeLessThan(2_000);
});

const UNREADABLE = [
  ['no such file', 'none.wav'],
  ['not a regular file', 'folder.wav'],
  ['the name is too long', `${'n'.repeat(10_000)}.wav`],
  ['symbolic links go in a circle', 'loop.wav'],
  ['part of the path is not a directory', 'visit.wav/inside.wav'],
] as const;

test.each(UNREADABLE)('%s: refused before any work', async (words, file) => {
  const result = await run('transcribe', file, '--json');
  expect(result).toMatchObject({ code: 2, stdout: '' });
  expect(problemOf(result)).toMatchObject({ code: 'file_unreadable' });
  expect(result.stderr).toContain(words);
});

test.each(['scribe', 'demo'])('%s refuses such a file too, before it asks for consent', async (command) => {
  const result = await run(command, 'none.wav', '--json');
  expect(result).toMatchObject({ code: 2, stdout: '' });
  expect(problemOf(result)).toMatchObject({ code: 'file_unreadable' });
});

test('a manifest that is none, or names files that are not there: exit 2 with the line, before a server is asked', async () => {
  writeFileSync(join(directory, 'bad.json'), '[\n{"file": "visit.wav"}]');
  const bad = await run('speech', 'evaluate', 'bad.json', '--json');
  expect(bad).toMatchObject({ code: 2, stdout: '' });
  expect(problemOf(bad)).toMatchObject({ code: 'manifest_invalid' });
  expect(bad.stderr).toContain('line 2: entry 1: `text`');
  writeFileSync(join(directory, 'missing.json'), '[{"file": "gone.wav", "text": "x"}]');
  const missing = await run('speech', 'evaluate', 'missing.json', '--json');
  expect(missing).toMatchObject({ code: 2, stdout: '' });
  expect(problemOf(missing)).toMatchObject({ code: 'file_unreadable' });
});

test('a policy file that is none names every member at fault, before a server is asked', async () => {
  writeFileSync(
    join(directory, 'policy.yaml'),
    'format: 2\nid: x\nallow: everything\nrules: [{id: a, effect: permit}]\n',
  );
  const result = await run('policy', 'apply', 'policy.yaml', '--json');
  expect(result).toMatchObject({ code: 2, stdout: '' });
  expect(problemOf(result)).toMatchObject({ code: 'policy_invalid' });
  for (const named of ['settings', 'purposes', 'rules.0.effect', 'allow']) expect(result.stderr).toContain(named);
  writeFileSync(join(directory, 'bomb.yaml'), 'a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b\n');
  expect(problemOf(await run('policy', 'apply', 'bomb.yaml', '--json'))).toMatchObject({ code: 'policy_invalid' });
});

test('the example policy stands', async () => {
  const example = new URL('../../examples/registry/policy.yaml', import.meta.url).pathname;
  expect(problemOf(await run('policy', 'apply', example, '--json'))).toMatchObject({ code: 'server_unreachable' });
});

test.skipIf(process.getuid?.() === 0)('a file of another account is refused', async () => {
  const result = await run('transcribe', 'secret.wav', '--json');
  expect(result).toMatchObject({ code: 2, stdout: '' });
  expect(result.stderr).toContain('permission denied');
});

test('a file name cannot steer the terminal', async () => {
  const { stderr, code } = await run('transcribe', 'x\u001b]0;owned\u0007\u202ewav');
  expect(code).toBe(2);
  for (const steering of ['\u001b', '\u0007', '\u202e']) expect(stderr).not.toContain(steering);
});

test('scribe without consent and without a person to ask: consent_missing, exit 3', async () => {
  const result = await run('scribe', 'visit.wav', '--json');
  expect(result).toMatchObject({ code: 3, stdout: '' });
  expect(problemOf(result)).toMatchObject({ code: 'consent_missing' });
});

test.each([
  ['transcribe', 'visit.wav'],
  ['scribe', 'visit.wav', '--consent', 'dictation'],
  ['ledger', 'tail'],
  ['models', 'list'],
  ['models', 'pull', 'silero-vad'],
  ['models', 'remove', 'silero-vad'],
  ['review', 'list'],
  ['policy', 'show'],
  ['policy', 'replay'],
  ['policy', 'simulate'],
  ['vocabulary', 'show'],
  ['vocabulary', 'import', 'visit.wav'],
  ['vocabulary', 'clear', '--yes'],
])('a server that does not answer: exit 5 (%s %s)', async (...args) => {
  const result = await run(...args, '--json');
  expect(result).toMatchObject({ code: 5, stdout: '' });
  expect(problemOf(result)).toMatchObject({ code: 'server_unreachable' });
});

test('an address without a key: exit 4', async () => {
  const result = await cordon(['ledger', 'tail', '--json'], { env: { ...env, CORDON_API_KEY: '' } });
  expect(result).toMatchObject({ code: 4, stdout: '' });
  expect(problemOf(result)).toMatchObject({ code: 'unauthenticated' });
});

test('what only a person may do is not tried without one', async () => {
  const result = await run('review', 'sign', ID, '--json');
  expect(result).toMatchObject({ code: 4, stdout: '' });
  expect(problemOf(result)).toMatchObject({ code: 'person_required' });
});

test('a credentials file that is none is named, not shown', async () => {
  const home = join(directory, 'broken-home');
  mkdirSync(home);
  writeFileSync(join(home, 'credentials.json'), '{"apiKey": "hush"');
  const result = await cordon(['verify', directory, '--json'], { env: { CORDON_HOME: home } });
  expect(result.code).toBe(2);
  const named = await cordon(['ledger', 'tail', '--json'], { env: { ...env, CORDON_HOME: home, CORDON_API_KEY: '' } });
  expect(named.stderr).not.toContain('hush');
});

test('ledger export refuses a directory that is not empty before it asks for anything', async () => {
  const result = await run('ledger', 'export', '--out', directory, '--json');
  expect(result).toMatchObject({ code: 2, stdout: '' });
  expect(result.stderr).toContain('not empty');
});

test('doctor reports in one document and fails when something is red', async () => {
  const result = await run('doctor', '--json');
  expect(result.code).toBe(1);
  expect(JSON.parse(result.stdout)).toMatchObject({ result: 'red', findings: [{ check: 'server', level: 'red' }] });
  expect(problemOf(result)).toMatchObject({ code: 'installation_unsound' });
});

const COMMANDS: readonly (readonly string[])[] = [
  [],
  ['start'],
  ['demo'],
  ['scribe'],
  ['transcribe'],
  ['draft', 'create'],
  ['review', 'sign'],
  ['ledger', 'export'],
  ['verify'],
  ['models', 'verify'],
  ['models', 'pull'],
  ['models', 'import'],
  ['models', 'remove'],
  ['speech', 'evaluate'],
  ['vocabulary', 'import'],
  ['policy', 'apply'],
  ['policy', 'explain'],
  ['policy', 'simulate'],
  ['keys', 'rotate'],
  ['approvals', 'approve'],
  ['doctor'],
];

test.each(COMMANDS.map((args) => [args]))(
  '--help of %j: exit 0, on stdout, without colour off a terminal',
  async (args) => {
    const { code, stdout, stderr } = await run(...args, '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Usage: cordon');
    expect(stdout).toMatch(args.length > 0 ? /Examples:\n {2}\$ / : /Exit codes: 0 done/);
    expect(stdout).not.toContain('\u001b');
  },
);

test('a group without a subcommand shows its help on stderr and is a usage error', async () => {
  const result = await run('ledger');
  expect(result).toMatchObject({ code: 2, stdout: '' });
  expect(result.stderr).toContain('prove');
});

test.each(['bash', 'zsh', 'fish'])('the %s completion names every command', async (shell) => {
  const { code, stdout } = await run('completion', shell);
  expect(code).toBe(0);
  for (const word of ['scribe', 'verify', 'reopen', 'sign-out']) expect(stdout).toContain(word);
});

test('bash completes subcommands and options', async () => {
  const { stdout } = await run('completion', 'bash');
  const script = `${stdout}\nCOMP_WORDS=(cordon ledger ex); COMP_CWORD=2; _cordon; echo "$COMPREPLY"
    COMP_WORDS=(cordon verify dir --st); COMP_CWORD=3; _cordon; echo "$COMPREPLY"`;
  const done = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  expect(done.stdout).toBe('export\n--strict\n');
});

test('whoever stops reading is not a failure', () => {
  const done = spawnSync(
    'bash',
    ['-c', '"$0" "$1" completion bash | head -c 1 >/dev/null; echo "${PIPESTATUS[0]}"', process.execPath, bin()],
    {
      encoding: 'utf8',
    },
  );
  expect(done).toMatchObject({ stdout: '0\n', stderr: '' });
});

function bin(): string {
  return new URL('../bin/cordon.js', import.meta.url).pathname;
}
