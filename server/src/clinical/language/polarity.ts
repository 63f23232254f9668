// Which words of a text stand under a negation, and which under a doubt (after NegEx, Chapman et al. 2001, with the
// turns of speech of notes and of conversation).
import type { Token } from './tokens.ts';

export interface Polarity {
  readonly negated: boolean;
  readonly uncertain: boolean;
}

/** Tokens a list-like cue reaches over ("denies fever, chills, or night sweats") and a plain one ("not"). */
const LIST_REACH = 24;
const WORD_REACH = 12;
const BACK_REACH = 5;

const LIST_CUES = new Set(
  'no denies denied deny denying without negative never none nor neither absent free nil'.split(' '),
);
const WORD_CUES = new Set(['not', 'unable', 'cannot', 'declines', 'declined', 'resolved', 'stopped']);
const BACK_CUES = new Set(['negative', 'absent', 'denied', 'none', 'nil']);
const DOUBT_CUES = new Set(
  'possible possibly probable probably likely may might maybe perhaps suspect suspected suspicious questionable could presumed'.split(
    ' ',
  ),
);
const ENDS = new Set(
  (
    'but however although though except because which who reports reported endorses endorsed states notes complains admits has is are was were ' +
    'does did i he she they we you it there patient while when if so then'
  ).split(' '),
);
const AFTER_CUE = new Set(
  'any a an the been be is are was were have has had to of for there so do does did'.split(' '),
);

// "No problem", "not only", "no, I have…": words of denial that deny nothing that follows.
const EMPTY_NEXT = new Set('problem problems worries only sure just necessarily doubt longer'.split(' '));

/** A word that can turn a statement round: "no", "denies", "without", "not". */
export function isNegator(norm: string): boolean {
  return LIST_CUES.has(norm) || WORD_CUES.has(norm);
}

/** One entry per token. */
export function polarity(tokens: readonly Token[]): Polarity[] {
  const negated = Array.from<boolean>({ length: tokens.length }).fill(false);
  const uncertain = [...negated];
  tokens.forEach((token, i) => {
    const next = tokens[i + 1]?.norm ?? '';
    const idle = EMPTY_NEXT.has(next) && !/^(?:with|in)$/u.test(tokens[i + 2]?.norm ?? '');
    if (LIST_CUES.has(token.norm) && !(idle && token.norm === 'no')) forward(tokens, i, LIST_REACH, negated);
    else if (WORD_CUES.has(token.norm) && !EMPTY_NEXT.has(next)) forward(tokens, i, WORD_REACH, negated);
    // "Diarrhea, no."
    const last = token.norm === 'no' && i === tokens.length - 1;
    if (BACK_CUES.has(token.norm) || last) backward(tokens, i, negated);
    if (DOUBT_CUES.has(token.norm)) forward(tokens, i, WORD_REACH, uncertain);
  });
  return tokens.map((_, i) => ({ negated: negated[i] ?? false, uncertain: uncertain[i] ?? false }));
}

function forward(tokens: readonly Token[], cue: number, reach: number, mark: boolean[]): void {
  const clause = tokens[cue]?.clause;
  let bridging = true;
  for (let i = cue + 1; i < Math.min(tokens.length, cue + reach + 1); i += 1) {
    const token = tokens[i];
    if (token === undefined || token.clause !== clause) return;
    if (i === cue + 1 && token.comma && tokens[cue]?.norm === 'no') return;
    bridging &&=
      AFTER_CUE.has(token.norm) ||
      ((tokens[cue]?.norm ?? '').startsWith('den') && /^(?:that|he|she|they|i)$/u.test(token.norm));
    if (endsScope(token.norm, tokens[i - 1]?.norm ?? '') && !bridging) return;
    mark[i] = true;
  }
}

// "No evidence of what we call …" goes on; "no gallop, your lungs …" has come to something else, "no pain in your knee" has not.
function endsScope(norm: string, before: string): boolean {
  if (/^(?:your|my|his|her|their)$/u.test(norm))
    return !/^(?:with|in|of|on|to|or|and|for|from|at|about|over|down|around|hurt|hit)$/u.test(before);
  return ENDS.has(norm) && before !== 'what';
}

function backward(tokens: readonly Token[], cue: number, mark: boolean[]): void {
  const clause = tokens[cue]?.clause;
  if (tokens[cue + 1]?.clause === clause && /^(?:for|of)$/u.test(tokens[cue + 1]?.norm ?? '')) return;
  for (let i = cue - 1; i >= Math.max(0, cue - BACK_REACH); i -= 1) {
    const token = tokens[i];
    if (token === undefined || token.clause !== clause || token.norm === 'and' || token.norm === 'but') return;
    mark[i] = true;
  }
}
