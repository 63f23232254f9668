// The checks of one sentence against the statements it cites. Each gives reasons; verify.ts weighs them.
import { concepts, isClinical } from '#clinical/language/concepts.ts';
import { drugMentions, looksAlike } from '#clinical/language/drugs.ts';
import { lateralities, samePart } from '#clinical/language/laterality.ts';
import { quantities, type Quantity } from '#clinical/language/numbers.ts';
import { polarity } from '#clinical/language/polarity.ts';
import type { Token } from '#clinical/language/tokens.ts';
import { sameAmount } from '#clinical/language/units.ts';
import type { Reason } from '#clinical/notes/draft.ts';
import type { Sign, Statement } from './evidence.ts';

/** `fatal`: what is cited says otherwise; not merely nothing. */
export interface Fault {
  readonly reason: Reason;
  readonly fatal: boolean;
}

/** A sentence read once for all checks. */
export interface Claim {
  readonly text: string;
  readonly tokens: readonly Token[];
}

export function checkNumbers(claim: Claim, statements: readonly Statement[]): Fault[] {
  const cited = statements.flatMap((statement) => statement.quantities.map((quantity) => ({ quantity, statement })));
  return quantities(claim.tokens).flatMap((quantity): Fault[] => {
    const said = spanText(claim, quantity);
    if (isVague(claim, quantity)) return [];
    const same = cited.filter((other) => agrees(quantity, other.quantity));
    if (same.length === 0)
      return [
        absentNumber(
          said,
          quantity,
          cited.map((other) => other.quantity),
          statements,
        ),
      ];
    const fits = same.some(({ quantity: other, statement }) => sameAttribute(quantity, other, statement));
    if (fits) return [];
    const other = same[0];
    return [
      {
        fatal: true,
        reason: { code: 'number_attribute', said, cited: other === undefined ? null : other.quantity.attribute },
      },
    ];
  });
}

// "One" as a pronoun, "first" as an adverb, "a day" inside "once a day": no claim of an amount by themselves.
function isVague(claim: Claim, quantity: Quantity): boolean {
  const first = claim.tokens[quantity.from]?.norm ?? '';
  return (
    quantity.unit === null && quantity.attribute === null && /^(?:one|first|second|once|half|ii|iii|iv)$/u.test(first)
  );
}

function agrees(a: Quantity, b: Quantity): boolean {
  return a.values.some((value) => b.values.some((other) => sameAmount(value, a.unit, other, b.unit)));
}

function sameAttribute(a: Quantity, b: Quantity, statement: Statement): boolean {
  if (a.attribute === null || b.attribute === null || a.attribute === b.attribute) return true;
  return statement.quantities.some((other) => other.attribute === a.attribute && agrees(a, other));
}

function absentNumber(
  said: string,
  quantity: Quantity,
  cited: readonly Quantity[],
  statements: readonly Statement[],
): Fault {
  const rival = cited.find(
    (other) =>
      other.unit === quantity.unit &&
      other.unit !== null &&
      (other.attribute === quantity.attribute || other.attribute === null),
  );
  const unitOnly = cited.find((other) => other.values.some((value) => quantity.values.includes(value)));
  if (unitOnly !== undefined) return { fatal: true, reason: { code: 'number_unit', said, cited: unitOnly.unit } };
  const home = statements.find((statement) => rival !== undefined && statement.quantities.includes(rival));
  const quoted =
    rival === undefined || home === undefined
      ? null
      : spanText({ text: home.utterance.text, tokens: home.tokens }, rival);
  return { fatal: rival !== undefined, reason: { code: 'number_absent', said, cited: quoted } };
}

function spanText(claim: Claim, span: { readonly from: number; readonly to: number }): string {
  const [first, last] = [claim.tokens[span.from], claim.tokens[span.to - 1]];
  return first === undefined || last === undefined ? '' : claim.text.slice(first.start, last.end);
}

export function checkDrugs(claim: Claim, statements: readonly Statement[]): Fault[] {
  const cited = new Set(statements.flatMap((statement) => statement.drugs));
  const words = new Set(statements.flatMap((statement) => statement.tokens.map((token) => token.norm)));
  return drugMentions(claim.tokens).flatMap((drug): Fault[] => {
    if (cited.has(drug.ingredient) || words.has(drug.ingredient)) return [];
    const said = spanText(claim, drug);
    const twin = [...cited].find((other) => looksAlike(other, drug.ingredient));
    if (twin !== undefined) return [{ fatal: true, reason: { code: 'drug_lookalike', said, cited: twin } }];
    return [{ fatal: false, reason: { code: 'drug_absent', said, cited: [...cited][0] ?? null } }];
  });
}

/** `close`: the sentence follows its citation word for word, so that every content word's sign counts, not clinical ones alone. */
export function checkPolarity(claim: Claim, statements: readonly Statement[], close: boolean): Fault[] {
  const signs = new Map<string, Set<Sign>>();
  for (const { facts } of statements)
    for (const fact of facts) signs.set(fact.name, (signs.get(fact.name) ?? new Set<Sign>()).add(fact.sign));
  const marks = polarity(claim.tokens);
  for (const concept of concepts(claim.tokens)) {
    if (!close && !concept.name.startsWith(':') && !isClinical(claim.tokens[concept.from]?.norm ?? '')) continue;
    const found = signs.get(concept.name);
    const wanted: Sign = marks[concept.from]?.negated === true ? 'denied' : 'affirmed';
    if (found === undefined || found.has(wanted) || found.has('open')) continue;
    const said = spanText(claim, concept);
    return [{ fatal: true, reason: { code: 'negation', said, cited: wanted === 'denied' ? 'affirmed' : 'denied' } }];
  }
  return [];
}

export function checkLaterality(claim: Claim, statements: readonly Statement[]): Fault[] {
  const cited = statements.flatMap((statement) => statement.sides);
  return lateralities(claim.tokens).flatMap((own): Fault[] => {
    const said = `${own.side}${own.part === null ? '' : ` ${own.part}`}`;
    const samePlace = cited.filter(
      (other) => own.part === null || other.part === null || samePart(own.part, other.part),
    );
    if (samePlace.some((other) => other.side === own.side || other.side === 'both')) return [];
    const rival = samePlace[0] ?? cited.find((other) => other.side !== own.side);
    if (own.side === 'both' && new Set(samePlace.map((other) => other.side)).size > 1) return [];
    return [
      {
        fatal: rival !== undefined,
        reason: { code: 'laterality', said, cited: rival === undefined ? null : rival.side },
      },
    ];
  });
}

const DOUBT =
  /\b(?:possibl[ey]|probabl[ey]|likely|may|might|maybe|perhaps|suspect(?:ed|s)?|suspicious|could|think|concern(?:ed|s|ing)?|rule out|if|appears?|looks like|seems?|believe)\b/iu;
const CERTAIN = /\b(?:definite(?:ly)?|certain(?:ly)?|confirmed|clearly)\b/iu;

/** Certainty that the cited words do not have: a doubt dropped from a diagnosis, or "confirmed" added. */
export function checkCertainty(claim: Claim, statements: readonly Statement[]): Fault[] {
  const cited = statements.map((statement) => statement.utterance.text).join(' ');
  const added = CERTAIN.exec(claim.text)?.[0];
  if (added !== undefined && !CERTAIN.test(cited))
    return [{ fatal: false, reason: { code: 'certainty', said: added, cited: DOUBT.exec(cited)?.[0] ?? null } }];
  if (DOUBT.test(claim.text)) return [];
  const marks = new Set(
    statements.flatMap((statement) => statement.facts.filter((fact) => fact.uncertain).map((fact) => fact.name)),
  );
  const plain = new Set(
    statements.flatMap((statement) => statement.facts.filter((fact) => !fact.uncertain).map((fact) => fact.name)),
  );
  const dropped = concepts(claim.tokens).find((concept) => marks.has(concept.name) && !plain.has(concept.name));
  return dropped === undefined
    ? []
    : [
        {
          fatal: false,
          reason: { code: 'certainty', said: spanText(claim, dropped), cited: DOUBT.exec(cited)?.[0] ?? null },
        },
      ];
}

const FAMILY =
  /\b(?:mother|father|mom|dad|brother|sister|grandmother|grandfather|aunt|uncle|son|daughter|cousin|wife|husband)\b/iu;
const HISTORY = /\b(?:had|has|have|died|diagnosed|history)\b/iu;

/** A relative's illness told as the patient's, or the patient's as a relative's. */
export function checkSpeaker(claim: Claim, statements: readonly Statement[]): Fault[] {
  const relative = FAMILY.exec(claim.text)?.[0];
  const cited = statements.map((statement) => statement.utterance.text).join(' ');
  const spoken = FAMILY.exec(cited)?.[0];
  if (relative !== undefined && spoken === undefined)
    return [{ fatal: false, reason: { code: 'speaker', said: relative, cited: null } }];
  const about =
    statements.length > 0 &&
    statements.every(({ utterance }) => FAMILY.test(utterance.text) && HISTORY.test(utterance.text));
  if (relative === undefined && spoken !== undefined && about && !/\bfamily\b/iu.test(claim.text))
    return [{ fatal: false, reason: { code: 'speaker', said: claim.text.split(' ')[0] ?? '', cited: spoken } }];
  return [];
}

const PLANNED =
  /\b(?:will|going to|gon na|plan(?:s|ned)? to|would like to|scheduled|let's|i'd like|want to|wan na|'ll)\b/iu;
const PAST = /\b(?:ago|last (?:week|month|year|night)|yesterday|previous(?:ly)?|underwent|was|were|had|did)\b/iu;

/** What is planned told as done, or what is past told as planned. */
export function checkTime(claim: Claim, statements: readonly Statement[]): Fault[] {
  const cited = statements.map((statement) => statement.utterance.text).join(' ');
  const [planned, past] = [PLANNED.exec(claim.text)?.[0], PAST.exec(claim.text)?.[0]];
  if (planned !== undefined && past === undefined && PAST.test(cited) && !PLANNED.test(cited))
    return [{ fatal: false, reason: { code: 'time', said: planned, cited: PAST.exec(cited)?.[0] ?? null } }];
  if (past !== undefined && planned === undefined && PLANNED.test(cited) && !PAST.test(cited))
    return [{ fatal: false, reason: { code: 'time', said: past, cited: PLANNED.exec(cited)?.[0] ?? null } }];
  return [];
}
