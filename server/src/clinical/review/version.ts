// What a reader of one version sees, and its digest: HMAC over canonical JSON (docs/formats/note-version.md), so that
// the version signed is provably the version seen and no digest of plaintext exists (spec custody §3).
import { encodeCanonical, type Json } from '@cordon/proofs';
import type { Review, ReviewSection, ReviewSentence } from './review.ts';

/** HMAC-SHA-256 in lower case hex under a key derived from the object's own data key; given by whoever stores the note. */
export type KeyedDigest = (bytes: Uint8Array) => string;

type Shown = Pick<Review, 'id' | 'encounter' | 'template' | 'demo' | 'amends'>;

/** Changes when anything a reader sees changes; version and note id are in it, so two versions never share one. */
export function digestOf(
  review: Shown,
  version: { readonly number: number; readonly sections: readonly ReviewSection[] },
  digest: KeyedDigest,
): string {
  return digest(encodeCanonical(visible(review, version)));
}

function visible(
  review: Shown,
  version: { readonly number: number; readonly sections: readonly ReviewSection[] },
): Json {
  return {
    format: 'cordon-note-version/1',
    note: review.id,
    encounter: review.encounter,
    template: review.template,
    demo: review.demo,
    amends: review.amends?.note ?? null,
    version: version.number,
    sections: version.sections.map((section) => ({
      id: section.id,
      title: section.title,
      loinc: section.loinc ?? null,
      sentences: section.sentences.map(visibleSentence),
    })),
  };
}

function visibleSentence(sentence: ReviewSentence): Json {
  return {
    id: sentence.id,
    text: sentence.text,
    source: sentence.source,
    writtenBy: sentence.writtenBy,
    verdict: sentence.verdict,
    resolution: sentence.resolution,
    statement: sentence.statement === null ? null : { by: sentence.statement.by, text: sentence.statement.text },
    reasons: sentence.reasons.map(({ code, said, cited }) => ({ code, said, cited })),
    citations: sentence.citations.map((citation) => ({
      startMs: Math.round(citation.start * 1000),
      endMs: Math.round(citation.end * 1000),
      from: citation.words[0],
      to: citation.words[1],
      channel: citation.channel,
      quote: citation.quote,
    })),
  };
}
