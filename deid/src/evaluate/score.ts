// How well spans meet a gold standard: by characters, by whole spans, by documents. Letters and digits count, nothing else does;
// fragments that touch are one.
import { CATEGORIES, type Category, type Span } from '../span.ts';
import { tokenise } from '../text/tokens.ts';
import type { GoldSpan } from './gold.ts';
import { type Share, shareOf } from './wilson.ts';

export interface Tally {
  found: number;
  of: number;
}

/** Sums over documents; `add` one document at a time, `report` at the end. */
export class Score {
  private readonly full = tallies();
  private readonly any = tallies();
  private readonly strict: Tally = { found: 0, of: 0 };
  private readonly relaxed: Tally = { found: 0, of: 0 };
  private readonly typed: Tally = { found: 0, of: 0 };
  private readonly characters: Tally = { found: 0, of: 0 };
  private readonly precision: Tally = { found: 0, of: 0 };
  private readonly tokens: Tally = { found: 0, of: 0 };
  private readonly tokenPrecision: Tally = { found: 0, of: 0 };
  private readonly leakFree: Tally = { found: 0, of: 0 };
  private readonly untouched: Tally = { found: 0, of: 0 };
  private documents = 0;

  /** True when every gold span is covered and, in a text without any, nothing was touched. */
  add(text: string, gold: readonly GoldSpan[], spans: readonly Span[]): boolean {
    this.documents += 1;
    const real = gold.filter(({ type }) => type !== 'neutral');
    const goldMask = masked(text, real);
    const neutral = masked(
      text,
      gold.filter(({ type }) => type === 'neutral'),
    );
    const predicted = masked(text, spans);
    this.addCharacters(text, goldMask, neutral, predicted);
    let leaks = 0;
    for (const span of real)
      if (!this.addSpan(text, span as GoldSpan & { type: Category }, spans, predicted)) leaks += 1;
    if (real.length > 0) count(this.leakFree, leaks === 0);
    if (gold.length > 0) return leaks === 0;
    const clean = predicted.every((value, at) => value === 0 || !isAlnum(text, at));
    count(this.untouched, clean);
    return clean;
  }

  private addCharacters(text: string, gold: Uint8Array, neutral: Uint8Array, predicted: Uint8Array): void {
    for (let at = 0; at < text.length; at += 1) {
      if (!isAlnum(text, at)) continue;
      if (gold[at] === 1) count(this.characters, predicted[at] === 1);
      if (predicted[at] === 1 && neutral[at] === 0) count(this.precision, gold[at] === 1);
    }
    const { start, end, kind, count: tokens } = tokenise(text);
    for (let at = 0; at < tokens; at += 1) {
      if (kind[at] === 3) continue;
      const [from, to] = [start[at] as number, end[at] as number];
      if (gold[from] === 1) count(this.tokens, everyOne(predicted, from, to));
      if (predicted[from] === 1 && neutral[from] === 0) count(this.tokenPrecision, gold[from] === 1);
    }
  }

  private addSpan(
    text: string,
    span: GoldSpan & { type: Category },
    spans: readonly Span[],
    predicted: Uint8Array,
  ): boolean {
    let [all, some] = [true, false];
    for (let at = span.start; at < span.end; at += 1) {
      if (!isAlnum(text, at)) continue;
      if (predicted[at] === 1) some = true;
      else all = false;
    }
    count(this.full.get(span.type), all);
    count(this.any.get(span.type), some);
    const [start, end] = edges(text, span);
    const same = spans
      .filter((other) => other.start < span.end && other.end > span.start)
      .map((other) => ({ type: other.type, at: edges(text, other) }));
    count(
      this.strict,
      same.some(({ at }) => at[0] === start && at[1] === end),
    );
    count(
      this.relaxed,
      same.some(({ at }) => at[0] === start && Math.abs(at[1] - end) <= 2),
    );
    if (some)
      count(
        this.typed,
        same.some(({ type }) => kindOf(type) === kindOf(span.type)),
      );
    return all;
  }

  report(): Report {
    const rows = CATEGORIES.flatMap((type): readonly CategoryReport[] => {
      const full = this.full.get(type);
      const any = this.any.get(type);
      return full === undefined || full.of === 0 ? [] : [{ type, full: shareOf(full), any: shareOf(any ?? full) }];
    });
    const sum = (map: ReadonlyMap<Category, Tally>): Share =>
      shareOf([...map.values()].reduce((a, b) => ({ found: a.found + b.found, of: a.of + b.of }), { found: 0, of: 0 }));
    return {
      documents: this.documents,
      full: sum(this.full),
      any: sum(this.any),
      characterRecall: shareOf(this.characters),
      characterPrecision: shareOf(this.precision),
      tokenRecall: shareOf(this.tokens),
      tokenPrecision: shareOf(this.tokenPrecision),
      strict: shareOf(this.strict),
      relaxed: shareOf(this.relaxed),
      typed: shareOf(this.typed),
      leakFree: shareOf(this.leakFree),
      overRedaction: shareOf({ found: this.untouched.of - this.untouched.found, of: this.untouched.of }),
      categories: rows,
    };
  }
}

export interface CategoryReport {
  readonly type: Category;
  readonly full: Share;
  readonly any: Share;
}

/** Shares with n and 95 % Wilson intervals. `full`: spans all of whose letters and digits are covered; `any`: at least one. `strict`
 * and `relaxed`: a found span has the same extent, or the same start and an end within two characters. `typed`: of the spans met
 * at all, those met with their category. `leakFree`: documents with identifiers, all of them covered. `overRedaction`: documents
 * without any in which something was removed. */
export interface Report {
  readonly documents: number;
  readonly full: Share;
  readonly any: Share;
  readonly characterRecall: Share;
  readonly characterPrecision: Share;
  readonly tokenRecall: Share;
  readonly tokenPrecision: Share;
  readonly strict: Share;
  readonly relaxed: Share;
  readonly typed: Share;
  readonly leakFree: Share;
  readonly overRedaction: Share;
  readonly categories: readonly CategoryReport[];
}

/** Corpora draw the line between a place and a facility differently; of the right category is either. */
const kindOf = (type: Category): Category => (type === 'FACILITY' ? 'LOCATION' : type);

function tallies(): ReadonlyMap<Category, Tally> {
  return new Map(CATEGORIES.map((type) => [type, { found: 0, of: 0 }]));
}

function count(tally: Tally | undefined, hit: boolean): void {
  if (tally === undefined) return;
  tally.of += 1;
  if (hit) tally.found += 1;
}

function masked(text: string, spans: readonly { readonly start: number; readonly end: number }[]): Uint8Array {
  const mask = new Uint8Array(text.length);
  for (const { start, end } of spans) mask.fill(1, start, end);
  return mask;
}

function everyOne(mask: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (mask[at] === 0) return false;
  return true;
}

/** Extent without what is neither letter nor digit at its edges. */
function edges(
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
): readonly [number, number] {
  let [from, to] = [start, end];
  while (from < to && !isAlnum(text, from)) from += 1;
  while (to > from && !isAlnum(text, to - 1)) to -= 1;
  return [from, to];
}

function isAlnum(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code < 0x80)
    return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
  return /[\p{L}\p{N}]/u.test(text.charAt(at));
}
