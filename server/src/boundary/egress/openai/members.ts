// Where the members of a JSON object stand in its bytes (RFC 8259), so that one can be exchanged and every other byte stays as it was.
// The bytes must be JSON that `parseJson` took; names that stand twice in one object are refused, at any depth: readers differ on
// which of two they take, and what was decided on must be what the service reads.
import { isUtf8 } from 'node:buffer';
import { ProblemError } from '@cordon/contract';

/** Deeper than any request means; a scanner that calls itself must stop somewhere. */
const MAX_DEPTH = 256;

/** Bytes looked at one by one before a string is taken for a long one. */
const SHORT_STRING = 64;

/** Names of one object beyond which a set is faster than a list. */
const FEW_NAMES = 16;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Offsets of a member's value: first byte, and the byte after its last. */
export interface Member {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export interface Members {
  readonly members: readonly Member[];
  /** Offset of the brace that closes the object. */
  readonly close: number;
}

/** Errors: `invalid_request` {reason: not_object | not_json | utf8 | duplicate_name | depth}. */
export function membersOf(bytes: Uint8Array): Members {
  // A reader that replaces what is not UTF-8 would read other names than one that does not.
  if (!isUtf8(bytes)) throw malformed('utf8');
  return new Scanner(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)).top();
}

class Scanner {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  top(): Members {
    this.#space();
    if (this.#bytes[this.#at] !== OPEN_OBJECT) throw malformed('not_object');
    const members: Member[] = [];
    this.#object(0, members);
    const close = this.#at - 1;
    this.#space();
    if (this.#at !== this.#bytes.length) throw malformed('not_json');
    return { members, close };
  }

  #value(depth: number): void {
    if (depth > MAX_DEPTH) throw malformed('depth');
    const first = this.#bytes[this.#at];
    if (first === QUOTE) this.#string();
    else if (first === OPEN_OBJECT) this.#object(depth, null);
    else if (first === OPEN_LIST) this.#list(depth);
    else this.#word();
  }

  #object(depth: number, kept: Member[] | null): void {
    const names = new Names();
    this.#at += 1;
    this.#space();
    if (this.#taken(CLOSE_OBJECT)) return;
    for (;;) {
      const name = this.#name();
      names.add(name);
      this.#space();
      this.#expect(COLON);
      this.#space();
      const start = this.#at;
      this.#value(depth + 1);
      kept?.push({ name, start, end: this.#at });
      this.#space();
      if (this.#taken(CLOSE_OBJECT)) return;
      this.#expect(COMMA);
      this.#space();
    }
  }

  #list(depth: number): void {
    this.#at += 1;
    this.#space();
    if (this.#taken(CLOSE_LIST)) return;
    for (;;) {
      this.#value(depth + 1);
      this.#space();
      if (this.#taken(CLOSE_LIST)) return;
      this.#expect(COMMA);
      this.#space();
    }
  }

  /** Without its escapes: `"mod\u0065l"` is `model`. */
  #name(): string {
    const start = this.#at;
    if (this.#bytes[start] !== QUOTE) throw malformed('not_json');
    this.#string();
    const plain = this.#bytes.subarray(start + 1, this.#at - 1);
    if (!plain.includes(BACKSLASH)) return plain.toString('utf8');
    try {
      return JSON.parse(this.#bytes.toString('utf8', start, this.#at)) as string;
    } catch {
      throw malformed('not_json');
    }
  }

  #string(): void {
    const bytes = this.#bytes;
    let at = this.#at + 1;
    const soon = Math.min(bytes.length, at + SHORT_STRING);
    while (at < soon) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        this.#at = at + 1;
        return;
      }
      at += byte === BACKSLASH ? 2 : 1;
    }
    this.#at = this.#endOfLong(at);
  }

  /** `from`: no byte before it escapes the one at it. */
  #endOfLong(from: number): number {
    for (let quote = this.#bytes.indexOf(QUOTE, from); quote !== -1; quote = this.#bytes.indexOf(QUOTE, quote + 1)) {
      let before = quote;
      while (before > from && this.#bytes[before - 1] === BACKSLASH) before -= 1;
      if ((quote - before) % 2 === 0) return quote + 1;
    }
    throw malformed('not_json');
  }

  /** A number or a literal: everything up to what can follow a value. */
  #word(): void {
    const start = this.#at;
    for (; this.#at < this.#bytes.length; this.#at += 1) {
      const byte = this.#bytes[this.#at];
      if (byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_LIST || isSpace(byte)) break;
    }
    if (this.#at === start) throw malformed('not_json');
  }

  #space(): void {
    while (isSpace(this.#bytes[this.#at])) this.#at += 1;
  }

  #taken(byte: number): boolean {
    if (this.#bytes[this.#at] !== byte) return false;
    this.#at += 1;
    return true;
  }

  #expect(byte: number): void {
    if (!this.#taken(byte)) throw malformed('not_json');
  }
}

class Names {
  readonly #few: string[] = [];
  #many: Set<string> | null = null;

  add(name: string): void {
    if (this.#many === null ? this.#few.includes(name) : this.#many.has(name)) throw malformed('duplicate_name');
    if (this.#many !== null) this.#many.add(name);
    else if (this.#few.push(name) > FEW_NAMES) this.#many = new Set(this.#few);
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function malformed(reason: string): ProblemError {
  return new ProblemError('invalid_request', { reason });
}
