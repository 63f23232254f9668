// What a signer confirms. A tenant may have its own words; these are the ones it starts with.
import { oneSignature, type SigningRules } from './signing.ts';

export const STARTING_ATTESTATION =
  'I have read this note and compared it with the visit. It is accurate and complete to my knowledge, and I take responsibility for it.';

export const STARTING_RULES: SigningRules = { attestationText: STARTING_ATTESTATION, complete: oneSignature };
