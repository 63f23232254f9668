import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseNeuralEngine } from './choose-engine.ts';
import { fileDigest } from './digests.ts';
import { bytesOf, CATALOGUE, isPinned, manifestOf } from './model-catalogue.ts';
import { parseManifest, REQUIRED_FILES } from './model-manifest.ts';
import { verifyModel } from './models.ts';
import { casingOf, checkTokens } from './tokens-file.ts';

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
    expect(model.casing).toBe('upper');
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
    ['a modeling unit nobody knows', { modelingUnit: 'syllable' }, 'modeling_unit'],
    ['a filter bank nobody trains on', { featureDim: 81 }, 'feature_dim'],
    ['tail paddings that leave no room for speech', { tailPaddings: 3_000 }, 'tail_paddings'],
    ['tail paddings that are no number', { tailPaddings: '50' }, 'tail_paddings'],
  ])('refuses %s', (_name, change, reason) => {
    expect(() => parseManifest(JSON.stringify({ ...MANIFEST, ...change }))).toThrow(
      problem('model_invalid', { reason }),
    );
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

  it('takes a recogniser of any family, and tells its own native configuration', async () => {
    const path = await makeModel(
      'whisper',
      { id: 'whisper', family: 'whisper', languages: ['en'] },
      'YQ== 0\nYg== 1\n',
    );
    await recordDigests(path);
    await makeDetector('z');
    const chosen = await chooseNeuralEngine([root], null);
    expect(chosen?.config).toMatchObject({
      family: { family: 'whisper', encoder: join(path, 'encoder.onnx'), language: 'en', threads: 1 },
      cut: { how: 'pauses', vad: join(root, 'z', 'ear.onnx') },
    });
    expect(chosen?.pieces).toBeNull();
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

describe('checkTokens', () => {
  const bad = expect.objectContaining({ code: 'model_invalid', details: { reason: 'tokens' } }) as Error;

  it('wants the blank where the family’s native code wants it', () => {
    const first = '<blk> 0\n\u2581a 1\nb 2\n';
    const last = '\u2581a 0\nb 1\n<blk> 2\n';
    const none = 'YQ== 0\nYg== 1\n';
    for (const family of ['online-transducer', 'offline-transducer', 'zipformer-ctc'] as const) {
      expect(() => checkTokens(family, first)).not.toThrow();
      expect(() => checkTokens(family, none)).toThrow(bad);
    }
    for (const family of ['nemo-transducer', 'nemo-ctc'] as const) {
      expect(() => checkTokens(family, last)).not.toThrow();
      expect(() => checkTokens(family, first)).toThrow(bad);
    }
    for (const family of ['whisper', 'moonshine', 'sense-voice'] as const) {
      expect(() => checkTokens(family, none)).not.toThrow();
      expect(() => checkTokens(family, 'hello\n')).toThrow(bad);
      expect(() => checkTokens(family, 'YQ== 0\nYg== 2\n')).toThrow(bad);
    }
  });

  it('sees whether a vocabulary has small letters', () => {
    expect(casingOf('<blk> 0\n<sos/eos> 1\n\u2581THE 2\nS 3\n')).toBe('upper');
    expect(casingOf('<blk> 0\n\u2581The 1\n')).toBe('mixed');
  });
});

describe('the catalogue', () => {
  it('names each model once, and every role its family needs', () => {
    expect(new Set(CATALOGUE.map((entry) => entry.id)).size).toBe(CATALOGUE.length);
    for (const entry of CATALOGUE) {
      const manifest = parseManifest(manifestOf(entry));
      expect(manifest).toMatchObject({ id: entry.id, family: entry.family, licence: entry.licence });
      for (const role of REQUIRED_FILES[entry.family])
        expect(manifest.files[role], `${entry.id} ${role}`).toBeDefined();
      expect(bytesOf(entry)).toBeGreaterThan(0);
    }
  });

  it('has a fixed revision and a digest for every file, or says that it has not', () => {
    for (const { id, files } of CATALOGUE) {
      for (const { url, name, sha256 } of files) {
        expect(new URL(url).protocol).toBe('https:');
        expect(url.endsWith(`/${name}`), `${id} ${name}`).toBe(true);
        if (sha256 !== null) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      }
    }
    expect(CATALOGUE.filter((entry) => !isPinned(entry)).map((entry) => entry.id)).toEqual([
      'zipformer-gigaspeech-2023-12-12-int8',
    ]);
  });

  it('gives a source with every published figure', () => {
    for (const { what, source } of CATALOGUE.flatMap(({ accuracy, speed }) => [...accuracy, ...speed])) {
      expect(what).toMatch(/\d/);
      expect(source).toMatch(/^https:\/\//);
    }
  });

  it('covers the families that can recognise', () => {
    const covered = new Set(CATALOGUE.map((entry) => entry.family));
    for (const family of [
      'online-transducer',
      'offline-transducer',
      'nemo-transducer',
      'nemo-ctc',
      'whisper',
      'moonshine',
      'sense-voice',
      'vad',
      'bilstm-punctuation',
      'speaker-segmentation',
      'speaker-embedding',
    ] as const)
      expect(covered.has(family), family).toBe(true);
  });
});
