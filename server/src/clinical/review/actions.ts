// What a reviewer does to sentences: accept, edit, reject, add. A batch of acts makes one new version, or fails as a whole.
import { ProblemError } from '@cordon/contract';
import type { Citation, Reason, SourceClass, Verdict } from '#clinical/notes/draft.ts';
import { diffText, type TextChange } from './diff.ts';
import {
  currentVersion,
  mustBeOpen,
  mustReview,
  needsStatement,
  type Actor,
  type Change,
  type Person,
  type Review,
  type ReviewSection,
  type ReviewSentence,
} from './review.ts';
import { digestOf, type KeyedDigest } from './version.ts';

/** `statement` on an accept is the clinician's explicit word for a sentence its source does not bear out. */
export type ReviewAction =
  | { readonly kind: 'accept'; readonly sentence: string; readonly statement?: string }
  | { readonly kind: 'edit'; readonly sentence: string; readonly text: string; readonly reason?: string }
  | { readonly kind: 'reject'; readonly sentence: string; readonly reason?: string }
  | {
      readonly kind: 'add';
      readonly section: string;
      readonly after?: string;
      readonly text: string;
      readonly source?: 'clinician-added' | 'accepted-normal';
    };

/** `verify` reads an edited sentence again against what it cites (verification/verify.ts on the draft's transcript). */
export interface ReviewTools {
  readonly verify: (sentence: {
    readonly text: string;
    readonly source: SourceClass;
    readonly citations: readonly Citation[];
  }) => { readonly verdict: Verdict; readonly reasons: readonly Reason[] };
  readonly digest: KeyedDigest;
}

interface Step {
  readonly sections: readonly ReviewSection[];
  readonly change: Change;
}

interface By {
  readonly person: Person;
  readonly at: string;
  readonly tools: ReviewTools;
  /** Number of the version being made; new sentences are named after it. */
  readonly version: number;
}

/** `seen` is the number of the version the reviewer acts on (If-Match). Errors: `person_required`, `not_permitted`, `already_signed`, `conflict`, `version_mismatch`, `invalid_request`, `sentence_uncited`. */
export function applyActions(
  review: Review,
  actions: readonly ReviewAction[],
  seen: number,
  actor: Actor,
  now: Date,
  tools: ReviewTools,
): Review {
  const person = mustReview(actor);
  mustBeOpen(review);
  const current = currentVersion(review);
  if (seen !== current.number) throw new ProblemError('version_mismatch');
  if (actions.length === 0) throw new ProblemError('invalid_request', { field: 'actions' });
  const by: By = { person, at: now.toISOString(), tools, version: current.number + 1 };
  let sections = current.sections;
  const changes: Change[] = [];
  for (const action of actions) {
    const step = applyOne(sections, action, by, changes.length);
    sections = step.sections;
    changes.push(step.change);
  }
  const version = { number: by.version, by: person.id, at: by.at, sections, changes };
  const digest = digestOf(review, version, tools.digest);
  // A signature of an earlier version (first of two signers) falls with it.
  return { ...review, signatures: [], versions: [...review.versions, { ...version, digest }] };
}

function applyOne(sections: readonly ReviewSection[], action: ReviewAction, by: By, index: number): Step {
  switch (action.kind) {
    case 'accept':
      return changeSentence(sections, action.sentence, (sentence) => accept(sentence, action.statement, by));
    case 'edit':
      return changeSentence(sections, action.sentence, (sentence) => edit(sentence, action.text, action.reason, by));
    case 'reject':
      return changeSentence(sections, action.sentence, (sentence) => ({
        sentence: { ...sentence, resolution: 'rejected', statement: null },
        change: changeOf('reject', sentence.id, by, action.reason, diffText(sentence.text, '')),
      }));
    case 'add':
      return add(sections, action, by, index);
  }
}

interface Changed {
  readonly sentence: ReviewSentence;
  readonly change: Change;
}

function changeSentence(
  sections: readonly ReviewSection[],
  id: string,
  act: (sentence: ReviewSentence) => Changed,
): Step {
  const found = sections.flatMap((section) => section.sentences).find((sentence) => sentence.id === id);
  if (found === undefined) throw new ProblemError('invalid_request', { field: 'sentence' });
  const { sentence, change } = act(found);
  const replace = (old: ReviewSentence): ReviewSentence => (old.id === id ? sentence : old);
  return { sections: sections.map((section) => ({ ...section, sentences: section.sentences.map(replace) })), change };
}

// Accepting restores a rejected sentence. What a machine wrote without a citation can only be edited or rejected.
function accept(old: ReviewSentence, statement: string | undefined, by: By): Changed {
  const restored: ReviewSentence = { ...old, resolution: old.authors.length === 0 ? 'accepted' : 'edited' };
  if (old.writtenBy === 'machine' && old.citations.length === 0)
    throw new ProblemError('sentence_uncited', { sentences: [old.id] });
  const change = changeOf('accept', old.id, by, statement, []);
  if (!needsStatement(restored)) return { sentence: { ...restored, statement: null }, change };
  if (statement === undefined) throw new ProblemError('invalid_request', { field: 'statement' });
  if (!by.person.clinician) throw new ProblemError('not_permitted');
  const text = mustHaveText(statement, 'statement');
  return { sentence: { ...restored, statement: { by: by.person.id, at: by.at, text } }, change };
}

// An edited sentence is held to what it cites, whoever chose the words (docs/decisions/0052): verified again, its source
// class kept when the citation bears it out, `clinician-added` when it does not; then the signer must state it.
function edit(old: ReviewSentence, text: string, reason: string | undefined, by: By): Changed {
  const next = mustHaveText(text, 'text');
  if (next === old.text) throw new ProblemError('invalid_request', { field: 'text' });
  const authors = old.authors.includes(by.person.id) ? old.authors : [...old.authors, by.person.id];
  const change = changeOf('edit', old.id, by, reason, diffText(old.text, next));
  const base: ReviewSentence = {
    ...old,
    text: next,
    authors,
    resolution: old.resolution === 'added' ? 'added' : 'edited',
    statement: null,
  };
  if (old.citations.length === 0) {
    const source: SourceClass = old.source === 'accepted-normal' ? 'accepted-normal' : 'clinician-added';
    return { sentence: { ...base, source, writtenBy: 'clinician', verdict: null, reasons: [] }, change };
  }
  const { verdict, reasons } = by.tools.verify({ text: next, source: old.source, citations: old.citations });
  const borne = verdict === 'supported' || verdict === 'weak';
  return { sentence: { ...base, source: borne ? old.source : 'clinician-added', verdict, reasons }, change };
}

function add(
  sections: readonly ReviewSection[],
  action: Extract<ReviewAction, { kind: 'add' }>,
  by: By,
  index: number,
): Step {
  const home = sections.find((section) => section.id === action.section);
  if (home === undefined) throw new ProblemError('invalid_request', { field: 'section' });
  const after =
    action.after === undefined ? home.sentences.length - 1 : home.sentences.findIndex(({ id }) => id === action.after);
  if (after < 0 && action.after !== undefined) throw new ProblemError('invalid_request', { field: 'after' });
  const sentence: ReviewSentence = {
    id: `v${String(by.version)}-${String(index + 1)}`,
    text: mustHaveText(action.text, 'text'),
    source: action.source ?? 'clinician-added',
    writtenBy: 'clinician',
    verdict: null,
    reasons: [],
    citations: [],
    resolution: 'added',
    statement: null,
    authors: [by.person.id],
  };
  const sentences = home.sentences.toSpliced(after + 1, 0, sentence);
  return {
    sections: sections.map((section) => (section === home ? { ...home, sentences } : section)),
    change: changeOf('add', sentence.id, by, undefined, diffText('', sentence.text)),
  };
}

function changeOf(
  kind: Change['kind'],
  sentence: string,
  by: By,
  reason: string | undefined,
  diff: readonly TextChange[],
): Change {
  return { kind, sentence, by: by.person.id, at: by.at, reason: reason ?? null, diff };
}

// Well-formed (a lone surrogate has no bytes to digest) and more than white space.
function mustHaveText(text: string, field: string): string {
  const trimmed = text.trim();
  if (trimmed === '' || !trimmed.isWellFormed()) throw new ProblemError('invalid_request', { field });
  return trimmed;
}
