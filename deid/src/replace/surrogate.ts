// Realistic stand-ins, consistent within a request: drawn at random, in no way computed from what they stand for (164.514(c)).
import type { Category, Span } from '../span.ts';
import { mix } from '../text/fold.ts';
import { generalised, yearOf } from './generalise.ts';
import type { ReplacementEntry, ReplacementMap } from './placeholder.ts';
import { CITIES, FACILITIES, FIRST_NAMES, LAST_NAMES, STREETS } from './surrogate-lists.ts';
import { zip3 } from './zip3.ts';

const TRIES = 40; // of one kind before a number is put behind it

/** One value has one surrogate; none is found in the text, and no two values share one. */
export class Surrogates {
  private readonly salt: number;
  private readonly lower: string;
  private readonly given = new Map<string, ReplacementEntry>();
  private readonly used = new Set<string>();
  private readonly parts = new Map<string, string>();
  private state: number;

  constructor(text: string, salt: number) {
    this.salt = salt >>> 0;
    this.lower = text.toLowerCase();
    this.state = mix(this.salt ^ 0x9e3779b9) || 1;
  }

  of(span: Span, value: string): string {
    const key = `${span.type}\u0000${value}`;
    const before = this.given.get(key);
    if (before !== undefined) return before.token;
    const token = this.draw(span, value);
    this.given.set(key, { token, type: span.type, value });
    return token;
  }

  map(): ReplacementMap {
    return {
      salt: this.salt,
      entries: [...this.given.values()].filter(({ type }) => type !== 'AGE' && type !== 'DATE'),
    };
  }

  private draw(span: Span, value: string): string {
    if (span.type === 'DATE') return yearOf(span, value) ?? '[DATE]';
    if (span.type === 'AGE') return generalised(span, value);
    if (span.rule === 'zip') return `${zip3(value)}00`;
    for (let tries = 0; tries < TRIES; tries += 1) {
      const made = this.make(span.type, value);
      if (this.isFree(made)) return this.take(made);
    }
    return this.take(`[${span.type}-${this.used.size + 1}]`);
  }

  /** No part of a surrogate of five letters or more may be a word of the text: whoever turns it back must not meet a stranger. */
  private isFree(made: string): boolean {
    return !this.used.has(made.toLowerCase()) && !this.lower.includes(made.toLowerCase());
  }

  private take(made: string): string {
    this.used.add(made.toLowerCase());
    return made;
  }

  /** All others are numbers and codes, made alike. */
  private readonly makers: Partial<Record<Category, (value: string) => string>> = {
    NAME: (value) => this.name(value),
    LOCATION: (value) =>
      /^\d/u.test(value) ? `${this.number(1, 999)} ${this.pick(STREETS)}` : cased(this.pick(CITIES), value),
    FACILITY: (value) => cased(`${this.pick(CITIES)} ${this.pick(FACILITIES)}`, value),
    EMAIL: () => `${this.pick(FIRST_NAMES)}.${this.pick(LAST_NAMES)}@example.org`.toLowerCase(),
    URL: () => `https://${this.pick(LAST_NAMES).toLowerCase()}.example.org/`,
    IP: () => `192.0.2.${this.number(1, 254)}`, // RFC 5737: for documentation
    PHONE: () => this.telephone(),
    FAX: () => this.telephone(),
    SSN: () => `000-${this.digits(2)}-${this.digits(4)}`, // area 000 is never issued
  };

  private make(type: Category, value: string): string {
    return this.makers[type]?.(value) ?? this.sameForm(value);
  }

  /** Numbers that NANPA keeps for fiction. */
  private telephone(): string {
    return `555-01${String(this.number(0, 99)).padStart(2, '0')}`;
  }

  /** Each word of a name stands for one word throughout: `Mary Stone` and `Ms. Stone` stay one person. */
  private name(value: string): string {
    const words = value.split(/(\P{L}+)/u);
    const letters = words.filter((word) => /^\p{L}+$/u.test(word)).length;
    let seen = 0;
    const made = words.map((word) => {
      if (!/^\p{L}+$/u.test(word)) return word;
      seen += 1;
      if (/^(?:mr|mrs|ms|dr|miss|prof|sr|sra|dra|de|van|von|der|bin|al)$/iu.test(word)) return word;
      const family = seen > 1 && seen === letters;
      return this.part(word, word.length === 1 ? null : family ? LAST_NAMES : FIRST_NAMES);
    });
    return made.join('');
  }

  private part(word: string, list: readonly string[] | null): string {
    const key = word.toLowerCase();
    const before = this.parts.get(key);
    const made = before ?? (list === null ? String.fromCharCode(65 + this.number(0, 25)) : this.pick(list));
    this.parts.set(key, made);
    return cased(made, word);
  }

  private sameForm(value: string): string {
    return Array.from(value, (character) => {
      if (/\d/u.test(character)) return String(this.number(0, 9));
      if (/\p{Lu}/u.test(character)) return String.fromCharCode(65 + this.number(0, 25));
      return /\p{Ll}/u.test(character) ? String.fromCharCode(97 + this.number(0, 25)) : character;
    }).join('');
  }

  private digits(count: number): string {
    return Array.from({ length: count }, () => String(this.number(0, 9))).join('');
  }

  private pick(list: readonly string[]): string {
    return list[this.number(0, list.length - 1)] ?? '';
  }

  /** A whole number from `least` to `most`, by xorshift over the request's salt. */
  private number(least: number, most: number): number {
    let state = this.state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.state = state >>> 0;
    return least + (this.state % (most - least + 1));
  }
}

/** `made` in the case of `value`. */
function cased(made: string, value: string): string {
  if (value.length > 1 && value === value.toUpperCase() && value !== value.toLowerCase()) return made.toUpperCase();
  return value === value.toLowerCase() && value !== value.toUpperCase() ? made.toLowerCase() : made;
}
