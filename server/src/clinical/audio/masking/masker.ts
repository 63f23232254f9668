// Silence, or a tone, over stretches of sound. Every sample outside of them stays as it is, bit by bit; the edges are faded inside of them,
// because a cut through a wave is heard as a click.
import type { Block } from '#clinical/audio/wav.ts';

/** Seconds from the beginning, `end` exclusive; sorted, not overlapping. */
export interface MaskedStretch {
  readonly start: number;
  readonly end: number;
}

export type Fill = 'silence' | 'tone';

/** Seconds of a fade: long enough for the lowest voice (a wave of 80 Hz takes 12 ms) to end without a click, and far shorter than a sound of speech. */
const FADE_SECONDS = 0.01;

/** Hz and factor of full scale of the tone: what broadcasters use, 20 dB under full scale (EBU R 68 measures at 18). */
const TONE_HZ = 1_000;
const TONE_LEVEL = 0.1;

interface Place {
  readonly from: number;
  readonly to: number;
}

export class Masker {
  readonly #places: readonly Place[];
  readonly #fill: Fill;
  readonly #rate: number;
  readonly #fade: number;
  /** The first place that does not lie before the block. */
  #next = 0;
  #at = 0;

  /** `rate`: Hz, of the blocks. */
  constructor(stretches: readonly MaskedStretch[], fill: Fill, rate: number) {
    this.#places = stretches.map(({ start, end }) => ({ from: Math.floor(start * rate), to: Math.ceil(end * rate) }));
    this.#fill = fill;
    this.#rate = rate;
    this.#fade = Math.round(FADE_SECONDS * rate);
  }

  /** Changes the block, which follows the one before, in place. */
  mask(block: Block): void {
    const length = block[0]?.length ?? 0;
    const end = this.#at + length;
    while ((this.#places[this.#next]?.to ?? Infinity) <= this.#at) this.#next += 1;
    for (let index = this.#next; (this.#places[index]?.from ?? Infinity) < end; index += 1) {
      const place = this.#places[index] as Place;
      const first = Math.max(place.from, this.#at);
      const last = Math.min(place.to, end);
      for (const samples of block) this.#cover(samples, place, first, last);
    }
    this.#at = end;
  }

  #cover(samples: Float32Array, place: Place, first: number, last: number): void {
    const fade = Math.min(this.#fade, Math.floor((place.to - place.from) / 2));
    for (let at = first; at < last; at += 1) {
      const edge = Math.min(at - place.from, place.to - 1 - at);
      const kept = edge < fade ? 0.5 + 0.5 * Math.cos((Math.PI * (edge + 1)) / (fade + 1)) : 0;
      const filled = this.#fill === 'tone' ? (1 - kept) * TONE_LEVEL * this.#tone(at) : 0;
      // Not a product by zero: what is covered must not come back, not even as a sign.
      samples[at - this.#at] = kept === 0 ? filled : (samples[at - this.#at] ?? 0) * kept + filled;
    }
  }

  #tone(at: number): number {
    return Math.sin((2 * Math.PI * TONE_HZ * at) / this.#rate);
  }
}
