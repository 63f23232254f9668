// What native code is told of models beside the recogniser: punctuation, speakers, voices. Put together from verified models and bounded
// settings, before any child is started (docs/decisions/0075).
import { ProblemError } from '@cordon/contract';
import type {
  DiarizationConfig,
  OfflinePunctuationConfig,
  OnlinePunctuationConfig,
  SpeakerEmbeddingConfig,
} from 'sherpa-onnx-node';
import type { VerifiedModel } from '../../models.ts';
import { MAX_SPEAKERS } from '../messages.ts';
import { pathOf } from './offline-config.ts';

/** What a child is told; plain JSON. */
export type PunctuationConfig =
  | { readonly family: 'ct-punctuation'; readonly model: string }
  | { readonly family: 'bilstm-punctuation'; readonly model: string; readonly bpeVocab: string };

export interface SpeakerSettings {
  /** How many speak, where that is known; null: as many as the voices are apart. */
  readonly speakers: number | null;
  /** 0 to 1: how far apart two voices have to be to be two. */
  readonly threshold: number;
}

/** Seconds: shorter sounds are no turn; shorter gaps do not end one. */
const LEAST_TURN_SECONDS = 0.3;
const LEAST_GAP_SECONDS = 0.5;

/** Errors: `model_invalid`. */
export function punctuationConfig(model: VerifiedModel): PunctuationConfig {
  const { family, id } = model.manifest;
  if (family === 'ct-punctuation') return { family, model: pathOf(model, 'model') };
  if (family === 'bilstm-punctuation')
    return { family, model: pathOf(model, 'model'), bpeVocab: pathOf(model, 'bpeVocab') };
  throw new ProblemError('model_invalid', { model: id, reason: 'not_a_punctuation_model' });
}

const BASE = { numThreads: 1, provider: 'cpu', debug: 0 } as const;

export function ctConfig({ model }: { readonly model: string }): OfflinePunctuationConfig {
  return { model: { ctTransformer: model, ...BASE } };
}

export function bilstmConfig(config: { readonly model: string; readonly bpeVocab: string }): OnlinePunctuationConfig {
  return { model: { cnnBilstm: config.model, bpeVocab: config.bpeVocab, ...BASE } };
}

/** Errors: `model_invalid`. */
export function embeddingConfig(model: VerifiedModel): SpeakerEmbeddingConfig {
  mustBe(model, 'speaker-embedding');
  return { model: pathOf(model, 'model'), ...BASE };
}

/** Errors: `model_invalid`, `invalid_request` {field: 'speakers' | 'threshold'}. */
export function diarizationConfig(
  segmentation: VerifiedModel,
  embedding: VerifiedModel,
  { speakers, threshold }: SpeakerSettings,
): DiarizationConfig {
  mustBe(segmentation, 'speaker-segmentation');
  if (speakers !== null && !(Number.isInteger(speakers) && speakers >= 1 && speakers <= MAX_SPEAKERS))
    throw new ProblemError('invalid_request', { field: 'speakers', rule: 'range' });
  if (!(threshold > 0 && threshold < 1))
    throw new ProblemError('invalid_request', { field: 'threshold', rule: 'range' });
  return {
    segmentation: { pyannote: { model: pathOf(segmentation, 'model') }, ...BASE },
    embedding: embeddingConfig(embedding),
    clustering: { numClusters: speakers ?? -1, threshold },
    minDurationOn: LEAST_TURN_SECONDS,
    minDurationOff: LEAST_GAP_SECONDS,
  };
}

function mustBe({ manifest }: VerifiedModel, family: 'speaker-segmentation' | 'speaker-embedding'): void {
  if (manifest.family !== family)
    throw new ProblemError('model_invalid', { model: manifest.id, reason: `not_a_${family.replace('-', '_')}_model` });
}
