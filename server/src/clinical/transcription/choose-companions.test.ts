import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { putModel } from '../../../test/tiny-models.ts';
import { chooseCompanions, NO_COMPANIONS } from './choose-companions.ts';
import type { ChosenCompanions } from './choose-companions.ts';
import { parseManifest } from './model-manifest.ts';
import type { ModelFamily } from './model-manifest.ts';
import { listModels } from './models.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'cordon-companions-'));
});
afterEach(() => rm(root, { recursive: true }));

const put = (id: string, family: ModelFamily): Promise<string> =>
  putModel(root, { id, family, files: { model: 'bytes' } });

async function choose(
  family: ModelFamily = 'nemo-ctc',
  languages: readonly string[] = ['en-US'],
): Promise<ChosenCompanions> {
  const files = { model: 'a', tokens: 'b', encoder: 'c', decoder: 'd' };
  const recogniser = parseManifest(JSON.stringify({ id: 'it', family, languages, licence: 'MIT', files }));
  return chooseCompanions(await listModels([root]), recogniser);
}

describe('chooseCompanions', () => {
  it('has none where none is', async () => {
    await put('it', 'vad');
    expect(await choose()).toEqual(NO_COMPANIONS);
  });

  it('uses what is there and whole', async () => {
    const paths = [
      await put('marks', 'ct-punctuation'),
      await put('who', 'speaker-segmentation'),
      await put('voice', 'speaker-embedding'),
    ];
    const chosen = await choose();
    expect(chosen.punctuation).toEqual({ state: 'used', models: ['marks'], problem: null });
    expect(chosen.speakers).toEqual({ state: 'used', models: ['who', 'voice'], problem: null });
    expect(chosen.directories).toEqual(paths);
    expect(chosen.config.punctuation).toEqual({ family: 'ct-punctuation', model: join(root, 'marks/model.bin') });
    expect(chosen.config.voices).toMatchObject({ clustering: { numClusters: -1, threshold: 0.5 } });
    expect([...chosen.digests.punctuation, ...chosen.digests.speakers].join(' ')).toMatch(/^([0-9a-f]{64} ?){3}$/);
  });

  it.each<[string, ModelFamily, readonly string[]]>([
    ['writes marks itself', 'whisper', ['en']],
    ['hears a language that the model does not know', 'nemo-ctc', ['en', 'de']],
    ['hears any language', 'nemo-ctc', ['*']],
  ])('leaves marks to a recogniser that %s', async (_what, family, languages) => {
    await put('marks', 'ct-punctuation');
    const { punctuation, config, directories } = await choose(family, languages);
    expect(punctuation).toEqual({ state: 'unused', models: ['marks'], problem: null });
    expect([config.punctuation, directories]).toEqual([null, []]);
  });

  it('needs both models for speakers', async () => {
    await put('voice', 'speaker-embedding');
    const { speakers, config } = await choose();
    expect(speakers).toEqual({ state: 'unused', models: ['voice'], problem: null });
    expect(config.voices).toBeNull();
  });

  it('loads nothing that does not verify, says so, and keeps the rest', async () => {
    await put('marks', 'ct-punctuation');
    await put('who', 'speaker-segmentation');
    await writeFile(join(await put('voice', 'speaker-embedding'), 'model.bin'), 'other bytes');
    const chosen = await choose();
    expect(chosen.speakers).toEqual({ state: 'failed', models: ['who', 'voice'], problem: 'model_unverified' });
    expect(chosen.config.voices).toBeNull();
    expect(chosen.punctuation.state).toBe('used');
    expect(chosen.directories).toEqual([join(root, 'marks')]);
  });
});
