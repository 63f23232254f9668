// Tokens of a transducer to words: where a token begins with a space a new word begins. Times and confidence per word.
import type { SpokenWord } from './messages.ts';

export interface TokenTimes {
  readonly tokens: readonly string[];
  /** Seconds from the start of the stream: when each token was decided on. */
  readonly timestamps: readonly number[];
  /** Natural logarithm of each token's probability. */
  readonly ys_probs: readonly number[];
}

/** Seconds. The engine gives no end of a word: its last token is taken to last this long, unless the next word begins before. */
const LAST_TOKEN_SECONDS = 0.24;

interface Gathered {
  spoken: string;
  start: number;
  last: number;
  logProbability: number;
  tokens: number;
}

/** `shift`: seconds to add to the stream's times; `limit`: seconds, the end of the sound, which no word outlasts. */
export function wordsOfTokens(result: TokenTimes, shift: number, limit: number): SpokenWord[] {
  const gathered = gather(result);
  return gathered.map((word, index) => {
    const next = gathered[index + 1];
    const natural = word.last + LAST_TOKEN_SECONDS;
    const end = Math.min(next === undefined ? natural : Math.min(natural, next.start), limit - shift);
    const start = Math.min(word.start, end);
    return {
      spoken: word.spoken,
      start: round(Math.max(0, start + shift)),
      end: round(Math.max(0, end + shift)),
      confidence: round(Math.exp(word.logProbability / word.tokens)),
    };
  });
}

function gather(result: TokenTimes): Gathered[] {
  const words: Gathered[] = [];
  for (const [index, token] of result.tokens.entries()) {
    const at = result.timestamps[index] ?? 0;
    const logProbability = Math.min(0, result.ys_probs[index] ?? 0);
    const begins = token.startsWith(' ') || token.startsWith('\u2581');
    const piece = (begins ? token.slice(1) : token).toLowerCase();
    const current = words.at(-1);
    if (begins || current === undefined) {
      words.push({ spoken: piece, start: at, last: at, logProbability, tokens: 1 });
    } else {
      current.spoken += piece;
      current.last = at;
      current.logProbability += logProbability;
      current.tokens += 1;
    }
  }
  return words.filter((word) => word.spoken !== '');
}

/** Milliseconds are more than any engine knows. */
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
