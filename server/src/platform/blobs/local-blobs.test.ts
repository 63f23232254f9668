// Blobs on a real file system: whole or absent, whatever happens between.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newId } from '#kernel/ids.ts';
import type { BlobStore } from './blobs.ts';
import { openLocalBlobs } from './local-blobs.ts';

const WRITER = join(import.meta.dirname, '..', '..', '..', 'test', 'run-blob-writer.ts');
let directory: string;
let blobs: BlobStore;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cordon-blobs-'));
  blobs = await openLocalBlobs({ directory, sweep: true });
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

const newName = (): string => `${newId()}/${newId()}`;

async function write(store: BlobStore, name: string, ...chunks: Uint8Array[]): Promise<number> {
  const writer = await store.create(name);
  for (const chunk of chunks) await writer.write(chunk);
  return (await writer.commit()).bytes;
}

async function read(store: BlobStore, name: string, offset?: number): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(store.read(name, offset)));
}

async function unfinished(): Promise<string[]> {
  return readdir(join(directory, '.unfinished'));
}

test('what is written comes back, from any offset, in chunks of bounded size', async () => {
  const name = newName();
  const content = randomBytes(2_500_000);
  expect(await write(blobs, name, content.subarray(0, 7), content.subarray(7))).toBe(content.byteLength);
  expect(await blobs.size(name)).toBe(content.byteLength);
  expect((await read(blobs, name)).equals(content)).toBe(true);
  expect((await read(blobs, name, 1_234_567)).equals(content.subarray(1_234_567))).toBe(true);
  expect(await read(blobs, name, content.byteLength + 5)).toHaveLength(0);
  for await (const chunk of blobs.read(name)) expect(chunk.byteLength).toBeLessThanOrEqual(1_048_576);
});

test('nothing is visible before commit and nothing is left after abort', async () => {
  const name = newName();
  const writer = await blobs.create(name);
  await writer.write(randomBytes(10));
  expect(await blobs.size(name)).toBeNull();
  await writer.abort();
  await writer.abort();
  expect(await blobs.size(name)).toBeNull();
  expect(await unfinished()).toEqual([]);
  await expect(writer.write(randomBytes(1))).rejects.toMatchObject({ code: 'storage_unavailable' });
  await expect(writer.commit()).rejects.toMatchObject({ code: 'storage_unavailable' });
});

test('a blob is never replaced', async () => {
  const name = newName();
  await write(blobs, name, Buffer.from('first'));
  await expect(write(blobs, name, Buffer.from('second'))).rejects.toMatchObject({ code: 'conflict' });
  expect((await read(blobs, name)).toString()).toBe('first');
  expect(await unfinished()).toEqual([]);
});

test('removing is idempotent, reading what is not there is told', async () => {
  const name = newName();
  await write(blobs, name, Buffer.from('x'));
  await blobs.remove(name);
  await blobs.remove(name);
  await expect(read(blobs, name)).rejects.toMatchObject({ code: 'not_found' });
});

test('only a name of two UUIDs is a name', async () => {
  const names = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '..',
      '../..',
      '/etc/passwd',
      `${newId()}/../${newId()}`,
      `${newId()}/${newId()}/x`,
      newId(),
      `${newId()}\0/${newId()}`,
    ),
    fc.string().map((text) => `${newId()}/${text}`),
  );
  await fc.assert(
    fc.asyncProperty(names, async (name) => {
      await expect(read(blobs, name)).rejects.toMatchObject({ code: 'invalid_request' });
    }),
    { numRuns: 300 },
  );
});

test('files are for their owner alone', async () => {
  const name = newName();
  await write(blobs, name, Buffer.from('x'));
  const [tenant = '', object = ''] = name.split('/');
  const shard = join(directory, tenant, object.slice(-2));
  expect((await stat(join(shard, object))).mode & 0o777).toBe(0o600);
  expect((await stat(shard)).mode & 0o777).toBe(0o700);
});

test('what a crash left is swept by the holder of the home, and by nobody else', async () => {
  await writeFile(join(directory, '.unfinished', 'rest'), 'x');
  await openLocalBlobs({ directory, sweep: false });
  expect(await unfinished()).toEqual(['rest']);
  await openLocalBlobs({ directory, sweep: true });
  expect(await unfinished()).toEqual([]);
});

test('a writer killed at any point of its way leaves nothing but what the next start sweeps', async () => {
  const pieces = 40;
  for (const killAt of [1, 2, 17, pieces]) {
    const name = newName();
    const child = spawn(process.execPath, [WRITER, directory, name, String(pieces * 65_536)]);
    let lines = 0;
    for await (const line of createInterface(child.stdout)) {
      lines += line === 'piece' ? 1 : 0;
      if (lines === killAt) child.kill('SIGSTOP'); // so that it cannot get on while the kill is on its way
      if (lines === killAt) break;
    }
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    expect([null, pieces * 65_536]).toContain(await blobs.size(name));
  }
  expect((await unfinished()).length).toBeGreaterThan(0);
  await openLocalBlobs({ directory, sweep: true });
  expect(await unfinished()).toEqual([]);
});

test('a full disk refuses with storage_full, keeps what was there and leaves nothing of what came', async () => {
  const [small, large] = [newName(), newName()];
  await chmod(directory, 0o700);
  // 1 MiB per file at most (512-byte blocks); SIGXFSZ ignored, so that the write fails instead of ending the process.
  const limited = (name: string, bytes: string): string =>
    spawnSync(
      'sh',
      ['-c', 'ulimit -f 2048; trap "" XFSZ; exec "$0" "$@"', process.execPath, WRITER, directory, name, bytes],
      {
        encoding: 'utf8',
      },
    ).stdout;
  expect(limited(small, '500000')).toContain('committed');
  expect(limited(large, '5000000')).toContain('storage_full');
  expect(await blobs.size(small)).toBe(500_000);
  expect(await blobs.size(large)).toBeNull();
  expect(await unfinished()).toEqual([]);
  expect(limited(newName(), '500000')).toContain('committed');
});

test('a directory that became unusable is told as such', async () => {
  const name = newName();
  await rm(join(directory, '.unfinished'), { recursive: true });
  await writeFile(join(directory, '.unfinished'), 'a file now');
  await expect(blobs.create(name)).rejects.toMatchObject({ code: 'storage_unavailable' });
  expect(await readFile(join(directory, '.unfinished'), 'utf8')).toBe('a file now');
});
