// How much of what a sentence says is in the passage it cites: the weighted share of its concepts.
import { concepts, isClinical } from '#clinical/language/concepts.ts';
import type { Claim } from './checks.ts';
import type { Statement } from './evidence.ts';

// Words of the note's own manner, which a conversation has no cause to contain.
const MANNER = new Set(
  (
    'patient report reported state note deni endors describ present today visit evaluat clinic office regard complain indicat mention ' +
    'reveal demonstrat appear seem current currentl recent pleasant histor approximat addition include includ associat significant ' +
    'further discuss review recommend advis encourag educat question answer treatment plan option ask clinician onset duration frequenc ' +
    'severit location amount made quot'
  ).split(' '),
);

const CLINICAL_WEIGHT = 2;
const PLAIN_WEIGHT = 1;

export interface Support {
  /** 0 to 1; 1 for a sentence with nothing to support. */
  readonly share: number;
  /** The first clinical words that are not in the passage, as the sentence has them. */
  readonly missing: string | null;
}

/** The weighted share of the claim's concepts found in the statements. */
export function supportOf(claim: Claim, statements: readonly Statement[]): Support {
  const cited = new Set(statements.flatMap((statement) => statement.facts.map((fact) => fact.name)));
  let [found, total] = [0, 0];
  let missing: string | null = null;
  for (const concept of concepts(claim.tokens)) {
    if (MANNER.has(concept.name)) continue;
    const first = claim.tokens[concept.from];
    const clinical = /^(?::|rx:)/u.test(concept.name) || isClinical(first?.norm ?? '');
    const weight = clinical ? CLINICAL_WEIGHT : PLAIN_WEIGHT;
    total += weight;
    if (cited.has(concept.name)) found += weight;
    else missing ??= claim.text.slice(first?.start ?? 0, claim.tokens[concept.to - 1]?.end ?? 0);
  }
  return { share: total === 0 ? 1 : found / total, missing };
}
