// What drafting hands on: sections of sentences, each with its source, its verdict and the words it rests on.
// The shape is docs/formats/draft.md; review, FHIR and the API are built on it. Everything here is PHI.

/** Where a sentence comes from (spec: source classes). It travels into Provenance and never changes silently. */
export type SourceClass = 'transcript' | 'context' | 'accepted-normal' | 'clinician-added';

/** The verifier's answer about one sentence. `unsupported` and `contradicted` need the signer's explicit statement. */
export type Verdict = 'supported' | 'weak' | 'unsupported' | 'contradicted';

/** Why a verdict is not plainly `supported`. Closed, so that consoles and monitoring can count them. */
type ReasonCode =
  | 'no_citation'
  | 'citation_mismatch'
  | 'words_absent'
  | 'number_absent'
  | 'number_unit'
  | 'number_attribute'
  | 'drug_absent'
  | 'drug_lookalike'
  | 'negation'
  | 'certainty'
  | 'laterality'
  | 'speaker'
  | 'time'
  | 'heard_uncertainly';

/** `said`: the words of the sentence at fault; `cited`: what the cited passage has in their place, null when it has nothing. */
export interface Reason {
  readonly code: ReasonCode;
  readonly said: string;
  readonly cited: string | null;
}

/**
 * The words of the transcript a sentence rests on. `start` and `end` are seconds; `quote` is the transcript's formatted
 * text of those words; `words` is the half-open range [from, to) into `Transcript.words`; `channel` is theirs.
 */
export interface Citation {
  readonly start: number;
  readonly end: number;
  readonly quote: string;
  readonly words: readonly [from: number, to: number];
  readonly channel: number;
}

/** `id` is unique in its draft and the same for the same transcript and template: `s1`, `s2`, … in reading order. */
export interface DraftSentence {
  readonly id: string;
  readonly text: string;
  readonly source: SourceClass;
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
  readonly citations: readonly Citation[];
}

/** `id` is the template's section key (`hpi`, `plan`, …); `loinc` is given where LOINC has a code for the section. */
export interface DraftSection {
  readonly id: string;
  readonly title: string;
  readonly loinc?: string;
  readonly sentences: readonly DraftSentence[];
}

export type OmissionKind = 'medication' | 'allergy' | 'number' | 'plan';

/** Something spoken that the draft does not carry. `text` quotes the transcript; `start` and `end` are seconds. */
export interface Omission {
  readonly kind: OmissionKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** `template` is the template's id and `drafter` who wrote the sentences (`extractive/1`, later a model's service name). */
export interface Draft {
  readonly template: string;
  readonly drafter: string;
  readonly sections: readonly DraftSection[];
  readonly omissions: readonly Omission[];
}
