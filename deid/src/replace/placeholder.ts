// Placeholders such as `[NAME-1·k7]`: one per distinct value, with two check characters, so that a token that a model bent is seen
// and never resolves to another's value.
import { hashWord, mix } from '../text/fold.ts';
import type { Category, Span } from '../span.ts';

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
}

export interface ReplacementEntry {
  readonly token: string;
  readonly type: Category;
  readonly value: string;
}

/** Gives tokens out; one value has one token, and a token that the text already holds is never given. */
export class Placeholders {
  private readonly salt: number;
  private readonly text: string;
  private readonly tokens = new Map<string, ReplacementEntry>();
  private readonly counts = new Map<Category, number>();

  constructor(text: string, salt: number) {
    this.text = text;
    this.salt = salt >>> 0;
  }

  of({ type }: Span, value: string): string {
    const key = `${type}\u0000${value}`;
    const given = this.tokens.get(key);
    if (given !== undefined) return given.token;
    let number = this.counts.get(type) ?? 0;
    let token: string;
    do {
      number += 1;
      token = placeholderOf(type, number, this.salt);
    } while (this.text.includes(`[${type}-${number}`));
    this.counts.set(type, number);
    this.tokens.set(key, { token, type, value });
    return token;
  }

  map(): ReplacementMap {
    return { salt: this.salt, entries: [...this.tokens.values()] };
  }
}
