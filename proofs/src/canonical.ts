// Canonical JSON (docs/formats/canonical.md): RFC 8785 without floats. Each value has one byte string and each byte string one value.
import { binary, fromUtf8, utf8 } from './bytes.ts';
import { FormatError } from './fault.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };
export interface JsonObject {
  readonly [name: string]: Json;
}

/** Arrays and objects inside each other; deeper is refused, so that no reader's stack depends on its input. */
export const MAX_DEPTH = 32;
const NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,127}$/;

/** The bytes of a value. Errors: `json_value` (float, -0, lone surrogate, undefined…), `json_name`, `json_depth`. */
export function encodeCanonical(value: Json): Uint8Array {
  return utf8(write(value, 0));
}

/** The same as text; its UTF-8 is what encodeCanonical gives. */
export function canonicalText(value: Json): string {
  return write(value, 0);
}

/** The value of exactly these bytes. Errors: `json_…` with the offset of the first byte that does not belong. */
export function parseCanonical(bytes: Uint8Array): Json {
  const reader: Reader = { bytes, at: 0 };
  const value = readValue(reader, 0);
  if (reader.at !== bytes.length) throw new FormatError('json_trailing', reader.at);
  return value;
}

/** Like parseCanonical, for what must be an object. Errors also: `json_not_object`. */
export function parseCanonicalObject(bytes: Uint8Array): JsonObject {
  const value = parseCanonical(bytes);
  if (!isObject(value)) throw new FormatError('json_not_object', 0);
  return value;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function write(value: Json, depth: number): string {
  if (depth > MAX_DEPTH) throw new FormatError('json_depth');
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw new FormatError('json_value');
    return String(value);
  }
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new FormatError('json_value');
    return JSON.stringify(value); // its escapes are those of RFC 8785 §3.2.2.2 for well-formed strings
  }
  if (typeof value !== 'object') throw new FormatError('json_value');
  return Array.isArray(value) ? writeArray(value, depth) : writeObject(value as JsonObject, depth);
}

function writeArray(items: readonly Json[], depth: number): string {
  let text = '[';
  for (const item of items) text += `${text.length === 1 ? '' : ','}${write(item, depth + 1)}`;
  return `${text}]`;
}

function writeObject(value: JsonObject, depth: number): string {
  let text = '{';
  for (const name of sortedNames(value)) {
    const member = value[name];
    if (!NAME.test(name)) throw new FormatError('json_name');
    if (member === undefined) throw new FormatError('json_value');
    text += `${text.length === 1 ? '' : ','}"${name}":${write(member, depth + 1)}`;
  }
  return `${text}}`;
}

/** In UTF-16 order; names are ASCII, so also byte order. Most objects are written down in it. */
function sortedNames(value: JsonObject): string[] {
  const names = Object.keys(value);
  for (let at = 1; at < names.length; at += 1) {
    if ((names[at - 1] ?? '') > (names[at] ?? '')) return names.toSorted();
  }
  return names;
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a] as const;
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d] as const;

function readValue(reader: Reader, depth: number): Json {
  if (depth > MAX_DEPTH) throw new FormatError('json_depth', reader.at);
  switch (reader.bytes[reader.at]) {
    case undefined:
      throw new FormatError('json_unexpected', reader.at);
    case QUOTE:
      return readString(reader);
    case OPEN_OBJECT:
      return readObject(reader, depth);
    case OPEN_ARRAY:
      return readArray(reader, depth);
    case 0x74:
      return readLiteral(reader, 'true', true);
    case 0x66:
      return readLiteral(reader, 'false', false);
    case 0x6e:
      return readLiteral(reader, 'null', null);
    default:
      return readInteger(reader);
  }
}

function readLiteral<T extends boolean | null>(reader: Reader, word: string, value: T): T {
  const end = reader.at + word.length;
  if (end > reader.bytes.length || binary(reader.bytes, reader.at, end) !== word) {
    throw new FormatError('json_unexpected', reader.at);
  }
  reader.at = end;
  return value;
}

function readInteger(reader: Reader): number {
  const { bytes, at: start } = reader;
  let at = start;
  if (bytes[at] === 0x2d) at += 1;
  const digits = at;
  while (isDigit(bytes[at])) at += 1;
  if (at === digits) throw new FormatError('json_unexpected', at);
  const text = binary(bytes, start, Math.min(at, start + 20));
  const value = Number(text);
  if (!Number.isSafeInteger(value) || String(value) !== text || at - start > 17) {
    throw new FormatError('json_number', start);
  }
  reader.at = at;
  return value;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function readArray(reader: Reader, depth: number): Json[] {
  const items: Json[] = [];
  reader.at += 1;
  if (reader.bytes[reader.at] === CLOSE_ARRAY) {
    reader.at += 1;
    return items;
  }
  for (;;) {
    items.push(readValue(reader, depth + 1));
    const byte = reader.bytes[reader.at];
    if (byte !== COMMA && byte !== CLOSE_ARRAY) throw new FormatError('json_unexpected', reader.at);
    reader.at += 1;
    if (byte === CLOSE_ARRAY) return items;
  }
}

function readObject(reader: Reader, depth: number): JsonObject {
  const members: { [name: string]: Json } = {};
  let previous = '';
  reader.at += 1;
  if (reader.bytes[reader.at] === CLOSE_OBJECT) {
    reader.at += 1;
    return members;
  }
  for (;;) {
    const start = reader.at;
    if (reader.bytes[start] !== QUOTE) throw new FormatError('json_unexpected', start);
    const name = readString(reader);
    if (!NAME.test(name)) throw new FormatError('json_name', start);
    if (name <= previous) throw new FormatError('json_order', start);
    previous = name;
    if (reader.bytes[reader.at] !== COLON) throw new FormatError('json_unexpected', reader.at);
    reader.at += 1;
    members[name] = readValue(reader, depth + 1);
    const byte = reader.bytes[reader.at];
    if (byte !== COMMA && byte !== CLOSE_OBJECT) throw new FormatError('json_unexpected', reader.at);
    reader.at += 1;
    if (byte === CLOSE_OBJECT) return members;
  }
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
};

function readString(reader: Reader): string {
  const { bytes } = reader;
  let at = reader.at + 1;
  let from = at;
  let text = '';
  for (;;) {
    const byte = bytes[at];
    if (byte === undefined || byte < 0x20) throw new FormatError('json_string', at);
    if (byte === QUOTE) break;
    if (byte === BACKSLASH) {
      text += decode(bytes, from, at);
      const escape = readEscape(bytes, at);
      text += escape.text;
      at = from = escape.end;
    } else {
      at += 1;
    }
  }
  reader.at = at + 1;
  return text + decode(bytes, from, at);
}

function readEscape(bytes: Uint8Array, at: number): { readonly text: string; readonly end: number } {
  const letter = binary(bytes, at + 1, Math.min(at + 2, bytes.length));
  const short = Object.hasOwn(SHORT_ESCAPES, letter) ? SHORT_ESCAPES[letter] : undefined;
  if (short !== undefined) return { text: short, end: at + 2 };
  const long = binary(bytes, at, Math.min(at + 6, bytes.length));
  const control = /^\\u00([01][0-9a-f])$/.exec(long)?.[1];
  const text = control === undefined ? '' : String.fromCharCode(Number.parseInt(control, 16));
  if (text === '' || JSON.stringify(text) !== `"${long}"`) throw new FormatError('json_string', at);
  return { text, end: at + 6 };
}

function decode(bytes: Uint8Array, start: number, end: number): string {
  for (let at = start; at < end; at += 1) {
    if ((bytes[at] ?? 0) >= 0x80) return decodeUtf8(bytes, start, end);
  }
  return binary(bytes, start, end);
}

function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  try {
    return fromUtf8(bytes.subarray(start, end));
  } catch {
    throw new FormatError('json_string', start);
  }
}
