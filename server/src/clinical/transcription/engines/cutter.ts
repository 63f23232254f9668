// One channel cut at pauses: Silero's detector judges windows, the gate decides, what belongs to a stretch is passed on.
// Runs in the listener child only: native code on foreign sound.
import sherpa from 'sherpa-onnx-node';
import type { Vad } from 'sherpa-onnx-node';
import { ENGINE_SAMPLE_RATE } from '#clinical/audio/limits.ts';
import type { CutConfig } from './messages.ts';
import { createSpeechGate, GATE_WINDOW, windows } from './speech-gate.ts';
import type { GateOptions, SpeechGate } from './speech-gate.ts';

/** What becomes of one channel. Sample indices count from the start of the recording, at 16 kHz. */
export interface CutListener {
  open(start: number): void;
  /** Sound of the open stretch, in order, without gaps. */
  sound(samples: Float32Array): void;
  /** `resumeAt`: where the channel can be taken up with the same result as if it had never stopped. */
  close(end: number, resumeAt: number): void;
}

export interface Cutter {
  /** Sound from just before the first sample: brings the detector into the state it would be in, belongs to no stretch. */
  warmUp(samples: Float32Array): void;
  push(samples: Float32Array): void;
  end(): void;
  /** Seconds of speech so far. */
  speechSeconds(): number;
}

/** Seconds of real sound kept on both sides of speech, and the pause that ends a stretch (docs/decisions/0041). */
const KEPT_SECONDS = 0.5;
const PAUSE_SECONDS = 1;

/** Lower than Silero's customary 0.5: a missed soft word is worse than a little noise that the recogniser leaves empty. */
const SPEECH_THRESHOLD = 0.3;

const KEPT_WINDOWS = windows(KEPT_SECONDS);

function gateOf(pauseSeconds: number): GateOptions {
  const upTo = (seconds: number): number => windows(Math.min(seconds, pauseSeconds));
  return {
    before: KEPT_WINDOWS,
    after: KEPT_WINDOWS,
    pause: windows(pauseSeconds),
    patience: [
      { length: windows(20), pause: upTo(0.3) },
      { length: windows(40), pause: upTo(0.1) },
      { length: windows(60), pause: 0 },
    ],
  };
}

/** What makes the cutter of a channel that starts at a sample index; null where nothing is cut. */
export type Cutters = (startAt: number, listener: CutListener) => Cutter | null;

/** The detector of the first channel is loaded at once, so that it is there when sound comes. */
export function cuttersOf(config: CutConfig): Cutters {
  switch (config.how) {
    case 'pauses': {
      let ready: Vad | null = loadDetector(config.vad);
      return (startAt, listener) => {
        const vad = ready ?? loadDetector(config.vad);
        ready = null;
        return cutAtPauses(vad, startAt, listener);
      };
    }
    case 'whole':
      return cutNowhere;
    case 'measure':
      return () => null;
  }
}

/** `vad`: one that has heard nothing. `startAt`: index of the first sample that will be pushed. `pauseSeconds`: what ends a stretch. */
export function cutAtPauses(
  vad: Vad,
  startAt: number,
  listener: CutListener,
  pauseSeconds: number = PAUSE_SECONDS,
): Cutter {
  return new PauseCutter(vad, startAt, listener, pauseSeconds);
}

/** One stretch from the first sample to the last. */
function cutNowhere(startAt: number, listener: CutListener): Cutter {
  let position = startAt;
  let open = false;
  return {
    warmUp: () => undefined,
    push: (samples) => {
      if (!open) listener.open(startAt);
      open = true;
      listener.sound(samples);
      position += samples.length;
    },
    end: () => {
      if (open) listener.close(position, position);
    },
    speechSeconds: () => (position - startAt) / ENGINE_SAMPLE_RATE,
  };
}

/** `model`: path of a verified Silero model. */
export function loadDetector(model: string): Vad {
  const sileroVad = {
    model,
    threshold: SPEECH_THRESHOLD,
    minSilenceDuration: 0.1,
    minSpeechDuration: 0.1,
    maxSpeechDuration: 3600,
    windowSize: GATE_WINDOW,
  };
  return new sherpa.Vad({ sileroVad, sampleRate: ENGINE_SAMPLE_RATE, numThreads: 1, provider: 'cpu', debug: 0 }, 60);
}

class PauseCutter implements Cutter {
  readonly #vad: Vad;
  readonly #gate: SpeechGate;
  readonly #listener: CutListener;
  /** Sound that is not yet a whole window. */
  #partial: Float32Array = new Float32Array(0);
  #warm: Float32Array = new Float32Array(0);
  #held: Float32Array[] = [];
  /** Sample index after the last judged window. */
  #position: number;
  #open = false;
  #speechWindows = 0;

  constructor(vad: Vad, startAt: number, listener: CutListener, pauseSeconds: number) {
    this.#vad = vad;
    this.#gate = createSpeechGate(gateOf(pauseSeconds));
    this.#position = startAt;
    this.#listener = listener;
  }

  warmUp(samples: Float32Array): void {
    this.#warm = joined(this.#warm, samples);
  }

  push(samples: Float32Array): void {
    this.#listenBack();
    const input = joined(this.#partial, samples);
    let at = 0;
    for (; at + GATE_WINDOW <= input.length; at += GATE_WINDOW) this.#window(input.slice(at, at + GATE_WINDOW));
    this.#partial = input.slice(at);
  }

  end(): void {
    if (!this.#open) return;
    for (const held of this.#held.splice(0, KEPT_WINDOWS)) this.#listener.sound(held);
    this.#listener.sound(this.#partial);
    this.#position += this.#partial.length;
    this.#close();
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

  #window(window: Float32Array): void {
    const step = this.#gate.step(this.#isSpeech(window));
    this.#held.push(window);
    this.#position += GATE_WINDOW;
    switch (step) {
      case 'idle':
        this.#held.splice(0, this.#held.length - KEPT_WINDOWS);
        break;
      case 'open':
        this.#open = true;
        this.#listener.open(this.#position - this.#held.length * GATE_WINDOW);
        this.#pass();
        break;
      case 'feed':
        this.#pass();
        break;
      case 'hold':
        break;
      case 'close':
        this.#held.splice(0, this.#held.length - KEPT_WINDOWS);
        if (this.#open) this.#close();
        break;
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

  #pass(): void {
    for (const window of this.#held) this.#listener.sound(window);
    this.#held = [];
  }

  #close(): void {
    this.#open = false;
    this.#listener.close(this.#position, this.#position - this.#held.length * GATE_WINDOW);
  }
}

function joined(first: Float32Array, second: Float32Array): Float32Array {
  if (first.length === 0) return second;
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
