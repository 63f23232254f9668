// Names spelled out: `s m i t h`, `S-M-I-T-H`, `s as in sam`.
import { before, type Found, NOTHING, type Recogniser } from '../recognise/recogniser.ts';
import { hashWord } from '../text/fold.ts';
import { type Tokens, WORD } from '../text/tokens.ts';

const LEAST = 3;
const LONGEST = 60; // tokens: fifteen letters, each `b as in boy`
const AS = hashWord('as');
const IN = hashWord('in');
const FOR = hashWord('for');
const LIKE = hashWord('like');

/** Words before letters that say a name is being spelled. */
const SPELLS =
  /\b(?:spell(?:ed|ing|s)?|that'?s|it'?s|name|last|first|patient|is|surname|mister|doctor|mr|mrs|ms|dr)[\s:,.]{1,3}(?:is\s|it\s|that'?s\s|as\s|out\s)?$/u;

export const spelled: Recogniser = {
  starts: { words: 'abcdefghijklmnopqrstuvwxyz'.split('') },
  find({ tokens }, at): readonly Found[] {
    if (isLetter(tokens, at - 1) || (isHyphen(tokens, at - 1) && isLetter(tokens, at - 2))) return NOTHING;
    const { letters, hyphens, end } = spelling(tokens, at);
    if (letters < LEAST || isAcronym(tokens, at, end)) return NOTHING;
    const said = SPELLS.test(before(tokens, at, 32));
    const hyphenated = hyphens === letters - 1 && letters >= 4;
    if (!said && !hyphenated && letters < 5) return NOTHING;
    return [
      {
        start: tokens.start[at] as number,
        end: tokens.end[end - 1] as number,
        type: 'NAME',
        score: said ? 0.9 : 0.75,
        rule: 'spelled',
      },
    ];
  },
};

/** The letters from token `at` on, with their examples passed over. */
function spelling(
  tokens: Tokens,
  at: number,
): { readonly letters: number; readonly hyphens: number; readonly end: number } {
  let [letters, next, hyphens, end] = [0, at, 0, at];
  while (next < tokens.count && next - at < LONGEST && isLetter(tokens, next)) {
    letters += 1;
    next = afterExample(tokens, next + 1);
    end = next;
    if (isHyphen(tokens, next)) {
      hyphens += 1;
      next += 1;
    } else if (tokens.text.charCodeAt(tokens.start[next] ?? 0) === 0x2c && isLetter(tokens, next + 1)) next += 1;
  }
  return { letters, hyphens, end };
}

function afterExample(tokens: Tokens, at: number): number {
  if (isAsIn(tokens, at)) return at + 3;
  return tokens.hash[at] === FOR && tokens.kind[at + 1] === WORD && isLetter(tokens, at + 2) ? at + 2 : at;
}

function isLetter(tokens: Tokens, at: number): boolean {
  return (
    at >= 0 &&
    at < tokens.count &&
    tokens.kind[at] === WORD &&
    (tokens.end[at] as number) - (tokens.start[at] as number) === 1
  );
}

function isHyphen(tokens: Tokens, at: number): boolean {
  return (
    at >= 0 && at < tokens.count && tokens.gap[at] === 0 && tokens.text.charCodeAt(tokens.start[at] as number) === 0x2d
  );
}

function isAsIn(tokens: Tokens, at: number): boolean {
  return (
    at + 2 < tokens.count &&
    (tokens.hash[at] === AS || tokens.hash[at] === LIKE) &&
    (tokens.hash[at + 1] === IN || tokens.hash[at] === LIKE) &&
    tokens.kind[at + 2] === WORD
  );
}

/** Letters that medicine says one by one. */
const ACRONYMS = new Set(
  'mrn dob ssn ekg ecg mri cat cbc bmp cmp icu emr ehr dvt uti copd chf cad htn gerd ibs ibd pcp ent gyn obgyn ctscan hiv hcv hbv bun ptt inr npo prn bid tid qid qhs asa aaa abg afib ards bph cabg ckd cva dka dnr egd fev gcs iud ivc lad lvh mca nstemi osa pft pvd ros stemi tia tsh usg wbc vad abc mmse phq gad'.split(
    ' ',
  ),
);

function isAcronym(tokens: Tokens, from: number, to: number): boolean {
  const word = tokens.text
    .slice(tokens.start[from], tokens.end[to - 1])
    .replace(/[^\p{L}]/gu, '')
    .toLowerCase();
  return ACRONYMS.has(word);
}
