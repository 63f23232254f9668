// How well the deterministic verifier tells true sentences from false ones. Run: node bench/verification.ts [data directory]
// Two kinds of sentences: those of the extractive drafter with their own citations, and those of reference notes, which
// cite nothing: for them the best utterances of the transcript are looked up (verification/attribution.ts) and cited.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { drugMentions } from '../server/src/clinical/language/drugs.ts';
import { lateralities } from '../server/src/clinical/language/laterality.ts';
import { quantities } from '../server/src/clinical/language/numbers.ts';
import { tokenize } from '../server/src/clinical/language/tokens.ts';
import { utterances } from '../server/src/clinical/language/utterances.ts';
import { extract } from '../server/src/clinical/notes/extractive.ts';
import { templateById } from '../server/src/clinical/notes/templates.ts';
import { attribute, rarityOf, type Rarity } from '../server/src/clinical/verification/attribution.ts';
import { readStatements, type Statement } from '../server/src/clinical/verification/evidence.ts';
import { judge, verifySentence, type Finding } from '../server/src/clinical/verification/verify.ts';
import { aciBench, asRecognised, primock, toTranscript, type Encounter } from './clinical-data.ts';

const DATA = join(import.meta.dirname, '..', '..', 'shared', 'data', 'clinical');

export type Kind = 'drug' | 'number' | 'laterality' | 'negation';
export const KINDS: readonly Kind[] = ['drug', 'number', 'laterality', 'negation'];

// The same false sentences in every run.
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}

const SWAPS =
  'lisinopril metformin atorvastatin warfarin prednisone amoxicillin sertraline omeprazole gabapentin albuterol hydrochlorothiazide tramadol levothyroxine furosemide fluoxetine'.split(
    ' ',
  );

/** The sentence made false in one way, or null when it has nothing of that kind. */
export function perturb(text: string, kind: Kind, random: () => number): string | null {
  const tokens = tokenize(text);
  const splice = (from: number, to: number, put: string): string =>
    text.slice(0, tokens[from]!.start) + put + text.slice(tokens[to - 1]!.end);
  switch (kind) {
    case 'drug': {
      const drug = drugMentions(tokens)[0];
      if (drug === undefined) return null;
      const others = SWAPS.filter((name) => name !== drug.ingredient && !text.toLowerCase().includes(name));
      return splice(drug.from, drug.to, others[Math.floor(random() * others.length)]!);
    }
    case 'number': {
      const all = quantities(tokens).filter(
        (q) => /^\d/u.test(tokens[q.from]!.norm) && /^\d+(?:\.\d+)?$/u.test(q.values[0]!),
      );
      const quantity = all[Math.floor(random() * all.length)];
      if (quantity === undefined) return null;
      const value = Number(quantity.values[0]);
      const step =
        value >= 100
          ? Math.ceil(value / 10)
          : value >= 10
            ? 1 + Math.floor(random() * 8)
            : 1 + Math.floor(random() * 3);
      return splice(
        quantity.from,
        quantity.numberTo,
        String(Number((random() < 0.5 && value - step > 0 ? value - step : value + step).toFixed(2))),
      );
    }
    case 'laterality': {
      const side = lateralities(tokens).find((l) => l.side !== 'both');
      return side === undefined ? null : splice(side.at, side.at + 1, side.side === 'left' ? 'right' : 'left');
    }
    case 'negation':
      return negate(text);
  }
}

const FLIPS: readonly (readonly [RegExp, string])[] = [
  [/\bdenies\b/iu, 'reports'],
  [/\bdenied\b/iu, 'reported'],
  [/\b(?:does|did|do) not have\b/iu, 'has'],
  [/\b(?:has|have) not\b/iu, 'has'],
  [/\bnegative for\b/iu, 'positive for'],
  [/\bnegative\b/iu, 'positive'],
  [/\bwithout\b/iu, 'with'],
  [/\bno (?=\w)/iu, ''],
  [/\bnot /iu, ''],
  [/\breports (?!that|he|she)/iu, 'denies '],
  [/\bendorses\b/iu, 'denies'],
  [/\bpositive\b/iu, 'negative'],
  [/\bhas (?!been|had)/iu, 'does not have '],
  [/\bthere is\b/iu, 'there is no'],
];

function negate(text: string): string | null {
  const flip = FLIPS.find(([form]) => form.test(text));
  return flip === undefined ? null : text.replace(flip[0], flip[1]);
}

/** Sentences of a reference note: headings, bullets and labels off, at least three words with content. */
export function goldSentences(note: string): string[] {
  return note.split('\n').flatMap((line) => {
    const plain = line
      .trim()
      .replace(/^(?:[-•*]|\d+[.)])\s*/u, '')
      .replace(/^[A-Z][A-Za-z /]{2,40}:\s*/u, '');
    if (plain === '' || plain === plain.toUpperCase()) return [];
    return plain.split(/(?<=[a-z0-9)%][.!?])\s+(?=[A-Z])/u).filter((sentence) => tokenize(sentence).length >= 4);
  });
}

interface Read {
  readonly encounter: Encounter;
  readonly statements: readonly Statement[];
  readonly rarity: Rarity;
  readonly gold: readonly string[];
}

export function read(encounter: Encounter): Read {
  const statements = readStatements(utterances(encounter.transcript));
  // The chart's facts are a source of their own; here they stand as one more statement (age, sex, name).
  const context =
    encounter.context === ''
      ? []
      : readStatements(utterances(toTranscript([{ channel: 0, text: encounter.context, start: null }])));
  const all = [...context, ...statements];
  return { encounter, statements: all, rarity: rarityOf(all), gold: goldSentences(encounter.note) };
}

export function judgeGold(text: string, { statements, rarity }: Read): Finding {
  return judge(text, attribute(text, statements, rarity), 'by_confidence');
}

export const passes = (finding: Finding): boolean => finding.verdict === 'supported' || finding.verdict === 'weak';

interface Rate {
  readonly of: number;
  readonly rate: number;
}

const rate = (hits: readonly boolean[]): Rate => ({
  of: hits.length,
  rate: Number((hits.filter(Boolean).length / Math.max(1, hits.length)).toFixed(4)),
});

export function auroc(positive: readonly number[], negative: readonly number[]): number {
  const all = [
    ...positive.map((score) => ({ score, good: true })),
    ...negative.map((score) => ({ score, good: false })),
  ].toSorted((a, b) => a.score - b.score);
  let [rankSum, i] = [0, 0];
  while (i < all.length) {
    let j = i;
    while (j < all.length && all[j]!.score === all[i]!.score) j += 1;
    for (let k = i; k < j; k += 1) if (all[k]!.good) rankSum += (i + j + 1) / 2;
    i = j;
  }
  return (rankSum - (positive.length * (positive.length + 1)) / 2) / (positive.length * negative.length);
}

function measureGold(set: readonly Encounter[]): Record<string, unknown> {
  const random = seeded(7);
  const reads = set.map(read);
  const own: Finding[] = [];
  const other: Finding[] = [];
  const verdicts: Record<string, number> = {};
  const reasons: Record<string, number> = {};
  const caught: Record<Kind, boolean[]> = { drug: [], number: [], laterality: [], negation: [] };
  const clean: Record<Kind, boolean[]> = { drug: [], number: [], laterality: [], negation: [] };
  reads.forEach((visit, i) => {
    const stranger = reads[(i + 7) % reads.length]!;
    for (const text of visit.gold) {
      const finding = judgeGold(text, visit);
      own.push(finding);
      verdicts[finding.verdict] = (verdicts[finding.verdict] ?? 0) + 1;
      if (!passes(finding)) for (const { code } of finding.reasons) reasons[code] = (reasons[code] ?? 0) + 1;
      other.push(judgeGold(text, stranger));
      for (const kind of KINDS) {
        const wrong = perturb(text, kind, random);
        if (wrong === null) continue;
        caught[kind].push(!passes(judgeGold(wrong, visit)));
        clean[kind].push(passes(finding));
      }
    }
  });
  return {
    encounters: set.length,
    sentences: own.length,
    goldPass: rate(own.map(passes)),
    verdicts,
    reasonsOfFailures: reasons,
    caught: Object.fromEntries(
      KINDS.map((kind) => [kind, { ...rate(caught[kind]), unperturbedPass: rate(clean[kind]).rate }]),
    ),
    wrongPatient: {
      auroc: Number(
        auroc(
          own.map((f) => f.support),
          other.map((f) => f.support),
        ).toFixed(4),
      ),
      caughtByVerdict: rate(other.map((f) => !passes(f))).rate,
    },
  };
}

function measureOwn(set: readonly Encounter[]): Record<string, unknown> {
  const random = seeded(11);
  const soap = templateById('soap')!;
  const pass: boolean[] = [];
  const caught: Record<Kind, boolean[]> = { drug: [], number: [], laterality: [], negation: [] };
  for (const encounter of set)
    for (const transcript of [encounter.transcript, asRecognised(encounter.transcript)])
      for (const { text, citations } of extract(transcript, soap).flatMap((section) => section.sentences)) {
        const ok = passes(verifySentence({ text, source: 'transcript', citations }, transcript));
        pass.push(ok);
        for (const kind of KINDS) {
          const wrong = ok ? perturb(text, kind, random) : null;
          if (wrong !== null)
            caught[kind].push(!passes(verifySentence({ text: wrong, source: 'transcript', citations }, transcript)));
        }
      }
  return {
    sentences: pass.length,
    pass: rate(pass),
    caught: Object.fromEntries(KINDS.map((kind) => [kind, rate(caught[kind])])),
  };
}

export async function run(directory: string = DATA): Promise<object> {
  if (!existsSync(join(directory, 'aci-bench')))
    throw new Error('../shared/data/clinical is not here: nothing to measure on');
  const sets = {
    train: aciBench(directory, 'train'),
    valid: aciBench(directory, 'valid'),
    test1: aciBench(directory, 'test1'),
    primock57: primock(directory),
  };
  const result = {
    what: 'Deterministic verification: true sentences that pass (supported or weak), false ones that are caught (unsupported or contradicted)',
    method: 'bench/verification.ts; perturbations seeded; thresholds chosen on these sets, so expect less elsewhere',
    ownDrafts: Object.fromEntries(Object.entries(sets).map(([name, set]) => [name, measureOwn(set)])),
    referenceNotes: Object.fromEntries(Object.entries(sets).map(([name, set]) => [name, measureGold(set)])),
  };
  return result;
}
