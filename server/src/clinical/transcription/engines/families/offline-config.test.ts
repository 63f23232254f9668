// What native code would be told, per family: as an object, and as the library itself reads it.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import type { ModelFamily } from '../../model-manifest.ts';
import { nativeConfig, offlineConfig, takesHotWords } from './offline-config.ts';
import type { OfflineConfig } from './offline-config.ts';
import { bilstmConfig, ctConfig, diarizationConfig, embeddingConfig, punctuationConfig } from './companion-config.ts';
import { standIn } from './stand-in.samples.ts';

const ONE = { language: null, threads: 1 };
const FEATURES = { sampleRate: 16_000, featureDim: 80 };
const BASE = { tokens: '/models/x/tokens.bin', numThreads: 1, provider: 'cpu', debug: 0 };
const GRAPHS = { encoder: '/models/x/encoder.bin', decoder: '/models/x/decoder.bin', joiner: '/models/x/joiner.bin' };
const problem = (code: string, details: object): Error =>
  expect.objectContaining({ code, details: expect.objectContaining(details) as object }) as Error;

const configOf = (family: ModelFamily, ...rest: Parameters<typeof standIn> extends [unknown, ...infer R] ? R : never) =>
  offlineConfig(standIn(family, ...rest), ONE);

describe('native configuration', () => {
  it.each<[ModelFamily, object, string]>([
    ['offline-transducer', { transducer: GRAPHS, modelType: 'transducer' }, 'modified_beam_search'],
    ['nemo-transducer', { transducer: GRAPHS, modelType: 'nemo_transducer' }, 'greedy_search'],
    ['nemo-ctc', { nemoCtc: { model: '/models/x/model.bin' } }, 'greedy_search'],
    ['zipformer-ctc', { zipformerCtc: { model: '/models/x/model.bin' } }, 'greedy_search'],
    [
      'whisper',
      { whisper: { encoder: GRAPHS.encoder, decoder: GRAPHS.decoder, language: 'en', task: 'transcribe' } },
      'greedy_search',
    ],
    [
      'moonshine',
      {
        moonshine: {
          preprocessor: '/models/x/preprocessor.bin',
          encoder: GRAPHS.encoder,
          uncachedDecoder: '/models/x/uncachedDecoder.bin',
          cachedDecoder: '/models/x/cachedDecoder.bin',
        },
      },
      'greedy_search',
    ],
    [
      'sense-voice',
      { senseVoice: { model: '/models/x/model.bin', language: 'auto', useInverseTextNormalization: 0 } },
      'greedy_search',
    ],
  ])('of %s is exactly this', (family, model, decodingMethod) => {
    expect(nativeConfig(configOf(family), null)).toEqual({
      featConfig: FEATURES,
      modelConfig: { ...BASE, ...model },
      decodingMethod,
      maxActivePaths: 4,
    });
  });

  it('has hot words only for a transducer whose pieces are written down, and then the beam', () => {
    const vocabulary = { bpeVocab: '/models/x/bpe.vocab' };
    const biased = configOf('nemo-transducer', { modelingUnit: 'bpe' }, vocabulary);
    expect(takesHotWords(biased)).toBe(true);
    expect(nativeConfig(biased, 1.5)).toMatchObject({
      modelConfig: { modelingUnit: 'bpe', bpeVocab: '/models/x/bpe.vocab' },
      decodingMethod: 'modified_beam_search',
      hotwordsScore: 1.5,
    });
    // Without hot words the vocabulary is no business of the library's.
    expect(nativeConfig(biased, null).modelConfig).not.toHaveProperty('bpeVocab');
    const characters = configOf('offline-transducer', { modelingUnit: 'cjkchar' });
    expect(nativeConfig(characters, 2)).toMatchObject({ modelConfig: { modelingUnit: 'cjkchar' }, hotwordsScore: 2 });
    const deaf: readonly OfflineConfig[] = [
      configOf('nemo-transducer', { modelingUnit: 'bpe' }),
      configOf('nemo-transducer', {}, vocabulary),
      ...(['nemo-ctc', 'zipformer-ctc', 'whisper', 'moonshine', 'sense-voice'] as const).map((family) =>
        configOf(family, { modelingUnit: 'bpe' }, vocabulary),
      ),
    ];
    for (const config of deaf) {
      expect(takesHotWords(config), config.family).toBe(false);
      const told = JSON.stringify(nativeConfig(config, 1.5));
      for (const word of ['hotwords', 'bpeVocab', 'modelingUnit']) expect(told, config.family).not.toContain(word);
      if (config.family !== 'nemo-transducer') expect(told).toContain('greedy_search');
    }
  });

  it('passes on what the model’s maker says of it', () => {
    const config = configOf('whisper', { featureDim: 128, tailPaddings: 300, languages: ['*'] });
    expect(nativeConfig(config, null)).toMatchObject({
      featConfig: { featureDim: 128 },
      modelConfig: { whisper: { tailPaddings: 300, language: '' } },
    });
  });
});

describe('a refusal before native code sees it', () => {
  it.each([0, -1, 9, 1.5, Number.NaN])('of %d threads', (threads) => {
    expect(() => offlineConfig(standIn('whisper'), { language: null, threads })).toThrow(
      problem('invalid_request', { field: 'threads' }),
    );
  });

  it.each<ModelFamily>(['online-transducer', 'vad', 'ct-punctuation', 'speaker-embedding', 'pocketsphinx'])(
    'of a model of family %s',
    (family) => {
      expect(() => offlineConfig(standIn(family, {}, { tokens: '/t' }), ONE)).toThrow(problem('model_invalid', {}));
    },
  );

  it.each<ModelFamily>(['offline-transducer', 'nemo-ctc', 'whisper', 'moonshine', 'sense-voice'])(
    'of %s without its tokens, or with a path that is none',
    (family) => {
      const model = standIn(family);
      const { tokens: _gone, ...rest } = model.paths;
      expect(() => offlineConfig({ ...model, paths: rest }, ONE)).toThrow(
        problem('model_invalid', { reason: 'no_tokens' }),
      );
      for (const tokens of ['relative.txt', '/a\0b'])
        expect(() => offlineConfig(standIn(family, {}, { tokens }), ONE)).toThrow(
          problem('model_invalid', { reason: 'path' }),
        );
    },
  );

  it('of a language that the model does not have, which would end the process', () => {
    const ask = (family: ModelFamily, languages: readonly string[], language: string) =>
      offlineConfig(standIn(family, { languages }), { language, threads: 1 });
    const language = problem('invalid_request', { field: 'language' });
    expect(ask('whisper', ['*'], 'de-CH')).toMatchObject({ language: 'de' });
    expect(ask('whisper', ['en'], 'en-US')).toMatchObject({ language: 'en' });
    expect(ask('sense-voice', ['zh', 'yue'], 'yue')).toMatchObject({ language: 'yue' });
    expect(() => ask('whisper', ['en'], 'de')).toThrow(language);
    expect(() => ask('whisper', ['*'], 'tlh')).toThrow(language);
    expect(() => ask('sense-voice', ['*'], 'de')).toThrow(language);
    expect(() => ask('nemo-transducer', ['en', 'de'], 'fr')).toThrow(language);
    expect(() => ask('moonshine', ['en'], 'es')).toThrow(language);
  });

  it('of punctuation and speaker models that are something else, and of numbers out of range', () => {
    expect(() => punctuationConfig(standIn('vad'))).toThrow(problem('model_invalid', {}));
    expect(() => embeddingConfig(standIn('vad'))).toThrow(problem('model_invalid', {}));
    const segmentation = standIn('speaker-segmentation');
    const embedding = standIn('speaker-embedding');
    const settings = { speakers: 2, threshold: 0.5 };
    expect(() => diarizationConfig(embedding, segmentation, settings)).toThrow(problem('model_invalid', {}));
    for (const speakers of [0, 17, 1.5, -1])
      expect(() => diarizationConfig(segmentation, embedding, { ...settings, speakers })).toThrow(
        problem('invalid_request', { field: 'speakers' }),
      );
    for (const threshold of [0, 1, -0.1, Number.NaN])
      expect(() => diarizationConfig(segmentation, embedding, { ...settings, threshold })).toThrow(
        problem('invalid_request', { field: 'threshold' }),
      );
  });
});

/** The library prints what it understood of a configuration when `debug` is on, before it looks for the files. */
function understood(className: string, config: object): string {
  const program = `
    const sherpa = require(${JSON.stringify(createRequire(import.meta.url).resolve('sherpa-onnx-node'))});
    try { new sherpa[${JSON.stringify(className)}](${JSON.stringify(debugged(config))}); process.exit(3); }
    catch (error) { console.log('refused: ' + error.message); }`;
  const child = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
  // The files are not there: it must say so, and must not end the process.
  expect([child.status, child.signal, child.stdout]).toEqual([0, null, 'refused: Please check your config!\n']);
  return child.stderr;
}

function debugged(config: object): object {
  const entries = Object.entries(config).map(([name, value]) => [
    name,
    typeof value === 'object' && value !== null ? debugged(value as object) : name === 'debug' ? 1 : (value as unknown),
  ]);
  return Object.fromEntries(entries) as object;
}

describe('sherpa-onnx 1.13.8 itself', { timeout: 60_000 }, () => {
  it.each<[ModelFamily, readonly string[]]>([
    [
      'offline-transducer',
      [
        'encoder_filename="/models/x/encoder.bin"',
        'joiner_filename="/models/x/joiner.bin"',
        'decoding_method="modified_beam_search"',
        'model_type="transducer"',
      ],
    ],
    [
      'nemo-transducer',
      ['decoder_filename="/models/x/decoder.bin"', 'model_type="nemo_transducer"', 'decoding_method="greedy_search"'],
    ],
    ['nemo-ctc', ['OfflineNemoEncDecCtcModelConfig(model="/models/x/model.bin")']],
    ['zipformer-ctc', ['OfflineZipformerCtcModelConfig(model="/models/x/model.bin")']],
    [
      'whisper',
      [
        'OfflineWhisperModelConfig(encoder="/models/x/encoder.bin", decoder="/models/x/decoder.bin", language="en", task="transcribe"',
      ],
    ],
    [
      'moonshine',
      [
        'preprocessor="/models/x/preprocessor.bin"',
        'uncached_decoder="/models/x/uncachedDecoder.bin"',
        ' cached_decoder="/models/x/cachedDecoder.bin"',
      ],
    ],
    ['sense-voice', ['OfflineSenseVoiceModelConfig(model="/models/x/model.bin", language="auto", use_itn=False)']],
  ])('understands the configuration of %s as it is meant', (family, wanted) => {
    const said = understood('OfflineRecognizer', nativeConfig(configOf(family), null));
    for (const part of [
      ...wanted,
      'tokens="/models/x/tokens.bin"',
      'num_threads=1',
      'sampling_rate=16000',
      'max_active_paths=4',
    ])
      expect(said).toContain(part);
  });

  it('understands hot words and tail paddings', () => {
    const biased = configOf('nemo-transducer', { modelingUnit: 'bpe' }, { bpeVocab: '/models/x/bpe.vocab' });
    const said = understood('OfflineRecognizer', nativeConfig(biased, 1.75));
    for (const part of [
      'modeling_unit="bpe"',
      'bpe_vocab="/models/x/bpe.vocab"',
      'hotwords_score=1.75',
      'decoding_method="modified_beam_search"',
    ])
      expect(said).toContain(part);
    const padded = configOf('whisper', { tailPaddings: 300, featureDim: 128 });
    const told = understood('OfflineRecognizer', nativeConfig(padded, null));
    expect(told).toContain('tail_paddings=300');
    expect(told).toContain('feature_dim=128');
  });

  it('understands punctuation, speakers and voices', () => {
    const ct = punctuationConfig(standIn('ct-punctuation'));
    expect(understood('OfflinePunctuation', ctConfig(ct))).toContain('ct_transformer="/models/x/model.bin"');
    const bilstm = punctuationConfig(standIn('bilstm-punctuation'));
    if (bilstm.family !== 'bilstm-punctuation') throw new Error('another family');
    const said = understood('OnlinePunctuation', bilstmConfig(bilstm));
    expect(said).toContain('cnn_bilstm="/models/x/model.bin", bpe_vocab="/models/x/bpeVocab.bin"');
    const embedding = standIn('speaker-embedding');
    expect(understood('SpeakerEmbeddingExtractor', embeddingConfig(embedding))).toContain(
      'model="/models/x/model.bin"',
    );
    const settings = { speakers: 2, threshold: 0.5 };
    const told = understood(
      'OfflineSpeakerDiarization',
      diarizationConfig(standIn('speaker-segmentation'), embedding, settings),
    );
    for (const part of [
      'OfflineSpeakerSegmentationPyannoteModelConfig(model="/models/x/model.bin"',
      'num_clusters=2, threshold=0.5',
      'min_duration_on=0.3, min_duration_off=0.5',
    ])
      expect(told).toContain(part);
  });
});
