// Which tokens the rules have found already: the tagger sees them as one thing and says nothing of them.
import { CATEGORIES, type Span } from '../span.ts';
import type { Tokens } from '../text/tokens.ts';

/** Per token 0, or the number of the category that covers it; `spans` sorted and not overlapping. */
export function covers(tokens: Tokens, spans: readonly Span[]): Uint8Array {
  const covered = new Uint8Array(tokens.count);
  let at = 0;
  for (const { start, end, type } of spans) {
    while (at < tokens.count && (tokens.end[at] as number) <= start) at += 1;
    const number = CATEGORIES.indexOf(type) + 1;
    for (let inside = at; inside < tokens.count && (tokens.start[inside] as number) < end; inside += 1)
      covered[inside] = number;
  }
  return covered;
}

/** Findings of names and of places in fields come from the tagger too, so it must learn them; years, ages and States may stay and say nothing. */
export function isSeenByTagger({ type, rule }: Span): boolean {
  return (
    (type !== 'NAME' || rule === 'spelled') &&
    rule !== 'field-place' &&
    rule !== 'year' &&
    rule !== 'age' &&
    rule !== 'state' &&
    rule !== 'province-es'
  );
}
