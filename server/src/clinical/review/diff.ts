// What an edit changed, word by word.

export interface TextChange {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** Joining the texts of `same` and `removed` gives `before`, of `same` and `added` gives `after`, white space included. */
export function diffText(before: string, after: string): TextChange[] {
  const [a, b] = [pieces(before), pieces(after)];
  const table = commonLengths(a, b);
  const out: TextChange[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (left !== undefined && left === right) {
      push(out, 'same', left);
      [i, j] = [i + 1, j + 1];
    } else if (right === undefined || (left !== undefined && lengthAt(table, i + 1, j) >= lengthAt(table, i, j + 1))) {
      push(out, 'removed', left ?? '');
      i += 1;
    } else {
      push(out, 'added', right);
      j += 1;
    }
  }
  return out;
}

/** Beyond this many pieces on a side the middle is shown as one replacement: the table would be too large. */
const MAX_PIECES = 1_500;

function pieces(text: string): string[] {
  const all = text.match(/\s+|[^\s]+/gu) ?? [];
  return all.length > MAX_PIECES ? [text] : all;
}

function commonLengths(a: readonly string[], b: readonly string[]): Uint16Array[] {
  const table: Uint16Array[] = [];
  for (let i = a.length; i >= 0; i -= 1) {
    const row = new Uint16Array(b.length + 1);
    table[i] = row;
    for (let j = b.length - 1; j >= 0 && i < a.length; j -= 1)
      row[j] = a[i] === b[j] ? lengthAt(table, i + 1, j + 1) + 1 : Math.max(lengthAt(table, i + 1, j), row[j + 1] ?? 0);
  }
  return table;
}

function lengthAt(table: readonly Uint16Array[], i: number, j: number): number {
  return table[i]?.[j] ?? 0;
}

function push(out: TextChange[], kind: TextChange['kind'], text: string): void {
  const last = out.at(-1);
  if (last?.kind === kind) out[out.length - 1] = { kind, text: last.text + text };
  else out.push({ kind, text });
}
