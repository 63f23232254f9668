// Letters without case and accents, and 32-bit hashes of folded words: what the lexicon, the labels and the tagger compare.

const FOLDED = 0x250; // Latin-1 Supplement and Latin Extended-A and -B: where accents of Latin letters live
const ADDITIONAL = 0x1e00; // Latin Extended Additional: letters of Vietnamese, Yoruba, Igbo

const table = buildTable();
const additional = Uint16Array.from({ length: 0x100 }, (_, at) =>
  String.fromCharCode(ADDITIONAL + at)
    .toLowerCase()
    .normalize('NFD')
    .charCodeAt(0),
);

function buildTable(): Uint16Array {
  const folded = new Uint16Array(FOLDED);
  for (let code = 0; code < FOLDED; code += 1) {
    const base = String.fromCharCode(code).toLowerCase().normalize('NFD');
    folded[code] = base.charCodeAt(0);
  }
  for (const [from, to] of [
    ['ß', 's'],
    ['æ', 'a'],
    ['Æ', 'a'],
    ['ø', 'o'],
    ['Ø', 'o'],
    ['ł', 'l'],
    ['Ł', 'l'],
    ['đ', 'd'],
    ['Đ', 'd'],
    ['ð', 'd'],
    ['þ', 't'],
    ['œ', 'o'],
    ['Œ', 'o'],
    ['ı', 'i'],
  ] as const)
    folded[from.charCodeAt(0)] = to.charCodeAt(0);
  return folded;
}

/** One UTF-16 code unit without case and, for Latin letters, without accent; 0 for marks and invisible characters. */
export function foldCode(code: number): number {
  if (code < FOLDED) return code === 0xad ? 0 : (table[code] as number);
  if (isInvisible(code)) return 0;
  if (code >= ADDITIONAL && code < ADDITIONAL + 0x100) return additional[code - ADDITIONAL] as number;
  if (code >= 0xff10 && code <= 0xff19) return code - 0xff10 + 0x30;
  if (code >= 0x370 && code < 0x590) return String.fromCharCode(code).toLowerCase().charCodeAt(0);
  return code;
}

/** Combining marks, soft hyphen and zero-width characters: within a word they change nothing that a reader sees. */
export function isInvisible(code: number): boolean {
  return (
    code === 0xad ||
    (code >= 0x300 && code < 0x370) ||
    (code >= 0x200b && code <= 0x200d) ||
    code === 0x2060 ||
    code === 0xfeff
  );
}

const SEED = 0x811c9dc5;
const PRIME = 0x01000193;

/** FNV-1a over folded code units, then mixed so that low bits can index a table. Unsigned 32 bits. */
export function hashRange(text: string, start: number, end: number): number {
  let hash = SEED;
  for (let at = start; at < end; at += 1) {
    const code = foldCode(text.charCodeAt(at));
    if (code !== 0) hash = Math.imul(hash ^ code, PRIME);
  }
  return mix(hash);
}

export function hashWord(word: string): number {
  return hashRange(word, 0, word.length);
}

/** The finaliser of MurmurHash3. */
export function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
