// What a punctuation model wrote, laid beside the words that it was given. It may add marks and change the case of letters, nothing else.

/** Marks after a word, as they are written behind a word of letters. The models write East Asian ones also in English. */
const MARKS: ReadonlyMap<string, string> = new Map([
  [',', ','],
  ['.', '.'],
  ['?', '?'],
  ['!', '!'],
  [';', ';'],
  [':', ':'],
  ['，', ','],
  ['。', '.'],
  ['？', '?'],
  ['！', '!'],
  ['、', ','],
]);

/** Written without spaces, and with marks of their own. */
const IDEOGRAPH = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]$/u;

const SPACE = /\s/u;

/**
 * Each word as `text` writes it; null where `text` says anything else than these words in this order. Spaces do not count: a model may
 * write none behind a wide mark, and some around an apostrophe.
 */
export function markedWords(words: readonly string[], text: string): readonly string[] | null {
  const letters = Array.from(text).filter((letter) => !SPACE.test(letter));
  const marked: string[] = [];
  let at = 0;
  for (const word of words) {
    let written = '';
    for (const letter of word) {
      if (letters[at]?.toLowerCase() !== letter.toLowerCase()) return null;
      written += letters[at++] ?? '';
    }
    let mark: string | null = null;
    for (let next = letters[at]; next !== undefined && MARKS.has(next); next = letters[++at]) mark ??= next;
    marked.push(written + (mark === null ? '' : IDEOGRAPH.test(written) ? mark : (MARKS.get(mark) ?? '')));
  }
  return at === letters.length ? marked : null;
}
