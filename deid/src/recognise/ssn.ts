// Social security numbers by their form (identifier G). Numbers that were never issued count too: whoever wrote one meant one.
import { beginsNumber, type Found, matchAt, NOTHING, type Recogniser } from './recogniser.ts';

const FORM = /\d{3}([-\u2010-\u2014. ])\d{2}\1\d{4}(?![\d]|[-.]\d)/y;
const MASKED = /(?:[x*#]{3}[- ]?[x*#]{2}|\*{5})[- ]?\d{4}(?!\d)/iy;

export const ssn: Recogniser = {
  starts: { digits: true },
  find({ tokens }, at): readonly Found[] {
    if (!beginsNumber(tokens, at) || (tokens.end[at] ?? 0) - (tokens.start[at] ?? 0) !== 3) return NOTHING;
    const start = tokens.start[at] ?? 0;
    const found = matchAt(FORM, tokens.text, start);
    if (found === null) return NOTHING;
    const score = found[1] === ' ' || found[1] === '.' ? 0.8 : 0.97;
    return [{ start, end: start + found[0].length, type: 'SSN', score, rule: 'ssn' }];
  },
};

/** The last four digits with the rest masked: still part of the number. */
export const maskedSsn: Recogniser = {
  starts: { marks: '*#', words: ['xxx', 'xxxxx'] },
  find({ tokens }, at): readonly Found[] {
    const start = tokens.start[at] ?? 0;
    const found = matchAt(MASKED, tokens.text, start);
    return found === null
      ? NOTHING
      : [{ start, end: start + found[0].length, type: 'SSN', score: 0.9, rule: 'ssn-masked' }];
  },
};
