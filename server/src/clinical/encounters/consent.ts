// The consent gate (spec clinical §1): no audio is accepted for an encounter without a consent record. The text of a
// consent is never made by this system; what is stored is that a person says it was given, how, when and to which text.
import { ProblemError } from '@cordon/contract';
import type { Purpose } from '#boundary/policy/intent.ts';

/** `dictation`: the clinician speaks alone, nobody else is recorded. `caller-attests`: the calling program states per call that consent exists. */
export type ConsentKind = 'verbal' | 'written' | 'dictation' | 'caller-attests';

/** Without a known location the strictest rule applies: everyone present agrees before recording starts. */
export const STRICTEST_JURISDICTION = 'all-party';

export interface ConsentFact {
  readonly id: string;
  readonly kind: ConsentKind;
  readonly withdrawnAt: Date | null;
}

/**
 * Which consent lets this encounter be recorded; null when its purpose needs none (`dictation`).
 * Errors: `consent_withdrawn` when the newest was withdrawn, `consent_missing` when there is none that fits.
 */
export function consentInForce(purpose: string, newestFirst: readonly ConsentFact[]): ConsentFact | null {
  const newest = newestFirst[0];
  if (newest?.withdrawnAt) throw new ProblemError('consent_withdrawn');
  if (newest !== undefined && fits(newest.kind, purpose)) return newest;
  if (purpose === ('dictation' satisfies Purpose)) return null;
  throw new ProblemError('consent_missing');
}

/** "Dictation" says that no patient is recorded; it cannot stand for a patient's consent to an ambient recording. */
function fits(kind: ConsentKind, purpose: string): boolean {
  return kind !== 'dictation' || purpose === ('dictation' satisfies Purpose);
}
