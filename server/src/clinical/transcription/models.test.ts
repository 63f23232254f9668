import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseNeuralEngine } from './choose-engine.ts';
import { fileDigest } from './digests.ts';
import type { CatalogueEntry } from './model-catalogue.ts';
import { CATALOGUE } from './model-catalogue.ts';
import { parseManifest } from './model-manifest.ts';
import { importModel, listModels, removeModel, verifyModel } from './models.ts';
import { pullModel } from './pull-model.ts';
import type { Download } from './pull-model.ts';

const MANIFEST = {
  id: 'tiny',
  family: 'online-transducer',
  languages: ['en'],
  sampleRateHz: 16_000,
  files: { encoder: 'encoder.onnx', decoder: 'decoder.onnx', joiner: 'joiner.onnx', tokens: 'tokens.txt' },
  licence: 'MIT',
};
const TOKENS = '<blk> 0\n<unk> 1\n A 2\n B 3\n';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cordon-models-'));
});
afterEach(() => rm(root, { recursive: true }));

async function makeModel(directory: string, changes: object = {}, tokens = TOKENS): Promise<string> {
  const path = join(root, directory);
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'model.json'), JSON.stringify({ ...MANIFEST, ...changes }));
  for (const name of ['encoder', 'decoder', 'joiner'])
    await writeFile(join(path, `${name}.onnx`), `weights of ${name}`);
  await writeFile(join(path, 'tokens.txt'), tokens);
  return path;
}

async function makeDetector(directory: string): Promise<void> {
  const path = join(root, directory);
  await mkdir(path, { recursive: true });
  await writeFile(
    join(path, 'model.json'),
    JSON.stringify({ id: 'ear', family: 'vad', files: { model: 'ear.onnx' }, licence: 'MIT' }),
  );
  await writeFile(join(path, 'ear.onnx'), 'weights');
  await recordDigests(path, ['ear.onnx']);
}

const NAMES = ['encoder.onnx', 'decoder.onnx', 'joiner.onnx', 'tokens.txt'];
async function recordDigests(path: string, names = NAMES): Promise<void> {
  const lines = await Promise.all(names.map(async (name) => `${await fileDigest(join(path, name))}  ${name}\n`));
  await writeFile(join(path, 'SHA256SUMS'), lines.join(''));
}

const problem = (code: string, details: object): Error =>
  expect.objectContaining({ code, details: expect.objectContaining(details) as object }) as Error;

describe('verifyModel', () => {
  it('gives the files of a model that has its digests', async () => {
    const path = await makeModel('tiny');
    await recordDigests(path);
    const model = await verifyModel(path);
    expect(model.paths['encoder']).toBe(join(path, 'encoder.onnx'));
    expect(model.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('takes digests from the directory above', async () => {
    const path = await makeModel('tiny');
    await recordDigests(path);
    const sums = await readFile(join(path, 'SHA256SUMS'), 'utf8');
    await rm(join(path, 'SHA256SUMS'));
    await writeFile(join(root, 'SHA256SUMS'), sums.replaceAll('  ', '  tiny/'));
    expect((await verifyModel(path)).manifest.id).toBe('tiny');
  });

  it('refuses a file with another digest, with none, and one that is gone', async () => {
    const path = await makeModel('tiny');
    await expect(verifyModel(path)).rejects.toThrow(
      problem('model_unverified', { file: 'encoder.onnx', reason: 'no_digest' }),
    );
    await recordDigests(path);
    await writeFile(join(path, 'joiner.onnx'), 'weights of joineR');
    await expect(verifyModel(path)).rejects.toThrow(
      problem('model_unverified', { file: 'joiner.onnx', reason: 'digest' }),
    );
    await rm(join(path, 'joiner.onnx'));
    await expect(verifyModel(path)).rejects.toThrow(
      problem('model_unverified', { file: 'joiner.onnx', reason: 'missing' }),
    );
  });

  it.each([
    ['no manifest', null, 'no_manifest'],
    ['text', 'hello', 'not_json'],
    ['a list', '[]', 'not_an_object'],
    ['too much', ' '.repeat(70_000), 'manifest_too_long'],
  ])('refuses a directory with %s for a manifest', async (_name, text, reason) => {
    const path = await makeModel('tiny');
    await rm(join(path, 'model.json'));
    if (text !== null) await writeFile(join(path, 'model.json'), text);
    await expect(verifyModel(path)).rejects.toThrow(problem('model_invalid', { reason }));
  });

  it.each([
    ['garbage', 'garbage\u0000\u0001 and more of it\n'],
    ['a gap', '<blk> 0\nA 1\nB 3\n'],
    ['an id twice', '<blk> 0\nA 1\nB 1\n'],
    ['no blank', 'A 0\nB 1\n'],
    ['nothing', ''],
  ])('refuses tokens with %s, which native code would load without a word', async (_name, tokens) => {
    const path = await makeModel('tiny', {}, tokens);
    await recordDigests(path);
    await expect(verifyModel(path)).rejects.toThrow(problem('model_invalid', { reason: 'tokens' }));
  });
});

describe('parseManifest', () => {
  it.each([
    ['an id that is a path', { id: '../tiny' }, 'id'],
    ['a file outside', { files: { ...MANIFEST.files, encoder: '../../etc/passwd' } }, 'file_name'],
    ['a hidden file', { files: { ...MANIFEST.files, encoder: '.ssh' } }, 'file_name'],
    ['a family that nobody runs', { family: 'crystal-ball' }, 'family'],
    ['a missing role', { files: { encoder: 'e.onnx' } }, 'file_missing_in_manifest:decoder'],
    ['another rate', { sampleRateHz: 8_000 }, 'sample_rate'],
    ['no licence', { licence: '' }, 'licence'],
    ['a strange language', { languages: ['<script>'] }, 'languages'],
  ])('refuses %s', (_name, change, reason) => {
    expect(() => parseManifest(JSON.stringify({ ...MANIFEST, ...change }))).toThrow(
      problem('model_invalid', { reason }),
    );
  });
});

describe('importModel', () => {
  it('copies a model, records its digests, lists it, removes it', async () => {
    const source = await makeModel('from/usb');
    const home = join(root, 'home');
    const model = await importModel(source, home);
    expect(model.paths['tokens']).toBe(join(home, 'tiny', 'tokens.txt'));
    expect((await listModels([home])).map((found) => found.manifest?.id)).toEqual(['tiny']);
    await expect(importModel(source, home)).rejects.toThrow(problem('conflict', { model: 'tiny' }));
    await removeModel(home, 'tiny');
    expect(await listModels([home])).toEqual([]);
    await expect(removeModel(home, 'tiny')).rejects.toThrow(expect.objectContaining({ code: 'not_found' }) as Error);
  });

  it('leaves nothing behind of a model that does not fit its own digests', async () => {
    const source = await makeModel('usb');
    await recordDigests(source);
    await writeFile(join(source, 'encoder.onnx'), 'other weights');
    const home = join(root, 'home');
    await expect(importModel(source, home)).rejects.toThrow(problem('model_unverified', { file: 'encoder.onnx' }));
    expect(await listModels([home])).toEqual([]);
  });
});

describe('chooseNeuralEngine', () => {
  it('takes the first recogniser with a detector, or the one asked for', async () => {
    await recordDigests(await makeModel('a', { id: 'first' }));
    await recordDigests(await makeModel('b', { id: 'second' }));
    await makeDetector('z');
    expect((await chooseNeuralEngine([root], null))?.model).toBe('first');
    expect((await chooseNeuralEngine([root], 'second'))?.model).toBe('second');
    await expect(chooseNeuralEngine([root], 'third')).rejects.toThrow(
      problem('engine_missing', { preferred: 'third' }),
    );
  });

  it('finds none where there is none', async () => {
    expect(await chooseNeuralEngine([root, join(root, 'nowhere')], null)).toBeNull();
  });

  it('does not pass over a recogniser that is damaged', async () => {
    const path = await makeModel('a');
    await recordDigests(path);
    await makeDetector('z');
    await writeFile(join(path, 'encoder.onnx'), 'flipped');
    await expect(chooseNeuralEngine([root], null)).rejects.toThrow(problem('model_unverified', { reason: 'digest' }));
    await writeFile(join(path, 'model.json'), 'damaged');
    await expect(chooseNeuralEngine([root], null)).rejects.toThrow(problem('model_invalid', {}));
  });
});

describe('pullModel', () => {
  const bytes = Buffer.from('0123456789'.repeat(100));
  const sha256 = '9c90e9ba3d1a03d9b4d1cbc7a1b1b9a3';
  const entry = (digest: string): CatalogueEntry => ({
    id: 'ear',
    family: 'vad',
    languages: ['*'],
    licence: 'MIT',
    about: '',
    source: '',
    files: [
      { role: 'model', name: 'ear.onnx', url: 'https://models.example/ear.onnx', bytes: bytes.length, sha256: digest },
    ],
  });
  async function digestOfBytes(): Promise<string> {
    await writeFile(join(root, 'bytes'), bytes);
    return fileDigest(join(root, 'bytes'));
  }
  const calm = new AbortController().signal;
  async function* pieces(from: number, to: number): AsyncGenerator<Uint8Array> {
    for (let at = from; at < to; at += 100) yield bytes.subarray(at, Math.min(to, at + 100));
    await Promise.resolve();
  }

  it('goes on where the last attempt was cut off', async () => {
    const asked: number[] = [];
    const failing: Download = async (_url, offset) => {
      asked.push(offset);
      async function* cut(): AsyncGenerator<Uint8Array> {
        yield* pieces(offset, 300);
        throw new Error('cut off');
      }
      return Promise.resolve({ offset, body: cut() });
    };
    const good: Download = async (_url, offset) => {
      asked.push(offset);
      return Promise.resolve({ offset, body: pieces(offset, bytes.length) });
    };
    const wanted = entry(await digestOfBytes());
    await expect(pullModel(wanted, root, failing, calm, () => undefined)).rejects.toThrow(
      problem('model_unreachable', { model: 'ear' }),
    );
    const shares: number[] = [];
    const model = await pullModel(wanted, root, good, calm, (share) => shares.push(share));
    expect(asked[0]).toBe(0);
    expect(asked[1]).toBeGreaterThan(0);
    expect(shares.at(-1)).toBe(1);
    expect(await readFile(model.paths['model'] ?? '')).toEqual(bytes);
  });

  it('refuses other bytes, and more bytes than the catalogue says', async () => {
    const whole: Download = async () => Promise.resolve({ offset: 0, body: pieces(0, bytes.length) });
    await expect(pullModel(entry(sha256), root, whole, calm, () => undefined)).rejects.toThrow(
      problem('model_unverified', { reason: 'digest' }),
    );
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield await Promise.resolve(bytes);
    }
    const long: Download = async () => Promise.resolve({ offset: 0, body: endless() });
    await expect(pullModel(entry(sha256), root, long, calm, () => undefined)).rejects.toThrow(
      problem('model_unreachable', {}),
    );
    expect((await listModels([root])).filter((model) => model.manifest?.id === 'ear')).toEqual([]);
  });

  it('has a catalogue whose every file is pinned', () => {
    for (const file of CATALOGUE.flatMap((known) => known.files)) {
      expect(file.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(new URL(file.url).protocol).toBe('https:');
      expect(file.bytes).toBeGreaterThan(0);
    }
    for (const known of CATALOGUE) {
      const files = Object.fromEntries(known.files.map((file) => [file.role, file.name]));
      expect(parseManifest(JSON.stringify({ ...known, files }))).toMatchObject({ id: known.id, family: known.family });
    }
  });
});
