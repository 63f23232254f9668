// One FLAC frame to samples (RFC 9639 §9.2, §9.3). Numbers are doubles: predictions of 32-bit samples need 52 bits, which they hold exactly.
import { crc16 } from '#clinical/audio/containers/crc.ts';
import type { FrameHeader } from './flac-header.ts';
import { BitsExhausted, MsbBits } from './msb-bits.ts';

/** Integer samples of a frame and the bytes it took. */
export interface DecodedFrame {
  readonly samples: readonly Float64Array[];
  readonly length: number;
}

/** A fixed predictor's factors for the samples before, nearest first (RFC 9639 §9.2.5). */
const FIXED: readonly (readonly number[])[] = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]];

/** Thrown inside: what stands there no encoder writes. */
class Malformed extends Error {}

/** `short`: more bytes are needed; null: the frame is damaged. `bytes` begins with the frame. */
export function decodeFrame(bytes: Uint8Array, header: FrameHeader): DecodedFrame | 'short' | null {
  const bits = new MsbBits(bytes, header.length);
  try {
    const samples: Float64Array[] = [];
    for (let channel = 0; channel < header.channels; channel++) {
      samples.push(decodeSubframe(bits, header.blockSize, header.bits + sideBit(header, channel)));
    }
    const length = Math.ceil(bits.at / 8) + 2;
    if (length > bytes.length) return 'short';
    if (crc16(bytes, 0, length) !== 0) return null;
    restoreStereo(samples, header.stereo);
    return { samples, length };
  } catch (error) {
    if (error instanceof BitsExhausted) return 'short';
    if (error instanceof Malformed) return null;
    throw error;
  }
}

/** The difference of two channels needs one bit more. */
function sideBit({ stereo }: FrameHeader, channel: number): number {
  if (stereo === 'independent') return 0;
  return (stereo === 'side-right' ? 0 : 1) === channel ? 1 : 0;
}

function decodeSubframe(bits: MsbBits, size: number, width: number): Float64Array {
  if (bits.unsigned(1) !== 0) throw new Malformed();
  const type = bits.unsigned(6);
  const wasted = bits.unsigned(1) === 0 ? 0 : bits.unary() + 1;
  if (wasted >= width) throw new Malformed();
  const samples = decodeSamples(bits, type, new Float64Array(size), width - wasted);
  if (wasted > 0) {
    const factor = 2 ** wasted;
    for (let index = 0; index < size; index++) samples[index] = (samples[index] ?? 0) * factor;
  }
  return samples;
}

function decodeSamples(bits: MsbBits, type: number, samples: Float64Array, width: number): Float64Array {
  if (type === 0) return samples.fill(bits.signed(width));
  if (type === 1) {
    for (let index = 0; index < samples.length; index++) samples[index] = bits.signed(width);
    return samples;
  }
  if (type >= 8 && type <= 12) {
    readWarmUp(bits, samples, type - 8, width);
    readResidual(bits, samples, type - 8);
    predict(samples, FIXED[type - 8] ?? [], 0);
    return samples;
  }
  if (type < 32) throw new Malformed();
  return decodeLinear(bits, samples, type - 31, width);
}

function decodeLinear(bits: MsbBits, samples: Float64Array, order: number, width: number): Float64Array {
  readWarmUp(bits, samples, order, width);
  const precision = bits.unsigned(4) + 1;
  const shift = bits.signed(5);
  if (precision === 16 || shift < 0) throw new Malformed();
  const factors = Array.from({ length: order }, () => bits.signed(precision));
  readResidual(bits, samples, order);
  predict(samples, factors, shift);
  return samples;
}

function readWarmUp(bits: MsbBits, samples: Float64Array, order: number, width: number): void {
  if (order > samples.length) throw new Malformed();
  for (let index = 0; index < order; index++) samples[index] = bits.signed(width);
}

/** Adds to each residual what the samples before it say. `shift`: bits to the right. */
function predict(samples: Float64Array, factors: readonly number[], shift: number): void {
  const order = factors.length;
  const scale = 2 ** -shift;
  const taps = Float64Array.from(factors);
  for (let index = order; index < samples.length; index++) {
    let sum = 0;
    for (let tap = 0; tap < order; tap++) sum += (taps[tap] ?? 0) * (samples[index - 1 - tap] ?? 0);
    samples[index] = (samples[index] ?? 0) + Math.floor(sum * scale);
  }
}

/** Rice-coded partitions (RFC 9639 §9.2.7) behind the warm-up samples. */
function readResidual(bits: MsbBits, samples: Float64Array, order: number): void {
  const method = bits.unsigned(2);
  if (method > 1) throw new Malformed();
  const width = method === 0 ? 4 : 5;
  const partitions = 2 ** bits.unsigned(4);
  const each = samples.length / partitions;
  if (!Number.isInteger(each) || each < order) throw new Malformed();
  for (let partition = 0; partition < partitions; partition++) {
    const from = partition === 0 ? order : partition * each;
    const to = (partition + 1) * each;
    const parameter = bits.unsigned(width);
    if (parameter === 2 ** width - 1) readRaw(bits, samples, from, to);
    else readRice(bits, samples, from, to, parameter);
  }
}

function readRaw(bits: MsbBits, samples: Float64Array, from: number, to: number): void {
  const width = bits.unsigned(5);
  for (let index = from; index < to; index++) samples[index] = bits.signed(width);
}

/** The loop where decoding spends its time: one window of bits serves most samples. */
function readRice(bits: MsbBits, samples: Float64Array, from: number, to: number, parameter: number): void {
  for (let index = from; index < to; index++) {
    const window = bits.peek();
    const lead = Math.clz32(window);
    let value: number;
    if (lead + 1 + parameter <= 25) {
      const low = parameter === 0 ? 0 : (window << (lead + 1)) >>> (32 - parameter);
      value = (lead << parameter) | low;
      bits.at += lead + 1 + parameter;
      if (bits.at > bits.end) throw new BitsExhausted();
    } else {
      value = bits.unary() * 2 ** parameter + bits.unsigned(parameter);
    }
    // Folded: 0, −1, 1, −2, 2…
    samples[index] = value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

/** RFC 9639 §4.2. */
function restoreStereo(samples: readonly Float64Array[], stereo: FrameHeader['stereo']): void {
  const [first, second] = samples;
  if (stereo === 'independent' || first === undefined || second === undefined) return;
  for (let index = 0; index < first.length; index++) {
    const one = first[index] ?? 0;
    const two = second[index] ?? 0;
    if (stereo === 'left-side') {
      second[index] = one - two;
    } else if (stereo === 'side-right') {
      first[index] = one + two;
    } else {
      // The middle lost its lowest bit, which is that of the difference.
      const left = (one * 2 + (Math.abs(two) % 2) + two) / 2;
      first[index] = left;
      second[index] = left - two;
    }
  }
}
