// Who speaks when, and voices as numbers. A voice print identifies a person: it is biometric and PHI (45 CFR 164.514(b)(2)(i)(P)),
// stays in memory and leaves no child in any other form than a label. Runs in a child only.
import { ProblemError } from '@cordon/contract';
import sherpa from 'sherpa-onnx-node';
import type { DiarizationConfig, SpeakerEmbeddingConfig } from 'sherpa-onnx-node';
import { ENGINE_SAMPLE_RATE } from '#clinical/audio/limits.ts';
import type { SpeakerTurn } from '../messages.ts';

export interface Diarizer {
  /** Samples at 16 kHz. Errors: `audio_unusable` {reason: 'too_long'}. */
  turns(samples: Float32Array): readonly SpeakerTurn[];
}

export interface VoicePrinter {
  /** Unit length, so that the dot product of two is their likeness. Errors: `audio_unusable` {reason: 'too_short'}. */
  print(samples: Float32Array): Float32Array;
}

export type DiarizationNative = Pick<typeof sherpa, 'OfflineSpeakerDiarization'>;
export type EmbeddingNative = Pick<typeof sherpa, 'SpeakerEmbeddingExtractor'>;

/** Seconds taken at once: the model holds all of it, 230 MB an hour before its own needs. */
const MAX_SECONDS = 2 * 3600;

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
