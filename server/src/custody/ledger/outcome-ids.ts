// Ids of outcome entries. They follow from the intent's id, so that what became of a call is found without a search.
import { hash } from 'node:crypto';

/** The outcome that the caller's own process records. In time order beside its intent, like any id. RFC 9562 §5.8: version 8, made by our rule. */
export function outcomeIdOf(intentId: string): string {
  const hex = digest(`cordon call outcome\n${intentId}\n`);
  return `${intentId.slice(0, 13)}-8${hex.slice(0, 3)}-8${hex.slice(3, 6)}-${hex.slice(6, 18)}`;
}

/** The outcome that recovery gives to a call: one per intent, so that two processes that recover it record it once. */
export function interruptedIdOf(intentId: string): string {
  const hex = digest(`cordon interrupted call\n${intentId}\n`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function digest(text: string): string {
  return hash('sha256', text, 'hex');
}
