// Finds what a sentence without citations could rest on: the utterances that say most of it, with their neighbours.
// For sentences written by a person or a model; the extractive drafter cites by construction.
import { concepts } from '#clinical/language/concepts.ts';
import { quantities } from '#clinical/language/numbers.ts';
import { tokenize } from '#clinical/language/tokens.ts';
import type { Statement } from './evidence.ts';

/** Utterances taken at most, and how many neighbours on each side come with each: an answer needs its question. */
const MOST_UTTERANCES = 16;
const NEIGHBOURS = 2;

/** How rare each concept is in this transcript: what is said everywhere points nowhere. */
export type Rarity = ReadonlyMap<string, number>;

export function rarityOf(statements: readonly Statement[]): Rarity {
  const counts = new Map<string, number>();
  for (const { facts } of statements)
    for (const name of new Set(facts.map((fact) => fact.name))) counts.set(name, (counts.get(name) ?? 0) + 1);
  return new Map([...counts].map(([name, count]) => [name, Math.log(1 + statements.length / count)]));
}

/** In order of time; empty when nothing of the sentence was said. */
export function attribute(text: string, statements: readonly Statement[], rarity: Rarity): Statement[] {
  const tokens = tokenize(text);
  const wanted = new Set(concepts(tokens).map((concept) => concept.name));
  const numbers = new Set(quantities(tokens).flatMap((quantity) => quantity.values));
  const scored = statements.map((statement, i) => ({ i, score: scoreOf(statement, wanted, numbers, rarity) }));
  const best = scored
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score || a.i - b.i)
    .slice(0, MOST_UTTERANCES);
  const taken = new Set(
    best.flatMap(({ i }) => Array.from({ length: 2 * NEIGHBOURS + 1 }, (_, k) => i - NEIGHBOURS + k)),
  );
  return statements.filter((_, i) => taken.has(i));
}

/** What a number in common is worth, in the measure of rarity. */
const NUMBER_WORTH = 2;

function scoreOf(
  statement: Statement,
  wanted: ReadonlySet<string>,
  numbers: ReadonlySet<string>,
  rarity: Rarity,
): number {
  const shared = new Set(statement.facts.map((fact) => fact.name).filter((name) => wanted.has(name)));
  const common = statement.quantities.filter((quantity) => quantity.values.some((value) => numbers.has(value))).length;
  return [...shared].reduce((sum, name) => sum + (rarity.get(name) ?? 0), 0) + common * NUMBER_WORTH;
}
