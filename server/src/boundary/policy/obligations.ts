// What an allowed call owes, from the purpose, the pattern and the rules; the stronger of two of a kind holds.
import type { PolicyPurpose, PolicyRule } from '@cordon/contract';
import type { Obligation } from './decision.ts';
import type { Capability } from './intent.ts';

type Added = NonNullable<Extract<PolicyRule, { effect: 'require' }>['obligations']>;
type StepKind = PolicyPurpose['steps'][number];

/** Weakest first. */
const REVIEWS = ['none', 'caller', 'before-release', 'clinician'] as const;
const CONSENTS = ['not-needed', 'caller-attests', 'needed'] as const;
const CONSENT_BASIS = {
  'not-needed': 'none-needed',
  'caller-attests': 'caller-attests',
  needed: 'per-encounter',
} as const;
/** Content is taken away before it is grounded; disclosure and the form of the answer come last. */
const STEPS = [
  'minimise',
  'deidentify',
  'ground',
  'cite',
  'disclose',
  'no-stream',
] as const satisfies readonly StepKind[];

/** Everything owed, before it is written as a list. */
export interface Owed {
  readonly consent: (typeof CONSENTS)[number];
  readonly review: (typeof REVIEWS)[number];
  readonly retain: string;
  readonly steps: ReadonlySet<StepKind>;
}

/** Grounding, citing and disclosing speak of answers that are made up of words: nothing is owed of them for a transcription or a vector. */
export function owedBy(purpose: PolicyPurpose, capability: Capability): Owed {
  const steps = new Set<StepKind>(purpose.steps);
  if (purpose.grounding !== 'none') steps.add('ground');
  if (purpose.grounding === 'cite') steps.add('cite');
  if (capability !== 'generate') for (const step of ['ground', 'cite', 'disclose'] as const) steps.delete(step);
  return { consent: purpose.consent, review: purpose.review, retain: purpose.retain, steps };
}

export function withAdded(owed: Owed, added: Added): Owed {
  return {
    consent: stronger(CONSENTS, owed.consent, added.consent),
    review: stronger(REVIEWS, owed.review, added.review),
    retain: owed.retain,
    steps: new Set([...owed.steps, ...(added.steps ?? [])]),
  };
}

export function withStep(owed: Owed, step: StepKind): Owed {
  return { ...owed, steps: new Set([...owed.steps, step]) };
}

/** A caller can review only if somebody is known to call: else a person looks before the answer goes out (spec custody §1). */
export function withKnownCaller(owed: Owed, known: boolean): Owed {
  return owed.review === 'caller' && !known ? { ...owed, review: 'before-release' } : owed;
}

export function written(owed: Owed): readonly Obligation[] {
  return [
    { kind: 'consent', basis: CONSENT_BASIS[owed.consent] },
    ...STEPS.filter((step) => owed.steps.has(step)).map((kind): Obligation => ({ kind })),
    ...(owed.review === 'none' ? [] : [{ kind: 'review', rule: owed.review } as const]),
    { kind: 'retain', class: owed.retain },
  ];
}

/** Whether whoever does all that `owed` says does all that `other` asks. */
export function covers(owed: Owed, other: Owed): boolean {
  if (owed === other) return true;
  return (
    owed.retain === other.retain &&
    CONSENTS.indexOf(owed.consent) >= CONSENTS.indexOf(other.consent) &&
    REVIEWS.indexOf(owed.review) >= REVIEWS.indexOf(other.review) &&
    other.steps.isSubsetOf(owed.steps)
  );
}

function stronger<T extends string>(order: readonly T[], left: T, right: T | undefined): T {
  return right !== undefined && order.indexOf(right) > order.indexOf(left) ? right : left;
}
