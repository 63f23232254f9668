// Archives as people make them with tar(1), and as somebody makes them who means harm.
import { spawnSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, statfs, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '#test/model-host.ts';
import { importModel } from './import-model.ts';
import type { ImportOptions } from './import-model.ts';
import type { CatalogueEntry } from './published-model.ts';

const WEIGHTS = Buffer.alloc(70_000, 'w');
const MANIFEST = { id: 'ear', family: 'vad', files: { model: 'ear.onnx' }, licence: 'MIT' };

let place = '';
let root = '';
const recorded: string[] = [];
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'cordon-import-'));
  root = join(place, 'models');
  await mkdir(root);
  recorded.length = 0;
});
afterEach(async () => {
  // Whatever was refused, nothing of it may stay.
  expect((await readdir(root)).filter((name) => name.startsWith('.'))).toEqual([]);
  await rm(place, { recursive: true });
});

const problem = (code: string, details: object): Error =>
  expect.objectContaining({ code, details: expect.objectContaining(details) as object }) as Error;
const invalid = (reason: string): Error => problem('model_invalid', { reason });

const bring = (archive: AsyncIterable<Uint8Array>, options: Partial<ImportOptions> = {}) =>
  importModel(archive, root, {
    catalogue: [],
    record: async (model, pinned) => void recorded.push(`${model.manifest.id} ${String(pinned)}`),
    ...options,
  });

async function* bytes(...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(part);
}

interface Entry {
  readonly name: string;
  readonly content?: Uint8Array | string;
  readonly type?: string;
  readonly size?: number;
}

/** One header of ustar, with whatever in it. */
function tarEntry({ name, content = '', type = '0', size }: Entry): Buffer {
  const body = Buffer.from(content);
  const header = Buffer.alloc(512);
  header.write(name, 0, 'latin1');
  header.write('0000644\0', 100, 'latin1');
  header.write(`${(size ?? body.length).toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  header.write(`        ${type}`, 148, 'latin1');
  if (type === '2') header.write('/etc/passwd', 157, 'latin1');
  header.write('ustar\u000000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

const END = Buffer.alloc(1024);
const manifest: Entry = { name: 'model.json', content: JSON.stringify(MANIFEST) };
const weights: Entry = { name: 'ear.onnx', content: WEIGHTS };
const archive = (...entries: readonly Entry[]): AsyncGenerator<Uint8Array> => bytes(...entries.map(tarEntry), END);

async function directory(name: string, extra: Readonly<Record<string, string>> = {}): Promise<string> {
  const path = join(place, name);
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'model.json'), JSON.stringify(MANIFEST));
  await writeFile(join(path, 'ear.onnx'), WEIGHTS);
  for (const [file, text] of Object.entries(extra)) await writeFile(join(path, file), text);
  return path;
}

function tar(...args: readonly string[]): string {
  const file = join(place, 'made.tar');
  const made = spawnSync('tar', ['-cf', file, ...args], { encoding: 'utf8' });
  expect(made.stderr).toBe('');
  return file;
}

describe('importModel', () => {
  it.each([
    ['a directory', '', ['usb']],
    ['what is in it', 'usb', ['.']],
    ['a directory, gzipped', '', ['-z', 'usb']],
    ['a directory in the pax form', '', ['--format=pax', 'usb']],
    ['a directory in the old GNU form', '', ['--format=oldgnu', 'usb']],
  ])('takes %s as tar makes it', async (_name, from, args) => {
    await directory('usb', { 'README.md': 'not named in model.json', '._ear.onnx': 'from a Mac' });
    const file = tar('-C', join(place, from), ...args);
    const { model, pinned } = await bring(createReadStream(file));
    expect(pinned).toBe(false);
    expect(recorded).toEqual(['ear false']);
    expect(await readdir(join(root, 'ear'))).toEqual(['SHA256SUMS', 'ear.onnx', 'model.json']);
    expect(await readFile(model.paths['model'] ?? '')).toEqual(WEIGHTS);
  });

  it('is pinned by the digests file that came along, and refuses when they differ', async () => {
    await directory('usb', { SHA256SUMS: `${sha256(WEIGHTS)}  ear.onnx\n` });
    expect((await bring(createReadStream(tar('-C', place, 'usb')))).pinned).toBe(true);
    await rm(join(root, 'ear'), { recursive: true });
    await directory('usb', { SHA256SUMS: `${sha256(Buffer.from('other'))}  ear.onnx\n` });
    await expect(bring(createReadStream(tar('-C', place, 'usb')))).rejects.toThrow(
      problem('model_unverified', { model: 'ear', file: 'ear.onnx', reason: 'digest' }),
    );
    expect(await readdir(root)).toEqual([]);
  });

  it('holds a model under a published name to the published digests', async () => {
    const known = (digest: string): CatalogueEntry => ({
      id: 'ear',
      family: 'vad',
      languages: ['*'],
      licence: 'MIT',
      about: '',
      source: '',
      accuracy: [],
      speed: [],
      files: [{ role: 'model', name: 'ear.onnx', url: '', bytes: WEIGHTS.length, sha256: digest }],
    });
    await expect(bring(archive(manifest, weights), { catalogue: [known('0'.repeat(64))] })).rejects.toThrow(
      problem('model_unverified', { reason: 'catalogue' }),
    );
    expect((await bring(archive(manifest, weights), { catalogue: [known(sha256(WEIGHTS))] })).pinned).toBe(true);
  });

  it('takes the second of two only after the first is gone', async () => {
    await bring(archive(manifest, weights));
    await expect(bring(archive(manifest, weights))).rejects.toThrow(problem('conflict', { model: 'ear' }));
    const both = await Promise.allSettled([
      bring(archive({ ...manifest, content: JSON.stringify({ ...MANIFEST, id: 'two' }) }, weights)),
      bring(archive({ ...manifest, content: JSON.stringify({ ...MANIFEST, id: 'two' }) }, weights)),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('puts nothing in place that could not be recorded', async () => {
    const record = (): Promise<void> => Promise.reject(new Error('the ledger is down'));
    await expect(bring(archive(manifest, weights), { record })).rejects.toThrow('the ledger is down');
    expect(await readdir(root)).toEqual([]);
  });
});

describe('a hostile or broken archive', () => {
  it.each<[string, string, readonly Entry[]]>([
    ['climbs out', 'archive_path', [manifest, { name: '../evil.onnx', content: 'x' }]],
    ['climbs out in the middle', 'archive_path', [manifest, { name: 'a/../../evil', content: 'x' }]],
    ['begins at the root', 'archive_path', [{ name: '/etc/cron.d/evil', content: 'x' }]],
    ['has a name for another system', 'archive_path', [{ name: '..\\evil', content: 'x' }]],
    ['has a name with a line break', 'archive_path', [{ name: 'evil\nname', content: 'x' }]],
    ['climbs out by a directory', 'archive_path', [{ name: '../out/', type: '5' }]],
    ['holds a symbolic link', 'archive_link', [manifest, { name: 'ear.onnx', type: '2' }]],
    ['holds a hard link', 'archive_link', [manifest, { name: 'ear.onnx', type: '1' }]],
    ['holds a device', 'archive_special_file', [{ name: 'ear.onnx', type: '3' }]],
    ['holds a pipe', 'archive_special_file', [{ name: 'ear.onnx', type: '6' }]],
    ['holds a sparse file', 'archive_special_file', [{ name: 'ear.onnx', type: 'S' }]],
    ['holds a long name of GNU', 'archive_special_file', [{ name: '././@LongLink', type: 'L', content: '../../evil' }]],
    ['renames by pax', 'archive_pax', [{ name: 'x', type: 'x', content: '30 path=../../../etc/evil.onnx\n' }]],
    ['resizes by pax', 'archive_pax', [{ name: 'x', type: 'g', content: '18 mtime=1\n20 size=99999999999\n' }]],
    ['holds a name twice', 'archive_name_twice', [manifest, weights, weights]],
    [
      'holds a name as file and directory',
      'archive_name_twice',
      [
        { name: 'a', content: 'x' },
        { name: 'a/b', content: 'x' },
      ],
    ],
    ['holds two models', 'archive_two_models', [manifest, { ...manifest, name: 'other/model.json' }]],
    ['holds no model.json', 'no_manifest', [weights]],
    ['names a file that is not there', 'file_missing', [manifest]],
    [
      'names itself as a path',
      'id',
      [{ name: 'model.json', content: JSON.stringify({ ...MANIFEST, id: '../up' }) }, weights],
    ],
  ])('that %s is refused', async (_name, reason, entries) => {
    await expect(bring(archive(...entries))).rejects.toThrow(invalid(reason));
    expect(await readdir(root)).toEqual([]);
    expect(await readdir(place)).toEqual(['models']);
    expect(recorded).toEqual([]);
  });

  it.each<[string, string, Uint8Array]>([
    ['nothing', 'archive_cut_off', Buffer.alloc(0)],
    ['a single byte', 'archive_cut_off', Buffer.from('x')],
    ['text', 'archive_format', Buffer.alloc(2048, 'no archive ')],
    ['a zip archive', 'archive_format', Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(2000)])],
    ['a wrong checksum', 'archive_checksum', flip(tarEntry(weights), 10)],
    ['half a file', 'archive_cut_off', tarEntry(weights).subarray(0, 10_000)],
    ['no end', 'archive_cut_off', tarEntry(manifest)],
    ['a size that is no number', 'archive_number', sized('0000000000z')],
    ['a size in the form of GNU for giants', 'archive_number', sized('\u0080\0\0\0\0\0\0\0\0\0\u0001')],
    ['something after its end', 'archive_goes_on', Buffer.concat([tarEntry(manifest), END, Buffer.from('more')])],
    ['gzip of half', 'archive_gzip', gzipSync(tarEntry(weights)).subarray(0, 60)],
    ['gzip with a flipped bit', 'archive_gzip', flip(gzipSync(Buffer.concat([tarEntry(weights), END])), 40)],
  ])('of %s is refused', async (_name, reason, content) => {
    await expect(bring(bytes(content))).rejects.toThrow(invalid(reason));
    expect(await readdir(root)).toEqual([]);
  });

  it('cannot unpack to more than a model may be, however small it is', async () => {
    const bomb = gzipSync(
      Buffer.concat([tarEntry(manifest), tarEntry({ name: 'ear.onnx', content: Buffer.alloc(5e6) }), END]),
    );
    expect(bomb.length).toBeLessThan(10_000);
    await expect(bring(bytes(bomb), { most: 1_000_000 })).rejects.toThrow(invalid('archive_too_large'));
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield* archive(manifest, weights);
      for (;;) yield await Promise.resolve(END);
    }
    await expect(bring(endless(), { most: 1_000_000 })).rejects.toThrow(invalid('archive_too_large'));
  });

  it('cannot claim a file that the disk has no room for', async () => {
    const claims = bytes(tarEntry({ name: 'ear.onnx', size: 8 ** 11 - 1 }));
    const { bavail, bsize } = await statfs(root);
    const roomy = bavail * bsize > 8 ** 11;
    await expect(bring(claims)).rejects.toThrow(roomy ? invalid('archive_cut_off') : problem('storage_full', {}));
  });

  it('cannot hold thousands of files', async () => {
    const many = Array.from({ length: 600 }, (_, index) => ({ name: `f${index}`, content: 'x' }));
    await expect(bring(archive(...many))).rejects.toThrow(invalid('archive_too_many_files'));
  });

  it('that breaks off on its way leaves nothing', async () => {
    async function* cut(): AsyncGenerator<Uint8Array> {
      yield tarEntry(weights).subarray(0, 30_000);
      await Promise.resolve();
      throw new Error('connection lost');
    }
    await expect(bring(cut())).rejects.toThrow('connection lost');
    async function* cutZip(): AsyncGenerator<Uint8Array> {
      yield gzipSync(tarEntry(weights)).subarray(0, 60);
      await Promise.resolve();
      throw new Error('connection lost');
    }
    await expect(bring(cutZip())).rejects.toThrow('connection lost');
  });

  it('made of a directory with a link in it is refused, not followed', async () => {
    const path = await directory('usb');
    await rm(join(path, 'ear.onnx'));
    await symlink('/etc/passwd', join(path, 'ear.onnx'));
    await expect(bring(createReadStream(tar('-C', place, 'usb')))).rejects.toThrow(invalid('archive_link'));
  });
});

function flip(content: Uint8Array, at: number): Uint8Array {
  const copy = Buffer.from(content);
  copy[at] = (copy[at] ?? 0) ^ 4;
  return copy;
}

/** The header of a file with this text where its size stands. */
function sized(text: string): Uint8Array {
  const header = tarEntry({ name: 'ear.onnx' });
  header.write(text, 124, 'latin1');
  header.write('        ', 148, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}
