// Any sample rate to the engine's, streaming: a windowed-sinc polyphase filter (Smith, "Digital Audio Resampling").
// Flat to 0.85 of the lower Nyquist frequency (6.8 kHz of 8; telephony's 3.4 of 4), 80 dB down from that frequency on (measured in resample.test.ts).

/** Zero crossings of the sinc on each side: with the Kaiser window below it sets the width of the transition band. */
const ZERO_CROSSINGS = 36;

/** Kaiser's β for about 90 dB of stop band attenuation. */
const KAISER_BETA = 9;

/** Where the transition band is centred, as a fraction of the lower Nyquist frequency. */
const CUTOFF = 0.925;

/** Phases kept before neighbours are interpolated: 44.1 kHz needs 160; a rate prime to 16,000 would need 16,000. */
const MAX_PHASES = 1024;

/** One channel's resampler. `push` gives what is ready; `end` the tail. The output is in time with the input (no delay). */
export interface Resampler {
  push(samples: Float32Array): Float32Array;
  end(): Float32Array;
}

/**
 * Output length after `end` is `round(input × to / from)`, whatever the chunking. `images`: the share, 0 to 1, of plain linear
 * interpolation in the filter, which when going up leaves faint mirror images above the input's band.
 */
export function createResampler(from: number, to: number, images = 0): Resampler {
  if (from === to) return { push: (samples) => samples, end: () => new Float32Array(0) };
  return new Polyphase(from, to, images);
}

class Polyphase implements Resampler {
  readonly #from: number;
  readonly #to: number;
  readonly #reach: number;
  readonly #bank: FilterBank;
  /** Input samples still needed; `#first` is the input index of its first one. */
  #held: Float32Array;
  #first: number;
  #consumed = 0;
  #produced = 0;

  constructor(from: number, to: number, images: number) {
    const divisor = greatestCommonDivisor(from, to);
    this.#from = from / divisor;
    this.#to = to / divisor;
    this.#reach = Math.ceil(ZERO_CROSSINGS / (CUTOFF * Math.min(1, to / from)));
    this.#bank = buildBank(this.#from, this.#to, this.#reach, images);
    this.#held = new Float32Array(this.#reach);
    this.#first = -this.#reach;
  }

  push(samples: Float32Array): Float32Array {
    this.#consumed += samples.length;
    return this.#run(samples, Math.floor(((this.#consumed - 1 - this.#reach) * this.#to) / this.#from) + 1);
  }

  end(): Float32Array {
    return this.#run(new Float32Array(this.#reach + 1), Math.round((this.#consumed * this.#to) / this.#from));
  }

  /** Produces outputs up to index `until` (exclusive) after taking in `samples`. */
  #run(samples: Float32Array, until: number): Float32Array {
    const input = new Float32Array(this.#held.length + samples.length);
    input.set(this.#held);
    input.set(samples, this.#held.length);
    const out = new Float32Array(Math.max(0, until - this.#produced));
    for (let index = 0; index < out.length; index++) out[index] = this.#at(input, this.#produced + index);
    this.#produced += out.length;
    this.#keep(input);
    return out;
  }

  #at(input: Float32Array, output: number): number {
    const position = output * this.#from;
    const base = Math.floor(position / this.#to);
    const phase = ((position % this.#to) / this.#to) * this.#bank.phases;
    const left = Math.floor(phase);
    const share = phase - left;
    const start = base - this.#reach + 1 - this.#first;
    const sum = dot(input, start, this.#bank, left);
    return share < 1e-9 ? sum : sum * (1 - share) + share * dot(input, start, this.#bank, left + 1);
  }

  #keep(input: Float32Array): void {
    const needed = Math.floor((this.#produced * this.#from) / this.#to) - this.#reach;
    const drop = Math.max(0, Math.min(input.length, needed - this.#first));
    this.#held = input.slice(drop);
    this.#first += drop;
  }
}

interface FilterBank {
  readonly phases: number;
  readonly taps: number;
  /** `phases + 1` rows, so that the last phase has a right neighbour. */
  readonly rows: Float32Array;
}

function dot(input: Float32Array, start: number, bank: FilterBank, phase: number): number {
  const { taps, rows } = bank;
  const row = phase * taps;
  let sum = 0;
  for (let tap = 0; tap < taps; tap++) sum += (input[start + tap] ?? 0) * (rows[row + tap] ?? 0);
  return sum;
}

/** Row p holds the filter for an output that lies p/phases after an input sample; its taps begin `reach - 1` samples before it. */
function buildBank(from: number, to: number, reach: number, images: number): FilterBank {
  const phases = Math.min(to, MAX_PHASES);
  const taps = 2 * reach;
  const cutoff = CUTOFF * Math.min(1, to / from);
  const rows = new Float32Array((phases + 1) * taps);
  for (let phase = 0; phase <= phases; phase++) {
    for (let tap = 0; tap < taps; tap++) {
      const distance = tap - reach + 1 - phase / phases;
      const clean = cutoff * sinc(cutoff * distance) * kaiser(distance / reach);
      rows[phase * taps + tap] = (1 - images) * clean + images * Math.max(0, 1 - Math.abs(distance));
    }
  }
  return { phases, taps, rows };
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
  return Math.abs(x) >= 1 ? 0 : bessel(KAISER_BETA * Math.sqrt(1 - x * x)) / bessel(KAISER_BETA);
}

/** Modified Bessel function of the first kind, order 0, by its power series. */
function bessel(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
