// Generated documents: pieces of text, some of which identify; the whole with its spans.
import type { Category } from '../src/span.ts';
import type { Chance } from './random.ts';

export interface Piece {
  readonly text: string;
  /** What it identifies; null for everything else. */
  readonly type: Category | null;
}

export interface GoldSpan {
  readonly start: number;
  readonly end: number;
  readonly type: Category;
}

export interface GoldDocument {
  readonly id: string;
  readonly text: string;
  readonly spans: readonly GoldSpan[];
}

/** Gives the pieces of `{slot}`; capital names identify. */
export type Slots = (slot: string) => readonly Piece[];

/** `a {SLOT} b` into pieces. */
export function fill(template: string, slots: Slots): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const found of template.matchAll(/\{([^}]+)\}/gu)) {
    if (found.index > at) pieces.push({ text: template.slice(at, found.index), type: null });
    pieces.push(...slots(found[1] ?? ''));
    at = found.index + found[0].length;
  }
  if (at < template.length) pieces.push({ text: template.slice(at), type: null });
  return pieces;
}

export function assemble(id: string, pieces: readonly Piece[]): GoldDocument {
  let text = '';
  const spans: GoldSpan[] = [];
  for (const piece of pieces) {
    if (piece.type !== null && piece.text !== '')
      spans.push({ start: text.length, end: text.length + piece.text.length, type: piece.type });
    text += piece.text;
  }
  return { id, text, spans };
}

export function plain(text: string): Piece {
  return { text, type: null };
}

/** As a recogniser of speech writes: lower case, no punctuation; what stands within an identifier stays in one piece. */
export function dictated(pieces: readonly Piece[]): readonly Piece[] {
  return pieces.map(({ text, type }) => ({
    text: text
      .toLowerCase()
      .replace(/[.,;:!?()"\u201c\u201d#/]+(?=\s|$)/gu, '')
      .replace(/(?<=\s|^)[("\u201c#]+/gu, '')
      .replace(/\n+/gu, ' '),
    type,
  }));
}

export function inCapitals(pieces: readonly Piece[]): readonly Piece[] {
  return pieces.map(({ text, type }) => ({ text: text.toUpperCase(), type }));
}
export function inLowerCase(pieces: readonly Piece[]): readonly Piece[] {
  return pieces.map(({ text, type }) => ({ text: text.toLowerCase(), type }));
}

/** As it is typed in a hurry or read by a machine: letters lost, doubled or swapped, blanks lost after commas, `0` for `o`. */
export function mistyped(chance: Chance, pieces: readonly Piece[]): readonly Piece[] {
  const scanned = chance.is(0.25);
  const glued = chance.is(0.4);
  return pieces.map(({ text, type }) => ({
    text: text
      .replace(/\p{L}{4,}/gu, (word) => (chance.is(scanned ? 0.15 : 0.07) ? slipped(chance, word, scanned) : word))
      .replace(/(?<=\p{L}{2}[.,;:]) (?=\p{L})/gu, () => (glued && chance.is(0.7) ? '' : ' ')),
    type,
  }));
}

function slipped(chance: Chance, word: string, scanned: boolean): string {
  if (scanned) {
    const [from, to] = chance.pick([
      ['o', '0'],
      ['l', '1'],
      ['i', 'l'],
      ['m', 'rn'],
      ['e', 'c'],
      ['rn', 'm'],
      ['S', '5'],
      ['y', 'v'],
    ] as const);
    return word.replace(from, to);
  }
  const at = chance.whole(1, word.length - 2);
  const [head, one, two, tail] = [word.slice(0, at), word.charAt(at), word.charAt(at + 1), word.slice(at + 2)];
  return chance.pick([`${head}${two}${one}${tail}`, `${head}${two}${tail}`, `${head}${one}${one}${two}${tail}`]);
}
