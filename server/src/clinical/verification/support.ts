// How much of what a sentence says is in the passage it cites: the weighted share of its concepts.
import { concepts, isClinical } from '#clinical/language/concepts.ts';
import type { Claim } from './checks.ts';
import type { Statement } from './evidence.ts';
import { weightOf } from './weights.ts';

// Words of the note's own manner, which a conversation has no cause to contain.
const MANNER = new Set(
  (
    'patient report reported state note deni endors describ present today visit evaluat clinic office regard complain indicat mention ' +
    'reveal demonstrat appear seem current currentl recent pleasant histor approximat addition include includ associat significant ' +
    'further discuss review recommend advis encourag educat question answer treatment plan option ask clinician onset duration frequenc ' +
    'severit location amount made quot'
  ).split(' '),
);

/** Statements in a row that one sentence usually rests on: a question, its answer, and what was added. */
const WINDOW = 5;

export interface Support {
  /** The same share within the best few statements in a row: what is scattered over a visit supports less. */
  readonly compact: number;
  /** 0 to 1; 1 for a sentence with nothing to support. */
  readonly share: number;
  /** The first clinical words that are not in the passage, as the sentence has them. */
  readonly missing: string | null;
}

/** The weighted share of the claim's concepts found in the statements. */
export function supportOf(claim: Claim, statements: readonly Statement[]): Support {
  const cited = new Set(statements.flatMap((statement) => statement.facts.map((fact) => fact.name)));
  const wanted: { readonly name: string; readonly weight: number }[] = [];
  let missing: string | null = null;
  for (const concept of concepts(claim.tokens)) {
    if (MANNER.has(concept.name)) continue;
    const first = claim.tokens[concept.from];
    const clinical = /^(?::|rx:)/u.test(concept.name) || isClinical(first?.norm ?? '');
    wanted.push({ name: concept.name, weight: weightOf(concept.name, clinical) });
    if (!cited.has(concept.name))
      missing ??= claim.text.slice(first?.start ?? 0, claim.tokens[concept.to - 1]?.end ?? 0);
  }
  const total = wanted.reduce((sum, { weight }) => sum + weight, 0);
  const shareOf = (names: ReadonlySet<string>): number =>
    total === 0 ? 1 : wanted.reduce((sum, { name, weight }) => sum + (names.has(name) ? weight : 0), 0) / total;
  const windows = statements.map(
    (_, i) => new Set(statements.slice(i, i + WINDOW).flatMap(({ facts }) => facts.map(({ name }) => name))),
  );
  return { share: shareOf(cited), compact: Math.max(0, ...windows.map(shareOf)), missing };
}
