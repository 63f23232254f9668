// What one concept counts for when a sentence is weighed against a passage.
import { EVERYWHERE, OFTEN } from '#clinical/language/common.data.ts';

const COMMON = new Map<string, number>([
  ...OFTEN.trim()
    .split(/\s+/u)
    .map((name): [string, number] => [name, 0.8]),
  ...EVERYWHERE.trim()
    .split(/\s+/u)
    .map((name): [string, number] => [name, 0.4]),
]);
const CLINICAL_WEIGHT = 2;
const PLAIN_WEIGHT = 1.2;

/** What one concept counts for: little when every visit has it, more when it is clinical. */
export function weightOf(name: string, clinical: boolean): number {
  return COMMON.get(name) ?? (clinical ? CLINICAL_WEIGHT : PLAIN_WEIGHT);
}
