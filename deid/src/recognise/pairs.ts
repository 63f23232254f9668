// A given name and a family name side by side without a capital, as people type and dictate: certain enough by the lists where no word
// after them makes a thing of it (`austin flint murmur`).
import { EPONYM, FACILITY_WORD, FIRST_EN, LAST, MEDICINE, WORD_COMMON } from '../lexicon/flags.ts';
import { LOWER, SPACE, WORD, type Tokens } from '../text/tokens.ts';
import type { Found } from './recogniser.ts';

const NEITHER_GIVEN = WORD_COMMON | MEDICINE | EPONYM | FACILITY_WORD;
/** Shorter ones are particles in some language: `al`, `de`. */
const LEAST_LETTERS = 3;
const THINGS = MEDICINE | FACILITY_WORD;

export function namesInPairs(tokens: Tokens, flags: Uint32Array): readonly Found[] {
  const found: Found[] = [];
  for (let at = 0; at + 1 < tokens.count; at += 1) {
    const [given = 0, family = 0] = [flags[at], flags[at + 1]];
    if ((given & FIRST_EN) === 0 || (given & NEITHER_GIVEN) !== 0) continue;
    if ((family & LAST) === 0 || (family & THINGS) !== 0) continue;
    if (!isPlainWord(tokens, at) || !isPlainWord(tokens, at + 1) || tokens.gap[at + 1] !== SPACE) continue;
    if (at + 2 < tokens.count && tokens.gap[at + 2] === SPACE && ((flags[at + 2] ?? 0) & THINGS) !== 0) continue;
    const [start = 0, end = 0] = [tokens.start[at], tokens.end[at + 1]];
    found.push({ start, end, type: 'NAME', score: 0.8, rule: 'pair' });
  }
  return found;
}

function isPlainWord(tokens: Tokens, at: number): boolean {
  const letters = (tokens.end[at] ?? 0) - (tokens.start[at] ?? 0);
  return tokens.kind[at] === WORD && tokens.shape[at] === LOWER && letters >= LEAST_LETTERS;
}
