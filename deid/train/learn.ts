// Training: a conditional random field by AdaGrad on the gradient of the likelihood, document by document, in a seeded order.
import * as flag from '../src/lexicon/flags.ts';
import { type Lexicon, lookUp } from '../src/lexicon/lexicon.ts';
import { findStructured } from '../src/recognise/structured.ts';
import { resolve } from '../src/resolve.ts';
import { covers, isSeenByTagger } from '../src/tagger/cover.ts';
import { featuresAt, MAX_FEATURES, ROW_BITS, see } from '../src/tagger/features.ts';
import { FACILITY, LABELS, LOCATION, NAME, OTHER, OUTSIDE, WEIGHED } from '../src/tagger/labels.ts';
import type { Weights } from '../src/tagger/tagger.ts';
import { mix } from '../src/text/fold.ts';
import { tokenise } from '../src/text/tokens.ts';
import type { GoldDocument } from './document.ts';
import type { Chance } from './random.ts';

const ROWS = 1 << ROW_BITS;
const YEAR = 2026;

export interface Settings {
  readonly rate: number;
  /** Share of words whose entry in the lexicon is hidden in a document, so that names are known by what stands around them too. */
  readonly hidden: number;
  /** Share of words of which the lexicon's word that they are a drug, an eponym or a term is hidden: no list has them all. */
  readonly hiddenTerms: number;
  /** Share of features left out at random in training, so that no single turn of phrase decides. */
  readonly dropped: number;
  /** A missed token weighs this much more than a needless one. */
  readonly recall: number;
}

export const SETTINGS: Settings = { rate: 0.12, hidden: 0.3, hiddenTerms: 0.15, dropped: 0.4, recall: 1 };

export interface Example {
  readonly count: number;
  readonly starts: Int32Array;
  readonly features: Int32Array;
  readonly gold: Uint8Array;
}

/** Features and gold labels of a document; lexicon entries of some words are hidden, drawn by `chance`. */
export function exampleOf(
  document: GoldDocument,
  lexicon: Lexicon,
  chance: Chance,
  { hidden, hiddenTerms, dropped }: Settings,
): Example {
  const tokens = tokenise(document.text);
  const flags = lookUp(tokens, lexicon);
  const salt = chance.whole(0, 2 ** 31);
  for (let at = 0; at < tokens.count; at += 1) {
    const die = mix((tokens.hash[at] as number) ^ salt) / 2 ** 32;
    if (die < hidden) flags[at] = (flags[at] as number) & ~(flag.ANY_NAME | flag.ANY_CITY | flag.CITY_PART);
    else if (die > 1 - hiddenTerms) flags[at] = (flags[at] as number) & ~(flag.DRUG | flag.EPONYM | flag.MEDICINE);
  }
  const found = findStructured({ tokens, flags, year: YEAR }).filter(isSeenByTagger);
  const covered = covers(tokens, resolve(document.text, found));
  const seen = see(tokens, flags, covered);
  const out = new Int32Array(MAX_FEATURES);
  const starts = new Int32Array(tokens.count + 1);
  const features: number[] = [];
  for (let at = 0; at < tokens.count; at += 1) {
    const n = featuresAt(seen, at, out);
    for (let index = 0; index < n; index += 1) if (!chance.is(dropped)) features.push(out[index] as number);
    starts[at + 1] = features.length;
  }
  return { count: tokens.count, starts, features: Int32Array.from(features), gold: goldOf(document, tokens, covered) };
}

function goldOf(document: GoldDocument, tokens: ReturnType<typeof tokenise>, covered: Uint8Array): Uint8Array {
  const gold = new Uint8Array(tokens.count);
  let at = 0;
  for (const { start, end, type } of document.spans) {
    while (at < tokens.count && (tokens.end[at] as number) <= start) at += 1;
    for (let inside = at; inside < tokens.count && (tokens.start[inside] as number) < end; inside += 1) {
      if (type === 'NAME') gold[inside] = NAME;
      else if (type === 'LOCATION') gold[inside] = LOCATION;
      else if (type === 'FACILITY') gold[inside] = FACILITY;
      else gold[inside] = covered[inside] === 0 ? OTHER : OUTSIDE;
      if (covered[inside] !== 0) gold[inside] = OUTSIDE;
    }
  }
  return gold;
}

/** Learns in place. */
export class Learner {
  readonly weights = new Float32Array(ROWS * WEIGHED);
  readonly transitions = new Float32Array(LABELS * LABELS);
  private readonly squares = new Float32Array(ROWS * WEIGHED);
  private readonly transitionSquares = new Float32Array(LABELS * LABELS);
  private readonly settings: Settings;

  constructor(settings: Settings) {
    this.settings = settings;
  }

  /** One step on one document; gives its negative log-likelihood. */
  step(example: Example): number {
    const { count, starts, features, gold } = example;
    if (count === 0) return 0;
    const scores = new Float64Array(count * LABELS);
    for (let at = 0; at < count; at += 1) {
      for (let index = starts[at] as number; index < (starts[at + 1] as number); index += 1) {
        const base = (features[index] as number) * WEIGHED;
        for (let label = 0; label < WEIGHED; label += 1)
          scores[at * LABELS + label + 1] =
            (scores[at * LABELS + label + 1] as number) + (this.weights[base + label] as number);
      }
      if (gold[at] !== OUTSIDE && this.settings.recall !== 1)
        scores[at * LABELS] = (scores[at * LABELS] as number) + Math.log(this.settings.recall);
    }
    const { forward, backward, total } = passes(scores, this.transitions, count);
    this.update(example, scores, forward, backward, total);
    let path = 0;
    for (let at = 0; at < count; at += 1) {
      const label = gold[at] as number;
      path +=
        (scores[at * LABELS + label] as number) +
        (this.transitions[(at === 0 ? OUTSIDE : (gold[at - 1] as number)) * LABELS + label] as number);
    }
    return total - path;
  }

  private update(
    example: Example,
    scores: Float64Array,
    forward: Float64Array,
    backward: Float64Array,
    total: number,
  ): void {
    const { count, starts, features, gold } = example;
    const gradient = new Float64Array(LABELS);
    for (let at = 0; at < count; at += 1) {
      let largest = 0;
      for (let label = 0; label < LABELS; label += 1) {
        const probability = Math.exp(
          (forward[at * LABELS + label] as number) + (backward[at * LABELS + label] as number) - total,
        );
        gradient[label] = (gold[at] === label ? 1 : 0) - probability;
        largest = Math.max(largest, Math.abs(gradient[label] as number));
      }
      if (largest < LEAST_GRADIENT) continue;
      for (let index = starts[at] as number; index < (starts[at + 1] as number); index += 1) {
        const base = (features[index] as number) * WEIGHED;
        for (let label = 0; label < WEIGHED; label += 1)
          this.move(this.weights, this.squares, base + label, gradient[label + 1] as number);
      }
      this.moveTransitions(at, example, scores, forward, backward, total);
    }
  }

  /** Transitions seen against transitions expected, by the marginals of neighbouring pairs. */
  private moveTransitions(
    at: number,
    { gold }: Example,
    scores: Float64Array,
    forward: Float64Array,
    backward: Float64Array,
    total: number,
  ): void {
    for (let from = 0; from < LABELS; from += 1) {
      if (at === 0 && from !== OUTSIDE) continue;
      const before = at === 0 ? 0 : (forward[(at - 1) * LABELS + from] as number);
      const is = (at === 0 ? OUTSIDE : gold[at - 1]) === from;
      for (let to = 0; to < LABELS; to += 1) {
        const step = from * LABELS + to;
        const pair =
          before +
          (this.transitions[step] as number) +
          (scores[at * LABELS + to] as number) +
          (backward[at * LABELS + to] as number) -
          total;
        const gradient = Number(is && gold[at] === to) - Math.exp(pair);
        if (Math.abs(gradient) > LEAST_GRADIENT) this.move(this.transitions, this.transitionSquares, step, gradient);
      }
    }
  }

  private move(values: Float32Array, squares: Float32Array, at: number, gradient: number): void {
    const square = (squares[at] as number) + gradient * gradient;
    squares[at] = square;
    values[at] = (values[at] as number) + (this.settings.rate * gradient) / Math.sqrt(square + 1e-2);
  }

  /** In eight bits; weights beyond the scale are cut. */
  quantised(): Weights {
    let largest = 0;
    for (const value of this.weights) largest = Math.max(largest, Math.abs(value));
    const scale = Math.min(largest, LARGEST) / 127;
    const kept = 1 - this.settings.dropped; // all features are there when it is used
    const rows = new Int8Array(this.weights.length);
    for (let at = 0; at < rows.length; at += 1)
      rows[at] = Math.max(-127, Math.min(127, Math.round((this.weights[at] as number) / scale)));
    return { rows, scale: scale * kept, transitions: this.transitions.slice() };
  }
}

const LARGEST = 2.5;
const LEAST_GRADIENT = 1e-3; // below it a token has been learnt

function passes(
  scores: Float64Array,
  transitions: Float32Array,
  count: number,
): { forward: Float64Array; backward: Float64Array; total: number } {
  const forward = new Float64Array(count * LABELS);
  const backward = new Float64Array(count * LABELS);
  const terms = new Float64Array(LABELS);
  for (let at = 0; at < count; at += 1)
    for (let to = 0; to < LABELS; to += 1) {
      if (at === 0) forward[to] = (scores[to] as number) + (transitions[OUTSIDE * LABELS + to] as number);
      else {
        for (let from = 0; from < LABELS; from += 1)
          terms[from] = (forward[(at - 1) * LABELS + from] as number) + (transitions[from * LABELS + to] as number);
        forward[at * LABELS + to] = logSum(terms) + (scores[at * LABELS + to] as number);
      }
    }
  for (let at = count - 2; at >= 0; at -= 1)
    for (let from = 0; from < LABELS; from += 1) {
      for (let to = 0; to < LABELS; to += 1)
        terms[to] =
          (transitions[from * LABELS + to] as number) +
          (scores[(at + 1) * LABELS + to] as number) +
          (backward[(at + 1) * LABELS + to] as number);
      backward[at * LABELS + from] = logSum(terms);
    }
  return { forward, backward, total: logSum(forward.subarray((count - 1) * LABELS, count * LABELS)) };
}

function logSum(terms: Float64Array): number {
  let largest = -Infinity;
  for (const term of terms) if (term > largest) largest = term;
  let sum = 0;
  for (const term of terms) sum += Math.exp(term - largest);
  return largest + Math.log(sum);
}
