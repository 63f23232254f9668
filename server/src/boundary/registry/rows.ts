// Rows of the registry as they are stored: in clear what policy and upkeep read, beside it what people typed, sealed
// (docs/formats/registry.md §4).
import type { Agreement as ShownAgreement, AgreementTerms, Service as ShownService } from '@cordon/contract';
import type { Agreement, Service } from '#boundary/policy/snapshot.ts';

/** Prices of a service, newest knowledge of the row. */
export type ServicePrices = ShownService['prices'];

/** A service row: what policy reads, and beside it prices, assurance and what a probe saw. Rows of the installation's own lack those. */
export interface ServiceRow extends Service {
  readonly prices?: ServicePrices;
  readonly assurance?: ShownService['assurance'];
  readonly observed?: ShownService['observed'];
}

/** Sealed beside a service row. */
export interface ServiceWords {
  readonly retentionProof: string | null;
  readonly notes: string | null;
}

/** A file of an agreement. Its digest is sealed: no digest of plaintext stands in clear. */
export interface DocumentFacts {
  readonly id: string;
  readonly contentType: string;
  readonly bytes: number;
  /** RFC 3339. */
  readonly attachedAt: string;
}

/** An agreement row: what policy reads, computed when it was written, and what upkeep needs. */
export interface AgreementRow extends Agreement {
  readonly name?: string;
  readonly renewal?: AgreementTerms['renewal'];
  readonly document?: DocumentFacts | null;
}

/** Sealed beside an agreement row: everything that was said, word for word. */
export interface AgreementWords {
  readonly terms: AgreementTerms;
  /** SHA-256 of the attached file, hexadecimal. */
  readonly sha256: string | null;
}

/** The agreement as this process states it about itself; it has no words of anybody. */
export const OWN_ATTESTATION = 'this-installation';

/** How an agreement stands at a moment. */
export type AgreementState = ShownAgreement['state'];
