// IP addresses (identifier O), and hardware addresses of network devices (identifier M).
import { type Found, isAlnum, matchAt, NOTHING, type Recogniser } from './recogniser.ts';

const OCTET = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const V4 = new RegExp(String.raw`(?:${OCTET}\.){3}${OCTET}(?![\d]|\.\d)(?:/\d{1,2})?`, 'y');
const V6 =
  /(?:[0-9a-f]{1,4}:){2,7}(?::?[0-9a-f]{1,4}){0,7}|(?:[0-9a-f]{1,4}:){1,6}:(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,5})?/iy;
const MAC = /(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}(?![0-9a-f])/iy;

export const ip: Recogniser = {
  starts: { digits: true, words: '*' },
  find({ tokens }, at): readonly Found[] {
    const { text } = tokens;
    const start = tokens.start[at] ?? 0;
    const next = text.charCodeAt(tokens.end[at] ?? 0);
    if (next === 0x2e && tokens.kind[at] === 2) return spanOf(matchAt(V4, text, start), text, start, 'IP', 'ip');
    const glued = tokens.end[at] === tokens.start[at + 1];
    if (!glued || (tokens.end[at] ?? 0) - start > 4) return NOTHING;
    if (!hexadecimal(text, start, tokens.end[at] ?? 0)) return NOTHING;
    const mac = spanOf(matchAt(MAC, text, start), text, start, 'DEVICE', 'mac-address');
    if (mac.length > 0) return mac;
    const six = matchAt(V6, text, start);
    if (six === null || !isV6(six[0])) return NOTHING;
    return spanOf(six, text, start, 'IP', 'ip');
  },
};

function hexadecimal(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (!/[0-9a-f]/i.test(text.charAt(at))) return false;
  return true;
}

/** Eight groups, or fewer with one gap; and a letter or four groups, so that a time of day is none. */
function isV6(given: string): boolean {
  const gaps = given.split('::').length - 1;
  const groups = given.split(':').filter((group) => group !== '');
  if (gaps > 1) return false;
  return gaps === 1 ? groups.length >= 2 && groups.length < 8 && /[a-f]|\d{3}/i.test(given) : groups.length === 8;
}

function spanOf(
  found: RegExpExecArray | null,
  text: string,
  start: number,
  type: 'IP' | 'DEVICE',
  rule: string,
): readonly Found[] {
  if (found === null || (start > 0 && (isAlnum(text, start - 1) || text[start - 1] === '.'))) return NOTHING;
  return [{ start, end: start + found[0].length, type, score: 0.95, rule }];
}
