// Who speaks when, and voices as numbers. A voice print identifies a person: it is biometric and PHI (45 CFR 164.514(b)(2)(i)(P)),
// stays in memory and leaves no child in any other form than a label. Runs in a child only.
import { ProblemError } from '@cordon/contract';
import sherpa from 'sherpa-onnx-node';
import type { DiarizationConfig, SpeakerEmbeddingConfig } from 'sherpa-onnx-node';
import { ENGINE_SAMPLE_RATE } from '#clinical/audio/limits.ts';
import type { VerifiedModel } from '../../models.ts';
import { pathOf } from './offline-config.ts';

/** Who speaks from when to when. Speakers are numbered from 0 in the order in which they are first heard. */
export interface SpeakerTurn {
  /** Seconds. */
  readonly start: number;
  readonly end: number;
  readonly speaker: number;
}

export interface Diarizer {
  /** Samples at 16 kHz. Errors: `audio_unusable` {reason: 'too_long'}. */
  turns(samples: Float32Array): readonly SpeakerTurn[];
}

export interface VoicePrinter {
  /** Unit length, so that the dot product of two is their likeness. Errors: `audio_unusable` {reason: 'too_short'}. */
  print(samples: Float32Array): Float32Array;
}

export interface SpeakerSettings {
  /** How many speak, where that is known; null: as many as the voices are apart. */
  readonly speakers: number | null;
  /** 0 to 1: how far apart two voices have to be to be two. */
  readonly threshold: number;
}

export type DiarizationNative = Pick<typeof sherpa, 'OfflineSpeakerDiarization'>;
export type EmbeddingNative = Pick<typeof sherpa, 'SpeakerEmbeddingExtractor'>;

/** More people than this are no visit. */
const MAX_SPEAKERS = 16;

/** Seconds: shorter sounds are no turn; shorter gaps do not end one. */
const LEAST_TURN_SECONDS = 0.3;
const LEAST_GAP_SECONDS = 0.5;

/** Seconds taken at once: the model holds all of it, 230 MB an hour before its own needs. */
const MAX_SECONDS = 2 * 3600;

const BASE = { numThreads: 1, provider: 'cpu', debug: 0 } as const;

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

/** Errors: `model_invalid` {reason: 'sample_rate'} for a model that hears at another rate. */
export function loadDiarizer(config: DiarizationConfig, native: DiarizationNative = sherpa): Diarizer {
  const model = new native.OfflineSpeakerDiarization(config);
  if (model.sampleRate !== ENGINE_SAMPLE_RATE) throw new ProblemError('model_invalid', { reason: 'sample_rate' });
  return {
    turns(samples) {
      if (samples.length > MAX_SECONDS * ENGINE_SAMPLE_RATE)
        throw new ProblemError('audio_unusable', { reason: 'too_long' });
      return samples.length === 0 ? [] : inOrder(model.process(samples));
    },
  };
}

/** By start; the clustering's own numbers say nothing. */
function inOrder(segments: readonly SpeakerTurn[]): readonly SpeakerTurn[] {
  const sorted = segments.toSorted((one, other) => one.start - other.start || one.end - other.end);
  const numbers = new Map<number, number>();
  return sorted.map(({ start, end, speaker }) => {
    if (!numbers.has(speaker)) numbers.set(speaker, numbers.size);
    return { start, end, speaker: numbers.get(speaker) ?? 0 };
  });
}

export function loadVoicePrinter(config: SpeakerEmbeddingConfig, native: EmbeddingNative = sherpa): VoicePrinter {
  const model = new native.SpeakerEmbeddingExtractor(config);
  return {
    print(samples) {
      const stream = model.createStream();
      stream.acceptWaveform({ sampleRate: ENGINE_SAMPLE_RATE, samples });
      stream.inputFinished();
      if (!model.isReady(stream)) throw new ProblemError('audio_unusable', { reason: 'too_short' });
      return unit(model.compute(stream, false));
    },
  };
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return length === 0 ? vector : vector.map((value) => value / length);
}
