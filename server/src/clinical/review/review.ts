// A note under review: draft → in_review → signed → amended, or rejected (spec clinical §6). Everything here is pure:
// a review and an act give a new review or a ProblemError. The stored Draft is the `draft` state; a review begins from it.
import { ProblemError } from '@cordon/contract';
import type { Citation, Draft, Omission, Reason, SourceClass, Verdict } from '#clinical/notes/draft.ts';
import type { TextChange } from './diff.ts';
import { digestOf, type KeyedDigest } from './version.ts';

export type ReviewState = 'in_review' | 'signed' | 'amended' | 'rejected';

/** `open` stands in the way of signing when the sentence is flagged. */
type Resolution = 'open' | 'accepted' | 'edited' | 'rejected' | 'added';

/** A clinician's explicit word that a sentence its source does not bear out is to stand. `by` is a person id. */
interface Statement {
  readonly by: string;
  readonly at: string;
  readonly text: string;
}

/** `writtenBy`: who chose the words first; `authors`: the people who changed or added them. Times are RFC 3339. */
export interface ReviewSentence {
  readonly id: string;
  readonly text: string;
  readonly source: SourceClass;
  readonly writtenBy: 'machine' | 'clinician';
  readonly verdict: Verdict | null;
  readonly reasons: readonly Reason[];
  readonly citations: readonly Citation[];
  readonly resolution: Resolution;
  readonly statement: Statement | null;
  readonly authors: readonly string[];
}

export interface ReviewSection {
  readonly id: string;
  readonly title: string;
  readonly loinc?: string;
  readonly sentences: readonly ReviewSentence[];
}

/** One act, kept for ever with the version it made. `diff` is given when words changed. */
export interface Change {
  readonly kind: 'accept' | 'edit' | 'reject' | 'add';
  readonly sentence: string;
  readonly by: string;
  readonly at: string;
  readonly reason: string | null;
  readonly diff: readonly TextChange[];
}

/** One version of the note; `digest` is what the signer gives back. */
export interface ReviewVersion {
  readonly number: number;
  readonly digest: string;
  readonly by: string;
  readonly at: string;
  readonly sections: readonly ReviewSection[];
  readonly changes: readonly Change[];
}

/** A signature on one version. Several when a rule asks for a second person (trainee, then attending). */
export interface Signature {
  readonly by: string;
  readonly at: string;
  readonly version: number;
  readonly digest: string;
  readonly attestation: string;
}

/**
 * `versions` holds every version, the current last. `draft` is the machine's text as it was, for comparison. `amends`
 * names the signed note this one is to replace. `demo` notes carry a watermark and can never be filed.
 */
export interface Review {
  readonly id: string;
  readonly encounter: string;
  readonly template: string;
  readonly demo: boolean;
  readonly state: ReviewState;
  readonly draft: Draft | null;
  readonly amends: { readonly note: string; readonly reason: string } | null;
  readonly amendedBy: string | null;
  readonly rejection: { readonly by: string; readonly at: string; readonly reason: string } | null;
  readonly omissions: readonly Omission[];
  readonly versions: readonly [ReviewVersion, ...ReviewVersion[]];
  readonly signatures: readonly Signature[];
}

/**
 * Who acts. `mayReview`: has rights on this encounter (custody/access decides); `clinician`: holds that role.
 * `reauthenticatedAt`: when the person last proved password and second factor in this session, null when never.
 */
export type Actor =
  | { readonly kind: 'key' }
  | {
      readonly kind: 'person';
      readonly id: string;
      readonly clinician: boolean;
      readonly mayReview: boolean;
      readonly reauthenticatedAt: Date | null;
    };

export type Person = Extract<Actor, { kind: 'person' }>;

/** Begins the review of a draft. Errors: `person_required`, `not_permitted`. */
export function openReview(
  about: { readonly id: string; readonly encounter: string; readonly demo: boolean },
  draft: Draft,
  actor: Actor,
  now: Date,
  digest: KeyedDigest,
): Review {
  const person = mustReview(actor);
  const sections = draft.sections.map((section): ReviewSection => ({
    ...section,
    sentences: section.sentences.map((sentence) => ({
      ...sentence,
      writtenBy: 'machine',
      resolution: 'open',
      statement: null,
      authors: [],
    })),
  }));
  const base = { ...about, template: draft.template, draft, amends: null, omissions: draft.omissions };
  return begin(base, sections, person, now, digest);
}

/** Begins an amendment of a signed note: its text as signed, every earlier statement to be made anew. Errors: `conflict`, and as `openReview`. */
export function openAmendment(
  signed: Review,
  id: string,
  reason: string,
  actor: Actor,
  now: Date,
  digest: KeyedDigest,
): Review {
  const person = mustReview(actor);
  if (!person.clinician) throw new ProblemError('not_permitted');
  if (signed.state !== 'signed') throw new ProblemError('conflict', { state: signed.state });
  const sections = currentVersion(signed).sections.map((section) => ({
    ...section,
    sentences: section.sentences
      .filter((sentence) => sentence.resolution !== 'rejected')
      .map((sentence): ReviewSentence => ({ ...sentence, statement: null })),
  }));
  const { encounter, demo, template, draft, omissions } = signed;
  const base = { id, encounter, demo, template, draft, omissions, amends: { note: signed.id, reason } };
  return begin(base, sections, person, now, digest);
}

type Base = Pick<Review, 'id' | 'encounter' | 'template' | 'demo' | 'draft' | 'amends' | 'omissions'>;

function begin(base: Base, sections: readonly ReviewSection[], person: Person, now: Date, digest: KeyedDigest): Review {
  const review = { ...base, state: 'in_review', amendedBy: null, rejection: null, signatures: [] } as const;
  const version = { number: 1, by: person.id, at: now.toISOString(), sections, changes: [] };
  return { ...review, versions: [{ ...version, digest: digestOf(review, version, digest) }] };
}

/** The signed note once its amendment is signed. Errors: `conflict` when it is not that amendment, or not signed. */
export function supersede(signed: Review, amendment: Review): Review {
  if (signed.state !== 'signed' || amendment.state !== 'signed' || amendment.amends?.note !== signed.id)
    throw new ProblemError('conflict', { state: signed.state });
  return { ...signed, state: 'amended', amendedBy: amendment.id };
}

/** Rejects the note as a whole; its versions stay. Errors: `person_required`, `not_permitted`, `already_signed`, `conflict`. */
export function rejectReview(review: Review, reason: string, actor: Actor, now: Date): Review {
  const person = mustReview(actor);
  if (!person.clinician) throw new ProblemError('not_permitted');
  mustBeOpen(review);
  return { ...review, state: 'rejected', signatures: [], rejection: { by: person.id, at: now.toISOString(), reason } };
}

export function currentVersion(review: Review): ReviewVersion {
  return review.versions.at(-1) ?? review.versions[0];
}

/** Whether a sentence must be resolved before signing: what cites and is not plainly supported, and whatever a machine left uncited. */
export function isFlagged(sentence: ReviewSentence): boolean {
  if (sentence.resolution === 'rejected') return false;
  if (sentence.writtenBy === 'machine' && sentence.citations.length === 0) return true;
  return sentence.verdict !== null && sentence.verdict !== 'supported';
}

/** Whether only the signer's own statement can let the sentence stand. */
export function needsStatement(sentence: ReviewSentence): boolean {
  return isFlagged(sentence) && (sentence.verdict === 'unsupported' || sentence.verdict === 'contradicted');
}

/** Ids of flagged sentences not resolved yet, in reading order. `signers`: with them given, only their statements count. */
export function openSentences(review: Review, signers: readonly string[] | null = null): string[] {
  return currentVersion(review)
    .sections.flatMap((section) => section.sentences)
    .filter((sentence) => isFlagged(sentence) && !isResolved(sentence, signers))
    .map((sentence) => sentence.id);
}

function isResolved(sentence: ReviewSentence, signers: readonly string[] | null): boolean {
  if (!needsStatement(sentence)) return sentence.resolution !== 'open';
  return sentence.statement !== null && (signers === null || signers.includes(sentence.statement.by));
}

/** A person with rights on the encounter, or an error: keys never review. */
export function mustReview(actor: Actor): Person {
  if (actor.kind === 'key') throw new ProblemError('person_required');
  if (!actor.mayReview) throw new ProblemError('not_permitted');
  return actor;
}

/** Errors: `already_signed` for a signed or amended note, `conflict` for a rejected one. */
export function mustBeOpen(review: Review): void {
  switch (review.state) {
    case 'in_review':
      return;
    case 'signed':
    case 'amended':
      throw new ProblemError('already_signed');
    case 'rejected':
      throw new ProblemError('conflict', { state: review.state });
  }
}
