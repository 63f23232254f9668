// Voices of one recording, known again from window to window. Each is a vector of a few hundred numbers that identifies a person
// (45 CFR 164.514(b)(2)(i)(P)): it is held here, in the memory of a child that ends with the recording, and nothing gives it out.
import { MAX_SPEAKERS } from '../messages.ts';

/** A voice of one window. */
export interface HeardVoice {
  /** Unit length; null where too little was heard of it. */
  readonly print: Float32Array | null;
  /** Seconds that it was heard. */
  readonly seconds: number;
}

interface KnownVoice {
  /** Sum of its prints, each as long as it was heard in seconds. */
  readonly sum: Float32Array;
}

export class KnownVoices {
  readonly #known: KnownVoice[] = [];
  /** 0 to 1: from this likeness (cosine) on two voices are one. */
  readonly #alike: number;

  constructor(alike: number) {
    this.#alike = alike;
  }

  /**
   * The number of each voice, from 0 in the order in which they came; null for one of which too little was heard. Two voices of one window
   * are two people: whoever told them apart had both before it. The surest pairs are made first.
   */
  recognise(voices: readonly HeardVoice[]): readonly (number | null)[] {
    const numbers: (number | null)[] = voices.map(() => null);
    for (const { voice, known } of this.#pairs(voices)) {
      if (numbers[voice] === null && !numbers.includes(known)) numbers[voice] = known;
    }
    for (const [index, { print }] of voices.entries()) {
      if (print !== null && numbers[index] === null) numbers[index] = this.#welcome(print);
    }
    for (const [index, voice] of voices.entries()) this.#remember(numbers[index] ?? null, voice);
    return numbers;
  }

  #pairs(voices: readonly HeardVoice[]): readonly { readonly voice: number; readonly known: number }[] {
    const pairs = voices.flatMap(({ print }, voice) =>
      print === null ? [] : this.#known.map(({ sum }, known) => ({ voice, known, likeness: likeness(print, sum) })),
    );
    return pairs.filter((pair) => pair.likeness >= this.#alike).toSorted((a, b) => b.likeness - a.likeness);
  }

  /** The next number; where there are as many as there may be, that of the one it is most like. */
  #welcome(print: Float32Array): number {
    if (this.#known.length < MAX_SPEAKERS) return this.#known.push({ sum: new Float32Array(print.length) }) - 1;
    const likenesses = this.#known.map(({ sum }) => likeness(print, sum));
    return likenesses.indexOf(Math.max(...likenesses));
  }

  #remember(number: number | null, { print, seconds }: HeardVoice): void {
    const sum = this.#known[number ?? -1]?.sum;
    if (sum === undefined || print === null) return;
    for (const [index, value] of print.entries()) sum[index] = (sum[index] ?? 0) + value * seconds;
  }
}

function likeness(one: Float32Array, other: Float32Array): number {
  let product = 0;
  let square = 0;
  for (const [index, value] of one.entries()) {
    const against = other[index] ?? 0;
    product += value * against;
    square += against * against;
  }
  return square === 0 ? 0 : product / Math.sqrt(square);
}
