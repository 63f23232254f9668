// URLs and host names (identifier N).
import { GLUED, WORD } from '../text/tokens.ts';
import { type Found, matchAt, NOTHING, type Recogniser } from './recogniser.ts';

const PATH = String.raw`(?::\d{1,5})?(?:[/?#][^\s<>"'\u201d\u2019)\]}]{0,400})?`;
const SCHEME = new RegExp(String.raw`(?:https?|ftp|sftp)://[^\s<>"'\u201d)\]}]{1,400}`, 'iy');
const WWW = new RegExp(String.raw`www\.(?:[\w-]{1,63}\.){1,6}[a-z]{2,24}${PATH}`, 'iy');
const ENDS = /[.,;:!?]+$/;

export const url: Recogniser = {
  starts: { words: ['http', 'https', 'ftp', 'sftp', 'www'] },
  find({ tokens }, at): readonly Found[] {
    const start = tokens.start[at] ?? 0;
    const found = matchAt(SCHEME, tokens.text, start) ?? matchAt(WWW, tokens.text, start);
    if (found === null) return NOTHING;
    const end = start + found[0].replace(ENDS, '').length;
    return [{ start, end, type: 'URL', score: 0.99, rule: 'url' }];
  },
};

/** Endings under which a dotted pair of words is a host and not two sentences without a space between them. */
const TOP =
  'com|org|net|edu|gov|mil|int|info|biz|health|clinic|care|app|dev|io|ai|uk|ca|au|de|fr|es|it|nl|eu|ie|nz|ch|at|be|se|dk|pl|pt|mx|br|ar|cl|jp|cn|in|tv';
const HOST = new RegExp(String.raw`(?:[a-z0-9-]{1,63}\.){0,5}[a-z0-9-]{2,63}\.(?:${TOP})(?![a-z0-9])${PATH}`, 'iy');

export const host: Recogniser = {
  starts: { words: TOP.split('|') },
  find({ tokens }, at): readonly Found[] {
    const { text } = tokens;
    if (tokens.gap[at] !== GLUED || text[(tokens.start[at] ?? 0) - 1] !== '.') return NOTHING;
    let first = at;
    while (
      first > 0 &&
      at - first < 24 &&
      tokens.gap[first] === GLUED &&
      isHostPart(text, tokens.start[first - 1] ?? 0)
    )
      first -= 1;
    if (tokens.kind[first] !== WORD && tokens.kind[first] !== 2) return NOTHING;
    const start = tokens.start[first] ?? 0;
    if (text[start - 1] === '@') return NOTHING;
    const found = matchAt(HOST, text, start);
    if (found === null || start + found[0].length < (tokens.end[at] ?? 0)) return NOTHING;
    return [{ start, end: start + found[0].replace(ENDS, '').length, type: 'URL', score: 0.95, rule: 'url-host' }];
  },
};

function isHostPart(text: string, at: number): boolean {
  return /[a-z0-9.-]/i.test(text.charAt(at));
}
