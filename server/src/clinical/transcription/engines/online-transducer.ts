// sherpa-onnx streaming transducer. Runs in the recogniser child only: native code on foreign sound.
import sherpa from 'sherpa-onnx-node';
import type { OnlineRecognizer, OnlineStream } from 'sherpa-onnx-node';
import { ENGINE_SAMPLE_RATE } from '#clinical/audio/limits.ts';
import type { EngineFamily, HeardWords, StretchHearer } from './hearer.ts';
import type { FamilyConfig, HotWords } from './messages.ts';
import { createNoiseFloor } from './noise-floor.ts';
import { GATE_WINDOW } from './speech-gate.ts';
import { wordsOfTokens } from './tokens.ts';

type TransducerConfig = Extract<FamilyConfig, { family: 'online-transducer' }>;

/** Beam. Four is measured better than greedy search and than eight (docs/decisions/0041). */
const ACTIVE_PATHS = 4;

/** Seconds of digital silence that the model needs before the first and after the last sound of a stream. */
export const LEAD_SECONDS = 0.3;
export const TRAIL_SECONDS = 0.8;

export function loadOnlineTransducer(config: TransducerConfig, hotWords: HotWords | null): EngineFamily {
  const recognizer = createTransducer(config, 'modified_beam_search', hotWords);
  return {
    engine: engineName(),
    begin: (start) => new TransducerHearer(recognizer, start),
  };
}

export function engineName(): string {
  return `sherpa-onnx ${sherpa.version}`;
}

/** Hot words need the beam: with greedy search the library ends the process. */
export function createTransducer(
  config: TransducerConfig,
  decodingMethod: 'greedy_search' | 'modified_beam_search',
  hotWords: HotWords | null,
): OnlineRecognizer {
  const biased = biasOf(config, decodingMethod === 'modified_beam_search' ? hotWords : null);
  return new sherpa.OnlineRecognizer({
    featConfig: { sampleRate: config.sampleRate, featureDim: 80 },
    modelConfig: {
      transducer: { encoder: config.encoder, decoder: config.decoder, joiner: config.joiner },
      tokens: config.tokens,
      numThreads: config.threads,
      provider: 'cpu',
      debug: 0,
      ...biased.model,
    },
    decodingMethod,
    maxActivePaths: ACTIVE_PATHS,
    enableEndpoint: false,
    ...biased.search,
  });
}

/** Given as a buffer: the file that the library otherwise wants would hold the names of people in clear. */
function biasOf({ bpeVocab }: TransducerConfig, hotWords: HotWords | null): { model?: object; search?: object } {
  if (bpeVocab === null || hotWords === null || hotWords.lines === '') return {};
  return {
    model: { modelingUnit: 'bpe', bpeVocab },
    search: {
      hotwordsBuf: hotWords.lines,
      hotwordsBufSize: Buffer.byteLength(hotWords.lines),
      hotwordsScore: hotWords.score,
    },
  };
}

class TransducerHearer implements StretchHearer {
  readonly #recognizer: OnlineRecognizer;
  readonly #stream: OnlineStream;
  readonly #start: number;
  readonly #floor = createNoiseFloor();

  constructor(recognizer: OnlineRecognizer, start: number) {
    this.#recognizer = recognizer;
    this.#start = start;
    this.#stream = recognizer.createStream();
    this.#give(digitalSilence(LEAD_SECONDS));
  }

  /** Samples come in whole windows, but for the last ones of a recording. */
  feed(samples: Float32Array): readonly HeardWords[] {
    for (let at = 0; at < samples.length; at += GATE_WINDOW) this.#floor(samples.subarray(at, at + GATE_WINDOW));
    this.#give(samples);
    return [];
  }

  finish(end: number, resumeAt: number): readonly HeardWords[] {
    // The padding stays digital silence: that is how it was measured best.
    this.#give(digitalSilence(TRAIL_SECONDS));
    this.#stream.inputFinished();
    this.#decode();
    const shift = this.#start / ENGINE_SAMPLE_RATE - LEAD_SECONDS;
    const words = wordsOfTokens(this.#recognizer.getResult(this.#stream), shift, end / ENGINE_SAMPLE_RATE);
    return [{ words, resumeAt }];
  }

  #give(samples: Float32Array): void {
    this.#stream.acceptWaveform({ sampleRate: ENGINE_SAMPLE_RATE, samples });
    this.#decode();
  }

  #decode(): void {
    while (this.#recognizer.isReady(this.#stream)) this.#recognizer.decode(this.#stream);
  }
}

export function digitalSilence(seconds: number): Float32Array {
  return new Float32Array(seconds * ENGINE_SAMPLE_RATE);
}
