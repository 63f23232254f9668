// Telephone and fax numbers (identifiers D and E): the North American form by itself, others with a plus sign or after a word that
// says what they are.
import type { Category } from '../span.ts';
import { after, before, beginsNumber, type Found, matchAt, NOTHING, type Recogniser } from './recogniser.ts';

const GAP = String.raw`[-\u2010-\u2014. /]{0,3}`;
const EXTENSION = String.raw`(?:\s{0,2}(?:x|ext\.?|extension)\s{0,2}\d{1,6})?`;
const AMERICAN = new RegExp(
  String.raw`(?:\+?1${GAP})?(?:\(\d{3}\)${GAP}|\d{3}[-\u2010-\u2014. /]{1,3})\d{3}[-\u2010-\u2014. ]\d{4}(?![\d]|[-.]\d)${EXTENSION}`,
  'iy',
);
const PLAIN_TEN = new RegExp(String.raw`(?:\+?1[-. ]?)?\d{10}(?!\d)${EXTENSION}`, 'iy');
const INTERNATIONAL = new RegExp(String.raw`(?:\+|00)\d{1,3}(?:${GAP}\(?\d{1,5}\)?){1,7}`, 'y');
const LOCAL = new RegExp(String.raw`\d{3}[-\u2010-\u2014.]\d{4}(?![\d]|[-./]\d)${EXTENSION}`, 'iy');
const LABELLED = new RegExp(
  String.raw`\(?\d{1,5}\)?(?:[-\u2010-\u2014. /]{1,2}\(?\d{1,5}\)?){1,6}(?!\d)${EXTENSION}`,
  'iy',
);

/** Words before a number that make it a telephone number, with nothing but small words between. */
const CALLS =
  /(?:phone|number|telephone|tel[eé]fono|tel|tfno|tlf|tf|cell|cellular|mobile|m[oó]vil|pager|beeper|fax|call(?:ed|ing|s|back)?|reach(?:ed|able)?|contact(?:ed|s)?|dial|ring|text(?:ed)?|whatsapp|voicemail|hotline|landline|ph|ext|extension|callback|centralita)(?:\s(?:number|no|num|line|info|me|us|him|her|them|back|is|was|at|on|to|of|the|a|home|work|cell|mobile|my|his|out)|\s?[:#.\-(=]|'s|n[úu]mero){0,6}[\s:]{0,3}$/u;
const FAXES =
  /(?:fax|facsimile|telefax)(?:ed)?(?:\s(?:number|no|num|line|is|was|at|on|to|it|this|the|records|results|over)|\s?[:#.\-(=]){0,6}[\s:]{0,3}$/u;
const FAX_AFTER = /^\s{0,2}\(?\s?(?:fax)\b/u;
/** A number after these words is none of a telephone, whatever its form. */
const OTHER =
  /(?:mrn|ssn|social security(?: number)?|record|member|policy|account|acct|id|case|claim|serial|license|chart|insurance|plan)(?:\s(?:number|no|num|is|was|id)|\s?[:#.\-(=]){0,4}\s{0,3}$/u;

const LEAST_DIGITS = 7;
const MOST_DIGITS = 16;

export const phone: Recogniser = {
  starts: { digits: true, marks: '(+' },
  find({ tokens }, at): readonly Found[] {
    if (!beginsNumber(tokens, at)) return NOTHING;
    const { text } = tokens;
    const start = tokens.start[at] ?? 0;
    const american = matchAt(AMERICAN, text, start);
    const lead = before(tokens, at, 48);
    if (american !== null) return OTHER.test(lead) ? NOTHING : told(text, start, american[0], lead, 0.95, 'phone');
    const international = matchAt(INTERNATIONAL, text, start);
    if (international !== null && text[start] === '+' && enough(international[0]))
      return told(text, start, international[0], lead, 0.9, 'phone-international');
    if (!CALLS.test(lead)) return unlabelled(text, start, lead);
    for (const form of [PLAIN_TEN, LABELLED, INTERNATIONAL, LOCAL]) {
      const found = matchAt(form, text, start);
      if (found !== null && enough(found[0])) return told(text, start, found[0], lead, 0.9, 'phone-labelled');
    }
    const plain = /\d{7,12}(?!\d)/y;
    const run = matchAt(plain, text, start);
    return run === null ? NOTHING : told(text, start, run[0], lead, 0.85, 'phone-labelled');
  },
};

/** Seven digits as 555-1234, when they are neither a range of numbers nor part of something longer. */
function unlabelled(text: string, start: number, lead: string): readonly Found[] {
  const local = matchAt(LOCAL, text, start);
  if (local === null || OTHER.test(lead)) return NOTHING;
  if (/^\s{0,2}(?:mg|mcg|ml|g|kg|mmhg|%|cells|units|iu|years|cases)\b/u.test(after(text, start + local[0].length, 8)))
    return NOTHING;
  return told(text, start, local[0], lead, 0.7, 'phone-local');
}

function enough(number: string): boolean {
  const digits = number.replace(/\D/g, '').length;
  return digits >= LEAST_DIGITS && digits <= MOST_DIGITS + 4;
}

function told(
  text: string,
  start: number,
  number: string,
  lead: string,
  score: number,
  rule: string,
): readonly Found[] {
  const end = start + number.trimEnd().length;
  const fax = FAXES.test(lead) || FAX_AFTER.test(after(text, end, 8));
  const type: Category = fax ? 'FAX' : 'PHONE';
  return [{ start, end, type, score, rule: fax ? 'fax' : rule }];
}
