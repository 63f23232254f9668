// Recognisers that hear a whole stretch at once: from a verified model to what the child is told, and from that to what native code
// gets. Native code answers a wrong setting by ending the process or, worse, not at all, so nothing reaches it that was not looked at.
import { isAbsolute } from 'node:path';
import { ProblemError } from '@cordon/contract';
import type { OfflineModelConfig, OfflineRecognizerConfig } from 'sherpa-onnx-node';
import type { ModelingUnit } from '../../model-manifest.ts';
import type { VerifiedModel } from '../../models.ts';
import { mustHave, senseVoiceLanguage, whisperLanguage } from './languages.ts';

interface Common {
  readonly tokens: string;
  /** Hz. */
  readonly sampleRate: number;
  readonly featureDim: number;
  readonly threads: number;
}

interface TransducerConfig extends Common {
  readonly family: 'offline-transducer' | 'nemo-transducer';
  readonly encoder: string;
  readonly decoder: string;
  readonly joiner: string;
  /** How hot words are cut into tokens; null where the model takes none. */
  readonly hotWordUnit: { readonly unit: ModelingUnit; readonly bpeVocab: string | null } | null;
}

interface CtcConfig extends Common {
  readonly family: 'nemo-ctc' | 'zipformer-ctc';
  readonly model: string;
}

interface WhisperConfig extends Common {
  readonly family: 'whisper';
  readonly encoder: string;
  readonly decoder: string;
  /** Empty: the model finds it. */
  readonly language: string;
  readonly tailPaddings: number | null;
}

interface MoonshineConfig extends Common {
  readonly family: 'moonshine';
  readonly preprocessor: string;
  readonly encoder: string;
  readonly uncachedDecoder: string;
  readonly cachedDecoder: string;
}

interface SenseVoiceConfig extends Common {
  readonly family: 'sense-voice';
  readonly model: string;
  readonly language: string;
}

/** What a child is told; plain JSON, every path absolute and its digest verified. */
export type OfflineConfig = TransducerConfig | CtcConfig | WhisperConfig | MoonshineConfig | SenseVoiceConfig;

export interface OfflineSettings {
  /** BCP 47; null: the model's own, or whatever it finds. */
  readonly language: string | null;
  readonly threads: number;
}

/** Threads of one recogniser. Beyond this they wait for each other, and recordings run side by side (docs/decisions/0041). */
const MAX_THREADS = 8;

/** Beam. Four is measured better than greedy search and than eight (docs/decisions/0041). */
const ACTIVE_PATHS = 4;

/** Cut by word pieces, and these are in a file of their own. */
const NEEDS_VOCABULARY: ReadonlySet<ModelingUnit> = new Set(['bpe', 'bbpe', 'cjkchar+bpe']);

/**
 * Errors: `model_invalid` {model, reason: 'not_a_recogniser' | 'no_<role>' | 'path'}, `invalid_request` {field: 'language' | 'threads'}.
 */
export function offlineConfig(model: VerifiedModel, settings: OfflineSettings): OfflineConfig {
  const { manifest } = model;
  const { language, threads } = settings;
  if (!Number.isInteger(threads) || threads < 1 || threads > MAX_THREADS)
    throw new ProblemError('invalid_request', { field: 'threads', rule: 'range' });
  const path = (role: string): string => pathOf(model, role);
  const common = { tokens: path('tokens'), sampleRate: manifest.sampleRate, featureDim: manifest.featureDim, threads };
  switch (manifest.family) {
    case 'offline-transducer':
    case 'nemo-transducer': {
      mustHave(manifest, language);
      const graphs = { encoder: path('encoder'), decoder: path('decoder'), joiner: path('joiner') };
      return { family: manifest.family, ...graphs, ...common, hotWordUnit: hotWordUnit(model) };
    }
    case 'nemo-ctc':
    case 'zipformer-ctc':
      mustHave(manifest, language);
      return { family: manifest.family, model: path('model'), ...common };
    case 'whisper': {
      const graphs = { encoder: path('encoder'), decoder: path('decoder') };
      const told = { language: whisperLanguage(manifest, language), tailPaddings: manifest.tailPaddings };
      return { family: 'whisper', ...graphs, ...told, ...common };
    }
    case 'moonshine':
      mustHave(manifest, language);
      return { family: 'moonshine', ...moonshineGraphs(path), ...common };
    case 'sense-voice':
      return {
        family: 'sense-voice',
        model: path('model'),
        language: senseVoiceLanguage(manifest, language),
        ...common,
      };
    case 'online-transducer':
    case 'vad':
    case 'ct-punctuation':
    case 'bilstm-punctuation':
    case 'speaker-segmentation':
    case 'speaker-embedding':
    case 'pocketsphinx':
      throw new ProblemError('model_invalid', { model: manifest.id, reason: 'not_an_offline_recogniser' });
  }
}

function moonshineGraphs(path: (role: string) => string) {
  return {
    preprocessor: path('preprocessor'),
    encoder: path('encoder'),
    uncachedDecoder: path('uncachedDecoder'),
    cachedDecoder: path('cachedDecoder'),
  };
}

/** The path of a role. Errors: `model_invalid` {model, reason}. */
export function pathOf({ manifest, paths }: VerifiedModel, role: string): string {
  const found = paths[role];
  if (found === undefined) throw new ProblemError('model_invalid', { model: manifest.id, reason: `no_${role}` });
  // Native code takes C strings: at a NUL byte another path would begin.
  if (!isAbsolute(found) || found.includes('\0'))
    throw new ProblemError('model_invalid', { model: manifest.id, reason: 'path' });
  return found;
}

/** A transducer whose pieces nobody wrote down takes no hot words. */
function hotWordUnit(model: VerifiedModel): TransducerConfig['hotWordUnit'] {
  const unit = model.manifest.modelingUnit;
  if (unit === null) return null;
  if (!NEEDS_VOCABULARY.has(unit)) return { unit, bpeVocab: null };
  return model.paths['bpeVocab'] === undefined ? null : { unit, bpeVocab: pathOf(model, 'bpeVocab') };
}

/** Whether hot words may be given: on any other family they end the process. */
export function takesHotWords(config: OfflineConfig): boolean {
  return 'hotWordUnit' in config && config.hotWordUnit !== null;
}

/** What native code gets. `hotWordsScore` null: no hot words. */
export function nativeConfig(config: OfflineConfig, hotWordsScore: number | null): OfflineRecognizerConfig {
  const { sampleRate, featureDim } = config;
  const biased = hotWordsScore !== null && takesHotWords(config);
  // Hot words need the beam, and NeMo's transducers are as good and quicker without it.
  const beam = config.family === 'offline-transducer' || biased;
  return {
    featConfig: { sampleRate, featureDim },
    modelConfig: modelConfig(config, biased),
    decodingMethod: beam ? 'modified_beam_search' : 'greedy_search',
    maxActivePaths: ACTIVE_PATHS,
    ...(biased ? { hotwordsScore: hotWordsScore } : {}),
  };
}

function modelConfig(config: OfflineConfig, biased: boolean): OfflineModelConfig {
  const base = { tokens: config.tokens, numThreads: config.threads, provider: 'cpu', debug: 0 } as const;
  switch (config.family) {
    case 'offline-transducer':
    case 'nemo-transducer': {
      const { encoder, decoder, joiner } = config;
      const modelType = config.family === 'nemo-transducer' ? 'nemo_transducer' : 'transducer';
      return { ...base, transducer: { encoder, decoder, joiner }, modelType, ...(biased ? unitOf(config) : {}) };
    }
    case 'nemo-ctc':
      return { ...base, nemoCtc: { model: config.model } };
    case 'zipformer-ctc':
      return { ...base, zipformerCtc: { model: config.model } };
    case 'whisper': {
      const { encoder, decoder, language, tailPaddings } = config;
      // Never translated: a transcript says what was said.
      const told = { language, task: 'transcribe', ...(tailPaddings === null ? {} : { tailPaddings }) } as const;
      return { ...base, whisper: { encoder, decoder, ...told } };
    }
    case 'moonshine': {
      const { preprocessor, encoder, uncachedDecoder, cachedDecoder } = config;
      return { ...base, moonshine: { preprocessor, encoder, uncachedDecoder, cachedDecoder } };
    }
    case 'sense-voice':
      // Numbers are written by our own rules (docs/decisions/0043).
      return {
        ...base,
        senseVoice: { model: config.model, language: config.language, useInverseTextNormalization: 0 },
      };
  }
}

function unitOf({ hotWordUnit: unit }: TransducerConfig): Pick<OfflineModelConfig, 'modelingUnit' | 'bpeVocab'> {
  if (unit === null) return {};
  return { modelingUnit: unit.unit, ...(unit.bpeVocab === null ? {} : { bpeVocab: unit.bpeVocab }) };
}
