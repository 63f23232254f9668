// Pulls over real sockets from a stand-in publisher that breaks off, lies and changes its mind.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { entryOn, startModelHost, type ModelHost } from '#test/model-host.ts';
import { verifyModel } from './models.ts';
import { fetchInto, pullModel } from './pull-model.ts';
import type { PullOptions } from './pull-model.ts';
import type { CatalogueEntry } from './published-model.ts';

const CONTENT = randomBytes(400_000);
const calm = new AbortController().signal;

let root = '';
let host: ModelHost;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cordon-pull-'));
  host = await startModelHost();
});
afterEach(async () => {
  await host.close();
  await rm(root, { recursive: true });
});

const problem = (code: string, details: object): Error =>
  expect.objectContaining({ code, details: expect.objectContaining(details) as object }) as Error;

const ear = (content: Uint8Array = CONTENT, pinned = true): CatalogueEntry =>
  entryOn(host, { id: 'ear', family: 'vad' }, [{ role: 'model', name: 'ear.onnx', content, pinned }]);

const pull = (entry: CatalogueEntry, options: Partial<PullOptions> = {}) =>
  pullModel(entry, root, { download: host.download, signal: calm, onBytes: () => undefined, ...options });

describe('pullModel', () => {
  it('goes on at the byte where the last attempt was cut off', async () => {
    const entry = ear();
    host.cutNextAfter(150_000);
    await expect(pull(entry)).rejects.toThrow(problem('model_unreachable', { model: 'ear', file: 'ear.onnx' }));
    expect(await readdir(root)).toEqual(['.pulling-ear']);
    const seen: number[] = [];
    const model = await pull(entry, { onBytes: (bytes) => seen.push(bytes) });
    expect(host.asked.map(({ from }) => from)).toEqual([0, 150_000]);
    expect(seen[0]).toBeGreaterThan(150_000);
    expect(seen.at(-1)).toBe(CONTENT.length);
    expect(await readFile(model.paths['model'] ?? '')).toEqual(CONTENT);
    expect(await readdir(root)).toEqual(['ear']);
  });

  it('goes on at the byte where the process that pulled was killed', async () => {
    const entry = ear();
    host.holdNextAfter(200_000);
    const trusted = join(root, 'ca.pem');
    await writeFile(trusted, host.certificate);
    const program = `
      import { pullModel } from ${JSON.stringify(new URL('pull-model.ts', import.meta.url).href)};
      import { download } from ${JSON.stringify(new URL('../../platform/outbound/download.ts', import.meta.url).href)};
      const options = { download, signal: new AbortController().signal, onBytes: () => undefined };
      await pullModel(${JSON.stringify(entry)}, ${JSON.stringify(root)}, options);`;
    const puller = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: 'ignore',
      env: { NODE_EXTRA_CA_CERTS: trusted, PATH: process.env['PATH'] },
    });
    const part = join(root, '.pulling-ear', 'ear.onnx');
    const arrived = async (): Promise<number> => (await stat(part).catch(() => ({ size: 0 }))).size;
    for (let look = 0; look < 400 && (await arrived()) < 200_000; look++) await sleep(25);
    puller.kill('SIGKILL');
    await once(puller, 'exit');
    const model = await pull(entry);
    expect(host.asked.map(({ from }) => from)).toEqual([0, 200_000]);
    expect(await readFile(model.paths['model'] ?? '')).toEqual(CONTENT);
  });

  it('begins anew where the publisher cannot go on', async () => {
    const entry = ear();
    host.cutNextAfter(150_000);
    await expect(pull(entry)).rejects.toThrow(problem('model_unreachable', {}));
    host.ignoreRanges();
    expect(await readFile((await pull(entry)).paths['model'] ?? '')).toEqual(CONTENT);
  });

  it('asks for nothing that is there already, and leaves a whole model alone', async () => {
    const entry = ear();
    await pull(entry);
    const asked = host.asked.length;
    await pull(entry);
    expect(host.asked.length).toBe(asked);
  });

  it('fetches a damaged one again, and puts the whole one in its place', async () => {
    const entry = ear();
    const { paths } = await pull(entry);
    await writeFile(paths['model'] ?? '', 'damaged');
    expect(await readFile((await pull(entry)).paths['model'] ?? '')).toEqual(CONTENT);
    expect(await readdir(root)).toEqual(['ear']);
  });

  it('refuses other bytes than the catalogue’s, and does not keep them', async () => {
    const entry = ear();
    host.publish('/ear/ear.onnx', randomBytes(CONTENT.length));
    await expect(pull(entry)).rejects.toThrow(problem('model_unverified', { file: 'ear.onnx', reason: 'digest' }));
    expect(await readdir(join(root, '.pulling-ear'))).toEqual([]);
    host.publish('/ear/ear.onnx', CONTENT);
    await pull(entry);
  });

  it('stops at the first byte too many', async () => {
    const entry = ear();
    host.publish('/ear/ear.onnx', Buffer.concat([CONTENT, Buffer.alloc(5_000_000)]));
    await expect(pull(entry)).rejects.toThrow(problem('model_unverified', { reason: 'length' }));
    expect(await readdir(join(root, '.pulling-ear'))).toEqual([]);
  });

  it.each([404, 403, 500, 503])('says that it is unreachable when it answers %d', async (status) => {
    const entry = ear();
    host.answerWith(status);
    await expect(pull(entry)).rejects.toThrow(problem('model_unreachable', { model: 'ear' }));
  });

  it('never goes over plain HTTP', async () => {
    const [file] = ear().files;
    const plain = { ...ear(), files: [{ ...file, url: 'http://127.0.0.1:9/ear.onnx' }] } as CatalogueEntry;
    await expect(pull(plain)).rejects.toThrow(problem('model_unreachable', {}));
  });

  it('stops when it is told to', async () => {
    const stopping = new AbortController();
    const waiting = pull(ear(), { signal: stopping.signal, onBytes: () => stopping.abort() });
    await expect(waiting).rejects.toThrow(problem('model_unreachable', {}));
    await pull(ear());
  });

  it('has no room for what is larger than the disk', async () => {
    const entry = ear();
    const [file] = entry.files;
    const vast = { ...entry, files: [{ ...file, bytes: 2 ** 52 }] } as CatalogueEntry;
    await expect(pull(vast)).rejects.toThrow(problem('storage_full', {}));
    expect(host.asked).toEqual([]);
  });

  it('takes an unpinned model only when told to trust the first use, and never puts two halves of it together', async () => {
    const entry = ear(CONTENT, false);
    await expect(pull(entry)).rejects.toThrow(problem('model_unpinned', { model: 'ear' }));
    expect(host.asked).toEqual([]);
    host.cutNextAfter(150_000);
    await expect(pull(entry, { trustFirstUse: true })).rejects.toThrow(problem('model_unreachable', {}));
    const model = await pull(entry, { trustFirstUse: true });
    expect(host.asked.map(({ from }) => from)).toEqual([0, 0]);
    await writeFile(model.paths['model'] ?? '', randomBytes(CONTENT.length));
    await expect(verifyModel(model.path)).rejects.toThrow(problem('model_unverified', { reason: 'digest' }));
  });

  it('records before it puts in place, and puts nothing in place that could not be recorded', async () => {
    const record = async (): Promise<void> => {
      expect(await readdir(root)).toEqual(['.pulling-ear']);
      throw new Error('the ledger is down');
    };
    await expect(pull(ear(), { record })).rejects.toThrow('the ledger is down');
    expect(await readdir(root)).toEqual(['.pulling-ear']);
    const asked = host.asked.length;
    await pull(ear());
    expect(host.asked.length).toBe(asked);
  });
});

describe('a full disk', () => {
  let small = '';
  let mounted = false;
  beforeAll(async () => {
    small = await mkdtemp(join(tmpdir(), 'cordon-small-'));
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=300k', 'tmpfs', small]);
    mounted = mount.status === 0;
    if (!mounted) process.stderr.write('NOT TESTED: a full disk, tmpfs cannot be mounted here\n');
  });
  afterAll(async () => {
    if (mounted) spawnSync('umount', [small]);
    await rm(small, { recursive: true });
  });

  it('is called that, and what has come is kept for when there is room', async (context) => {
    if (!mounted) context.skip();
    // The check beforehand would refuse: the disk fills up while the file comes.
    await mkdir(join(small, 'part'), { recursive: true });
    const entry = ear();
    const [file] = entry.files;
    if (file === undefined) throw new Error('no file');
    const fetch = { model: 'ear', file, path: join(small, 'part', 'ear.onnx'), onBytes: () => undefined };
    const options = { download: host.download, signal: calm, onBytes: () => undefined };
    await expect(fetchInto(fetch, options)).rejects.toThrow(problem('storage_full', {}));
    expect((await readFile(fetch.path)).length).toBeGreaterThan(100_000);
    expect(CONTENT.subarray(0, 100_000).equals((await readFile(fetch.path)).subarray(0, 100_000))).toBe(true);
  });
});
