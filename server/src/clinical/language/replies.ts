// Whether an utterance answers yes or no, and whether that is all it says.
import type { Utterance } from './utterances.ts';

const NO =
  /^(?:(?:uh|um|oh|well|okay),? ?)*(?:no|nope|none|never|not (?:really|at all|that i)|negative|i (?:don't|do n't|have n't|haven't|did n't|didn't|have not|do not|did not)|i'm not)\b/u;
const YES =
  /^(?:(?:uh|um|oh|well|okay),? ?)*(?:yes|yeah|yep|yup|mm-hmm|mhm|uh-huh|correct|sure|right|i do|i am|i have|i did|that's (?:right|correct))\b/u;
/** A bare answer has at most this many words; a longer one has content of its own. */
const BARE_WORDS = 6;

/** `no` or `yes` when the utterance begins so, whatever follows; else null. */
export function replySign(utterance: Utterance): 'no' | 'yes' | null {
  const text = plain(utterance);
  if (NO.test(text)) return 'no';
  return YES.test(text) ? 'yes' : null;
}

/** `no`, `yes`, or null for an answer with content of its own. */
export function bareAnswer(utterance: Utterance): 'no' | 'yes' | null {
  return utterance.tokens.length > BARE_WORDS ? null : replySign(utterance);
}

function plain(utterance: Utterance): string {
  return utterance.text.toLowerCase().replaceAll(/\s+([,.?!])/gu, '$1');
}
