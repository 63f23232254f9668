// Realistic stand-ins, consistent within a request or patient: drawn at random, in no way computed from what they stand for
// (164.514(c)).
import { DeidError } from '../error.ts';
import type { Category, Span } from '../span.ts';
import { mix } from '../text/fold.ts';
import { generalised, yearOf } from './generalise.ts';
import type { ReplacementEntry, ReplacementMap } from './placeholder.ts';
import { shifted, shiftOf } from './shift.ts';
import {
  BACKS,
  CITIES,
  FACILITIES,
  FIRST_NAMES,
  FRONTS,
  LAST_NAMES,
  STREETS,
  TAKEN_INITIALS,
} from './surrogate-lists.ts';
import { zip3 } from './zip3.ts';

const TRIES = 60; // until it is given up
const TRIES_FROM_LISTS = 20; // then names and towns are coined
const TRIES_OF_TWO = 40;
/** Longer values get a shorter stand-in, so that an answer's reader has to hold back no more than it says. */
export const MAX_SURROGATE = 64;
/** Letters and digits of a code's stand-in: one that is shorter would be found in any answer. */
const LEAST_CODE = 6;
const LEAST_WORD = 3;
const EDGES = /^[^\dA-Za-z]+|[^\dA-Za-z]+$/gu;

export interface SurrogateSettings {
  readonly salt: number;
  /** Dates move by days and come back, instead of becoming their year. */
  readonly shiftDates: boolean;
  /** Stands for a year that is not written. */
  readonly year: number;
  readonly previous: ReplacementMap | null;
}

/** One value has one surrogate; no two values share one, and no word of a surrogate is a word of a text seen. */
export class Surrogates {
  private readonly settings: SurrogateSettings;
  private readonly days: number;
  private readonly words = new Set<string>();
  private readonly given = new Map<string, ReplacementEntry>();
  private readonly used = new Set<string>();
  private readonly parts = new Map<string, string>();
  private readonly usedParts = new Set<string>();
  private readonly abbreviated = new Map<string, string>();
  private readonly owners = new Map<string, string>();
  private state: number;

  constructor(settings: SurrogateSettings) {
    const salt = settings.salt >>> 0;
    const entries = settings.previous?.entries ?? [];
    this.settings = { ...settings, salt };
    this.days = settings.previous?.shiftedDays ?? shiftOf(salt);
    this.state = mix(salt ^ mix(0x9e3779b9 + entries.length)) || 1;
    for (const entry of entries) this.remember(entry);
  }

  /** What a text says is no surrogate from then on. */
  see(text: string): void {
    for (const word of wordsOf(text)) this.words.add(word);
  }

  of(span: Span, value: string): string {
    if (span.type === 'DATE') return this.date(span, value);
    if (span.type === 'AGE') return generalised(span, value);
    if (span.rule === 'zip') return `${zip3(value)}00`;
    const before = this.given.get(keyOf(span.type, value));
    if (before !== undefined) return before.token;
    for (let tries = 0; tries < TRIES; tries += 1) {
      const token = this.made(span.type, value, tries);
      if (!this.isFree(span.type, token)) continue;
      this.remember({ token, type: span.type, value });
      return token;
    }
    throw new DeidError('exhausted');
  }

  /** Generalised dates, ages and ZIP codes are not in it: they do not come back. */
  map(): ReplacementMap {
    const entries = [...this.given.values()];
    return { salt: this.settings.salt, entries, ...(this.settings.shiftDates && { shiftedDays: this.days }) };
  }

  private date(span: Span, value: string): string {
    const before = this.given.get(keyOf('DATE', value));
    if (before !== undefined) return before.token;
    const token = this.settings.shiftDates ? shifted(value, this.days, this.settings.year) : null;
    if (token === null || this.used.has(token)) return yearOf(span, value) ?? '[DATE]';
    this.remember({ token, type: 'DATE', value });
    return token;
  }

  private remember(entry: ReplacementEntry): void {
    this.given.set(keyOf(entry.type, entry.value), entry);
    this.used.add(entry.token);
    for (const word of tellingOf(entry.token)) this.owners.set(word, ownerOf(entry.type, entry.token));
    if (entry.type !== 'NAME') return;
    const [words, made] = [lettersOf(entry.value), lettersOf(entry.token)];
    if (made.length > 1) this.abbreviated.set(abbreviationOf(made), (made[0] ?? '').toLowerCase());
    for (const part of made) if (part.length > 1) this.usedParts.add(part.toLowerCase());
    for (const [at, word] of words.entries()) {
      const part = made[at];
      if (part === undefined || words.length !== made.length || isKept(word)) continue;
      if (!this.parts.has(word.toLowerCase())) this.parts.set(word.toLowerCase(), part);
    }
  }

  /** Its words are nobody's in the text; of a code, at least one of its groups. */
  private isFree(type: Category, made: string): boolean {
    if (made.length > MAX_SURROGATE || this.used.has(made)) return false;
    if (type === 'NAME' && !this.isFreeName(lettersOf(made))) return false;
    const owner = ownerOf(type, made);
    if (tellingOf(made).some((word) => (this.owners.get(word) ?? owner) !== owner)) return false;
    const words = [...wordsOf(made)];
    if (type !== 'NAME' && type !== 'LOCATION' && type !== 'FACILITY')
      return words.some((word) => !this.words.has(word));
    return words.every((word) => word.length < LEAST_WORD || isKind(word) || !this.words.has(word));
  }

  /** No abbreviation of another, and no initials that answers are full of. */
  private isFreeName(words: readonly string[]): boolean {
    if (TAKEN_INITIALS.has(words.map((word) => word.charAt(0).toUpperCase()).join(''))) return false;
    return (this.abbreviated.get(abbreviationOf(words)) ?? words[0]?.toLowerCase()) === words[0]?.toLowerCase();
  }

  private made(type: Category, value: string, tries: number): string {
    return this.makers[type]?.(value, tries) ?? this.sameForm(value);
  }

  /** All others are numbers and codes, made alike. */
  private readonly makers: Partial<Record<Category, (value: string, tries: number) => string>> = {
    NAME: (value, tries) => this.name(value, tries),
    LOCATION: (value, tries) =>
      /^\d/u.test(value) ? `${this.number(1, 999)} ${this.pick(STREETS)}` : cased(this.town(tries), value),
    FACILITY: (value, tries) => cased(`${this.town(tries)} ${this.pick(FACILITIES)}`, value),
    EMAIL: (_, tries) => `${this.first(tries)}.${this.family(tries)}@example.org`.toLowerCase(),
    URL: (_, tries) => `https://${this.first(tries)}-${this.family(tries)}.example.org/`.toLowerCase(),
    IP: () => `${this.pick(['192.0.2', '198.51.100', '203.0.113'])}.${this.number(1, 254)}`, // RFC 5737: for documentation
    PHONE: () => this.telephone(),
    FAX: () => this.telephone(),
    SSN: () => `000-${this.digits(2)}-${this.digits(4)}`, // area 000 is never issued
  };

  /** Numbers that NANPA keeps for fiction. */
  private telephone(): string {
    return `${this.number(201, 989)}-555-01${this.digits(2)}`;
  }

  private town(tries: number): string {
    return tries >= TRIES_FROM_LISTS ? this.coined(tries) : this.pick(CITIES);
  }

  private first(tries: number): string {
    return tries >= TRIES_FROM_LISTS ? this.coined(tries) : this.pick(FIRST_NAMES);
  }

  private family(tries: number): string {
    return tries >= TRIES_FROM_LISTS ? this.coined(tries) : this.pick(LAST_NAMES);
  }

  /** Of two halves; of three when there are hardly any left. */
  private coined(tries: number): string {
    const middle = tries >= TRIES_OF_TWO ? this.pick(FRONTS).toLowerCase() : '';
    return `${this.pick(FRONTS)}${middle}${this.pick(BACKS)}`;
  }

  /** Each word of a name stands for one word throughout: `Mary Stone` and `Ms. Stone` stay one person, as long as that is unique. */
  private name(value: string, tries: number): string {
    const words = value.slice(0, MAX_SURROGATE).split(/(\P{L}+)/u);
    const letters = words.filter((word) => /^\p{L}+$/u.test(word) && !isKept(word)).length;
    if (letters === 0 || lettersOf(value).every((word) => word.length === 1 || isKept(word)))
      return `${this.part(false, tries)} ${this.part(true, tries)}`;
    let seen = 0;
    const made = words.map((word) => {
      if (!/^\p{L}+$/u.test(word) || isKept(word)) return word;
      seen += 1;
      const before =
        tries === 0 || (tries < TRIES_FROM_LISTS && seen < letters) ? this.parts.get(word.toLowerCase()) : undefined;
      const part = word.length === 1 ? this.letter(65) : this.part(seen === letters && letters > 1, tries);
      return cased(before ?? part, word);
    });
    return made.join('');
  }

  /** Of a name that is nobody's yet. */
  private part(isFamily: boolean, before: number): string {
    for (let tries = before; tries < TRIES * 2; tries += 1) {
      const made = isFamily ? this.family(tries) : this.first(tries);
      if (!this.usedParts.has(made.toLowerCase())) return made;
    }
    throw new DeidError('exhausted');
  }

  private sameForm(value: string): string {
    const made = Array.from(value.slice(0, MAX_SURROGATE / 2), (character) => {
      if (/\p{Nd}/u.test(character)) return String(this.number(0, 9));
      if (/\p{Lu}/u.test(character)) return this.letter(65);
      if (/\p{L}/u.test(character)) return this.letter(97);
      return /[\s\p{M}]/u.test(character) ? ' ' : /^[-./:#]$/u.test(character) ? character : '';
    }).join('');
    const short = LEAST_CODE - (made.match(/[\dA-Za-z]/gu) ?? []).length;
    return (short > 0 ? `${made}${this.letter(65)}${this.digits(short)}` : made).replaceAll(EDGES, '');
  }

  private letter(from: number): string {
    return String.fromCharCode(from + this.number(0, 25));
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

const keyOf = (type: Category, value: string): string => `${type}\u0000${value}`;

const lettersOf = (text: string): readonly string[] => text.match(/\p{L}+/gu) ?? [];

/** Words that no other surrogate may have, so that a part of one is never the whole of another. */
const tellingOf = (token: string): readonly string[] =>
  [...wordsOf(token)].filter(
    (word) =>
      word.length >= LEAST_WORD &&
      /\p{L}/u.test(word) &&
      !isKind(word) &&
      !isKept(word) &&
      !/^(?:https|example|org)$/u.test(word),
  );

/** Names share words by design (`part`), streets do because their numbers differ. */
function ownerOf(type: Category, token: string): string {
  if (type === 'NAME') return 'name';
  return type === 'LOCATION' && /^\d/u.test(token) ? 'street' : token;
}

/** First initial and last word. */
const abbreviationOf = (words: readonly string[]): string =>
  `${(words[0] ?? '').charAt(0)} ${words.at(-1) ?? ''}`.toLowerCase();

const isKept = (word: string): boolean =>
  /^(?:mr|mrs|ms|dr|miss|prof|sr|sra|dra|de|la|van|von|der|bin|al|el|y|jr|ii|iii|md|rn|do|np|pa)$/iu.test(word);

const KINDS: ReadonlySet<string> = new Set(
  [...STREETS.map((street) => street.slice(street.indexOf(' '))), ...FACILITIES].flatMap((name) => [...wordsOf(name)]),
);

/** Words such as `Street` and `Hospital`, which are nobody's. */
export const isKind = (word: string): boolean => KINDS.has(word.toLowerCase());

/** Letters and digits in runs, in lower case. */
function* wordsOf(text: string): Generator<string> {
  for (const [word] of text.matchAll(/[\p{L}\p{N}]+/gu)) yield word.toLowerCase();
}

/** `made` in the case of `value`. */
function cased(made: string, value: string): string {
  if (value.length > 1 && value === value.toUpperCase() && value !== value.toLowerCase()) return made.toUpperCase();
  return value === value.toLowerCase() && value !== value.toUpperCase() ? made.toLowerCase() : made;
}
