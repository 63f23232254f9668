// A linear-chain conditional random field over hashed features: 8-bit weights, exact marginals, plain arithmetic.
import { ModelError } from '../lexicon/lexicon.ts';
import { hashWord } from '../text/fold.ts';
import { featuresAt, MAX_FEATURES, ROW_BITS, type Seen } from './features.ts';
import { LABELS, OUTSIDE, WEIGHED } from './labels.ts';

const MAGIC = 0x47544443; // `CDTG`, little-endian
const VERSION = 1;
const TRANSITIONS = LABELS * LABELS;
const HEADER = 12 + 4 * TRANSITIONS;
const ROWS = 1 << ROW_BITS;

/** `rows`: weights by row of the table, WEIGHED to a row, in units of `scale`. `transitions[from * LABELS + to]`. */
export interface Weights {
  readonly rows: Int8Array;
  readonly scale: number;
  readonly transitions: Float32Array;
}

const exps = (values: Float32Array): Float64Array => Float64Array.from(values, Math.exp);

/** Errors: `ModelError`. */
export function openWeights(bytes: Uint8Array): Weights {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (
    bytes.length !== HEADER + ROWS * WEIGHED ||
    view.getUint32(0, true) !== MAGIC ||
    view.getUint32(4, true) !== VERSION
  )
    throw new ModelError('tagger');
  const transitions = new Float32Array(TRANSITIONS);
  for (let at = 0; at < TRANSITIONS; at += 1) transitions[at] = view.getFloat32(12 + at * 4, true);
  const rows = new Int8Array(bytes.buffer.slice(bytes.byteOffset + HEADER, bytes.byteOffset + bytes.length));
  return { rows, scale: view.getFloat32(8, true), transitions };
}

export function writeWeights({ rows, scale, transitions }: Weights): Uint8Array {
  const bytes = new Uint8Array(HEADER + rows.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  view.setFloat32(8, scale, true);
  for (const [at, value] of transitions.entries()) view.setFloat32(12 + at * 4, value, true);
  bytes.set(new Uint8Array(rows.buffer, rows.byteOffset, rows.length), HEADER);
  return bytes;
}

/** How likely each label is for each token: `probability[token * LABELS + label]`. */
export type Marginals = Float32Array;

/** A token whose best label by itself is this far below OUTSIDE is OUTSIDE, and cuts the chain: most tokens never reach the lattice. */
const CERTAIN = -4.5;

export function marginals(seen: Seen, weights: Weights): Marginals {
  const { count } = seen;
  const scores = scoresOf(seen, weights);
  const result = new Float32Array(count * LABELS);
  const step = exps(weights.transitions);
  let at = 0;
  while (at < count) {
    if (isCertain(scores, at)) {
      result[at * LABELS] = 1;
      at += 1;
      continue;
    }
    const start = at;
    while (at < count && !isCertain(scores, at)) at += 1;
    lattice(scores, step, start, at, count, result);
  }
  return result;
}

function scoresOf(seen: Seen, { rows, scale }: Weights): Float32Array {
  const { count } = seen;
  const scores = new Float32Array(count * WEIGHED);
  const features = new Int32Array(MAX_FEATURES);
  for (let at = 0; at < count; at += 1) {
    if (isDull(seen, at)) {
      scores.fill(NEVER, at * WEIGHED, (at + 1) * WEIGHED);
      continue;
    }
    const n = featuresAt(seen, at, features);
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let index = 0; index < n; index += 1) {
      const base = (features[index] as number) << 2;
      a += rows[base] as number;
      b += rows[base + 1] as number;
      c += rows[base + 2] as number;
      d += rows[base + 3] as number;
    }
    const to = at * WEIGHED;
    scores[to] = a * scale;
    scores[to + 1] = b * scale;
    scores[to + 2] = c * scale;
    scores[to + 3] = d * scale;
  }
  return scores;
}

/** A score that no transition makes up for. */
const NEVER = -30;

/** A mark between marks is part of no name, nor are one or two small letters with marks glued to both sides, but for `Luke's,`. */
function isDull({ shape, id, count }: Seen, at: number): boolean {
  if (at === 0 || at + 1 >= count) return false;
  const own = shape[at] as number;
  if (own === GLUED_SHORT) return shape[at + 1] === GLUED_MARK && !apostrophes.has(id[at - 1] as number);
  return isMark(own) && isMarkOrShort(shape[at - 1] as number) && isMarkOrShort(shape[at + 1] as number);
}

/** Shapes as `features.ts` numbers them. */
const SPACED_MARK = 28;
const GLUED_MARK = 29;
const GLUED_SHORT = 7;
const apostrophes = new Set(["'", '\u2019'].map(hashWord));

const isMark = (shape: number): boolean => shape === SPACED_MARK || shape === GLUED_MARK;
const isMarkOrShort = (shape: number): boolean => isMark(shape) || shape === GLUED_SHORT;

function isCertain(scores: Float32Array, at: number): boolean {
  const from = at * WEIGHED;
  for (let label = 0; label < WEIGHED; label += 1) if ((scores[from + label] as number) > CERTAIN) return false;
  return true;
}

/** Forward and backward over tokens `start` to `end`; the tokens around them are OUTSIDE. Normalised token by token. */
function lattice(
  scores: Float32Array,
  step: Float64Array,
  start: number,
  end: number,
  count: number,
  result: Marginals,
): void {
  const length = end - start;
  const emission = new Float64Array(length * LABELS);
  for (let at = 0; at < length; at += 1) {
    emission[at * LABELS] = 1;
    for (let label = 1; label < LABELS; label += 1)
      emission[at * LABELS + label] = Math.exp(Math.min(30, scores[(start + at) * WEIGHED + label - 1] as number));
  }
  const forward = new Float64Array(length * LABELS);
  for (let at = 0; at < length; at += 1) {
    let total = 0;
    for (let to = 0; to < LABELS; to += 1) {
      let sum = at === 0 ? (step[OUTSIDE * LABELS + to] as number) : 0;
      if (at > 0)
        for (let from = 0; from < LABELS; from += 1)
          sum += (forward[(at - 1) * LABELS + from] as number) * (step[from * LABELS + to] as number);
      const value = sum * (emission[at * LABELS + to] as number);
      forward[at * LABELS + to] = value;
      total += value;
    }
    for (let to = 0; to < LABELS; to += 1) forward[at * LABELS + to] = (forward[at * LABELS + to] as number) / total;
  }
  backward(forward, emission, step, start, length, end < count, result);
}

function backward(
  forward: Float64Array,
  emission: Float64Array,
  step: Float64Array,
  start: number,
  length: number,
  goesOn: boolean,
  result: Marginals,
): void {
  let next = new Float64Array(LABELS).fill(1);
  if (goesOn) for (let from = 0; from < LABELS; from += 1) next[from] = step[from * LABELS + OUTSIDE] as number;
  for (let at = length - 1; at >= 0; at -= 1) {
    let total = 0;
    for (let label = 0; label < LABELS; label += 1) {
      const value = (forward[at * LABELS + label] as number) * (next[label] as number);
      result[(start + at) * LABELS + label] = value;
      total += value;
    }
    for (let label = 0; label < LABELS; label += 1)
      result[(start + at) * LABELS + label] = (result[(start + at) * LABELS + label] as number) / total;
    const before = new Float64Array(LABELS);
    let sum = 0;
    for (let from = 0; from < LABELS; from += 1) {
      for (let to = 0; to < LABELS; to += 1)
        before[from] =
          (before[from] as number) +
          (step[from * LABELS + to] as number) * (emission[at * LABELS + to] as number) * (next[to] as number);
      sum += before[from] as number;
    }
    for (let from = 0; from < LABELS; from += 1) before[from] = (before[from] as number) / sum;
    next = before;
  }
}
