// E-mail addresses (identifier F): found from the @ outwards, each side bounded by RFC 5321's sizes.
import { type Found, NOTHING, type Recogniser } from './recogniser.ts';

const MAX_LOCAL = 64;
const DOMAIN = /(?:[A-Za-z0-9\u00c0-\u024f](?:[A-Za-z0-9\u00c0-\u024f-]{0,62})\.){1,8}[A-Za-z]{2,24}/y;

export const email: Recogniser = {
  starts: { marks: '@' },
  find({ tokens }, at): readonly Found[] {
    const { text } = tokens;
    const sign = tokens.start[at] ?? 0;
    let start = sign;
    while (start > 0 && sign - start < MAX_LOCAL && isLocal(text.charCodeAt(start - 1))) start -= 1;
    while (start < sign && !/[A-Za-z0-9\u00c0-\u024f]/.test(text.charAt(start))) start += 1;
    if (start === sign) return NOTHING;
    DOMAIN.lastIndex = sign + 1;
    const domain = DOMAIN.exec(text);
    if (domain === null) return NOTHING;
    return [{ start, end: sign + 1 + domain[0].length, type: 'EMAIL', score: 0.99, rule: 'email' }];
  },
};

/** RFC 5321 atoms as they are met: letters, digits and ._%+-'. */
function isLocal(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0xc0 && code < 0x250) ||
    code === 0x2e ||
    code === 0x5f ||
    code === 0x25 ||
    code === 0x2b ||
    code === 0x2d ||
    code === 0x27
  );
}
