// Affirmed or denied: whether a sentence says of each thing what the cited words say of it.
import { concepts, isClinical, isFinding, type Concept } from '#clinical/language/concepts.ts';
import { polarity } from '#clinical/language/polarity.ts';
import { spanText, type Claim, type Fault } from './checks.ts';
import type { Sign, Statement } from './evidence.ts';
import { weightOf } from './weights.ts';

/** One statement that holds this share of the sentence's content is what the sentence retells. */
const RETELLS_FROM = 0.35;
const RETELLS_LEAST = 2;
/** Said of everything, denied of nothing: their sign is that of some other word. */
const NO_SIGN = new Set(
  'question time exam examinat heart blood :blood_pressure :heart_rate few lower upper :bilateral appear slight test patient'.split(
    ' ',
  ),
);

interface Own {
  readonly concept: Concept;
  readonly wanted: Sign;
  readonly weight: number;
  readonly finding: boolean;
}

interface Ranked {
  readonly statement: Statement;
  readonly shared: number;
  readonly count: number;
}

/**
 * `close`: a few utterances hold nearly all of the sentence, so that every content word must agree. Else the statement
 * the sentence retells is voted on by all its words; where there is none, findings are voted on wherever they stand.
 */
export function checkPolarity(claim: Claim, statements: readonly Statement[], close: boolean): Fault[] {
  const own = read(claim);
  const ranked = rank(own, statements);
  if (close) return vote(claim, own, ranked, true);
  const [best] = ranked;
  const total = own.reduce((sum, { weight }) => sum + weight, 0);
  const retold = best !== undefined && best.count >= RETELLS_LEAST && best.shared >= total * RETELLS_FROM;
  return retold
    ? vote(claim, own, [best], false)
    : vote(
        claim,
        own.filter(({ finding }) => finding),
        ranked,
        false,
      );
}

function read(claim: Claim): Own[] {
  const marks = polarity(claim.tokens);
  return concepts(claim.tokens)
    .filter(({ name }) => !NO_SIGN.has(name))
    .map((concept) => {
      const clinical = concept.name.startsWith(':') || isClinical(claim.tokens[concept.from]?.norm ?? '');
      const wanted: Sign = marks[concept.from]?.negated === true ? 'denied' : 'affirmed';
      return { concept, wanted, weight: weightOf(concept.name, clinical), finding: isFinding(concept, claim.tokens) };
    });
}

function rank(own: readonly Own[], statements: readonly Statement[]): Ranked[] {
  return statements
    .map((statement) => {
      const names = new Set(statement.facts.map(({ name }) => name));
      const shared = own.filter(({ concept }) => names.has(concept.name));
      return { statement, count: shared.length, shared: shared.reduce((sum, { weight }) => sum + weight, 0) };
    })
    .toSorted((a, b) => b.shared - a.shared);
}

function vote(claim: Claim, own: readonly Own[], ranked: readonly Ranked[], everyOne: boolean): Fault[] {
  let against: Fault | null = null;
  let balance = 0;
  for (const { concept, wanted, weight } of own) {
    const signs = signsIn(ranked, concept.name);
    if (signs.size === 0 || signs.has('open')) continue;
    balance += signs.has(wanted) ? weight : -weight;
    if (signs.has(wanted) || against !== null) continue;
    const cited = wanted === 'denied' ? 'affirmed' : 'denied';
    against = { fatal: true, reason: { code: 'negation', said: spanText(claim, concept), cited } };
  }
  return against === null || (balance >= 0 && !everyOne) ? [] : [against];
}

// Signs of a concept in the statements that share most with the sentence among those that have it.
function signsIn(ranked: readonly Ranked[], name: string): Set<Sign> {
  const having = ranked.filter(({ statement }) => statement.facts.some((fact) => fact.name === name));
  const best = having.filter(({ shared }) => shared === having[0]?.shared);
  return new Set(
    best.flatMap(({ statement }) => statement.facts.filter((fact) => fact.name === name).map(({ sign }) => sign)),
  );
}
