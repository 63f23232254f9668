// JSON from strangers, read as RFC 8259 says. V8's JSON.parse takes an object's name that is written with escapes for another one,
// `"mod\u0065l"` for `mod\u`, once an object with that other name has been read (nodejs/node#63785): a caller who knows that could
// show us one request and the service behind us another. Texts without such names go to V8.

/** Deeper than anything that is meant; what calls itself must stop somewhere. */
const MAX_DEPTH = 1_000;

/** The last escape of a string that a colon follows; also finds some that stand inside of a longer string, which costs time alone. */
const ESCAPED_NAME = /\\[^][^"\\]*"[ \t\r\n]*:/;
const SPACE = /[ \t\r\n]*/y;
const WORD = /[^ \t\r\n,:{}[\]"]+/y;

/** As JSON.parse is documented. Errors: SyntaxError, also for escaped names below 1,000 levels; its message holds nothing of the text. */
export function parseJson(text: string): unknown {
  return ESCAPED_NAME.test(text) ? new Reader(text).whole() : JSON.parse(text);
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): unknown {
    const value = this.#value(0);
    if (this.#at !== this.#text.length) throw new SyntaxError('text after the value');
    return value;
  }

  /** With the space on both its sides. */
  #value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw new SyntaxError('too deep');
    this.#token(SPACE);
    const first = this.#text[this.#at];
    let value: unknown;
    if (first === '{') value = this.#object(depth);
    else if (first === '[') value = this.#list(depth);
    // No name is in either, and V8 reads these right.
    else value = JSON.parse(first === '"' ? this.#string() : this.#token(WORD));
    this.#token(SPACE);
    return value;
  }

  #object(depth: number): object {
    const members: [string, unknown][] = [];
    this.#at += 1;
    this.#token(SPACE);
    if (this.#taken('}')) return {};
    do {
      this.#token(SPACE);
      const name = JSON.parse(this.#string()) as string;
      this.#token(SPACE);
      if (!this.#taken(':')) throw new SyntaxError('a name without a colon');
      members.push([name, this.#value(depth + 1)]);
    } while (this.#taken(','));
    if (!this.#taken('}')) throw new SyntaxError('an object without an end');
    // Defines members as JSON.parse does: `__proto__` is a name like others.
    return Object.fromEntries(members);
  }

  #list(depth: number): unknown[] {
    const items: unknown[] = [];
    this.#at += 1;
    this.#token(SPACE);
    if (this.#taken(']')) return items;
    do items.push(this.#value(depth + 1));
    while (this.#taken(','));
    if (!this.#taken(']')) throw new SyntaxError('a list without an end');
    return items;
  }

  /** By search and not by one expression: those call themselves for every escape of a string. */
  #string(): string {
    const start = this.#at;
    if (this.#text[start] !== '"') throw new SyntaxError('no name');
    for (let end = this.#text.indexOf('"', start + 1); end !== -1; end = this.#text.indexOf('"', end + 1)) {
      let before = end;
      while (this.#text[before - 1] === '\\') before -= 1;
      if ((end - before) % 2 === 0) {
        this.#at = end + 1;
        return this.#text.slice(start, this.#at);
      }
    }
    throw new SyntaxError('a string without an end');
  }

  #token(form: RegExp): string {
    form.lastIndex = this.#at;
    const found = form.exec(this.#text)?.[0];
    if (found === undefined) throw new SyntaxError('no value');
    this.#at += found.length;
    return found;
  }

  #taken(letter: string): boolean {
    if (this.#text[this.#at] !== letter) return false;
    this.#at += 1;
    return true;
  }
}
