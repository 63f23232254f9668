// The package has no types of its own. Only what is used here, checked against 1.13.8.
declare module 'sherpa-onnx-node' {
  interface Waveform {
    readonly sampleRate: number;
    readonly samples: Float32Array;
  }

  interface OnlineStream {
    acceptWaveform(wave: Waveform): void;
    inputFinished(): void;
  }

  interface OnlineResult {
    readonly text: string;
    readonly tokens: readonly string[];
    readonly timestamps: readonly number[];
    readonly ys_probs: readonly number[];
  }

  interface OnlineRecognizerConfig {
    readonly featConfig: { readonly sampleRate: number; readonly featureDim: number };
    readonly modelConfig: {
      readonly transducer: { readonly encoder: string; readonly decoder: string; readonly joiner: string };
      readonly tokens: string;
      readonly numThreads: number;
      readonly provider: 'cpu';
      readonly debug: 0;
      readonly modelingUnit?: 'bpe';
      readonly bpeVocab?: string;
    };
    readonly decodingMethod: 'greedy_search' | 'modified_beam_search';
    readonly maxActivePaths: number;
    readonly enableEndpoint: boolean;
    /** Hot words as text, one phrase per line. Not in the package's own notes; in its addon since 1.10. */
    readonly hotwordsBuf?: string;
    readonly hotwordsBufSize?: number;
    readonly hotwordsScore?: number;
  }

  class OnlineRecognizer {
    constructor(config: OnlineRecognizerConfig);
    createStream(): OnlineStream;
    isReady(stream: OnlineStream): boolean;
    decode(stream: OnlineStream): void;
    getResult(stream: OnlineStream): OnlineResult;
  }

  interface VadConfig {
    readonly sileroVad: {
      readonly model: string;
      readonly threshold: number;
      readonly minSilenceDuration: number;
      readonly minSpeechDuration: number;
      readonly maxSpeechDuration: number;
      readonly windowSize: number;
    };
    readonly sampleRate: number;
    readonly numThreads: number;
    readonly provider: 'cpu';
    readonly debug: 0;
  }

  class Vad {
    constructor(config: VadConfig, bufferSeconds: number);
    acceptWaveform(samples: Float32Array): void;
    isDetected(): boolean;
    isEmpty(): boolean;
    pop(): void;
  }

  const sherpa: {
    readonly OnlineRecognizer: typeof OnlineRecognizer;
    readonly Vad: typeof Vad;
    readonly version: string;
  };
  export default sherpa;
  export type { OnlineRecognizer, OnlineStream, OnlineResult, Vad };
}
