// The shelf as an operator uses it: a pull that is watched, a model carried to a machine without a network, one that is in the way.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { entryOn, startModelHost, type ModelHost } from '#test/model-host.ts';
import { chooseNeuralEngine } from './choose-engine.ts';
import { ModelShelf } from './model-shelf.ts';
import type { ModelChange, PullProgress, ShelfEngine, ShelfParts } from './model-shelf.ts';
import type { CatalogueEntry } from './published-model.ts';

const TOKENS = Buffer.from('<blk> 0\n<unk> 1\n\u2581A 2\n\u2581B 3\n');

let place = '';
let host: ModelHost;
let catalogue: readonly CatalogueEntry[] = [];
const changes: string[] = [];
const record = async (change: ModelChange): Promise<void> => {
  const { kind, model } = change;
  await Promise.resolve();
  changes.push(
    kind === 'removed' ? `removed ${model}` : `${change.source} ${model.manifest.id} ${String(change.pinned)}`,
  );
};

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'cordon-shelf-'));
  host = await startModelHost();
  changes.length = 0;
  const part = (role: string, name: string) => ({ role, name, content: randomBytes(200_000) });
  catalogue = [
    entryOn(host, { id: 'hearer', family: 'online-transducer' }, [
      part('encoder', 'encoder.onnx'),
      part('decoder', 'decoder.onnx'),
      part('joiner', 'joiner.onnx'),
      { role: 'tokens', name: 'tokens.txt', content: TOKENS },
    ]),
    entryOn(host, { id: 'ear', family: 'vad' }, [part('model', 'ear.onnx')]),
    entryOn(host, { id: 'stray', family: 'vad' }, [{ ...part('model', 'stray.onnx'), pinned: false }]),
  ];
});
afterEach(async () => {
  await host.close();
  await rm(place, { recursive: true });
});

const problem = (code: string, details: object = {}): Error =>
  expect.objectContaining({ code, details: expect.objectContaining(details) as object }) as Error;

const idle: ShelfEngine = { inUse: () => [], takeUp: () => Promise.resolve(false) };

async function shelfAt(name: string, parts: Partial<ShelfParts> = {}): Promise<ModelShelf> {
  const root = join(place, name);
  await mkdir(root, { recursive: true });
  return new ModelShelf({
    directories: [root],
    root,
    catalogue,
    download: host.download,
    engine: idle,
    clock: { now: () => new Date('2026-01-02T03:04:05Z'), monotonicMs: () => 0 },
    stopping: new AbortController().signal,
    ...parts,
  });
}

async function ended(shelf: ModelShelf, id: string): Promise<PullProgress> {
  for (;;) {
    const progress = shelf.pulling(id);
    if (progress.state !== 'fetching') return progress;
    await sleep(5);
  }
}

describe('a pull', () => {
  it('is watched from its beginning to what becomes of it', async () => {
    const shelf = await shelfAt('a');
    expect(() => shelf.pulling('hearer')).toThrow(problem('not_found'));
    expect(shelf.pull('hearer', false, record)).toMatchObject({
      state: 'fetching',
      bytes: 0,
      total: 600_000 + TOKENS.length,
    });
    expect(await ended(shelf, 'hearer')).toMatchObject({
      state: 'done',
      bytes: 600_000 + TOKENS.length,
      problem: null,
      installed: { pinned: true, takesEffect: 'next-start', model: { state: 'verified', chosen: false } },
    });
    expect(changes).toEqual(['pull hearer true']);
    expect((await shelf.available()).map(({ entry, installed }) => [entry.id, installed])).toEqual([
      ['hearer', true],
      ['ear', false],
      ['stray', false],
    ]);
  });

  it('is joined when it is asked for twice, and fetched once', async () => {
    const shelf = await shelfAt('a');
    shelf.pull('hearer', false, record);
    shelf.pull('hearer', false, record);
    await ended(shelf, 'hearer');
    expect(host.asked.length).toBe(4);
    expect(changes).toEqual(['pull hearer true']);
  });

  it('goes on where a server that was killed had stopped', async () => {
    const killed = new AbortController();
    host.cutNextAfter(120_000);
    const first = await shelfAt('a', { stopping: killed.signal });
    first.pull('ear', false, record);
    expect(await ended(first, 'ear')).toMatchObject({
      state: 'failed',
      problem: 'model_unreachable',
      file: 'ear.onnx',
    });
    const second = await shelfAt('a');
    await second.sweep();
    second.pull('ear', false, record);
    expect(await ended(second, 'ear')).toMatchObject({ state: 'done' });
    expect(host.asked.map(({ from }) => from)).toEqual([0, 120_000]);
  });

  it('is refused for what nobody publishes, what nobody pinned, and behind an air gap', async () => {
    const shelf = await shelfAt('a');
    expect(() => shelf.pull('nothing', false, record)).toThrow(problem('not_found'));
    expect(() => shelf.pull('stray', false, record)).toThrow(problem('model_unpinned', { model: 'stray' }));
    const gapped = await shelfAt('b', { download: null });
    expect(() => gapped.pull('ear', false, record)).toThrow(problem('air_gapped'));
    shelf.pull('stray', true, record);
    expect(await ended(shelf, 'stray')).toMatchObject({ state: 'done', installed: { pinned: false } });
    expect(changes).toEqual(['pull stray false']);
  });

  it('waits for a first start that may be fetching the same', async () => {
    const shelf = await shelfAt('a', { engine: { ...idle, inUse: () => null } });
    expect(() => shelf.pull('ear', false, record)).toThrow(problem('engine_not_ready'));
    await expect(shelf.remove('ear', record)).rejects.toThrow(problem('not_found'));
  });
});

describe('behind an air gap, as docs/operate/models.md has it', () => {
  it('a model goes from a connected machine to one without a network and is the engine there', async () => {
    // 1. On a connected machine: pull both.
    const connected = await shelfAt('connected');
    for (const id of ['hearer', 'ear']) {
      connected.pull(id, false, record);
      expect(await ended(connected, id)).toMatchObject({ state: 'done' });
    }
    // 2. Pack them onto the medium.
    const medium = join(place, 'medium');
    await mkdir(medium);
    for (const id of ['hearer', 'ear'])
      expect(spawnSync('tar', ['-C', join(place, 'connected'), '-czf', join(medium, `${id}.tar.gz`), id]).status).toBe(
        0,
      );
    await host.close();
    // 3. On the machine without a network, whose engine is missing: import.
    const root = join(place, 'gapped');
    let engine: string | null = null;
    const takeUp = async (): Promise<boolean> => {
      if (engine !== null) return false;
      engine = (await chooseNeuralEngine([root], null).catch(() => null))?.model ?? null;
      return engine !== null;
    };
    const gapped = await shelfAt('gapped', { download: null, engine: { inUse: () => [], takeUp } });
    const first = await gapped.import(createReadStream(join(medium, 'hearer.tar.gz')), record);
    expect(first).toMatchObject({ pinned: true, takesEffect: 'next-start' }); // a recogniser alone hears nothing
    const second = await gapped.import(createReadStream(join(medium, 'ear.tar.gz')), record);
    expect(second).toMatchObject({ pinned: true, takesEffect: 'now' });
    expect(engine).toBe('hearer');
    // 4. Verify.
    expect(await gapped.verify('hearer')).toMatchObject({ state: 'verified' });
    expect(changes.slice(2)).toEqual(['import hearer true', 'import ear true']);
    expect((await gapped.list()).map(({ state }) => state)).toEqual(['verified', 'verified']);
    host = await startModelHost();
  });
});

describe('the list', () => {
  it('says verified only of files that are still those that were read', async () => {
    const shelf = await shelfAt('a');
    shelf.pull('ear', false, record);
    await ended(shelf, 'ear');
    expect(await shelf.list()).toMatchObject([{ state: 'verified', verifiedAt: new Date('2026-01-02T03:04:05Z') }]);
    await writeFile(join(place, 'a', 'ear', 'ear.onnx'), randomBytes(200_000));
    expect(await shelf.list()).toMatchObject([{ state: 'unverified', verifiedAt: null }]);
    await expect(shelf.verify('ear')).rejects.toThrow(problem('model_unverified', { file: 'ear.onnx' }));
    await writeFile(join(place, 'a', 'ear', 'model.json'), 'damaged');
    expect(await shelf.list()).toMatchObject([{ state: 'invalid' }]);
  });

  it('marks the directory in use, not another of the same name', async () => {
    await shelfAt('a').then(async (shelf) => (shelf.pull('ear', false, record), ended(shelf, 'ear')));
    await shelfAt('b').then(async (shelf) => (shelf.pull('ear', false, record), ended(shelf, 'ear')));
    const directories = [join(place, 'a'), join(place, 'b')];
    const engine = { ...idle, inUse: () => [join(place, 'b', 'ear')] };
    const shelf = await shelfAt('b', { directories, engine });
    expect((await shelf.list()).map(({ chosen }) => chosen)).toEqual([false, true]);
  });
});

describe('a removal', () => {
  const pulled = async (name: string, parts: Partial<ShelfParts> = {}): Promise<ModelShelf> => {
    const shelf = await shelfAt(name, parts);
    shelf.pull('ear', false, record);
    await ended(shelf, 'ear');
    return shelf;
  };

  it('takes the directory away after it was recorded', async () => {
    const shelf = await pulled('a');
    await shelf.remove('ear', record);
    expect(changes).toEqual(['pull ear true', 'removed ear']);
    expect(await readdir(join(place, 'a'))).toEqual([]);
    await expect(shelf.remove('ear', record)).rejects.toThrow(problem('not_found'));
  });

  it('does not happen when it cannot be recorded', async () => {
    const shelf = await pulled('a');
    const down = (): Promise<void> => Promise.reject(new Error('the ledger is down'));
    await expect(shelf.remove('ear', down)).rejects.toThrow('the ledger is down');
    expect(await readdir(join(place, 'a'))).toEqual(['ear']);
  });

  it('is refused for a model in use, for one in a directory that somebody else keeps, and while that is being decided', async () => {
    const path = join(place, 'a', 'ear');
    await pulled('a');
    const using = (inUse: readonly string[] | null) => shelfAt('a', { engine: { ...idle, inUse: () => inUse } });
    await expect((await using([path])).remove('ear', record)).rejects.toThrow(
      problem('model_kept', { reason: 'in_use' }),
    );
    await expect((await using(null)).remove('ear', record)).rejects.toThrow(problem('engine_not_ready'));
    const other = await shelfAt('b', { directories: [join(place, 'a'), join(place, 'b')] });
    await expect(other.remove('ear', record)).rejects.toThrow(
      problem('model_kept', { reason: 'configured_directory' }),
    );
    expect(await readdir(path)).toContain('ear.onnx');
  });

  it('lets the engine look again when what was in its way is gone', async () => {
    let looked = 0;
    const engine = { inUse: () => [], takeUp: () => Promise.resolve(++looked > 0) };
    const root = join(place, 'a');
    await mkdir(join(root, 'wreck'), { recursive: true });
    await writeFile(join(root, 'wreck', 'model.json'), 'damaged');
    const shelf = await shelfAt('a', { engine });
    expect(await shelf.list()).toMatchObject([{ state: 'invalid' }]);
    await shelf.remove('wreck', record);
    expect([looked, changes]).toEqual([1, ['removed wreck']]);
  });

  it('leaves what a killed one had put aside to be swept at the next start', async () => {
    const shelf = await shelfAt('a');
    await mkdir(join(place, 'a', '.passing-0000', 'x'), { recursive: true });
    await mkdir(join(place, 'a', '.pulling-ear'), { recursive: true });
    await shelf.sweep();
    expect(await readdir(join(place, 'a'))).toEqual(['.pulling-ear']);
  });
});
