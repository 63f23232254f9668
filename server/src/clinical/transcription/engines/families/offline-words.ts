// What an offline recogniser answered, as words with times. Families differ in what they give: tokens with times and probabilities,
// tokens with times, or text alone.
import type { OfflineResult } from 'sherpa-onnx-node';
import type { SpokenWord } from '../messages.ts';

/** A word as an engine wrote it. */
export interface WrittenWord extends SpokenWord {
  /** The engine gave no times: the words of the stretch share its length by their letters. */
  readonly spread?: true;
}

/** Seconds from the start of the recording: where the sound that was decoded begins and ends. */
export interface Extent {
  readonly start: number;
  readonly end: number;
}

/**
 * Confidence of a word whose engine gives no probabilities: above the mark under which a reader should look twice (docs/decisions/0044),
 * or every word would be marked and none would be looked at; no more, because nothing is known (docs/decisions/0074).
 */
export const UNKNOWN_CONFIDENCE = 0.5;

/** Confidence of words that nobody can have said so: under the mark, so that a reader looks. */
const DOUBTED_CONFIDENCE = 0.2;

/** Words per second. An auctioneer speaks about six; a decoder that has lost its way writes twenty. */
const MAX_WORDS_PER_SECOND = 8;

/** A phrase of up to so many words, so many times in a row, is a decoder going in circles, not a person. */
const MAX_LOOP_WORDS = 6;
const MAX_REPETITIONS = 4;

/** Seconds that the last token of a word is taken to last where the engine does not say. */
const LAST_TOKEN_SECONDS = 0.24;

/** What attention decoders write of sounds that are no words: `[BLANK_AUDIO]`, `(coughs)`, `*music*`, `♪`. */
const ANNOTATION = /\[[^\]]*\]|\([^)]*\)|\*[^*]*\*|♪[^♪]*♪?/g;

/** Punctuation at the edges of a word; what stands inside (`120/80`, `x-ray`, `patient's`) belongs to it. */
const EDGE = /^[\p{P}♪]+|[^\P{P}%]+$/gu;

/** Ideographs and kana are written without spaces: each is a word of its own. */
const IDEOGRAPH = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

export function wordsOf(result: OfflineResult, extent: Extent): readonly WrittenWord[] {
  const { tokens, timestamps = [] } = result;
  if (timestamps.length > 0 && timestamps.length === tokens.length) return timedWords(result, extent);
  const words = spreadWords(result.text, extent);
  return isPlausible(words, extent) ? words : words.map((word) => ({ ...word, confidence: DOUBTED_CONFIDENCE }));
}

interface Gathered {
  text: string;
  start: number;
  end: number;
  logProbability: number;
  tokens: number;
}

function timedWords(result: OfflineResult, extent: Extent): readonly WrittenWord[] {
  const probable = result.ys_log_probs?.length === result.tokens.length;
  const gathered = gather(result).filter(({ text }) => spokenOf(text) !== '');
  return gathered.map(({ text, start, end, logProbability, tokens }, index) => {
    const next = gathered[index + 1]?.start ?? Number.POSITIVE_INFINITY;
    const from = Math.min(extent.start + start, extent.end);
    const to = Math.min(extent.start + Math.min(end, next), extent.end);
    const confidence = probable ? round(Math.exp(logProbability / tokens)) : UNKNOWN_CONFIDENCE;
    return { ...textsOf(text), start: round(from), end: round(Math.max(from, to)), confidence };
  });
}

function gather({ tokens, timestamps = [], durations, ys_log_probs: logs }: OfflineResult): readonly Gathered[] {
  const words: Gathered[] = [];
  for (const [index, token] of tokens.entries()) {
    const begins = token.startsWith(' ') || token.startsWith('\u2581');
    const text = begins ? token.slice(1) : token;
    const start = timestamps[index] ?? 0;
    const end = start + Math.max(durations?.[index] ?? 0, LAST_TOKEN_SECONDS);
    const logProbability = Math.min(0, logs?.[index] ?? 0);
    const current = words.at(-1);
    const apart = begins || IDEOGRAPH.test(text) || IDEOGRAPH.test(current?.text ?? '');
    // A mark belongs to the word before it, however the model cut it.
    if (current === undefined || (apart && spokenOf(text) !== '')) {
      words.push({ text, start, end, logProbability, tokens: 1 });
    } else {
      current.text += text;
      if (spokenOf(text) === '') continue;
      current.end = end;
      current.logProbability += logProbability;
      current.tokens += 1;
    }
  }
  return words;
}

function spreadWords(text: string, extent: Extent): readonly WrittenWord[] {
  const texts = text
    .replaceAll(ANNOTATION, ' ')
    .split(/\s+/)
    .filter((word) => spokenOf(word) !== '');
  const letters = texts.reduce((sum, word) => sum + word.length + 1, 0);
  let before = 0;
  return texts.map((word) => {
    const at = (count: number): number => round(extent.start + ((extent.end - extent.start) * count) / letters);
    const start = at(before);
    before += word.length + 1;
    return { ...textsOf(word), start, end: at(before), confidence: UNKNOWN_CONFIDENCE, spread: true };
  });
}

/** An engine that writes neither small letters nor marks has written nothing that the spoken form does not say. */
function textsOf(text: string): Pick<WrittenWord, 'spoken' | 'written'> {
  const spoken = spokenOf(text);
  const plain = text === spoken || text === spoken.toUpperCase();
  return plain ? { spoken } : { spoken, written: text };
}

/** Lower case, without punctuation at its edges; empty for a mark alone. */
export function spokenOf(text: string): string {
  return text.normalize('NFC').replaceAll(EDGE, '').toLowerCase();
}

function isPlausible(words: readonly WrittenWord[], { start, end }: Extent): boolean {
  if (words.length > Math.max(1, end - start) * MAX_WORDS_PER_SECOND) return false;
  const spoken = words.map((word) => word.spoken);
  for (let length = 1; length <= MAX_LOOP_WORDS; length++) if (goesInCircles(spoken, length)) return false;
  return true;
}

function goesInCircles(words: readonly string[], length: number): boolean {
  let same = 0;
  for (let at = length; at < words.length; at++) {
    same = words[at] === words[at - length] ? same + 1 : 0;
    if (same >= length * MAX_REPETITIONS) return true;
  }
  return false;
}

/** Milliseconds are more than any engine knows. */
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
