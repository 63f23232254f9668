// Whether an utterance answers yes or no, and whether that is all it says.
import { isFiller, isStopWord, type Token } from './tokens.ts';
import type { Utterance } from './utterances.ts';

const LEAD = String.raw`^(?:(?:uh|um|oh|well|okay|hmm)[,.]? )*`;
const NO = new RegExp(
  `${LEAD}(?:no|nope|none|never|not (?:really|at all|that i|so far|yet)|negative|i (?:don't|do n't|do not|have n't|haven't|have not|did n't|didn't|did not|am not)(?=$|[,.]| (?:think so|have any|had any|no)\\b)|i'm not(?=$|[,.]))(?![\\w'])`,
  'u',
);
const YES = new RegExp(
  `${LEAD}(?:yes|yeah|yep|yup|mm-hmm|mhm|uh-huh|correct|sure|right|that's (?:right|correct)|(?:i (?:do|am|have|did)|i've been)(?=$|[,.]))(?![\\w'])`,
  'u',
);

/** A bare answer has at most this many words; a longer one has content of its own. */
const BARE_WORDS = 6;

/** `no` or `yes` when the utterance begins so, whatever follows; else null. */
export function replySign(utterance: Utterance): 'no' | 'yes' | null {
  const text = utterance.text.toLowerCase().replaceAll(/\s+([,.?!])/gu, '$1');
  if (NO.test(text)) return 'no';
  return YES.test(text) ? 'yes' : null;
}

/** `no`, `yes`, or null for an answer with content of its own: "yes, in my back" and "yes, morphine" are more than a yes. */
export function bareAnswer(utterance: Utterance): 'no' | 'yes' | null {
  if (utterance.tokens.length > BARE_WORDS || utterance.tokens.some(hasContent)) return null;
  return replySign(utterance);
}

/** Words that only confirm, deny or address. */
const EMPTY = new Set(
  'nope none never yep yup correct sure absolutely definitely exactly actually negative true far noticed believe sir maam doctor anything nothing any known'.split(
    ' ',
  ),
);

function hasContent({ norm }: Token): boolean {
  return !isStopWord(norm) && !isFiller(norm) && !EMPTY.has(norm);
}
