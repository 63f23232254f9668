// Years: kept alone under Safe Harbor unless they say that somebody is 90 or older (164.514(b)(2)(i)(C)), removed on request.
import { before, beginsNumber, type Found, matchAt, NOTHING, type Recogniser } from './recogniser.ts';

const YEAR = /(?:1[89]|20)\d{2}(?![\d]|[.,:]\d)/y;
const BIRTH =
  /\b(?:born|birth|dob|b\.|birthdate|birthday|nacid[oa]|nacimiento|year of birth|yob)[\s:(]{0,3}(?:in|on|year|en|el|was|is|date|a[ñn]o)?[\s:]{0,2}(?:in\s|the year\s)?$/u;
const OLDEST_KEPT = 89;

/** A year of birth that implies an age over 89 goes whatever the options say. */
export const yearOfBirth: Recogniser = {
  starts: { digits: true },
  find({ tokens, year: now }, at): readonly Found[] {
    const found = yearAt(tokens, at);
    if (found === null || now - found.year <= OLDEST_KEPT || !BIRTH.test(before(tokens, at, 32))) return NOTHING;
    return [{ start: found.start, end: found.end, type: 'DATE', score: 0.9, rule: 'year-of-birth-90' }];
  },
};

/** Every bare year that reads as one; the policy keeps it unless years go too. */
export const bareYear: Recogniser = {
  starts: { digits: true },
  find({ tokens }, at): readonly Found[] {
    const found = yearAt(tokens, at);
    if (found === null) return NOTHING;
    if (
      /^\s?(?:mg|mcg|ml|kg|g|units|iu|cells|steps|calories|kcal|patients|participants|%)/iu.test(
        tokens.text.slice(found.end, found.end + 10),
      )
    )
      return NOTHING;
    return [{ start: found.start, end: found.end, type: 'DATE', score: 0.6, rule: 'year' }];
  },
};

function yearAt(tokens: Parameters<typeof before>[0], at: number): { start: number; end: number; year: number } | null {
  const start = tokens.start[at] ?? 0;
  if ((tokens.end[at] ?? 0) - start !== 4 || !beginsNumber(tokens, at)) return null;
  const found = matchAt(YEAR, tokens.text, start);
  return found === null ? null : { start, end: start + 4, year: Number(found[0]) };
}
