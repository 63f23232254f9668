// The consent gate (spec clinical §1): no audio is accepted for an encounter without a consent record. The text of a
// consent is never made by this system; what is stored is that a person says it was given, how, when and to which text.
import { ProblemError } from '@cordon/contract';
import type { Purpose } from '#boundary/policy/intent.ts';

/** `dictation`: the clinician speaks alone, nobody else is recorded. `caller-attests`: the calling program states per call that consent exists. */
export type ConsentManner = 'verbal' | 'written' | 'dictation' | 'caller-attests';

/** The purpose that needs no patient's consent: a clinician alone (spec clinical §1). */
const DICTATION: Purpose = 'dictation';

export interface ConsentFact {
  readonly id: string;
  readonly manner: ConsentManner;
  readonly withdrawnAt: Date | null;
}

/** What the gate says: the consent that lets the recording in, or that a dictation's own statement is to be recorded first. */
export type GateAnswer = { readonly consent: string } | { readonly record: 'dictation' };

/** Errors: `consent_withdrawn` when the newest was withdrawn, `consent_missing` when there is none that fits. */
export function consentInForce(purpose: string, newestFirst: readonly ConsentFact[]): GateAnswer {
  const newest = newestFirst[0];
  if (newest?.withdrawnAt) throw new ProblemError('consent_withdrawn');
  if (newest !== undefined && fits(newest.manner, purpose)) return { consent: newest.id };
  if (purpose === DICTATION) return { record: 'dictation' };
  throw new ProblemError('consent_missing');
}

export type ConsentStatus = 'missing' | 'given' | 'not-needed' | 'withdrawn';

/** The same rule, for showing. */
export function consentStatus(purpose: string, newestFirst: readonly ConsentFact[]): ConsentStatus {
  const newest = newestFirst[0];
  if (newest?.withdrawnAt) return 'withdrawn';
  if (newest !== undefined && fits(newest.manner, purpose)) return 'given';
  return purpose === DICTATION ? 'not-needed' : 'missing';
}

/** "Dictation" says that no patient is recorded; it cannot stand for a patient's consent to an ambient recording. */
function fits(manner: ConsentManner, purpose: string): boolean {
  return manner !== 'dictation' || purpose === DICTATION;
}
