// From findings that overlap to spans that do not.
import type { Span } from './span.ts';

/** Categories that say more about the same characters win at equal score; lower is stronger. */
const RANK: Readonly<Record<Span['type'], number>> = {
  EMAIL: 0,
  URL: 1,
  SSN: 2,
  FAX: 3,
  PHONE: 4,
  MRN: 5,
  HEALTH_PLAN: 5,
  ACCOUNT: 5,
  LICENSE: 5,
  VEHICLE: 5,
  DEVICE: 5,
  BIOMETRIC: 5,
  PHOTO: 5,
  IP: 6,
  DATE: 7,
  LOCATION: 8,
  FACILITY: 9,
  NAME: 10,
  AGE: 11,
  OTHER_ID: 12,
};

/**
 * Sorted, not overlapping, and nothing uncovered that any finding covered: of two that overlap the stronger keeps its extent, the
 * other what is left of it at either side when letters or digits are left there.
 */
export function resolve(text: string, findings: readonly Span[]): readonly Span[] {
  const byStrength = findings.toSorted(stronger);
  const taken = new Taken();
  const spans: Span[] = [];
  for (const finding of byStrength) {
    for (const [start, end] of taken.free(finding.start, finding.end)) {
      const piece = trimmed(text, start, end);
      if (piece === null) continue;
      taken.add(piece[0], piece[1]);
      spans.push({ ...finding, start: piece[0], end: piece[1] });
    }
  }
  return spans.toSorted((a, b) => a.start - b.start);
}

function stronger(a: Span, b: Span): number {
  const known = Number(b.rule.startsWith('known')) - Number(a.rule.startsWith('known'));
  if (known !== 0) return known;
  if (Math.abs(a.score - b.score) > 0.04) return b.score - a.score;
  const length = b.end - b.start - (a.end - a.start);
  return RANK[a.type] - RANK[b.type] || length || a.start - b.start;
}

/** Without what is neither letter nor digit at its edges; null when nothing is left. Brackets and marks inside stay. */
function trimmed(text: string, from: number, to: number): readonly [number, number] | null {
  let [start, end] = [from, to];
  while (start < end && !isWordCode(text.charCodeAt(start)) && !'([#+@*'.includes(text.charAt(start))) start += 1;
  while (end > start && !isWordCode(text.charCodeAt(end - 1)) && !')].*'.includes(text.charAt(end - 1))) end -= 1;
  for (let at = start; at < end; at += 1) if (isWordCode(text.charCodeAt(at))) return [start, end];
  return null;
}

function isWordCode(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0xc0 && code !== 0xd7 && !(code >= 0x2000 && code < 0x2070))
  );
}

/** Stretches already given away, in buckets of the text so that a lookup is short. */
class Taken {
  private readonly buckets = new Map<number, (readonly [number, number])[]>();

  add(start: number, end: number): void {
    for (let bucket = start >> SHIFT; bucket <= (end - 1) >> SHIFT; bucket += 1) {
      const row = this.buckets.get(bucket);
      if (row === undefined) this.buckets.set(bucket, [[start, end]]);
      else row.push([start, end]);
    }
  }

  /** Parts of the stretch that are still free, in order. */
  free(start: number, end: number): readonly (readonly [number, number])[] {
    const hits = new Set<readonly [number, number]>();
    for (let bucket = start >> SHIFT; bucket <= (end - 1) >> SHIFT; bucket += 1)
      for (const [from, to] of this.buckets.get(bucket) ?? []) if (from < end && to > start) hits.add([from, to]);
    if (hits.size === 0) return [[start, end]];
    const parts: (readonly [number, number])[] = [];
    let at = start;
    for (const [from, to] of [...hits].toSorted((a, b) => a[0] - b[0])) {
      if (from > at) parts.push([at, from]);
      at = Math.max(at, to);
    }
    if (at < end) parts.push([at, end]);
    return parts;
  }
}

const SHIFT = 6;

const BETWEEN_SAME = /^[\s]{1,2}$|^[-'\u2019.]{1,2}\s?$/u;
const BETWEEN_PLACES = /^(?:,?\s{1,2}(?:in|of|at)\s{1,2}|,\s{0,2})$/u;

/** Parts of one name become one span, and a facility goes with the town it stands in: `Mercy Clinic in Reno`. */
export function joined(text: string, spans: readonly Span[]): readonly Span[] {
  const result: Span[] = [];
  for (const each of spans) {
    const last = result.at(-1);
    const span = each.type === 'DATE' ? withWeekday(text, each, last?.end ?? 0) : each;
    const between = last === undefined ? '' : text.slice(last.end, span.start);
    if (last !== undefined && belongs(last, span, between))
      result[result.length - 1] = { ...last, end: span.end, score: Math.min(last.score, span.score) };
    else result.push(span);
  }
  return result;
}

const WEEKDAY_BEFORE =
  /\b(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\.?,?\s$/iu;
const WEEKDAY_REACH = 14;

/** `Friday 5/9`: the day of the week goes with the day, unless something ends within it. */
function withWeekday(text: string, span: Span, least: number): Span {
  const lead = text.slice(Math.max(least, span.start - WEEKDAY_REACH), span.start);
  const found = /\d/u.test(text.slice(span.start, span.end)) ? WEEKDAY_BEFORE.exec(lead) : null;
  return found === null ? span : { ...span, start: span.start - found[0].length };
}

function belongs(last: Span, span: Span, between: string): boolean {
  if (last.type === 'FACILITY' && span.type === 'LOCATION') return BETWEEN_PLACES.test(between);
  if (last.type === 'LOCATION' && span.type === 'LOCATION')
    return /^(?:,?\s{0,2}|\s?[-.]\s?)$/u.test(between) && last.rule !== 'zip' && span.rule !== 'state';
  return last.type === span.type && last.type === 'NAME' && BETWEEN_SAME.test(between) && last.rule === span.rule;
}
