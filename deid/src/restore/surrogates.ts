// Surrogates back to their values: whole ones, exactly as they were given, the longest first. Whatever else recalls one is counted.
import { partsOf, type ReplacementEntry } from '../replace/placeholder.ts';
import { isKind, MAX_SURROGATE } from '../replace/surrogate.ts';
import type { Span } from '../span.ts';
import { datesAt } from './dates.ts';
import { escapedFor, JsonDepth } from './depth.ts';
import type { Restorer, RestoreReport } from './forms.ts';

/** What has to be there behind a word before it is read: the longest surrogate, or date, and what tells that it ends there. */
const LOOK_AHEAD = MAX_SURROGATE + 32;
const LOOK_BEHIND = 12;
const LEAST_WORD = 3;
const LEAST_DIGITS = 6;
const LAST_DIGITS = 4;

const WORD = /[\p{L}\p{N}\p{M}]+/uy;
const ESCAPE = /\\+(?:u[\da-f]{4}|[nrtbf"/])?/iuy;
const DOTTED = /\p{Lu}\.?\s?\p{Lu}(?!\p{L})/uy;
const NUMBER = /\d[\d\s().-]{0,30}/uy;

/** All that an answer may say of the surrogates of a map. */
class Surrogates {
  readonly byFirst = new Map<string, ReplacementEntry[]>();
  private readonly words = new Set<string>();
  private readonly initials = new Set<string>();
  private readonly numbers = new Set<string>();
  private readonly lengths = new Set<number>();
  private readonly lasts = new Set<string>();
  private readonly days = new Set<string>();

  constructor(entries: readonly ReplacementEntry[]) {
    for (const entry of entries) this.add(entry);
    for (const row of this.byFirst.values()) row.sort((a, b) => b.token.length - a.token.length);
  }

  private add(entry: ReplacementEntry): void {
    const { token, type } = entry;
    const words = token.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
    const first = words[0] ?? '';
    const row = this.byFirst.get(first);
    if (row === undefined) this.byFirst.set(first, [entry]);
    else row.push(entry);
    if (type === 'DATE') {
      for (let at = 0; at < token.length; at += 1)
        if (!/[\p{L}\p{N}]/u.test(token.charAt(at - 1)))
          for (const name of datesAt(token, at)?.names ?? []) this.days.add(name);
      return;
    }
    for (const word of words) if (isTelling(word)) this.words.add(word.toLowerCase());
    const names = words.filter((word) => /^\p{L}/u.test(word));
    if (type === 'NAME' && names.length > 1) {
      this.initials.add(`${initial(names[0])}${initial(names.at(-1))}`);
      this.initials.add(names.map(initial).join(''));
    }
    const digits = token.replaceAll(/\D/gu, '');
    if (digits.length < LEAST_DIGITS || type === 'LOCATION') return;
    this.numbers.add(digits);
    this.lengths.add(digits.length);
    this.lasts.add(digits.slice(-LAST_DIGITS));
  }

  /** The longest surrogate that stands whole at `at`, where a word begins. */
  wholeAt(text: string, at: number, word: string): ReplacementEntry | null {
    for (const entry of this.byFirst.get(word) ?? [])
      if (text.startsWith(entry.token, at) && endsAt(text, at, at + entry.token.length)) return entry;
    return null;
  }

  /** Where what recalls a surrogate at `at` ends; null when nothing does. */
  leftoverAt(text: string, at: number, word: string): number | null {
    const end = at + word.length;
    if (this.words.has(word.toLowerCase())) return end;
    const code = text.charCodeAt(at);
    if (code >= 0x41 && code <= 0x5a && word.length <= LEAST_WORD) {
      const initials = this.initialsAt(text, at, word);
      if (initials !== null) return initials;
    }
    const digit = code >= 0x30 && code <= 0x39;
    if (digit) {
      if (this.lasts.has(word)) return end;
      const run = sticky(NUMBER, text, at);
      const digits = run.replaceAll(/\D/gu, '');
      for (const length of this.lengths)
        if (this.numbers.has(digits.slice(0, length))) return at + run.trimEnd().length;
    }
    if (this.days.size === 0 || (!digit && word.length < LEAST_WORD)) return null;
    const dates = datesAt(text, at);
    return dates !== null && dates.names.some((name) => this.days.has(name)) ? dates.end : null;
  }

  private initialsAt(text: string, at: number, word: string): number | null {
    if (this.initials.has(word)) return at + word.length;
    const dotted = sticky(DOTTED, text, at);
    if (this.initials.has(dotted.replaceAll(/\P{L}/gu, ''))) return at + dotted.length;
    if (word.length > 1) return null;
    const [, next = ''] = /^.\.?\s{1,2}(\p{L}+)/u.exec(text.slice(at, at + LOOK_AHEAD)) ?? [];
    return this.words.has(next.toLowerCase()) ? at + 1 : null;
  }
}

const initial = (word: string | undefined): string => (word ?? '').charAt(0).toUpperCase();

/** A word that says whose surrogate it is of. */
function isTelling(word: string): boolean {
  if (/^\d+$/u.test(word)) return word.length >= LEAST_DIGITS - 1;
  return (
    word.length >= LEAST_WORD &&
    !isKind(word) &&
    !/^(?:https|example|org|mrs|miss|prof|dra|von|van|der|bin|iii)$/iu.test(word)
  );
}

/** No word or number goes on at either side. */
function endsAt(text: string, start: number, end: number): boolean {
  const behind = text.slice(end, end + 2);
  if (/^[\p{L}\p{N}\p{M}]/u.test(behind)) return false;
  if (/\d/u.test(text.charAt(end - 1)) && /^[-./:]\d/u.test(behind)) return false;
  return !(/\d/u.test(text.charAt(start)) && /\d[-./:]$/u.test(text.slice(Math.max(0, start - 2), start)));
}

function sticky(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

export class SurrogateRestorer implements Restorer {
  private readonly surrogates: Surrogates;
  private readonly json: JsonDepth | null;
  private readonly counts = { restored: 0, bent: 0, unknown: 0, leftover: 0 };
  private waiting = ''; // begins with `done` code units that were given out and are kept to look back at
  private done = 0;
  private at = 0;
  private inWord = false; // of one that is longer than what is looked ahead at

  /** No two tokens of `entries` are alike. */
  constructor(entries: readonly ReplacementEntry[], json: boolean) {
    this.surrogates = new Surrogates(entries);
    this.json = json ? new JsonDepth() : null;
  }

  get report(): RestoreReport {
    return { ...this.counts };
  }

  push(text: string): string {
    this.waiting += text;
    return this.read(false);
  }

  end(): string {
    return this.read(true);
  }

  private read(final: boolean): string {
    const text = this.waiting;
    const certain = final ? text.length : text.length - LOOK_AHEAD;
    let out = '';
    let from = this.done;
    let at = this.at;
    if (this.inWord) at += sticky(WORD, text, at).length;
    while (at < certain) {
      const escape = this.json === null ? '' : sticky(ESCAPE, text, at);
      const word = escape === '' ? sticky(WORD, text, at) : '';
      if (word === '') {
        at += Math.max(1, escape.length);
        continue;
      }
      const whole = this.surrogates.wholeAt(text, at, word);
      const end = whole === null ? this.surrogates.leftoverAt(text, at, word) : at + whole.token.length;
      if (whole !== null) {
        this.counts.restored += 1;
        this.follow(text, from, at);
        out += text.slice(from, at) + escapedFor(whole.value, this.json?.depth ?? 0);
        this.follow(text, at, end ?? at);
        from = end ?? at;
      } else if (end !== null) this.counts.leftover += 1;
      at = end ?? at + word.length;
    }
    this.inWord = !final && at === text.length && at > certain;
    const kept = Math.max(from, cutAt(text, Math.min(at, text.length)));
    this.follow(text, from, kept);
    out += text.slice(from, kept);
    const begin = Math.max(0, kept - LOOK_BEHIND);
    this.waiting = text.slice(begin);
    this.done = kept - begin;
    this.at = at - begin;
    return out;
  }

  private follow(text: string, from: number, to: number): void {
    this.json?.read(text, from, to);
  }
}

/** Not between the halves of a pair. */
function cutAt(text: string, at: number): number {
  const before = text.charCodeAt(at - 1);
  return at < text.length && before >= 0xd800 && before <= 0xdbff ? at - 1 : at;
}

/** Places of a text that say a surrogate or recall one, as spans of what stands there. */
export function surrogatesIn(text: string, entries: readonly ReplacementEntry[]): readonly Span[] {
  if (entries.length === 0 || entries.some(({ token }) => partsOf(token) !== null)) return [];
  const surrogates = new Surrogates(entries);
  const spans: Span[] = [];
  let at = 0;
  while (at < text.length) {
    const word = sticky(WORD, text, at);
    const whole = word === '' ? null : surrogates.wholeAt(text, at, word);
    const end = word === '' ? null : whole === null ? surrogates.leftoverAt(text, at, word) : at + whole.token.length;
    if (end !== null) spans.push({ start: at, end, type: whole?.type ?? 'OTHER_ID', score: 1, rule: 'token' });
    at = end ?? at + Math.max(1, word.length);
  }
  return spans;
}
