// Where the strings of a JSON text stand, and an exchange of some of them that leaves every other character as it was: what was decided
// on is what is sent (docs/decisions/0101). The text must be JSON that a parser took. No recursion: depth costs a list.

import { parseJson } from '#kernel/json.ts';

/** What a place in the text is to the reader of it, from the root down. */
export interface Ground<Place> {
  readonly root: Place;
  member(place: Place, name: string): Place;
  item(place: Place): Place;
}

/** A string, or the name of a member (`place` is then the member's own), or a number. Offsets in UTF-16 code units, quotes included. */
export interface Literal<Place> {
  readonly kind: 'string' | 'name' | 'number';
  readonly start: number;
  readonly end: number;
  /** Without quotes and escapes; of a number its digits as they stand. */
  readonly value: string;
  readonly place: Place;
}

export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly put: string;
}

interface Open<Place> {
  readonly place: Place;
  readonly isObject: boolean;
}

const SIGNS = /[ \t\r\n:,{}[\]]/;
const WORD = /[^ \t\r\n,:{}[\]"]+/y;

/** In the order of the text. Errors: SyntaxError. */
export function* literalsOf<Place>(text: string, ground: Ground<Place>): Generator<Literal<Place>> {
  const walk = new Walk(ground);
  for (let start = 0, end = 0; start < text.length; start = end) {
    const sign = text.charAt(start);
    if (sign === '"') {
      end = endOfString(text, start);
      const value = valueOf(text, start, end);
      const kind = walk.string(value);
      yield { kind, start, end, value, place: walk.place };
    } else if (SIGNS.test(sign)) {
      end = start + 1;
      walk.sign(sign);
    } else {
      WORD.lastIndex = start;
      const value = WORD.exec(text)?.[0] ?? '';
      end = start + value.length;
      if (/\d/.test(value)) yield { kind: 'number', start, end, value, place: walk.place };
    }
  }
}

/** Where in the text a reader is: what is open around it, and whether the member's name is read. */
class Walk<Place> {
  place: Place;
  readonly #ground: Ground<Place>;
  readonly #open: Open<Place>[] = [];
  #named = false;

  constructor(ground: Ground<Place>) {
    this.#ground = ground;
    this.place = ground.root;
  }

  sign(sign: string): void {
    const inside = this.#open.at(-1);
    if (sign === '{' || sign === '[') {
      this.#open.push({ place: this.place, isObject: sign === '{' });
      this.#named = false;
      if (sign === '[') this.place = this.#ground.item(this.place);
    } else if (sign === '}' || sign === ']') this.#open.pop();
    else if (sign === ',') {
      this.#named = false;
      if (inside?.isObject === false) this.place = this.#ground.item(inside.place);
    }
  }

  string(value: string): 'name' | 'string' {
    const inside = this.#open.at(-1);
    const isName = inside?.isObject === true && !this.#named;
    if (isName) this.place = this.#ground.member(inside.place, value);
    this.#named = true;
    return isName ? 'name' : 'string';
  }
}

/** The offset behind the quote that closes the string. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let before = end;
    while (text[before - 1] === '\\') before -= 1;
    if ((end - before) % 2 === 0) return end + 1;
  }
  throw new SyntaxError('a string without an end');
}

function valueOf(text: string, start: number, end: number): string {
  const plain = text.slice(start + 1, end - 1);
  return plain.includes('\\') ? (JSON.parse(text.slice(start, end)) as string) : plain;
}

/** `edits` in the order of the text, none over another. */
export function edited(text: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return text;
  const pieces: string[] = [];
  let at = 0;
  for (const { start, end, put } of edits) {
    pieces.push(text.slice(at, start), put);
    at = end;
  }
  pieces.push(text.slice(at));
  return pieces.join('');
}

/** A string that is an object or a list in JSON itself: arguments of a tool, what it gave back. */
export function isJsonText(value: string): boolean {
  if (!/^[ \t\r\n]*[{[]/.test(value)) return false;
  try {
    parseJson(value);
    return true;
  } catch {
    return false;
  }
}
