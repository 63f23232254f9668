// Sign-off (spec clinical §6): what must hold before a version becomes a signed note, all of it, every time.
import { timingSafeEqual } from 'node:crypto';
import { ProblemError } from '@cordon/contract';
import {
  currentVersion,
  mustBeOpen,
  mustReview,
  openSentences,
  type Actor,
  type Person,
  type Review,
  type Signature,
} from './review.ts';

/** A re-authentication holds this long (spec custody §1). */
export const REAUTHENTICATION_MS = 5 * 60 * 1000;

/** What the signer hands in: the digest of the version that was read, and the attestation word for word. */
export interface Signing {
  readonly versionSeen: string;
  readonly attestation: string;
}

/** The tenant's rules. `complete`: whether these signatures of one version suffice (co-sign: trainee, then attending). */
export interface SigningRules {
  readonly attestationText: string;
  readonly complete: (review: Review, signatures: readonly Signature[]) => boolean;
}

/** The rule of a tenant without co-signing: one clinician's signature makes the note. */
export const oneSignature: SigningRules['complete'] = (_review, signatures) => signatures.length > 0;

/**
 * Throws the first thing that stands in the way: `person_required` (keys never sign), `not_permitted`, `already_signed`,
 * `conflict`, `reauthentication_required`, `version_not_seen`, `invalid_request` (attestation), `sentence_uncited`,
 * `review_incomplete` (with the ids of open sentences), `second_person_required` (the same person cannot co-sign).
 */
export function checkSignable(review: Review, signing: Signing, actor: Actor, now: Date, rules: SigningRules): Person {
  const person = mustReview(actor);
  if (!person.clinician) throw new ProblemError('not_permitted');
  mustBeOpen(review);
  if (!isFresh(person.reauthenticatedAt, now)) throw new ProblemError('reauthentication_required');
  const current = currentVersion(review);
  if (!sameDigest(signing.versionSeen, current.digest)) throw new ProblemError('version_not_seen');
  if (signing.attestation !== rules.attestationText)
    throw new ProblemError('invalid_request', { field: 'attestation' });
  const standing = current.sections
    .flatMap((section) => section.sentences)
    .filter(({ resolution }) => resolution !== 'rejected');
  const uncited = standing.filter((sentence) => sentence.writtenBy === 'machine' && sentence.citations.length === 0);
  if (uncited.length > 0) throw new ProblemError('sentence_uncited', { sentences: uncited.map(({ id }) => id) });
  // A co-signer relies on the first signer's statements: to make them anew would be a new version without that signature.
  const open = openSentences(review, [...review.signatures.map(({ by }) => by), person.id]);
  if (open.length > 0 || standing.length === 0) throw new ProblemError('review_incomplete', { sentences: open });
  if (review.signatures.some(({ by }) => by === person.id)) throw new ProblemError('second_person_required');
  return person;
}

/** Signs the current version. The state becomes `signed` when the tenant's rule has all the signatures it wants. Errors: as `checkSignable`. */
export function sign(review: Review, signing: Signing, actor: Actor, now: Date, rules: SigningRules): Review {
  const person = checkSignable(review, signing, actor, now, rules);
  const { number, digest } = currentVersion(review);
  const signature = { by: person.id, at: now.toISOString(), version: number, digest, attestation: signing.attestation };
  const signatures = [...review.signatures, signature];
  return { ...review, signatures, state: rules.complete(review, signatures) ? 'signed' : 'in_review' };
}

// A moment in the future is no proof either: the clock was moved.
function isFresh(at: Date | null, now: Date): boolean {
  if (at === null) return false;
  const age = now.getTime() - at.getTime();
  return age >= 0 && age <= REAUTHENTICATION_MS;
}

function sameDigest(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Whether a note may leave for a record system. Errors: `review_incomplete` unless signed (or amended since), `demo_note`. */
export function checkFileable(review: Review): void {
  if (review.state !== 'signed' && review.state !== 'amended')
    throw new ProblemError('review_incomplete', { sentences: openSentences(review) });
  if (review.demo) throw new ProblemError('demo_note');
}
