// Vorbis floors: the coarse shape of the spectrum as lines between points (Vorbis I §7, type 1). No encoder since 2001 writes type 0.
import type { LsbBits } from './lsb-bits.ts';
import { bitLength } from './vorbis-codebook.ts';
import type { Codebook } from './vorbis-codebook.ts';
import { must, SetupRefused } from './vorbis-refused.ts';

interface FloorClass {
  readonly dimensions: number;
  /** Bits of the class number that each dimension uses. */
  readonly subclassBits: number;
  readonly master: Codebook | null;
  /** By subclass; null: the value is zero. */
  readonly books: readonly (Codebook | null)[];
}

export interface Floor {
  readonly partitions: readonly FloorClass[];
  /** 1 to 4. */
  readonly multiplier: number;
  /** Positions of the points, in the order they are written. */
  readonly xs: readonly number[];
  /** Indices of `xs` by rising position. */
  readonly order: readonly number[];
  /** By point from the third on: the nearest earlier points on both sides. */
  readonly neighbours: readonly (readonly [low: number, high: number])[];
}

/** Points of one floor (§7.2.2). */
const MAX_POINTS = 65;

/** Values of a point by multiplier (§7.2.3). */
const RANGES = [256, 128, 86, 64] as const;

/** The 256 steps of §10.1 are one geometric series, 140/256 dB each, ending at 1. */
const AMPLITUDES = Float32Array.from({ length: 256 }, (_, step) => 10 ** (((step - 255) * 7) / 256));

/** Throws `SetupRefused`. */
export function readFloor(bits: LsbBits, codebooks: readonly Codebook[]): Floor {
  const type = bits.read(16);
  if (type === 0) throw new SetupRefused('unsupported');
  must(type === 1);
  const classNumbers = Array.from({ length: bits.read(5) }, () => bits.read(4));
  const classes = Array.from({ length: Math.max(-1, ...classNumbers) + 1 }, () => readClass(bits, codebooks));
  const multiplier = bits.read(2) + 1;
  const width = bits.read(4);
  const partitions = classNumbers.flatMap((number) => classes[number] ?? []);
  const xs = [0, 2 ** width];
  for (const { dimensions } of partitions) for (let index = 0; index < dimensions; index++) xs.push(bits.read(width));
  must(xs.length <= MAX_POINTS && new Set(xs).size === xs.length);
  const order = xs.map((_, index) => index).toSorted((a, b) => (xs[a] ?? 0) - (xs[b] ?? 0));
  return { partitions, multiplier, xs, order, neighbours: xs.slice(2).map((_, index) => neighboursOf(xs, index + 2)) };
}

function readClass(bits: LsbBits, codebooks: readonly Codebook[]): FloorClass {
  const dimensions = bits.read(3) + 1;
  const subclassBits = bits.read(2);
  const book = (number: number): Codebook => {
    const found = codebooks[number];
    if (found === undefined) throw new SetupRefused('header_invalid');
    return found;
  };
  const master = subclassBits > 0 ? book(bits.read(8)) : null;
  const books = Array.from({ length: 1 << subclassBits }, () => {
    const number = bits.read(8) - 1;
    return number < 0 ? null : book(number);
  });
  return { dimensions, subclassBits, master, books };
}

/** §9.2.4, §9.2.5. */
function neighboursOf(xs: readonly number[], index: number): readonly [number, number] {
  const x = xs[index] ?? 0;
  let low = 0;
  let high = 1;
  for (let other = 0; other < index; other++) {
    const position = xs[other] ?? 0;
    if (position < x && position > (xs[low] ?? 0)) low = other;
    if (position > x && position < (xs[high] ?? 0)) high = other;
  }
  return [low, high];
}

/** The points' values as written (§7.2.3), or null when the channel is silent here or the packet ends within. */
export function decodeFloor(floor: Floor, bits: LsbBits): number[] | null {
  if (!bits.flag()) return null;
  const range = RANGES[(floor.multiplier - 1) as 0 | 1 | 2 | 3];
  const width = bitLength(range - 1);
  const ys = [bits.read(width), bits.read(width)];
  for (const { dimensions, subclassBits, master, books } of floor.partitions) {
    let subclasses = master === null ? 0 : master.decode(bits);
    if (subclasses < 0) return null;
    for (let index = 0; index < dimensions; index++) {
      const book = books[subclasses & ((1 << subclassBits) - 1)] ?? null;
      subclasses >>= subclassBits;
      const value = book === null ? 0 : book.decode(bits);
      if (value < 0) return null;
      ys.push(value);
    }
  }
  return bits.exhausted ? null : ys;
}

/** Multiplies the spectrum by the curve through the points (§7.2.4, §4.3.6). */
export function applyFloor(floor: Floor, ys: readonly number[], spectrum: Float32Array): void {
  const { heights, used } = synthesise(floor, ys);
  let x = 0;
  let y = (heights[0] ?? 0) * floor.multiplier;
  for (const point of floor.order) {
    if (point === 0 || used[point] !== true) continue;
    const nextX = floor.xs[point] ?? 0;
    const nextY = (heights[point] ?? 0) * floor.multiplier;
    applyLine(spectrum, x, y, nextX, nextY);
    x = nextX;
    y = nextY;
  }
  applyLine(spectrum, x, y, Math.max(x + 1, spectrum.length), y);
}

/** Differences to the line between neighbours become heights (§7.2.4, step 1). */
function synthesise(
  { xs, multiplier, neighbours }: Floor,
  ys: readonly number[],
): { readonly heights: readonly number[]; readonly used: readonly boolean[] } {
  const range = RANGES[(multiplier - 1) as 0 | 1 | 2 | 3];
  const heights = ys.slice(0, 2);
  const used = xs.map((_, index) => index < 2);
  for (const [index, [low, high]] of neighbours.entries()) {
    const point = index + 2;
    const predicted = heightAt(xs[low] ?? 0, heights[low] ?? 0, xs[high] ?? 0, heights[high] ?? 0, xs[point] ?? 0);
    const value = ys[point] ?? 0;
    heights.push(value === 0 ? predicted : unfold(value, predicted, range - predicted));
    if (value === 0) continue;
    used[low] = true;
    used[high] = true;
    used[point] = true;
  }
  return { heights: heights.map((height) => Math.min(range - 1, Math.max(0, height))), used };
}

/** A difference is written small where the line is near an edge: folded as long as both sides have room. */
function unfold(value: number, below: number, above: number): number {
  const room = Math.min(below, above) * 2;
  if (value >= room) return above > below ? value : below - value + above - 1;
  return below + (value % 2 === 1 ? -((value + 1) / 2) : value / 2);
}

/** §9.2.6, in whole numbers. */
function heightAt(x0: number, y0: number, x1: number, y1: number, x: number): number {
  const step = Math.floor((Math.abs(y1 - y0) * (x - x0)) / (x1 - x0));
  return y1 < y0 ? y0 - step : y0 + step;
}

/** §9.2.7: the line of whole numbers from (x0, y0) to before x1, each taken as an amplitude. */
function applyLine(spectrum: Float32Array, x0: number, y0: number, x1: number, y1: number): void {
  const run = x1 - x0;
  const base = Math.trunc((y1 - y0) / run);
  const slope = Math.abs(y1 - y0) - Math.abs(base) * run;
  const direction = y1 < y0 ? -1 : 1;
  const end = Math.min(x1, spectrum.length);
  let y = y0;
  let error = 0;
  for (let x = x0; x < end; x++) {
    spectrum[x] = (spectrum[x] ?? 0) * (AMPLITUDES[y] ?? 0);
    y += base;
    error += slope;
    if (error >= run) {
      error -= run;
      y += direction;
    }
  }
}
