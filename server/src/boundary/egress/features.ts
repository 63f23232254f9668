// TEMP
import type { Phi } from '#kernel/phi.ts';
import type { Feature } from '#boundary/policy/intent.ts';
export function featuresOf(_api: string, _parsed: Phi<Readonly<Record<string, unknown>>>): readonly Feature[] {
  return [];
}
