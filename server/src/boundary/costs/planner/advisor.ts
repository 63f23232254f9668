// The pattern advisor (spec boundary §2): how sensitive are the data, how strict is residency, and what else decides. Pure; it advises and
// authorises nothing: what may leave is decided per call.
import { type Advice, type AdvisorQuestions, DATA_CLASSES } from '@cordon/contract';
import type { Service } from '#boundary/policy/snapshot.ts';
import type { PatternName } from './patterns.ts';

type Ranked = Advice['ranking'][number];
type Placed = Advice['at'];

interface PatternFacts {
  /** Months to production, and months behind the newest models: deployment literature. */
  readonly months: { readonly low: number; readonly high: number };
  readonly lag: { readonly low: number; readonly high: number };
  /** Where its corner of the plot is: sensitivity that it carries, strictness that it satisfies. */
  readonly at: Placed;
  readonly residency: AdvisorQuestions['residency'];
  readonly tradeOffs: readonly string[];
}

const FACTS: Readonly<Record<PatternName, PatternFacts>> = {
  'baa-cloud': {
    months: { low: 3, high: 7 },
    lag: { low: 0, high: 0 },
    at: { x: 0.85, y: 0.2 },
    residency: 'state',
    tradeOffs: [
      'Content leaves: everything hangs on an agreement that names the exact service, its regions and its retention.',
      'The vendor’s terms and models change; prices follow use.',
    ],
  },
  'deid-cloud': {
    months: { low: 4, high: 9 },
    lag: { low: 0, high: 0 },
    at: { x: 0.25, y: 0.25 },
    residency: 'country',
    tradeOffs: [
      'De-identification loses meaning, and rare cases may be recognised again.',
      'It needs a method record with measured recall; until there is one, what leaves is PHI and needs an agreement.',
      'Raw sound never leaves: speech recognition runs in the house.',
    ],
  },
  vpc: {
    months: { low: 6, high: 12 },
    lag: { low: 0, high: 6 },
    at: { x: 0.85, y: 0.6 },
    residency: 'state',
    tradeOffs: [
      'Capacity is paid whether it is used or not.',
      'It still needs an agreement, and somebody who keeps the network as declared.',
    ],
  },
  'on-prem': {
    months: { low: 9, high: 18 },
    lag: { low: 6, high: 18 },
    at: { x: 0.9, y: 0.95 },
    residency: 'air-gapped',
    tradeOffs: [
      'The largest cost before the first call, and people who run it.',
      'Open weights are 6 to 18 months behind; nobody else answers for anything.',
    ],
  },
};

const STRICTNESS: readonly AdvisorQuestions['residency'][] = ['none', 'country', 'state', 'own-premises', 'air-gapped'];
const CAPABILITY: readonly AdvisorQuestions['capability'][] = ['adequate', 'strong', 'frontier'];

/** Purposes that lose their point when names, dates and places are gone (spec boundary §2). */
const NEEDS_IDENTITY: ReadonlySet<string> = new Set([
  'ambient-documentation',
  'dictation',
  'ehr-copilot',
  'patient-chat',
]);
/** Purposes for which de-identified text is as good. */
const WORKS_WITHOUT: ReadonlySet<string> = new Set([
  'literature-synthesis',
  'internal-qa',
  'patient-education',
  'research',
]);
/** Where data are most often kept in the house. */
const OFTEN_AT_HOME: ReadonlySet<string> = new Set(['imaging-report', 'tumor-board']);

/** Encounters a year from which machines of one's own are likelier to pay than prices by use. */
const LARGE_VOLUME = 1_000_000;

export function advise(
  questions: AdvisorQuestions,
  encountersPerYear: number,
  services: readonly Pick<Service, 'id' | 'pattern' | 'enabled' | 'dataClasses'>[],
): Advice {
  const ranking = (Object.keys(FACTS) as PatternName[])
    .map((pattern) => judge(pattern, questions, encountersPerYear))
    .toSorted((a, b) => b.score - a.score)
    .map(({ ranked }) => ranked);
  return {
    at: placeOf(questions),
    ranking,
    services: services.map(({ id, pattern, enabled, dataClasses }) => ({
      service: id,
      pattern,
      enabled,
      // As far right as what it may see, as high as its pattern.
      x: Math.max(0, ...dataClasses.map(sensitivityOf)),
      y: FACTS[pattern].at.y,
    })),
  };
}

function placeOf({ dataClass, residency }: AdvisorQuestions): Placed {
  return { x: sensitivityOf(dataClass), y: STRICTNESS.indexOf(residency) / (STRICTNESS.length - 1) };
}

function sensitivityOf(dataClass: AdvisorQuestions['dataClass']): number {
  return DATA_CLASSES.indexOf(dataClass) / (DATA_CLASSES.length - 1);
}

interface Point {
  /** Below zero speaks against; `rules out` weighs more than all others together. */
  readonly weight: number;
  readonly reason: string;
}

const RULES_OUT = -100;

function judge(
  pattern: PatternName,
  asked: AdvisorQuestions,
  volume: number,
): { readonly ranked: Ranked; readonly score: number } {
  const { months, lag, at, tradeOffs } = FACTS[pattern];
  const points = [
    residencyPoint(pattern, asked),
    purposePoint(pattern, asked),
    sensitivityPoint(pattern, asked),
    timePoint(pattern, asked),
    capabilityPoint(pattern, asked),
    volumePoint(pattern, volume),
  ].filter((point) => point !== null);
  const score = points.reduce((sum, { weight }) => sum + weight, 0);
  const ranked = {
    pattern,
    fits: points.every(({ weight }) => weight > RULES_OUT),
    at,
    reasons: points.toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).map(({ reason }) => reason),
    tradeOffs: [...tradeOffs],
    monthsToDeploy: { ...months },
    capabilityLagMonths: { ...lag },
  };
  return { ranked, score };
}

function residencyPoint(pattern: PatternName, { residency }: AdvisorQuestions): Point | null {
  const asked = STRICTNESS.indexOf(residency);
  const most = STRICTNESS.indexOf(FACTS[pattern].residency);
  if (asked > most) {
    const place = residency === 'state' ? 'one state' : residency.replace('-', ' ');
    return { weight: RULES_OUT, reason: `Residency (${place}) is stricter than this pattern can keep.` };
  }
  if (residency === 'none' && pattern === 'on-prem')
    return { weight: -2, reason: 'Nothing about residency asks for machines of your own.' };
  return asked >= STRICTNESS.indexOf('state') && pattern !== 'baa-cloud'
    ? { weight: 2, reason: 'It keeps strict residency by its network, not by a promise.' }
    : null;
}

function purposePoint(pattern: PatternName, { purpose }: AdvisorQuestions): Point | null {
  if (pattern === 'deid-cloud' && NEEDS_IDENTITY.has(purpose))
    return { weight: RULES_OUT, reason: 'This purpose loses its meaning when the text is de-identified.' };
  if (pattern === 'deid-cloud' && WORKS_WITHOUT.has(purpose))
    return { weight: 4, reason: 'This purpose works as well on de-identified text.' };
  if (pattern === 'on-prem' && OFTEN_AT_HOME.has(purpose))
    return { weight: 2, reason: 'Open weights serve this purpose, and its data are mostly kept in the house.' };
  return null;
}

function sensitivityPoint(pattern: PatternName, { dataClass }: AdvisorQuestions): Point | null {
  const identifies = DATA_CLASSES.indexOf(dataClass) >= DATA_CLASSES.indexOf('limited-data-set');
  if (!identifies)
    return pattern === 'deid-cloud'
      ? { weight: 3, reason: 'The data identify nobody: there is little to protect beyond that.' }
      : { weight: -1, reason: 'The data identify nobody: its protection is more than is needed.' };
  if (pattern === 'deid-cloud')
    return { weight: -1, reason: 'What identifies must be removed first, and shown to be.' };
  return pattern === 'on-prem' ? { weight: 1, reason: 'PHI does not leave the house.' } : null;
}

function timePoint(pattern: PatternName, { monthsToDeploy }: AdvisorQuestions): Point | null {
  const { low, high } = FACTS[pattern].months;
  if (monthsToDeploy < low)
    return { weight: -4, reason: `It takes ${low} to ${high} months; ${monthsToDeploy} are given.` };
  return pattern === 'baa-cloud' && monthsToDeploy < FACTS.vpc.months.low
    ? { weight: 3, reason: 'It is the quickest to production.' }
    : null;
}

function capabilityPoint(pattern: PatternName, { capability }: AdvisorQuestions): Point | null {
  const need = CAPABILITY.indexOf(capability);
  const { high } = FACTS[pattern].lag;
  if (need === CAPABILITY.length - 1 && high > 6)
    return { weight: -4, reason: `The newest models are asked for; here they come up to ${high} months later.` };
  return need === 0 && pattern === 'on-prem'
    ? { weight: 2, reason: 'Models that are good enough can be run in the house.' }
    : null;
}

function volumePoint(pattern: PatternName, volume: number): Point | null {
  const large = volume >= LARGE_VOLUME;
  if (pattern === 'baa-cloud' || pattern === 'deid-cloud')
    return large ? null : { weight: 1, reason: 'At this volume paying by use is cheaper than machines that wait.' };
  return large
    ? { weight: 1, reason: 'At this volume machines that are always paid are also always used.' }
    : { weight: -1, reason: 'At this volume machines would mostly wait.' };
}
