// Rules 5, 6 and 7 of docs/formats/entry.md §4: sign-off before the EHR, consent before audio, intent before destruction.
import type { JsonObject } from './canonical.ts';
import { FormatError } from './fault.ts';
import type { Kind } from './kinds.ts';
import { GRACE_MS, text, whole } from './rule-coverage.ts';

const RECORD_KINDS = [
  'consent.recorded',
  'consent.withdrawn',
  'destruction.completed',
  'destruction.done',
  'destruction.intended',
  'fhir.built',
  'fhir.confirmed',
  'fhir.sent',
  'note.amended',
  'note.signed',
  'recording.received',
] as const satisfies readonly Kind[];

/** The kinds that these rules look at. */
export type RecordKind = (typeof RECORD_KINDS)[number];

export function isRecordKind(kind: Kind): kind is RecordKind {
  return (RECORD_KINDS as readonly Kind[]).includes(kind);
}

/** A certificate that an entry names and the bundle must hold. */
export interface CertificateClaim {
  readonly certificate: string;
  readonly destruction: string;
  readonly statement: string;
  readonly index: number;
}

interface Consent {
  readonly encounter: string;
  withdrawnMs: number;
}

/** One entry as these rules see it. */
export interface RecordedAct {
  readonly kind: RecordKind;
  readonly detail: JsonObject;
  readonly index: number;
  readonly timeMs: number;
  readonly byPerson: boolean;
}

export class Records {
  readonly claims: CertificateClaim[] = [];
  readonly #signed = new Set<string>();
  readonly #built = new Set<string>();
  readonly #sent = new Set<string>();
  readonly #consents = new Map<string, Consent>();
  readonly #intended = new Set<string>();
  readonly #done = new Set<string>();

  /**
   * Gives the reason for which the act needs an earlier entry that was not found, or null. Errors: what is wrong whatever
   * is missing.
   */
  check(act: RecordedAct): string | null {
    const { kind, detail } = act;
    switch (kind) {
      case 'note.signed':
      case 'note.amended':
        if (!act.byPerson) throw new FormatError('signed_by_no_person');
        this.#signed.add(noteVersion(detail));
        return null;
      case 'fhir.built':
      case 'fhir.sent':
      case 'fhir.confirmed':
        return this.#fhir(kind, detail);
      case 'consent.recorded':
        this.#consents.set(text(detail['consent']), { encounter: text(detail['encounter']), withdrawnMs: Infinity });
        return null;
      case 'consent.withdrawn':
        return this.#withdraw(act);
      case 'recording.received':
        return this.#recording(act);
      case 'destruction.intended':
        this.#intended.add(text(detail['destruction']));
        return null;
      case 'destruction.done':
      case 'destruction.completed':
        return this.#destroyed(act);
    }
  }

  #fhir(kind: 'fhir.built' | 'fhir.sent' | 'fhir.confirmed', detail: JsonObject): string | null {
    const bundle = text(detail['bundle']);
    const signed = kind === 'fhir.confirmed' || this.#signed.has(noteVersion(detail));
    const before = kind === 'fhir.built' || (kind === 'fhir.sent' ? this.#built : this.#sent).has(bundle);
    if (kind !== 'fhir.confirmed') (kind === 'fhir.built' ? this.#built : this.#sent).add(bundle);
    if (!signed) return 'ehr_write_without_sign_off';
    return before ? null : 'fhir_out_of_order';
  }

  #withdraw(act: RecordedAct): string | null {
    const consent = this.#consents.get(text(act.detail['consent']));
    if (consent !== undefined) consent.withdrawnMs = Math.min(consent.withdrawnMs, act.timeMs);
    return null;
  }

  #recording(act: RecordedAct): string | null {
    const consent = this.#consents.get(text(act.detail['consent']));
    if (consent === undefined) return 'recording_without_consent';
    const withdrawn = act.timeMs > consent.withdrawnMs + GRACE_MS;
    if (withdrawn || consent.encounter !== act.detail['encounter']) throw new FormatError('recording_without_consent');
    return null;
  }

  #destroyed(act: RecordedAct): string | null {
    const { detail, index } = act;
    const destruction = text(detail['destruction']);
    const before = act.kind === 'destruction.done' ? this.#intended : this.#done;
    if (act.kind === 'destruction.done') this.#done.add(destruction);
    const [certificate, statement] = [text(detail['certificate']), text(detail['statement'])];
    this.claims.push({ certificate, destruction, statement, index });
    return before.has(destruction) ? null : 'destruction_out_of_order';
  }
}

function noteVersion(detail: JsonObject): string {
  return `${text(detail['note'])}/${whole(detail['version'])}`;
}
