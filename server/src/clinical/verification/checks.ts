// The checks of one sentence against the statements it cites. Each gives reasons; verify.ts weighs them.
import { concepts } from '#clinical/language/concepts.ts';
import { drugMentions, looksAlike } from '#clinical/language/drugs.ts';
import { lateralities, samePart } from '#clinical/language/laterality.ts';
import { quantities, type Quantity } from '#clinical/language/numbers.ts';
import type { Token } from '#clinical/language/tokens.ts';
import { sameAmount } from '#clinical/language/units.ts';
import type { Reason } from '#clinical/notes/draft.ts';
import type { Statement } from './evidence.ts';
import { weightOf } from './weights.ts';

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
    if (isVague(claim.tokens, quantity) || isSpokenDate(quantity, statements)) return [];
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
    const rival = betterPlaced(claim, quantity, cited, statements);
    if (rival !== null) return [{ fatal: true, reason: { code: 'number_absent', said, cited: rival } }];
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

/** "One" as a pronoun, "first" as an adverb, "a day" inside "once a day": no claim of an amount by themselves. */
export function isVague(tokens: readonly Token[], quantity: Quantity): boolean {
  const first = tokens[quantity.from]?.norm ?? '';
  return (
    quantity.unit === null && quantity.attribute === null && /^(?:one|first|second|once|half|ii|iii|iv)$/u.test(first)
  );
}

function agrees(a: Quantity, b: Quantity): boolean {
  return a.values.some((value) =>
    b.values.some((other) => sameAmount(value, a.unit, other, b.unit) || (value === `${other}/10` && b.unit === null)),
  );
}

interface Placed {
  readonly quantity: Quantity;
  readonly statement: Statement;
}

/** Tokens on each side of a number that say what it is about. */
const ABOUT = 8;
/** A number that agrees counts when its place shares at least this much of what the best place shares. */
const PLACE_SHARE = 0.6;

// A number of the same unit that stands where the sentence's own words stand, when no agreeing number stands near there.
function betterPlaced(
  claim: Claim,
  quantity: Quantity,
  cited: readonly Placed[],
  statements: readonly Statement[],
): string | null {
  if (quantity.unit === null) return null;
  const about = concepts(claim.tokens).filter(
    ({ from, to }) => to > quantity.from - ABOUT && from < quantity.to + ABOUT,
  );
  const names = new Set(about.map(({ name }) => name));
  const scored = cited
    .filter((other) => other.quantity.unit === quantity.unit)
    .map((other) => ({ other, score: placeScore(statements, statements.indexOf(other.statement), names) }));
  const agreeing = Math.max(
    0,
    ...scored.filter(({ other }) => agrees(quantity, other.quantity)).map(({ score }) => score),
  );
  const best = scored.toSorted((a, b) => b.score - a.score)[0];
  if (best === undefined || agreeing >= best.score * PLACE_SHARE) return null;
  const { utterance, tokens } = best.other.statement;
  return spanText({ text: utterance.text, tokens }, best.other.quantity);
}

// What a statement and its neighbours share with the words around a number; an answer's meaning is in its question.
function placeScore(statements: readonly Statement[], i: number, names: ReadonlySet<string>): number {
  const shared = new Set(
    [i - 1, i, i + 1]
      .flatMap((k) => statements[k]?.facts ?? [])
      .map((fact) => fact.name)
      .filter((name) => names.has(name)),
  );
  return [...shared].reduce((sum, name) => sum + weightOf(name, false), 0);
}

const MONTHS = 'january february march april may june july august september october november december'.split(' ');

// "04/24/2021" for "april twenty fourth twenty twenty one": the month by name, and each further number said.
function isSpokenDate(quantity: Quantity, statements: readonly Statement[]): boolean {
  const parts = /^(\d{1,2})\/(?:(\d{1,2})\/)?(\d{2,4})$/u.exec(quantity.values[0] ?? '');
  const month = MONTHS[Number(parts?.[1] ?? 0) - 1];
  if (parts === null || month === undefined || (parts[2] === undefined && (parts[3] ?? '').length !== 4)) return false;
  const day = parts[2] === undefined ? null : String(Number(parts[2]));
  return statements.some(
    (statement) =>
      statement.tokens.some((token) => token.norm === month) &&
      (day === null || statement.quantities.some((other) => other.values.includes(day))) &&
      (day !== null ||
        statement.quantities.length === 0 ||
        statement.quantities.some((other) => other.values.includes(parts[3] ?? '')) ||
        !statement.quantities.some((other) => /^20\d\d$/u.test(other.values[0] ?? ''))),
  );
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

export function spanText(claim: Claim, span: { readonly from: number; readonly to: number }): string {
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

/**
 * A side is compared with the sides cited for the same part of the body; only where none is, with sides that stand alone.
 * When both sides of a part are spoken of, the one that stands where the sentence's other words stand is the rival.
 */
export function checkLaterality(claim: Claim, statements: readonly Statement[]): Fault[] {
  const names = new Set(concepts(claim.tokens).map(({ name }) => name));
  const cited = statements.flatMap((statement, i) =>
    statement.sides.map((side) => ({ ...side, score: 1 + placeScore(statements, i, names) })),
  );
  return lateralities(claim.tokens).flatMap((own): Fault[] => {
    const said = `${own.side}${own.part === null ? '' : ` ${own.part}`}`;
    const samePlace = cited.filter(
      (other) => other.part !== null && own.part !== null && samePart(own.part, other.part),
    );
    const near = samePlace.length > 0 ? samePlace : cited.filter((other) => own.part === null || other.part === null);
    const sides = new Set(near.map((other) => other.side));
    if (own.side === 'both') {
      const [only] = sides;
      const oneSided = samePlace.length > 0 && sides.size === 1 && only !== 'both';
      return oneSided ? [{ fatal: true, reason: { code: 'laterality', said, cited: only ?? null } }] : [];
    }
    const weigh = (side: string): number =>
      near.reduce((sum, other) => sum + (other.side === side ? other.score : 0), 0);
    const rival = own.side === 'left' ? 'right' : 'left';
    const [mine, theirs] = [weigh(own.side), weigh(rival)];
    if (mine > 0 && mine >= theirs * SIDE_SHARE) return [];
    if (mine === 0 && sides.has('both')) return [];
    return [{ fatal: theirs > 0, reason: { code: 'laterality', said, cited: theirs > 0 ? rival : null } }];
  });
}

/** A side spoken of less than this share of the other, for the same part, is taken for a slip. */
const SIDE_SHARE = 0.34;

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
