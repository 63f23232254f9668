// What a rule of writing is: from spoken words and a place to what is written there, or null where it does not hold.
import type { SpokenNumber } from './numbers.ts';

/** One written word for the spoken words `start` (inclusive) to `end` (exclusive). */
export interface Written {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Spoken words, lower case. */
export type Words = readonly string[];

export type Rule = (words: Words, at: number) => readonly Written[] | null;

export function one(number: SpokenNumber, start: number): Written {
  return { text: number.digits, start, end: number.end };
}

/** The words stay as they were said: what has two readings, and what no later rule may take apart. */
export function asSpoken(words: Words, start: number, end: number): readonly Written[] {
  return words.slice(start, end).map((text, index) => ({ text, start: start + index, end: start + index + 1 }));
}

export function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** The longest phrase of `table` that begins at `at`: its value and the index after it. `longest`: most words of any phrase. */
export function phraseAt<Value>(
  table: ReadonlyMap<string, Value>,
  longest: number,
  words: Words,
  at: number,
): { readonly value: Value; readonly end: number } | null {
  for (let length = Math.min(longest, words.length - at); length > 0; length -= 1) {
    const value = table.get(words.slice(at, at + length).join(' '));
    if (value !== undefined) return { value, end: at + length };
  }
  return null;
}

/** Most words of any phrase of a table, for `phraseAt`. */
export function longestOf(phrases: Iterable<string>): number {
  let longest = 0;
  for (const phrase of phrases) longest = Math.max(longest, phrase.split(' ').length);
  return longest;
}
