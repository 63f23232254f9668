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

  /** Of each family exactly one is given. Read from the addon of 1.13.8: a name it does not know is ignored without a word. */
  interface OfflineModelConfig {
    readonly transducer?: { readonly encoder: string; readonly decoder: string; readonly joiner: string };
    readonly nemoCtc?: { readonly model: string };
    readonly zipformerCtc?: { readonly model: string };
    readonly whisper?: {
      readonly encoder: string;
      readonly decoder: string;
      /** Empty: found by the model. One that it does not know ends the process. */
      readonly language: string;
      readonly task: 'transcribe';
      /** Frames of 10 ms. */
      readonly tailPaddings?: number;
    };
    readonly moonshine?: {
      readonly preprocessor: string;
      readonly encoder: string;
      readonly uncachedDecoder: string;
      readonly cachedDecoder: string;
    };
    readonly senseVoice?: {
      readonly model: string;
      readonly language: string;
      readonly useInverseTextNormalization: 0 | 1;
    };
    readonly tokens: string;
    readonly numThreads: number;
    readonly provider: 'cpu';
    readonly debug: 0 | 1;
    readonly modelType?: string;
    readonly modelingUnit?: string;
    readonly bpeVocab?: string;
  }

  interface OfflineRecognizerConfig {
    readonly featConfig: { readonly sampleRate: number; readonly featureDim: number };
    readonly modelConfig: OfflineModelConfig;
    readonly decodingMethod: 'greedy_search' | 'modified_beam_search';
    readonly maxActivePaths: number;
    readonly hotwordsScore?: number;
  }

  interface OfflineStream {
    acceptWaveform(wave: Waveform): void;
  }

  interface OfflineResult {
    readonly text: string;
    readonly tokens: readonly string[];
    /** Seconds; empty or left out for families that give none. */
    readonly timestamps?: readonly number[];
    /** Seconds per token; token-and-duration transducers alone. */
    readonly durations?: readonly number[];
    /** Natural logarithms; empty for families that give none. */
    readonly ys_log_probs?: readonly number[];
  }

  class OfflineRecognizer {
    constructor(config: OfflineRecognizerConfig);
    /** `hotwords`: phrases with `/` between them; a transducer under modified_beam_search only. */
    createStream(hotwords?: string): OfflineStream;
    decodeAsync(stream: OfflineStream): Promise<OfflineResult>;
  }

  interface NativeModel {
    readonly numThreads: number;
    readonly provider: 'cpu';
    readonly debug: 0 | 1;
  }

  interface OfflinePunctuationConfig {
    readonly model: NativeModel & { readonly ctTransformer: string };
  }

  class OfflinePunctuation {
    constructor(config: OfflinePunctuationConfig);
    addPunct(text: string): string;
  }

  interface OnlinePunctuationConfig {
    readonly model: NativeModel & { readonly cnnBilstm: string; readonly bpeVocab: string };
  }

  class OnlinePunctuation {
    constructor(config: OnlinePunctuationConfig);
    addPunct(text: string): string;
  }

  interface SpeakerEmbeddingConfig extends NativeModel {
    readonly model: string;
  }

  class SpeakerEmbeddingExtractor {
    constructor(config: SpeakerEmbeddingConfig);
    readonly dim: number;
    createStream(): OnlineStream;
    isReady(stream: OnlineStream): boolean;
    /** Without an external buffer: the garbage collector does not see those. */
    compute(stream: OnlineStream, enableExternalBuffer: false): Float32Array;
  }

  interface DiarizationConfig {
    readonly segmentation: NativeModel & { readonly pyannote: { readonly model: string } };
    readonly embedding: SpeakerEmbeddingConfig;
    /** `numClusters` −1: as many as the threshold gives. */
    readonly clustering: { readonly numClusters: number; readonly threshold: number };
    readonly minDurationOn: number;
    readonly minDurationOff: number;
  }

  interface SpeakerSegment {
    /** Seconds. */
    readonly start: number;
    readonly end: number;
    readonly speaker: number;
  }

  class OfflineSpeakerDiarization {
    constructor(config: DiarizationConfig);
    readonly sampleRate: number;
    process(samples: Float32Array): readonly SpeakerSegment[];
  }

  const sherpa: {
    readonly OnlineRecognizer: typeof OnlineRecognizer;
    readonly Vad: typeof Vad;
    readonly OfflineRecognizer: typeof OfflineRecognizer;
    readonly OfflinePunctuation: typeof OfflinePunctuation;
    readonly OnlinePunctuation: typeof OnlinePunctuation;
    readonly SpeakerEmbeddingExtractor: typeof SpeakerEmbeddingExtractor;
    readonly OfflineSpeakerDiarization: typeof OfflineSpeakerDiarization;
    readonly version: string;
  };
  export default sherpa;
  export type { OnlineRecognizer, OnlineStream, OnlineResult, Vad };
  export type { OfflineRecognizer, OfflineRecognizerConfig, OfflineModelConfig, OfflineResult };
  export type { OfflinePunctuationConfig, OnlinePunctuationConfig };
  export type { DiarizationConfig, SpeakerEmbeddingConfig, SpeakerSegment };
}
