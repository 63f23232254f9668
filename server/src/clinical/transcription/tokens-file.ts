// tokens.txt of a model: native code loads a garbage one without complaint and then gives garbage words, or ends the process over
// one in the wrong order, so it is read here first.
import { ProblemError } from '@cordon/contract';
import type { ModelFamily } from './model-manifest.ts';

/** Lines. The largest vocabulary of a published speech model has about 52,000. */
const MAX_TOKENS = 200_000;

/** Lines. Fewer tokens than this speak no language: the smallest vocabulary is an alphabet with a blank. */
const MIN_TOKENS = 2;

/** Whether a model writes its words in capitals, as it does when no token has a small letter. */
export type Casing = 'upper' | 'mixed';

/** `token id` per line, in the order and with the blank that the family's native code needs. Errors: `model_invalid` {reason: 'tokens'}. */
export function checkTokens(family: ModelFamily, text: string): void {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length < MIN_TOKENS || lines.length > MAX_TOKENS) throw invalid();
  const ids = new Map<number, string>();
  for (const line of lines) {
    const match = /^(.*?)\s+(\d{1,7})\s*$/.exec(line);
    if (match?.[1] === undefined) throw invalid();
    ids.set(Number(match[2]), match[1]);
  }
  // No id twice; none left out, or the words that follow are those of their neighbours.
  if (ids.size !== lines.length || !ids.has(0) || !ids.has(lines.length - 1)) throw invalid();
  if (!blankStands(family, ids)) throw invalid();
}

/** Attention decoders and SenseVoice end a word by other means. */
const WITHOUT_BLANK: ReadonlySet<ModelFamily> = new Set(['whisper', 'moonshine', 'sense-voice']);

/** Anything else ends the process ("<blk> is not the last token!"). */
const BLANK_LAST: ReadonlySet<ModelFamily> = new Set(['nemo-transducer', 'nemo-ctc']);

function blankStands(family: ModelFamily, ids: ReadonlyMap<number, string>): boolean {
  if (WITHOUT_BLANK.has(family)) return true;
  if (BLANK_LAST.has(family)) return ids.get(ids.size - 1) === '<blk>';
  return [...ids.values()].some((token) => /^<(blk|blank|eps)>$/.test(token));
}

/** Hot words are cut with the model's own pieces, so they have to be written as these are. */
export function casingOf(text: string): Casing {
  // Symbols such as <blk> and <sos/eos> are no text.
  return text.split('\n').some((line) => /^[^<\d\s]*[a-z]/.test(line)) ? 'mixed' : 'upper';
}

function invalid(): ProblemError {
  return new ProblemError('model_invalid', { reason: 'tokens' });
}
