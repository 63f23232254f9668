// What of the findings has to go: Safe Harbor's exceptions and the caller's wishes (45 CFR 164.514(b)(2)(i)).
import type { Span } from '../span.ts';

/** What Safe Harbor lets stay and a caller may still want gone, and the other way round for facilities. */
export interface Keeping {
  readonly agesUnder90: boolean;
  readonly years: boolean;
  readonly states: boolean;
  readonly facilities: boolean;
}

export const SAFE_HARBOR: Keeping = { agesUnder90: true, years: true, states: true, facilities: false };

/** Findings that `keeping` lets stay are taken out before overlaps are resolved. */
export function isRemoved(span: Span, keeping: Keeping): boolean {
  switch (span.rule) {
    case 'age':
      return !keeping.agesUnder90;
    case 'year':
      return !keeping.years;
    case 'state':
      return !keeping.states;
    default:
      return span.type !== 'FACILITY' || !keeping.facilities || span.rule.startsWith('known');
  }
}
