// sherpa-onnx streaming transducer behind Silero voice activity detection. Runs in the child only: native code on foreign sound.
import sherpa from 'sherpa-onnx-node';
import type { OnlineRecognizer, OnlineStream, Vad } from 'sherpa-onnx-node';
import { ENGINE_SAMPLE_RATE } from '#clinical/audio/limits.ts';
import type { ChannelRecogniser, EngineFamily, FinishedStretch } from './channel.ts';
import type { FamilyConfig } from './messages.ts';
import { createNoiseFloor } from './noise-floor.ts';
import { createSpeechGate, GATE_WINDOW, windows } from './speech-gate.ts';
import type { SpeechGate } from './speech-gate.ts';
import { wordsOfTokens } from './tokens.ts';

type TransducerConfig = Extract<FamilyConfig, { family: 'online-transducer' }>;

/** Beam. Four is measured better than greedy search and than eight (docs/decisions/0041). */
const ACTIVE_PATHS = 4;

/** Seconds of digital silence that the model needs before the first and after the last sound of a stream. */
const LEAD_SECONDS = 0.3;
const TRAIL_SECONDS = 0.8;

/** Seconds of real sound kept on both sides of speech, and the pause that ends a stretch. */
const KEPT_SECONDS = 0.5;
const PAUSE_SECONDS = 1;

/** Lower than Silero's customary 0.5: a missed soft word is worse than a little noise that the recogniser leaves empty. */
const SPEECH_THRESHOLD = 0.3;

const GATE = {
  before: windows(KEPT_SECONDS),
  after: windows(KEPT_SECONDS),
  pause: windows(PAUSE_SECONDS),
  patience: [
    { length: windows(20), pause: windows(0.3) },
    { length: windows(40), pause: windows(0.1) },
    { length: windows(60), pause: 0 },
  ],
};

export function loadOnlineTransducer(config: TransducerConfig): EngineFamily {
  const recognizer = new sherpa.OnlineRecognizer({
    featConfig: { sampleRate: config.sampleRate, featureDim: 80 },
    modelConfig: {
      transducer: { encoder: config.encoder, decoder: config.decoder, joiner: config.joiner },
      tokens: config.tokens,
      numThreads: config.threads,
      provider: 'cpu',
      debug: 0,
    },
    decodingMethod: 'modified_beam_search',
    maxActivePaths: ACTIVE_PATHS,
    enableEndpoint: false,
  });
  return {
    engine: `sherpa-onnx ${sherpa.version}`,
    openChannel: (startAt) => new TransducerChannel(recognizer, createVad(config), startAt),
  };
}

function createVad(config: TransducerConfig): Vad {
  const sileroVad = {
    model: config.vad,
    threshold: SPEECH_THRESHOLD,
    minSilenceDuration: 0.1,
    minSpeechDuration: 0.1,
    maxSpeechDuration: 3600,
    windowSize: GATE_WINDOW,
  };
  return new sherpa.Vad({ sileroVad, sampleRate: ENGINE_SAMPLE_RATE, numThreads: 1, provider: 'cpu', debug: 0 }, 60);
}

class TransducerChannel implements ChannelRecogniser {
  readonly #recognizer: OnlineRecognizer;
  readonly #vad: Vad;
  readonly #gate: SpeechGate = createSpeechGate(GATE);
  /** Sound that is not yet a whole window. */
  #partial: Float32Array = new Float32Array(0);
  #warm: Float32Array = new Float32Array(0);
  #held: Float32Array[] = [];
  /** Sample index after the last judged window. */
  #position: number;
  #stream: OnlineStream | null = null;
  #floor = createNoiseFloor();
  /** Sample index of the stream's first real sample. */
  #streamStart = 0;
  #speechWindows = 0;

  constructor(recognizer: OnlineRecognizer, vad: Vad, startAt: number) {
    this.#recognizer = recognizer;
    this.#vad = vad;
    this.#position = startAt;
  }

  warmUp(samples: Float32Array): void {
    this.#warm = joined(this.#warm, samples);
  }

  push(samples: Float32Array): FinishedStretch[] {
    this.#listenBack();
    const input = joined(this.#partial, samples);
    const finished: FinishedStretch[] = [];
    let at = 0;
    for (; at + GATE_WINDOW <= input.length; at += GATE_WINDOW) {
      const stretch = this.#window(input.slice(at, at + GATE_WINDOW));
      if (stretch !== null) finished.push(stretch);
    }
    this.#partial = input.slice(at);
    return finished;
  }

  end(): FinishedStretch[] {
    if (this.#stream === null) return [];
    for (const held of this.#held.splice(0, GATE.after)) this.#feedSound(held);
    this.#feedSound(this.#partial);
    this.#position += this.#partial.length;
    return [this.#close(this.#stream)];
  }

  speechSeconds(): number {
    return (this.#speechWindows * GATE_WINDOW) / ENGINE_SAMPLE_RATE;
  }

  /** Hears the warm-up in whole windows that end where the channel starts, as an uninterrupted run would have. */
  #listenBack(): void {
    const samples = this.#warm;
    if (samples.length === 0) return;
    for (let at = samples.length % GATE_WINDOW; at < samples.length; at += GATE_WINDOW) {
      this.#isSpeech(samples.slice(at, at + GATE_WINDOW));
    }
    this.#warm = new Float32Array(0);
    this.#speechWindows = 0;
  }

  #window(window: Float32Array): FinishedStretch | null {
    const step = this.#gate.step(this.#isSpeech(window));
    this.#held.push(window);
    this.#position += GATE_WINDOW;
    switch (step) {
      case 'idle':
        this.#held.splice(0, this.#held.length - GATE.before);
        return null;
      case 'open':
        this.#open();
        return null;
      case 'feed':
        this.#feedHeld();
        return null;
      case 'hold':
        return null;
      case 'close':
        this.#held.splice(0, this.#held.length - GATE.before);
        return this.#stream === null ? null : this.#close(this.#stream);
    }
  }

  #isSpeech(window: Float32Array): boolean {
    this.#vad.acceptWaveform(window);
    // Only the flag is used; what the detector gathers would otherwise grow.
    while (!this.#vad.isEmpty()) this.#vad.pop();
    const speech = this.#vad.isDetected();
    if (speech) this.#speechWindows += 1;
    return speech;
  }

  #open(): void {
    this.#stream = this.#recognizer.createStream();
    this.#floor = createNoiseFloor();
    this.#streamStart = this.#position - this.#held.length * GATE_WINDOW;
    this.#feed(new Float32Array(LEAD_SECONDS * ENGINE_SAMPLE_RATE));
    this.#feedHeld();
  }

  #feedHeld(): void {
    for (const window of this.#held) this.#feedSound(window);
    this.#held = [];
  }

  /** Sound of the recording. The padding around a stretch stays digital silence: that is how it was measured best. */
  #feedSound(samples: Float32Array): void {
    this.#feed(this.#floor(samples));
  }

  #feed(samples: Float32Array): void {
    const stream = this.#stream;
    if (stream === null) return;
    stream.acceptWaveform({ sampleRate: ENGINE_SAMPLE_RATE, samples });
    while (this.#recognizer.isReady(stream)) this.#recognizer.decode(stream);
  }

  #close(stream: OnlineStream): FinishedStretch {
    this.#feed(new Float32Array(TRAIL_SECONDS * ENGINE_SAMPLE_RATE));
    stream.inputFinished();
    while (this.#recognizer.isReady(stream)) this.#recognizer.decode(stream);
    const shift = this.#streamStart / ENGINE_SAMPLE_RATE - LEAD_SECONDS;
    const words = wordsOfTokens(this.#recognizer.getResult(stream), shift, this.#position / ENGINE_SAMPLE_RATE);
    this.#stream = null;
    return { words, resumeAt: this.#position - this.#held.length * GATE_WINDOW };
  }
}

function joined(first: Float32Array, second: Float32Array): Float32Array {
  if (first.length === 0) return second;
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
