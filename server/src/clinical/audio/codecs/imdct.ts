// The inverse modified discrete cosine transform, by one complex Fourier transform of a quarter of the window's length.
// y[i] = Σ X[k] cos(π/M (i + ½ + M/2)(k + ½)), with M values in and 2M out; its middle is a DCT of type IV, its ends are mirrors of that.

export interface Imdct {
  /** `spectrum`: half a window of values. Gives a whole window, valid until the next call. */
  transform(spectrum: Float32Array): Float32Array;
}

/** `window`: samples, a power of two of at least 8. */
export function createImdct(window: number): Imdct {
  const half = window / 2;
  const cosines = new Dct4(half);
  const output = new Float32Array(window);
  return {
    transform: (spectrum) => {
      const inner = cosines.transform(spectrum);
      const quarter = half / 2;
      for (let index = 0; index < quarter; index++) output[index] = inner[index + quarter] ?? 0;
      for (let index = quarter; index < 3 * quarter; index++) output[index] = -(inner[3 * quarter - 1 - index] ?? 0);
      for (let index = 3 * quarter; index < window; index++) output[index] = -(inner[index - 3 * quarter] ?? 0);
      return output;
    },
  };
}

/** D[m] = Σ X[k] cos(π/M (m + ½)(k + ½)). */
class Dct4 {
  readonly #size: number;
  readonly #twist: { readonly cos: Float64Array; readonly sin: Float64Array };
  readonly #roots: { readonly cos: Float64Array; readonly sin: Float64Array };
  readonly #reversed: Uint16Array;
  readonly #real: Float64Array;
  readonly #imaginary: Float64Array;
  readonly #output: Float64Array;

  constructor(size: number) {
    const points = size / 2;
    this.#size = size;
    this.#twist = circle(points, (index) => (-Math.PI * (index + 1 / 8)) / size);
    this.#roots = circle(points / 2, (index) => (-2 * Math.PI * index) / points);
    this.#reversed = Uint16Array.from({ length: points }, (_, index) => reverse(index, Math.log2(points)));
    this.#real = new Float64Array(points);
    this.#imaginary = new Float64Array(points);
    this.#output = new Float64Array(size);
  }

  transform(input: Float32Array): Float64Array {
    const { cos, sin } = this.#twist;
    const points = this.#size / 2;
    for (let index = 0; index < points; index++) {
      const re = input[2 * index] ?? 0;
      const im = input[this.#size - 1 - 2 * index] ?? 0;
      const to = this.#reversed[index] ?? 0;
      this.#real[to] = re * (cos[index] ?? 0) - im * (sin[index] ?? 0);
      this.#imaginary[to] = re * (sin[index] ?? 0) + im * (cos[index] ?? 0);
    }
    this.#fourier();
    for (let index = 0; index < points; index++) {
      const re = this.#real[index] ?? 0;
      const im = this.#imaginary[index] ?? 0;
      this.#output[2 * index] = re * (cos[index] ?? 0) - im * (sin[index] ?? 0);
      this.#output[this.#size - 1 - 2 * index] = -(re * (sin[index] ?? 0) + im * (cos[index] ?? 0));
    }
    return this.#output;
  }

  /** In place; the input lies in bit-reversed order already. */
  #fourier(): void {
    const real = this.#real;
    const imaginary = this.#imaginary;
    const { cos, sin } = this.#roots;
    const points = real.length;
    for (let span = 1; span < points; span *= 2) {
      const stride = points / (2 * span);
      for (let start = 0; start < points; start += 2 * span) {
        for (let index = 0; index < span; index++) {
          const one = start + index;
          const two = one + span;
          const c = cos[index * stride] ?? 0;
          const s = sin[index * stride] ?? 0;
          const re = (real[two] ?? 0) * c - (imaginary[two] ?? 0) * s;
          const im = (real[two] ?? 0) * s + (imaginary[two] ?? 0) * c;
          real[two] = (real[one] ?? 0) - re;
          imaginary[two] = (imaginary[one] ?? 0) - im;
          real[one] = (real[one] ?? 0) + re;
          imaginary[one] = (imaginary[one] ?? 0) + im;
        }
      }
    }
  }
}

function circle(count: number, angle: (index: number) => number): { cos: Float64Array; sin: Float64Array } {
  return {
    cos: Float64Array.from({ length: count }, (_, index) => Math.cos(angle(index))),
    sin: Float64Array.from({ length: count }, (_, index) => Math.sin(angle(index))),
  };
}

function reverse(index: number, bits: number): number {
  let reversed = 0;
  for (let bit = 0; bit < bits; bit++) reversed |= ((index >> bit) & 1) << (bits - 1 - bit);
  return reversed;
}
