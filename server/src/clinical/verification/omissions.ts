// What was said and is not in the draft: medications, allergies, numbers (doses, vitals, laboratory values) and plans.
import { concepts } from '#clinical/language/concepts.ts';
import { drugMentions } from '#clinical/language/drugs.ts';
import { quantities, type Quantity } from '#clinical/language/numbers.ts';
import { tokenize } from '#clinical/language/tokens.ts';
import { sameAmount } from '#clinical/language/units.ts';
import { utterances } from '#clinical/language/utterances.ts';
import type { Omission, OmissionKind } from '#clinical/notes/draft.ts';
import type { Transcript } from '#clinical/transcription/transcript.ts';
import { readStatements, type Statement } from './evidence.ts';

interface Written {
  readonly drugs: ReadonlySet<string>;
  readonly concepts: ReadonlySet<string>;
  readonly quantities: readonly Quantity[];
}

/** In order of time; each medication once, each utterance at most once per kind. `texts`: the sentences of the draft. */
export function omissions(transcript: Transcript, texts: readonly string[]): Omission[] {
  const written = read(texts);
  const named = new Set<string>();
  return readStatements(utterances(transcript)).flatMap((statement) => {
    const kinds = missingKinds(statement, written, named);
    const { text, start, end } = statement.utterance;
    return kinds.map((kind) => ({ kind, text, start, end }));
  });
}

function read(texts: readonly string[]): Written {
  const tokens = texts.map((text) => tokenize(text));
  return {
    drugs: new Set(tokens.flatMap((list) => drugMentions(list).map((drug) => drug.ingredient))),
    concepts: new Set(tokens.flatMap((list) => concepts(list).map((concept) => concept.name))),
    quantities: tokens.flatMap((list) => quantities(list)),
  };
}

function missingKinds(statement: Statement, written: Written, named: Set<string>): OmissionKind[] {
  const kinds: OmissionKind[] = [];
  const drugs = statement.drugs.filter(
    (drug) => !written.drugs.has(drug) && !named.has(drug) && !isOnlyAsked(statement, drug),
  );
  for (const drug of drugs) named.add(drug);
  if (drugs.length > 0) kinds.push('medication');
  if (missesAllergy(statement, written)) kinds.push('allergy');
  if (statement.quantities.some((quantity) => isMeasured(quantity) && !isWritten(quantity, written)))
    kinds.push('number');
  if (missesPlan(statement, written)) kinds.push('plan');
  return kinds;
}

function isOnlyAsked(statement: Statement, drug: string): boolean {
  return statement.facts.some((fact) => fact.name === `rx:${drug}` && fact.sign !== 'affirmed');
}

function missesAllergy(statement: Statement, written: Written): boolean {
  const text = statement.utterance.text.toLowerCase();
  if (
    statement.utterance.question ||
    !/\ballerg(?:y|ic|ies) to\b|\b(?:no|have|has) (?:known )?(?:drug )?allergies\b/u.test(text)
  )
    return false;
  return statement.facts.some((fact) => !written.concepts.has(fact.name));
}

const MEASURES = new Set('mg mcg g mL unit mEq % degree lb kg tablet puff mmHg bpm'.split(' '));
const MEASURED = new Set(
  'a1c hemoglobin hematocrit creatinine egfr glucose cholesterol ldl hdl triglycerides potassium sodium tsh psa inr wbc platelets blood-pressure pulse temperature saturation respiration bmi ejection'.split(
    ' ',
  ),
);

function isMeasured(quantity: Quantity): boolean {
  if (quantity.unit !== null) return MEASURES.has(quantity.unit);
  return quantity.attribute !== null && MEASURED.has(quantity.attribute);
}

function isWritten(quantity: Quantity, written: Written): boolean {
  return written.quantities.some((other) =>
    quantity.values.some((value) => other.values.some((own) => sameAmount(value, quantity.unit, own, other.unit))),
  );
}

const PLAN =
  /\b(?:(?:i'm|i am|we're|we are) (?:going to|gonna|gon na)|i'll|we'll|i will|we will|i'd like to|i want (?:you )?to|let's|the patient will) (?:\w+ ){0,4}?(?:prescrib\w*|order\w*|keep|take|refer\w*|start|stop|increase|decrease|continue|schedule|repeat|inject|send|give|put|get|obtain|recheck|receive)\b|\bfollow[- ]?up (?:in|with)\b|\b(?:come|see you) back in\b/u;
/** A plan is in the draft when this share of its content is. */
const PLAN_SHARE = 0.6;

function missesPlan(statement: Statement, written: Written): boolean {
  if (statement.utterance.question || !PLAN.test(statement.utterance.text.toLowerCase())) return false;
  const names = statement.facts.map((fact) => fact.name);
  return names.length > 1 && names.filter((name) => written.concepts.has(name)).length / names.length < PLAN_SHARE;
}
