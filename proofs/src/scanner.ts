// Reads canonical JSON of the narrow kind that entry headers are (docs/formats/entry.md §1) straight from bytes, each byte
// once and without making objects: a verifier reads millions of them. Every string is a token: no escapes, ASCII only.
import { fromBinary } from './bytes.ts';
import { FormatError } from './fault.ts';

const TOKEN = 1;
const NAME = 2;
const NOTHING = 255;

/** What each byte may be part of. */
const CLASS = new Uint8Array(256);
/** Value of a lower case hex digit; of all else -1, which stays negative however it is shifted and joined. */
const HEX = new Int32Array(256).fill(-1);
for (let byte = 0x21; byte <= 0x7e; byte += 1) {
  const letter = String.fromCharCode(byte);
  if (letter !== '"' && letter !== '\\') CLASS[byte] = TOKEN | (/[A-Za-z0-9_.-]/.test(letter) ? NAME : 0);
  if (/[0-9a-f]/.test(letter)) HEX[byte] = Number.parseInt(letter, 16);
}

/** Characters in a token. Vkeys and base64 checkpoints fit; a document does not. */
const MAX_TOKEN = 4096;
const MAX_NAME = 128;
/** Arrays and objects inside each other below `detail`. */
const MAX_DEPTH = 8;
/** Members of one `detail`. */
const MAX_MEMBERS = 64;
const DIGEST_CHARACTERS = 64;

const [QUOTE, COMMA, COLON, MINUS, ZERO, NINE] = [0x22, 0x2c, 0x3a, 0x2d, 0x30, 0x39] as const;
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d] as const;
const TRUE = literal('true');
const FALSE = literal('false');
const NULL = literal('null');
const DAY_MS = 86_400_000;

/** A text that is compared four bytes at a time. */
export interface Fixed {
  readonly length: number;
  readonly words: Int32Array;
  /** What is left after the last whole word. */
  readonly rest: Uint8Array;
}

/** A fixed text of one-byte characters. */
export function literal(text: string): Fixed {
  const bytes = new Uint8Array(fromBinary(text));
  const view = new DataView(bytes.buffer);
  const words = Int32Array.from({ length: bytes.length >> 2 }, (_, at) => view.getInt32(at * 4, true));
  return { length: bytes.length, words, rest: bytes.slice(words.length * 4) };
}

export class Scanner {
  bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** Where the next byte is read. */
  at = 0;
  /** Name and value ranges of the members of the object that `members` read last. */
  readonly nameStart = new Int32Array(MAX_MEMBERS);
  readonly nameEnd = new Int32Array(MAX_MEMBERS);
  readonly valueStart = new Int32Array(MAX_MEMBERS);
  readonly valueEnd = new Int32Array(MAX_MEMBERS);
  memberCount = 0;
  /** The four words of the uuid that `uuid` read last. */
  word0 = 0;
  word1 = 0;
  word2 = 0;
  word3 = 0;
  readonly #day = new Uint8Array(10);
  #dayMs = Number.NaN;

  fail(reason = 'header_malformed'): never {
    throw new FormatError(reason, this.at);
  }

  /** The fixed bytes must come next. */
  expect(fixed: Fixed): void {
    if (!this.skip(fixed)) this.fail();
  }

  /** Passes over the fixed bytes if they come next. */
  skip(fixed: Fixed): boolean {
    if (!this.matches(fixed, this.at)) return false;
    this.at += fixed.length;
    return true;
  }

  /** From the end: texts that begin alike are told apart soonest there. */
  matches(fixed: Fixed, start: number): boolean {
    const { bytes } = this;
    const { words, rest } = fixed;
    if (start + fixed.length > bytes.length) return false;
    const tail = start + words.length * 4;
    for (let i = rest.length - 1; i >= 0; i -= 1) if (bytes[tail + i] !== rest[i]) return false;
    const view = this.#view;
    for (let i = words.length - 1; i >= 0; i -= 1) {
      if (view.getInt32(start + i * 4, true) !== words[i]) return false;
    }
    return true;
  }

  /** Takes the bytes to be read from here on. */
  load(bytes: Uint8Array): void {
    if (bytes === this.bytes) return;
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  peek(): number {
    return this.bytes[this.at] ?? NOTHING;
  }

  /** The characters of a token, up to its closing quote. */
  token(): void {
    const { bytes, at: start } = this;
    let at = start;
    while (((CLASS[bytes[at] ?? 0] ?? 0) & TOKEN) !== 0) at += 1;
    this.at = at;
    if (at === start || at - start > MAX_TOKEN || bytes[at] !== QUOTE) this.fail();
  }

  uuid(): void {
    const { bytes, at } = this;
    const a = hex4(bytes, at);
    const b = hex4(bytes, at + 4);
    const c = hex4(bytes, at + 9);
    const d = hex4(bytes, at + 14);
    const e = hex4(bytes, at + 19);
    const f = hex4(bytes, at + 24);
    const g = hex4(bytes, at + 28);
    const h = hex4(bytes, at + 32);
    const dashes =
      bytes[at + 8] === MINUS && bytes[at + 13] === MINUS && bytes[at + 18] === MINUS && bytes[at + 23] === MINUS;
    if (!dashes || (a | b | c | d | e | f | g | h) < 0) this.fail();
    this.word0 = (a << 16) | b;
    this.word1 = (c << 16) | d;
    this.word2 = (e << 16) | f;
    this.word3 = (g << 16) | h;
    this.at = at + 36;
  }

  digest(): void {
    const { bytes, at } = this;
    let bad = 0;
    for (let i = at; i < at + DIGEST_CHARACTERS; i += 1) bad |= HEX[bytes[i] ?? 0] ?? -1;
    if (bad < 0) this.fail();
    this.at = at + DIGEST_CHARACTERS;
  }

  /** An integer from 0 to 2^53 − 1. */
  int(): number {
    const { bytes, at: start } = this;
    let at = start;
    let value = 0;
    for (let byte = bytes[at]; byte !== undefined && byte >= ZERO && byte <= NINE; byte = bytes[at]) {
      value = value * 10 + (byte - ZERO); // in this order: the sum stays exact up to 2^53 − 1
      at += 1;
    }
    const leadingZero = at - start > 1 && bytes[start] === ZERO;
    if (at === start || leadingZero || value > Number.MAX_SAFE_INTEGER) this.fail();
    this.at = at;
    return value;
  }

  /** A time; gives Unix milliseconds. */
  time(): number {
    const { bytes, at } = this;
    const day = this.#dayAt(at);
    const hour = this.#decimal(at + 11, 2);
    const minute = this.#decimal(at + 14, 2);
    const second = this.#decimal(at + 17, 2);
    const ms = this.#decimal(at + 20, 3);
    const shape =
      bytes[at + 10] === 0x54 && // T
      bytes[at + 13] === COLON &&
      bytes[at + 16] === COLON &&
      bytes[at + 19] === 0x2e && // .
      bytes[at + 23] === 0x5a; // Z
    if (!shape || hour > 23 || minute > 59 || second > 59) this.fail();
    this.at = at + 24;
    return day + ((hour * 60 + minute) * 60 + second) * 1000 + ms;
  }

  /** Any value of canonical JSON whose strings are tokens. */
  value(depth: number): void {
    const byte = this.peek();
    if (byte === QUOTE) {
      this.at += 1;
      this.token();
      this.at += 1;
    } else if (byte === OPEN_OBJECT) {
      this.#object(depth);
    } else if (byte === OPEN_ARRAY) {
      this.#array(depth);
    } else if (byte === MINUS) {
      this.at += 1;
      if (this.int() === 0) this.fail();
    } else if (byte >= ZERO && byte <= NINE) {
      this.int();
    } else if (!this.skip(TRUE) && !this.skip(FALSE) && !this.skip(NULL)) {
      this.fail();
    }
  }

  /** An object whose members' ranges are kept, until the next call. */
  members(): void {
    this.memberCount = 0;
    if (this.peek() !== OPEN_OBJECT) this.fail();
    this.at += 1;
    if (this.peek() === CLOSE_OBJECT) {
      this.at += 1;
      return;
    }
    for (let count = 0; ; count += 1) {
      if (count === MAX_MEMBERS) this.fail();
      const start = this.at + 1;
      this.#name();
      this.nameStart[count] = start;
      this.nameEnd[count] = this.at - 2;
      if (count > 0) this.#inOrder(this.nameStart[count - 1] ?? 0, this.nameEnd[count - 1] ?? 0, start, this.at - 2);
      this.valueStart[count] = this.at;
      this.value(1);
      this.valueEnd[count] = this.at;
      this.memberCount = count + 1;
      if (this.#endOrComma(CLOSE_OBJECT)) return;
    }
  }

  #object(depth: number): void {
    if (depth >= MAX_DEPTH) this.fail();
    this.at += 1;
    if (this.peek() === CLOSE_OBJECT) {
      this.at += 1;
      return;
    }
    let before = 0;
    let beforeEnd = 0;
    for (;;) {
      const start = this.at + 1;
      this.#name();
      const end = this.at - 2;
      if (before > 0) this.#inOrder(before, beforeEnd, start, end);
      before = start;
      beforeEnd = end;
      this.value(depth + 1);
      if (this.#endOrComma(CLOSE_OBJECT)) return;
    }
  }

  #array(depth: number): void {
    if (depth >= MAX_DEPTH) this.fail();
    this.at += 1;
    if (this.peek() === CLOSE_ARRAY) {
      this.at += 1;
      return;
    }
    for (;;) {
      this.value(depth + 1);
      if (this.#endOrComma(CLOSE_ARRAY)) return;
    }
  }

  #endOrComma(close: number): boolean {
    const byte = this.peek();
    if (byte !== COMMA && byte !== close) this.fail();
    this.at += 1;
    return byte === close;
  }

  /** `"name":` */
  #name(): void {
    const { bytes, at: quote } = this;
    if (bytes[quote] !== QUOTE) this.fail();
    const first = bytes[quote + 1] ?? 0;
    if (!((first >= 0x41 && first <= 0x5a) || (first >= 0x61 && first <= 0x7a))) this.fail('header_name');
    let at = quote + 2;
    while (((CLASS[bytes[at] ?? 0] ?? 0) & NAME) !== 0) at += 1;
    if (at - quote - 1 > MAX_NAME || bytes[at] !== QUOTE || bytes[at + 1] !== COLON) this.fail('header_name');
    this.at = at + 2;
  }

  #inOrder(before: number, beforeEnd: number, start: number, end: number): void {
    const { bytes } = this;
    let [a, b] = [before, start];
    while (a < beforeEnd && b < end && bytes[a] === bytes[b]) [a, b] = [a + 1, b + 1];
    const ordered = a === beforeEnd ? b < end : b < end && (bytes[a] ?? 0) < (bytes[b] ?? 0);
    if (!ordered) this.fail('header_order');
  }

  #decimal(start: number, count: number): number {
    const { bytes } = this;
    let value = 0;
    for (let i = start; i < start + count; i += 1) {
      const byte = bytes[i] ?? 0;
      if (byte < ZERO || byte > NINE) this.fail();
      value = value * 10 + (byte - ZERO); // in this order: the sum stays exact up to 2^53 − 1
    }
    return value;
  }

  /** Milliseconds at the start of the day written at `start`; the last day is remembered, since entries come day by day. */
  #dayAt(start: number): number {
    const { bytes } = this;
    const known = this.#day;
    let same = 0;
    while (same < known.length && bytes[start + same] === known[same]) same += 1;
    if (same === known.length) return this.#dayMs;
    if (bytes[start + 4] !== MINUS || bytes[start + 7] !== MINUS) this.fail();
    const year = this.#decimal(start, 4);
    const month = this.#decimal(start + 5, 2);
    const day = this.#decimal(start + 8, 2);
    const ms = Date.UTC(year, month - 1, day);
    const back = new Date(ms);
    if (year < 1000 || back.getUTCMonth() !== month - 1 || back.getUTCDate() !== day) this.fail();
    this.#day.set(bytes.subarray(start, start + 10));
    this.#dayMs = ms - (ms % DAY_MS);
    return this.#dayMs;
  }
}

/** Four hex digits as 16 bits; negative when one is none. */
function hex4(bytes: Uint8Array, at: number): number {
  const a = HEX[bytes[at] ?? 0] ?? -1;
  const b = HEX[bytes[at + 1] ?? 0] ?? -1;
  const c = HEX[bytes[at + 2] ?? 0] ?? -1;
  const d = HEX[bytes[at + 3] ?? 0] ?? -1;
  return (a << 12) | (b << 8) | (c << 4) | d;
}
