// Placeholders such as `[NAME-1·k7]`: one per distinct value, with two check characters, so that a token that a model bent is seen
// and never resolves to another's value.
import { hashWord, mix } from '../text/fold.ts';
import { CATEGORIES, type Category } from '../span.ts';

const LETTERS = 'abcdefghjkmnpqrstuvwxyz'; // without i, l, o: they are misread
const DIGITS = '23456789';
const PRIME = 181; // the largest prime that 23 letters × 8 digits can show
const STEP = 37; // neighbouring numbers get check characters that look different

/** The check characters of a token; `salt` is the request's own random number, so that tokens of two requests do not resolve. */
export function checkOf(type: Category, number: number, salt: number): string {
  const value = (mix(hashWord(type) ^ salt) + number * STEP) % PRIME;
  return `${LETTERS.charAt(Math.floor(value / DIGITS.length))}${DIGITS.charAt(value % DIGITS.length)}`;
}

export function placeholderOf(type: Category, number: number, salt: number): string {
  return `[${type}-${number}·${checkOf(type, number, salt)}]`;
}

/** Token → the exact value it stands for. Plain data: sealed, sent and restored by others. */
export interface ReplacementMap {
  readonly salt: number;
  readonly entries: readonly ReplacementEntry[];
  /** Only when dates are shifted: by how many days, the same for everything of this map. */
  readonly shiftedDays?: number;
}

export interface ReplacementEntry {
  readonly token: string;
  readonly type: Category;
  readonly value: string;
}

/** What a placeholder says; `number` has at most seven digits. */
export interface PlaceholderParts {
  readonly type: Category;
  readonly number: number;
  readonly check: string;
}

const WHOLE = /^\[([A-Z_]{2,11})-([1-9]\d{0,6})·([a-z][2-9])\]$/u;
const KNOWN_TYPES: ReadonlySet<string> = new Set(CATEGORIES);

/** Null for anything but a placeholder exactly as they are written. */
export function partsOf(token: string): PlaceholderParts | null {
  const [, type = '', number = '', check = ''] = WHOLE.exec(token) ?? [];
  return KNOWN_TYPES.has(type) ? { type: type as Category, number: Number(number), check } : null;
}

/** Gives tokens out; one value has one token. */
export class Placeholders {
  private readonly salt: number;
  private readonly taken: ReadonlySet<string>;
  private readonly tokens = new Map<string, ReplacementEntry>();
  private readonly counts = new Map<Category, number>();
  private readonly byCheck = new Map<string, PlaceholderParts[]>();

  /** `taken`: `TYPE-number` of what the text itself holds in that form, which is never given; `previous`: tokens already given. */
  constructor(salt: number, taken: ReadonlySet<string>, previous: readonly ReplacementEntry[] = []) {
    this.salt = salt >>> 0;
    this.taken = taken;
    for (const entry of previous) {
      const parts = partsOf(entry.token);
      if (parts === null) continue;
      this.tokens.set(keyOf(entry.type, entry.value), entry);
      this.counts.set(parts.type, Math.max(this.counts.get(parts.type) ?? 0, parts.number));
      this.remember(parts);
    }
  }

  of(type: Category, value: string): string {
    const given = this.tokens.get(keyOf(type, value));
    if (given !== undefined) return given.token;
    let number = this.counts.get(type) ?? 0;
    let parts: PlaceholderParts;
    do {
      number += 1;
      parts = { type, number, check: checkOf(type, number, this.salt) };
    } while (this.taken.has(`${type}-${number}`) || this.isConfusable(parts));
    this.counts.set(type, number);
    this.remember(parts);
    const token = placeholderOf(type, number, this.salt);
    this.tokens.set(keyOf(type, value), { token, type, value });
    return token;
  }

  /** With the same check characters, one slip away from another token: such a number is passed over. */
  private isConfusable(parts: PlaceholderParts): boolean {
    return (this.byCheck.get(parts.check) ?? []).some(
      ({ type, number }) =>
        number === parts.number || (type === parts.type && isNear(String(number), String(parts.number))),
    );
  }

  private remember(parts: PlaceholderParts): void {
    const same = this.byCheck.get(parts.check);
    if (same === undefined) this.byCheck.set(parts.check, [parts]);
    else same.push(parts);
  }

  map(): ReplacementMap {
    return { salt: this.salt, entries: [...this.tokens.values()] };
  }
}

const keyOf = (type: Category, value: string): string => `${type}\u0000${value}`;

/** One number is the other with digits lost before or behind it, or differs from it in at most two digits. */
function isNear(a: string, b: string): boolean {
  if (a.length !== b.length) return a.startsWith(b) || a.endsWith(b) || b.startsWith(a) || b.endsWith(a);
  let different = 0;
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) different += 1;
  return different <= 2;
}

const HELD = /\[([A-Z_]{2,11}-\d{1,7})/gu;

/** `TYPE-number` of everything in the text that begins as a placeholder does. */
export function heldIn(text: string): ReadonlySet<string> {
  return new Set(Array.from(text.matchAll(HELD), ([, head = '']) => head));
}
