// Patient-level rights at the door of a handler (spec custody §1): a person sees encounters they have a relation to, or
// an open break-glass look. Without either the answer is the same as for a thing that does not exist (I6).
import type { Reach } from '#custody/access/break-glass.ts';
import type { Principal } from '#custody/access/principal.ts';

/** `reach`: `belong` where a look does not suffice; `look` when left out. Errors: `not_found`. */
export type PatientGuard = (principal: Principal, encounter: string, reach?: Reach) => Promise<void>;

/** The purpose that a credential's calls have when they name none. */
export function purposeOf(principal: Principal): string | null {
  return principal.kind === 'key' ? principal.defaultPurpose : null;
}
