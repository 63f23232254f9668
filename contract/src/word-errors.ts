// How recognition is measured, defined once for the tests, the benchmarks and `cordon speech evaluate`: word error rate as it is
// usually given (lower case, punctuation stripped, hyphen to space), its interval, and how many of the terms said were heard.

/** The words of a text for comparison. */
export function spokenWords(text: string): readonly string[] {
  const plain = text
    .toLowerCase()
    .replaceAll('-', ' ')
    .replaceAll(/[^\p{L}\p{N}\s]/gu, '');
  return plain.split(/\s+/).filter((word) => word !== '');
}

export interface WordErrors {
  /** Words of the reference. */
  readonly words: number;
  readonly substitutions: number;
  readonly insertions: number;
  readonly deletions: number;
}

/** The edits on the way to one cell of the table. */
interface Path {
  readonly substitutions: number;
  readonly insertions: number;
  readonly deletions: number;
}

const START: Path = { substitutions: 0, insertions: 0, deletions: 0 };

/**
 * The fewest edits that turn the reference into what was heard; of equally few, substitutions before deletions before
 * insertions. Memory is linear in what was heard, time `O(n·m)`: ten thousand words against as many take seconds.
 */
export function alignWords(reference: readonly string[], heard: readonly string[]): WordErrors {
  let row: Path[] = Array.from({ length: heard.length + 1 }, (_, at) => ({ ...START, insertions: at }));
  for (const [index, word] of reference.entries()) {
    const next: Path[] = [{ ...START, deletions: index + 1 }];
    for (const [at, other] of heard.entries()) {
      const [diagonal, above, left] = [row[at] ?? START, row[at + 1] ?? START, next[at] ?? START];
      next.push(word === other ? diagonal : cheapest(diagonal, above, left));
    }
    row = next;
  }
  return { words: reference.length, ...(row.at(-1) ?? START) };
}

function cheapest(diagonal: Path, above: Path, left: Path): Path {
  const [replace, drop, add] = [editsOf(diagonal), editsOf(above), editsOf(left)];
  if (replace <= drop && replace <= add) return { ...diagonal, substitutions: diagonal.substitutions + 1 };
  if (drop <= add) return { ...above, deletions: above.deletions + 1 };
  return { ...left, insertions: left.insertions + 1 };
}

export function editsOf({ substitutions, insertions, deletions }: Path): number {
  return substitutions + insertions + deletions;
}

/** Substitutions, insertions and deletions between two texts: divide by the reference's words for the rate. */
export function wordErrors(reference: string, hypothesis: string): number {
  return editsOf(alignWords(spokenWords(reference), spokenWords(hypothesis)));
}

/** Errors per word of the reference; null where nothing was said. */
export function wordErrorRate(parts: readonly WordErrors[]): number | null {
  const words = parts.reduce((sum, part) => sum + part.words, 0);
  return words === 0 ? null : parts.reduce((sum, part) => sum + editsOf(part), 0) / words;
}

/** Drawings of the bootstrap: percentiles of more differ by less than the interval's own doubt. */
const DRAWINGS = 2_000;

/** The same recordings give the same interval. */
const SEED = 20_260_101;

/**
 * 95 % interval of the rate: recordings drawn with replacement (percentile bootstrap), since errors within a recording belong
 * together. Null for fewer than two recordings, which say nothing of others.
 */
export function wordErrorInterval(parts: readonly WordErrors[]): readonly [number, number] | null {
  if (parts.length < 2) return null;
  const rates: number[] = [];
  let state = SEED;
  for (let drawing = 0; drawing < DRAWINGS; drawing += 1) {
    let [errors, words] = [0, 0];
    for (let draw = 0; draw < parts.length; draw += 1) {
      // Numerical Recipes' linear congruential generator, its high bits.
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      const part = parts[Math.floor((state / 2 ** 32) * parts.length)];
      if (part === undefined) continue;
      errors += editsOf(part);
      words += part.words;
    }
    if (words > 0) rates.push(errors / words);
  }
  const ordered = rates.toSorted((a, b) => a - b);
  const at = (share: number): number | undefined => ordered[Math.round(share * (ordered.length - 1))];
  const [low, high] = [at(0.025), at(0.975)];
  return low === undefined || high === undefined ? null : [low, high];
}

export interface TermRecall {
  /** Times that a term was said. */
  readonly said: number;
  /** Times that it was heard exactly. */
  readonly heard: number;
}

/** `terms`: the forms of each term as words; in both texts any form counts. */
export function termRecall(
  reference: readonly string[],
  hypothesis: readonly string[],
  terms: readonly (readonly (readonly string[])[])[],
): TermRecall {
  let [said, heard] = [0, 0];
  const [inReference, inHypothesis] = [placesOf(reference), placesOf(hypothesis)];
  for (const forms of terms) {
    const times = forms.reduce((sum, form) => sum + timesOf(form, reference, inReference), 0);
    if (times === 0) continue;
    said += times;
    heard += Math.min(
      times,
      forms.reduce((sum, form) => sum + timesOf(form, hypothesis, inHypothesis), 0),
    );
  }
  return { said, heard };
}

function placesOf(words: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  for (const [at, word] of words.entries()) {
    const list = places.get(word);
    if (list === undefined) places.set(word, [at]);
    else list.push(at);
  }
  return places;
}

function timesOf(
  form: readonly string[],
  words: readonly string[],
  places: ReadonlyMap<string, readonly number[]>,
): number {
  const begins = places.get(form[0] ?? '') ?? [];
  return begins.filter((at) => form.every((word, index) => words[at + index] === word)).length;
}
