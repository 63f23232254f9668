// Consent to record, as given on the command line or answered at the terminal. It is never made up.
import { CONSENT_MANNERS } from '@cordon/contract';
import { Refusal } from '#failure.ts';
import { ask, choose } from '#terminal/ask.ts';
import type { Terminal } from '#terminal/terminal.ts';
import type { ConsentManner } from '#visit/visit.ts';

export interface GivenConsent {
  readonly consent: ConsentManner;
  /** Who gave it; null when nobody was named. */
  readonly consentBy: string | null;
}

/** Errors: `consent_missing` when nothing was given and nobody can be asked. */
export async function consentOf(
  { consent, consentBy }: { readonly consent?: ConsentManner; readonly consentBy?: string },
  terminal: Terminal,
): Promise<GivenConsent> {
  if (consent !== undefined) return { consent, consentBy: consentBy ?? null };
  if (!terminal.interactive) throw new Refusal('consent_missing');
  const manner = await choose('How was consent to record given?', CONSENT_MANNERS);
  if (manner === null) throw new Refusal('consent_missing');
  if (manner === 'dictation') return { consent: manner, consentBy: null };
  const by = consentBy ?? (await ask('By whom (may be left empty): '));
  return { consent: manner, consentBy: by === '' ? null : by };
}
