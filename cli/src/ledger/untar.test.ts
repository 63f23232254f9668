// The archive reader against archives of GNU tar, and against what no server of ours would send.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TarError, untar } from './untar.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cordon-untar-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const LONG = `${'tile/entries/x001/'.repeat(5)}x234/067.p/44`; // needs ustar's prefix field
const FILES: Readonly<Record<string, Buffer>> = {
  checkpoint: Buffer.from('a note\n'),
  'manifest.json': Buffer.alloc(512, 7),
  'tile/0/000': Buffer.from(Array.from({ length: 8192 }, (_, at) => at % 251)),
  empty: Buffer.alloc(0),
  [LONG]: Buffer.from('deep'),
};

function archive(...paths: string[]): Buffer {
  const file = join(directory, 'a.tar');
  const done = spawnSync('tar', ['--format=ustar', '-cf', file, '-C', join(directory, 'in'), ...paths], {
    encoding: 'utf8',
  });
  expect(done.stderr).toBe('');
  return readFileSync(file);
}

function write(files: Readonly<Record<string, Buffer>>): void {
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, 'in', path)), { recursive: true });
    writeFileSync(join(directory, 'in', path), bytes);
  }
}

async function read(bytes: Uint8Array, pieces = 1000): Promise<Record<string, Buffer>> {
  const found: Record<string, Buffer> = {};
  let [path, parts]: [string, Uint8Array[]] = ['', []];
  await untar(chunks(bytes, pieces), {
    begin: async (file) => {
      [path, parts] = [file.path, []];
    },
    write: async (chunk) => {
      parts.push(Uint8Array.from(chunk));
    },
    end: async () => {
      found[path] = Buffer.concat(parts);
    },
  });
  return found;
}

async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test.each([1, 7, 512, 513, 100_000])('reads what tar wrote, in pieces of %i bytes', async (pieces) => {
  write(FILES);
  expect(await read(archive(...Object.keys(FILES)), pieces)).toEqual(FILES);
});

test('refuses an archive that breaks off anywhere', async () => {
  write(FILES);
  const whole = archive('checkpoint', 'tile/0/000');
  for (let end = 0; end < 10_240; end += 256) await expect(read(whole.subarray(0, end))).rejects.toThrow(TarError);
});

test('refuses a header with any byte changed', async () => {
  write({ checkpoint: Buffer.from('x') });
  const whole = archive('checkpoint');
  const accepted: number[] = [];
  for (let at = 0; at < 512; at += 1) {
    const bad = Buffer.from(whole);
    bad[at] = (bad[at] ?? 0) ^ 1;
    await read(bad).then(
      () => accepted.push(at),
      (error: unknown) => expect(error).toBeInstanceOf(TarError),
    );
  }
  // Only within the checksum's own field (148 to 155) may other bytes say the same number.
  expect(accepted.filter((at) => at < 148 || at >= 156)).toEqual([]);
});

test.each([
  ['a directory', (root: string) => mkdirSync(join(root, 'folder'), { recursive: true }), 'folder'],
  ['a link', (root: string) => symlinkSync('/etc/passwd', join(root, 'link')), 'link'],
  ['a hidden file', (root: string) => writeFileSync(join(root, '.hidden'), ''), '.hidden'],
  ['an odd name', (root: string) => writeFileSync(join(root, 'UPPER'), ''), 'UPPER'],
])('refuses %s', async (_name, make, path) => {
  mkdirSync(join(directory, 'in'));
  make(join(directory, 'in'));
  await expect(read(archive(path))).rejects.toThrow(TarError);
});

test.each(['../escape', '/absolute', 'a/../../b', 'a//b', './a'])('refuses the path %s', async (path) => {
  const header = Buffer.alloc(1024 + 512);
  header.write(path, 0);
  header.write('00000000000\0', 124);
  header.write('0', 156);
  header.write('ustar\u000000', 257);
  header.fill(' ', 148, 156);
  header.write(
    `${header
      .subarray(0, 512)
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  await expect(read(header)).rejects.toThrow(/path/);
});

test('refuses an archive that goes on after its end', async () => {
  write({ checkpoint: Buffer.from('x') });
  const whole = archive('checkpoint');
  const end = whole.subarray(0, 1024);
  await expect(read(Buffer.concat([end, Buffer.alloc(512), Buffer.alloc(512, 1)]))).rejects.toThrow(TarError);
});
