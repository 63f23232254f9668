// Words one slip of the pen away: found by what is left when one letter is taken out, then checked (symmetric deletion).
import { foldCode, mix } from '../text/fold.ts';

const MULTIPLIER = 0x01000193;

/** Folded letters of a word. */
export function lettersOf(text: string, start: number, end: number): readonly number[] {
  const letters: number[] = [];
  for (let at = start; at < end; at += 1) {
    const code = foldCode(text.charCodeAt(at));
    if (code !== 0) letters.push(code);
  }
  return letters;
}

function hashWithout(letters: readonly number[], skipped: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < letters.length; at += 1)
    if (at !== skipped) hash = Math.imul(hash ^ (letters[at] as number), MULTIPLIER);
  return mix(hash);
}

/** Words by themselves and by each of their deletions. */
export class Neighbourhood<T> {
  private readonly rows = new Map<number, (readonly [readonly number[], T])[]>();

  add(word: string, value: T): void {
    const letters = lettersOf(word, 0, word.length);
    for (const key of keysOf(letters)) {
      const row = this.rows.get(key);
      if (row === undefined) this.rows.set(key, [[letters, value]]);
      else row.push([letters, value]);
    }
  }

  /** What was added under a word that `letters` is, or is one edit from; null when none is. */
  near(letters: readonly number[]): T | null {
    for (const key of keysOf(letters))
      for (const [word, value] of this.rows.get(key) ?? []) if (isWithinOne(word, letters)) return value;
    return null;
  }

  get isEmpty(): boolean {
    return this.rows.size === 0;
  }
}

function keysOf(letters: readonly number[]): ReadonlySet<number> {
  const keys = new Set([hashWithout(letters, -1)]);
  for (let at = 0; at < letters.length; at += 1) keys.add(hashWithout(letters, at));
  return keys;
}

/** Damerau's distance, restricted: one insertion, deletion, substitution or transposition of neighbours, or none. */
export function isWithinOne(a: readonly number[], b: readonly number[]): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at += 1;
  if (at === a.length && at === b.length) return true;
  if (a.length === b.length) {
    if (isSame(a, at + 1, b, at + 1)) return true;
    return a[at] === b[at + 1] && a[at + 1] === b[at] && isSame(a, at + 2, b, at + 2);
  }
  return a.length > b.length ? isSame(a, at + 1, b, at) : isSame(a, at, b, at + 1);
}

function isSame(a: readonly number[], from: number, b: readonly number[], at: number): boolean {
  if (a.length - from !== b.length - at) return false;
  for (let index = 0; from + index < a.length; index += 1) if (a[from + index] !== b[at + index]) return false;
  return true;
}

const LEAST_LONG = 7; // letters: below it two slips make another name
const MOST_LONG = 64; // each is compared with every long word of the text

/** Words of seven letters or more, two slips away with the same first letter: `Okonquo`. */
export class LongWords<T> {
  private readonly words: (readonly [readonly number[], T])[] = [];

  add(word: string, value: T): void {
    const letters = lettersOf(word, 0, word.length);
    if (letters.length >= LEAST_LONG && this.words.length < MOST_LONG) this.words.push([letters, value]);
  }

  near(letters: readonly number[]): T | null {
    if (letters.length < LEAST_LONG - 1) return null;
    for (const [word, value] of this.words)
      if (word[0] === letters[0] && Math.abs(word.length - letters.length) <= 2 && isWithinTwo(word, letters))
        return value;
    return null;
  }
}

/** Edit distance (Levenshtein) of at most two; given up as soon as no way can be so short. */
function isWithinTwo(a: readonly number[], b: readonly number[]): boolean {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let from = 0; from < a.length; from += 1) {
    const next = [from + 1];
    let least = from + 1;
    for (let to = 0; to < b.length; to += 1) {
      const cost = Math.min(
        (next[to] as number) + 1,
        (row[to + 1] as number) + 1,
        (row[to] as number) + Number(a[from] !== b[to]),
      );
      next.push(cost);
      least = Math.min(least, cost);
    }
    if (least > 2) return false;
    row = next;
  }
  return (row[b.length] as number) <= 2;
}
