// An offline recogniser as the child drives it: gathers a stretch, decodes it whole. Runs in the recogniser child only.
import { ProblemError } from '@cordon/contract';
import sherpa from 'sherpa-onnx-node';
import type { OfflineRecognizer } from 'sherpa-onnx-node';
import { ENGINE_SAMPLE_RATE } from '#clinical/audio/limits.ts';
import type { EngineFamily, HeardWords, StretchHearer } from '../hearer.ts';
import type { HotWords } from '../messages.ts';
import { nativeConfig, takesHotWords } from './offline-config.ts';
import type { OfflineConfig } from './offline-config.ts';
import { wordsOf } from './offline-words.ts';
import type { WrittenWord } from './offline-words.ts';

/** The part of the package that is used; tests put a stand-in here. */
export type OfflineNative = Pick<typeof sherpa, 'OfflineRecognizer' | 'version'>;

/** Samples decoded at once. Whisper hears 29.5 s and drops the rest without a word; memory of the others grows with length. */
const MAX_PIECE = 29 * ENGINE_SAMPLE_RATE;

/** Samples before the limit in which a longer stretch is cut, at the quietest place. */
const CUT_WITHIN = 5 * ENGINE_SAMPLE_RATE;

/** Samples of the window whose level counts as quiet: 20 ms, a closure between two sounds. */
const QUIET_WINDOW = ENGINE_SAMPLE_RATE / 50;

/** Samples that a stretch may have before it is a mistake of whoever cuts: twice the longest that anything cuts. */
const MAX_STRETCH = 120 * ENGINE_SAMPLE_RATE;

/** At the end of a line: the phrase's own score. */
const OWN_SCORE = /\s+:[\d.]+$/;

/** A family that takes no hot words leaves them aside. */
export function loadOffline(
  config: OfflineConfig,
  hotWords: HotWords | null,
  native: OfflineNative = sherpa,
): EngineFamily {
  const bias = takesHotWords(config) ? hotWords : null;
  const recognizer = new native.OfflineRecognizer(nativeConfig(config, bias?.score ?? null));
  const phrases = bias === null ? undefined : streamPhrases(bias.lines);
  return {
    engine: `sherpa-onnx ${native.version}`,
    begin: (start) => new OfflineHearer(recognizer, phrases, start),
  };
}

/** A stream takes phrases with `/` between them, so no phrase may hold one; nor `:`, which would begin a score: all get the same. */
function streamPhrases(lines: string): string | undefined {
  const phrases = lines
    .split('\n')
    .map((phrase) =>
      phrase
        .replace(OWN_SCORE, '')
        .replaceAll(/[/:\p{Cc}]+/gu, ' ')
        .trim(),
    )
    .filter((phrase) => phrase !== '');
  return phrases.length === 0 ? undefined : phrases.join('/');
}

class OfflineHearer implements StretchHearer {
  readonly #recognizer: OfflineRecognizer;
  readonly #phrases: string | undefined;
  readonly #start: number;
  #parts: Float32Array[] = [];
  #length = 0;

  constructor(recognizer: OfflineRecognizer, phrases: string | undefined, start: number) {
    this.#recognizer = recognizer;
    this.#phrases = phrases;
    this.#start = start;
  }

  feed(samples: Float32Array): readonly HeardWords[] {
    this.#length += samples.length;
    if (this.#length > MAX_STRETCH) throw new ProblemError('engine_failed', { reason: 'stretch_too_long' });
    // Copied: whoever gave them may use the memory again.
    this.#parts.push(samples.slice());
    return [];
  }

  async finish(end: number, resumeAt: number): Promise<readonly HeardWords[]> {
    const samples = joined(this.#parts.splice(0), this.#length);
    const words: WrittenWord[] = [];
    let at = this.#start;
    for (const piece of piecesOf(samples)) {
      const until = Math.min(at + piece.length, end);
      words.push(...(await this.#decode(piece, { start: at / ENGINE_SAMPLE_RATE, end: until / ENGINE_SAMPLE_RATE })));
      at += piece.length;
    }
    return [{ words, resumeAt }];
  }

  async #decode(samples: Float32Array, extent: { start: number; end: number }): Promise<readonly WrittenWord[]> {
    const stream = this.#recognizer.createStream(...(this.#phrases === undefined ? [] : [this.#phrases]));
    stream.acceptWaveform({ sampleRate: ENGINE_SAMPLE_RATE, samples });
    // Off the main thread: the child goes on answering while a long stretch is decoded.
    return wordsOf(await this.#recognizer.decodeAsync(stream), extent);
  }
}

/** The whole where it is short enough, else pieces that end at quiet places. */
export function piecesOf(samples: Float32Array): readonly Float32Array[] {
  const pieces: Float32Array[] = [];
  let rest = samples;
  while (rest.length > MAX_PIECE) {
    const cut = quietest(rest, MAX_PIECE - CUT_WITHIN, MAX_PIECE);
    pieces.push(rest.subarray(0, cut));
    rest = rest.subarray(cut);
  }
  return rest.length === 0 ? pieces : [...pieces, rest];
}

function quietest(samples: Float32Array, from: number, to: number): number {
  let best = to;
  let least = Number.POSITIVE_INFINITY;
  for (let at = from; at + QUIET_WINDOW <= to; at += QUIET_WINDOW) {
    const energy = samples.subarray(at, at + QUIET_WINDOW).reduce((sum, sample) => sum + sample * sample, 0);
    if (energy < least) [least, best] = [energy, at + QUIET_WINDOW / 2];
  }
  return best;
}

function joined(parts: readonly Float32Array[], length: number): Float32Array {
  const whole = new Float32Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
