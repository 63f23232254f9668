// The streaming transducer for live sound: greedy search, so that what was said once is never taken back (docs/decisions/0091).
// Runs in the live child only: native code on foreign sound.
import type { OnlineRecognizer, OnlineStream } from 'sherpa-onnx-node';
import { ENGINE_SAMPLE_RATE } from '#clinical/audio/limits.ts';
import type { FamilyConfig, SpokenWord } from './messages.ts';
import { createNoiseFloor } from './noise-floor.ts';
import { createTransducer, digitalSilence, engineName, LEAD_SECONDS, TRAIL_SECONDS } from './online-transducer.ts';
import { GATE_WINDOW } from './speech-gate.ts';
import { wordsOfTokens } from './tokens.ts';

/** Seconds of sound after a word's last token from which on the word is taken to be over: two chunks of the model. */
const SURELY_OVER_SECONDS = 0.7;

export interface LiveFamily {
  /** Name and version, as shown in the transcript. */
  readonly engine: string;
  /** `start`: index of the turn's first sample at 16 kHz; times count from the start of the session. */
  begin(start: number): LiveTurn;
}

/** One turn of speech. Samples are 16 kHz, full scale ±1, without gaps. */
export interface LiveTurn {
  /** Whether anything new was heard. */
  feed(samples: Float32Array): boolean;
  /** Words that only grow in number; the last one is apart while it may still become a longer one. */
  words(): { readonly words: readonly SpokenWord[]; readonly next: SpokenWord | null };
  /** All words of the turn. `end`: sample index after its last sample. */
  finish(end: number): readonly SpokenWord[];
}

/** `config` must have been checked: native code trusts it. */
export function loadLiveTransducer(config: Extract<FamilyConfig, { family: 'online-transducer' }>): LiveFamily {
  const recognizer = createTransducer(config, 'greedy_search', null);
  return { engine: engineName(), begin: (start) => new TransducerTurn(recognizer, start) };
}

class TransducerTurn implements LiveTurn {
  readonly #recognizer: OnlineRecognizer;
  readonly #stream: OnlineStream;
  readonly #start: number;
  readonly #floor = createNoiseFloor();
  #fed = 0;
  #tokens = 0;
  /** Seconds into the stream of the newest token. */
  #newest = 0;
  #told = 0;

  constructor(recognizer: OnlineRecognizer, start: number) {
    this.#recognizer = recognizer;
    this.#start = start;
    this.#stream = recognizer.createStream();
    this.#give(digitalSilence(LEAD_SECONDS));
  }

  feed(samples: Float32Array): boolean {
    for (let at = 0; at < samples.length; at += GATE_WINDOW) this.#floor(samples.subarray(at, at + GATE_WINDOW));
    this.#fed += samples.length;
    this.#give(samples);
    return this.#hasMore();
  }

  words(): { readonly words: readonly SpokenWord[]; readonly next: SpokenWord | null } {
    const heard = this.#heard(Infinity);
    const words = this.#isOver() ? heard : heard.slice(0, -1);
    this.#told = words.length;
    return { words, next: heard[words.length] ?? null };
  }

  finish(end: number): readonly SpokenWord[] {
    // The padding stays digital silence, as in batch recognition (docs/decisions/0041).
    this.#give(digitalSilence(TRAIL_SECONDS));
    this.#stream.inputFinished();
    this.#decode();
    return this.#heard(end / ENGINE_SAMPLE_RATE);
  }

  #give(samples: Float32Array): void {
    this.#stream.acceptWaveform({ sampleRate: ENGINE_SAMPLE_RATE, samples });
    this.#decode();
  }

  #decode(): void {
    while (this.#recognizer.isReady(this.#stream)) this.#recognizer.decode(this.#stream);
  }

  #hasMore(): boolean {
    const { tokens, timestamps } = this.#recognizer.getResult(this.#stream);
    const grown = tokens.length > this.#tokens;
    this.#tokens = tokens.length;
    this.#newest = timestamps.at(-1) ?? 0;
    if (grown) return true;
    return this.#isOver() && this.#told < this.#heard(Infinity).length;
  }

  #isOver(): boolean {
    return this.#fed / ENGINE_SAMPLE_RATE + LEAD_SECONDS - this.#newest >= SURELY_OVER_SECONDS;
  }

  #heard(limit: number): SpokenWord[] {
    const shift = this.#start / ENGINE_SAMPLE_RATE - LEAD_SECONDS;
    return wordsOfTokens(this.#recognizer.getResult(this.#stream), shift, limit);
  }
}
