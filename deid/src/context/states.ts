// States of the USA, by name and by postal code: alone they stay (164.514(b)(2)(i)(B)), after a city they go with it.
import type { Found, Recogniser } from '../recognise/recogniser.ts';
import { NOTHING } from '../recognise/recogniser.ts';
import { hashWord } from '../text/fold.ts';
import { type Tokens, UPPER, WORD } from '../text/tokens.ts';

const NAMES =
  'alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana nebraska nevada new+hampshire new+jersey new+mexico new+york north+carolina north+dakota ohio oklahoma oregon pennsylvania rhode+island south+carolina south+dakota tennessee texas utah vermont virginia washington west+virginia wisconsin wyoming'.split(
    ' ',
  );
const CODES =
  'al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or pa ri sc sd tn tx ut vt va wa wv wi wy dc pr'.split(
    ' ',
  );

const single = new Set(NAMES.filter((name) => !name.includes('+')).map(hashWord));
const double = new Map<number, ReadonlySet<number>>();
for (const name of NAMES) {
  const [first = '', second] = name.split('+');
  if (second === undefined) continue;
  double.set(hashWord(first), new Set([...(double.get(hashWord(first)) ?? []), hashWord(second)]));
}
const codes = new Set(CODES.map(hashWord));

/** The end of a State's name or, in capitals, code at token `at`; null when there is none. */
export function stateAt(tokens: Tokens, at: number, withCodes: boolean): number | null {
  if (at >= tokens.count || tokens.kind[at] !== WORD) return null;
  const hash = tokens.hash[at] as number;
  if (at + 1 < tokens.count && double.get(hash)?.has(tokens.hash[at + 1] as number) === true) return at + 2;
  if (single.has(hash)) return at + 1;
  return withCodes && tokens.shape[at] === UPPER && codes.has(hash) ? at + 1 : null;
}

/** States by name: found so that a caller who wants them gone can have that; the policy keeps them otherwise. */
export const state: Recogniser = {
  starts: { words: [...new Set(NAMES.map((name) => name.split('+')[0] ?? ''))] },
  find({ tokens }, at): readonly Found[] {
    const end = stateAt(tokens, at, false);
    if (end === null) return NOTHING;
    return [
      {
        start: tokens.start[at] as number,
        end: tokens.end[end - 1] as number,
        type: 'LOCATION',
        score: 0.6,
        rule: 'state',
      },
    ];
  },
};
