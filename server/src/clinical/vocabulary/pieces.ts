// The pieces that a recogniser writes words with, as its `bpeVocab` file lists them: piece, tab, logarithm of its probability.

/** The mark with which pieces say that a word begins (SentencePiece). */
const BOUNDARY = '\u2581';

/** Characters of the longest piece that is looked for. */
const LONGEST = 20;

export interface Pieces {
  readonly scores: ReadonlyMap<string, number>;
  /** Whether the model writes capitals. */
  readonly upper: boolean;
}

/** Lines that are none are passed over: the file's digest was checked where it was loaded. */
export function readPieces(bpeVocab: string): Pieces {
  const scores = new Map<string, number>();
  for (const line of bpeVocab.split('\n')) {
    const tab = line.lastIndexOf('\t');
    const score = Number(line.slice(tab + 1));
    if (tab > 0 && Number.isFinite(score)) scores.set(line.slice(0, tab), score);
  }
  const letters = [...scores.keys()].filter((piece) => !piece.startsWith('<')).join('');
  return { scores, upper: !/\p{Ll}/u.test(letters) };
}

/** The likeliest pieces of a word (Viterbi over a unigram model), or null when the model cannot write it. */
export function piecesOf(word: string, { scores, upper }: Pieces): readonly string[] | null {
  const text = BOUNDARY + (upper ? word.toUpperCase() : word);
  const best: { readonly score: number; readonly from: number }[] = [{ score: 0, from: 0 }];
  for (let end = 1; end <= text.length; end += 1) {
    let found = { score: -Infinity, from: -1 };
    for (let from = Math.max(0, end - LONGEST); from < end; from += 1) {
      const score = (best[from]?.score ?? -Infinity) + (scores.get(text.slice(from, end)) ?? -Infinity);
      if (score > found.score) found = { score, from };
    }
    best.push(found);
  }
  const pieces: string[] = [];
  for (let end = text.length; end > 0;) {
    const from = best[end]?.from ?? -1;
    if (from < 0) return null;
    pieces.unshift(text.slice(from, end));
    end = from;
  }
  return pieces;
}

/** A piece that begins a word, without its mark, lower case; null for one within a word. */
export function beginningOf(piece: string): string | null {
  return piece.startsWith(BOUNDARY) ? piece.slice(BOUNDARY.length).toLowerCase() : null;
}
