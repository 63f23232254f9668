import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProblemError } from '@cordon/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openHome } from '#platform/home/home.ts';
import { problemOfStart } from './start-failure.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cordon-start-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function refusal(of: Promise<unknown>): Promise<ProblemError | null> {
  return problemOfStart(await of.then(() => null).catch((error: unknown) => error));
}

test('a home that cannot be: a file, below a file, a name too long, a file system that makes nothing', async () => {
  const file = join(directory, 'file');
  await writeFile(file, '');
  const long = join(directory, 'l'.repeat(300), 'home');
  expect(await refusal(openHome(join(file, 'home')))).toMatchObject({
    code: 'path_unusable',
    details: { reason: 'ENOTDIR', path: join(file, 'home') },
  });
  expect(await refusal(openHome(file))).toMatchObject({
    code: 'path_unusable',
    details: { reason: 'ENOTDIR', path: file },
  });
  expect(await refusal(openHome(long))).toMatchObject({ code: 'path_unusable', details: { reason: 'ENAMETOOLONG' } });
  expect(await refusal(openHome('/proc/cordon/home'))).toMatchObject({
    code: 'path_unusable',
    details: { reason: 'ENOENT' },
  });
});

test('a home that is there and has deep new parents is made and held', async () => {
  const home = await openHome(join(directory, 'a', "b 'c", 'd'));
  await expect(openHome(home.path)).rejects.toMatchObject({ code: 'home_in_use' });
  home.release();
  await mkdir(home.path, { recursive: true });
});

test('a port that is taken is named', async () => {
  const [first, second] = [createServer(), createServer()];
  await new Promise<void>((resolve) => first.listen(0, '127.0.0.1', resolve));
  const address = first.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const failed = new Promise<never>((_resolve, reject) => second.once('error', reject).listen(port, '127.0.0.1'));
  expect(await refusal(failed)).toMatchObject({ code: 'address_unavailable', details: { reason: 'EADDRINUSE', port } });
  first.close();
});

test('problems stay what they are; anything else is a fault of ours', () => {
  const problem = new ProblemError('home_in_use');
  expect(problemOfStart(problem)).toBe(problem);
  expect(problemOfStart(new TypeError('x'))).toBeNull();
  expect(problemOfStart('x')).toBeNull();
});
