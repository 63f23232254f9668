// How texts are de-identified for a caller: none of it is PHI.
import { randomInt } from 'node:crypto';
import type { Keeping, KnownIdentifier, Mode } from '@cordon/deid';
import type { DeidTask } from '#boundary/deidentify/work.ts';

export interface DeidSettings {
  readonly mode: Mode;
  readonly keeping: Partial<Keeping>;
}

/** A task of its own, whose tokens speak of no other's. */
export function taskOf(
  texts: readonly string[],
  { mode, keeping }: DeidSettings,
  known: readonly KnownIdentifier[],
  now: Date,
): DeidTask {
  return { texts, options: { mode, keeping, known, year: now.getUTCFullYear(), salt: randomInt(2 ** 32) } };
}
