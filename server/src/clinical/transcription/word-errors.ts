// Word error rate as it is usually given: lower case, punctuation stripped, hyphen to space, edit distance over words.

/** The words of a text for comparison. */
export function spokenWords(text: string): readonly string[] {
  const plain = text
    .toLowerCase()
    .replaceAll('-', ' ')
    .replaceAll(/[^\p{L}\p{N}\s]/gu, '');
  return plain.split(/\s+/).filter((word) => word !== '');
}

/** Substitutions, insertions and deletions between reference and hypothesis: divide by the reference's words for the rate. */
export function wordErrors(reference: string, hypothesis: string): number {
  const wanted = spokenWords(reference);
  const heard = spokenWords(hypothesis);
  let row = Array.from({ length: heard.length + 1 }, (_, index) => index);
  for (const [index, word] of wanted.entries()) {
    const next = [index + 1];
    for (const [at, other] of heard.entries()) {
      const replaced = (row[at] ?? 0) + (word === other ? 0 : 1);
      next.push(Math.min(replaced, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
