// `cordon verify` as an auditor runs it: real files, no server, every kind of damage found with its place.
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkpointText, encodeEntry, Frontier, leafHash, makeVkey, signNote, writeBundle } from '@cordon/proofs';
import type { EntryHeader, VerifyReport } from '@cordon/proofs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cordon, type Finished, problemOf } from './cordon.ts';

const INSTALLATION = '0193d5a0-0000-7000-8000-000000000001';
const TENANT = '0193d5a0-0000-7000-8000-0000000000aa';
const LOG = `cordon.local/${INSTALLATION}/${TENANT}`;
const ENTRIES = 300; // more than one tile

let directory: string;
let bundle: string;
let vkey: string;
let anchor: string;
let home: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cordon-verify-'));
  bundle = join(directory, 'bundle');
  const signer = signerOf('log');
  vkey = signer.vkey;
  await write(bundle, ENTRIES, signer);
  anchor = join(directory, 'anchors', TENANT, '000000-0000000000000300.checkpoint');
  mkdirSync(dirname(anchor), { recursive: true });
  cpSync(join(bundle, 'checkpoint'), anchor);
  home = join(directory, 'home');
  mkdirSync(home);
  writeFileSync(join(home, 'log.vkey'), `${vkey}\n`);
});
afterAll(() => rmSync(directory, { recursive: true }));

function signerOf(seed: string) {
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex'); // PKCS #8 of an Ed25519 seed (RFC 8410)
  const der = Buffer.concat([prefix, createHash('sha256').update(seed).digest()]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  const made = makeVkey(`cordon.local/${INSTALLATION}`, Buffer.from(x, 'base64url'));
  return { vkey: made, sign: (message: Uint8Array) => sign(null, message, privateKey) };
}

function entry(index: number): Uint8Array {
  const tail = index.toString(16).padStart(12, '0');
  const header: EntryHeader = {
    actor: { id: TENANT, type: 'system' },
    detail: { encounter: `0193d5a0-0000-7000-8000-${tail}` },
    epoch: 0,
    id: `0193d5a0-0001-7000-8000-${tail}`,
    index,
    kind: 'encounter.created',
    log: LOG,
    objects: [],
    time: new Date(Date.parse('2026-11-22T08:00:00.000Z') + index * 1000).toISOString(),
    v: 1,
  };
  return encodeEntry(header);
}

async function write(target: string, size: number, signer: ReturnType<typeof signerOf>): Promise<void> {
  const rows = Array.from({ length: size }, (_, index) => ({ header: entry(index) }));
  const tree = new Frontier();
  for (const { header } of rows) tree.append(leafHash(header));
  const checkpoint = await signNote(checkpointText({ origin: `${LOG}/0`, size, root: tree.root() }), signer);
  const exported = '2026-11-22T09:00:00.000Z';
  const source = {
    checkpoint,
    rows,
    certificates: [],
    facts: false,
    content: false,
    exported,
    vkeys: [signer.vkey],
    signer,
  };
  for await (const { path, bytes } of writeBundle({ ...source, writer: 'cordon-cli-test/1' })) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    writeFileSync(join(target, path), bytes);
  }
}

/** A run that finds no key and no anchors of its own. */
async function verify(...args: string[]): Promise<Finished & { readonly report: VerifyReport }> {
  const done = await cordon(['verify', ...args, '--json'], { env: { CORDON_HOME: join(directory, 'nowhere') } });
  return { ...done, report: done.stdout === '' ? (null as never) : (JSON.parse(done.stdout) as VerifyReport) };
}

test('a sound bundle with pinned key and anchor: exit 0, no warning, exactly the report', async () => {
  const { code, report, stderr } = await verify(bundle, '--key', vkey, '--anchor', anchor, '--strict');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(Object.keys(report)).toEqual([
    'result',
    'origin',
    'treeSize',
    'rootHash',
    'pinned',
    'anchors',
    'firstBad',
    'destroyed',
    'gaps',
    'warnings',
  ]);
  expect(report).toMatchObject({
    result: 'verified',
    origin: `${LOG}/0`,
    treeSize: ENTRIES,
    pinned: true,
    firstBad: null,
    warnings: [],
  });
  expect(report.anchors).toMatchObject([{ size: ENTRIES, status: 'in tree' }]);
});

test('without key and anchors it says what it could not check: exit 0, and 1 under --strict', async () => {
  const { code, report } = await verify(bundle);
  expect(code).toBe(0);
  expect(report).toMatchObject({ result: 'verified', pinned: false, anchors: [] });
  expect(report.warnings).toEqual(['signer not pinned', 'truncation not checkable']);
  expect(await verify(bundle, '--strict')).toMatchObject({ code: 1, report: { result: 'failed', firstBad: null } });
});

test('the key and the anchors beside CORDON_HOME are used when they are there', async () => {
  const env = { CORDON_HOME: home, CORDON_ANCHORS: join(directory, 'anchors') };
  const { code, stdout } = await cordon(['verify', bundle, '--json', '--strict'], { env });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ pinned: true, anchors: [{ status: 'in tree' }], warnings: [] });
});

test('for a person it says the same in words', async () => {
  const { code, stdout } = await cordon(['verify', bundle], {
    env: { CORDON_HOME: home, CORDON_ANCHORS: join(directory, 'anchors') },
  });
  expect(code).toBe(0);
  expect(stdout).toContain('✓ verified  300 entries');
  expect(stdout).toContain('1 of 1 in the tree');
});

test('another key is not the pinned one', async () => {
  const { code, report } = await verify(bundle, '--key', signerOf('somebody else').vkey);
  expect(code).toBe(1);
  expect(report.firstBad).toMatchObject({ reason: 'signer_not_pinned' });
});

test('a shorter bundle against a longer anchor is a truncation', async () => {
  const short = join(directory, 'short');
  await write(short, 200, signerOf('log'));
  expect((await verify(short, '--key', vkey)).code).toBe(0);
  const { code, report, ...done } = await verify(short, '--key', vkey, '--anchor', anchor);
  expect(code).toBe(1);
  expect(report.result).toBe('failed');
  expect(problemOf(done as Finished)).toMatchObject({ code: 'verification_failed' });
});

describe('damage', () => {
  const damaged = (change: (at: string) => void): string => {
    const at = mkdtempSync(join(directory, 'damaged-'));
    cpSync(bundle, at, { recursive: true });
    change(at);
    return at;
  };

  test('a flipped bit in any file: exit 1, with the file named', async () => {
    const files = readdirSync(bundle, { recursive: true, encoding: 'utf8' }).filter((path) =>
      statSync(join(bundle, path)).isFile(),
    );
    expect(files.length).toBeGreaterThan(6);
    for (const path of files) {
      const at = damaged((root) => {
        const bytes = readFileSync(join(root, path));
        const middle = Math.floor(bytes.length / 2);
        bytes[middle] = (bytes[middle] ?? 0) ^ 1;
        writeFileSync(join(root, path), bytes);
      });
      const { code, report } = await verify(at, '--key', vkey, '--anchor', anchor);
      expect({ path, code, result: report.result }).toEqual({ path, code: 1, result: 'failed' });
      expect(report.firstBad?.reason).toMatch(/^[a-z_]+$/);
    }
  }, 60_000);

  test.each<[string, string, (root: string) => void]>([
    ['a missing file', 'file_missing', (root) => rmSync(join(root, 'tile/entries/001.p/44'))],
    ['a missing signature', 'file_missing', (root) => rmSync(join(root, 'manifest.note'))],
    ['a file too many', 'file_unlisted', (root) => writeFileSync(join(root, 'more'), '')],
    ['a hidden file too many', 'file_unlisted', (root) => writeFileSync(join(root, '.more'), '')],
    ['a file cut short', 'file_length_differs', (root) => truncateSync(join(root, 'tile/0/000'), 100)],
    [
      'a link in place of a file',
      'file_length_differs',
      (root) => {
        rmSync(join(root, 'tile/0/000'));
        symlinkSync(join(bundle, 'tile/0/000'), join(root, 'tile/0/000'));
      },
    ],
    [
      'a directory in place of a file',
      'file_missing',
      (root) => (rmSync(join(root, 'checkpoint')), mkdirSync(join(root, 'checkpoint'))),
    ],
  ])('%s: exit 1, %s', async (_name, reason, change) => {
    const { code, report } = await verify(damaged(change));
    expect({ code, reason: report.firstBad?.reason }).toEqual({ code: 1, reason });
  });

  test('an empty manifest is a bundle gone wrong (1); none at all is no bundle (2)', async () => {
    expect((await verify(damaged((root) => truncateSync(join(root, 'manifest.json'))))).code).toBe(1);
    const none = await verify(damaged((root) => rmSync(join(root, 'manifest.json'))));
    expect(none).toMatchObject({ code: 2, stdout: '' });
    expect(problemOf(none)).toMatchObject({ code: 'file_unreadable' });
  });
});

test.each([
  ['a directory that is not there', () => join(directory, 'absent')],
  ['a file', () => anchor],
])('%s: exit 2', async (_name, path) => {
  expect(await verify(path())).toMatchObject({ code: 2, stdout: '' });
});

test('a key that is none, an anchor that is not there: exit 2', async () => {
  expect(await verify(bundle, '--key', 'nonsense')).toMatchObject({ code: 2, stdout: '' });
  expect(await verify(bundle, '--anchor', join(directory, 'absent'))).toMatchObject({ code: 2, stdout: '' });
});
