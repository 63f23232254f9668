// What a reader of one version sees, and its digest: HMAC over canonical JSON (docs/formats/note-version.md), so that
// the version signed is provably the version seen and no digest of plaintext exists (spec custody §3).
import { encodeCanonical, type Json } from '@cordon/proofs';
import type { Citation, Reason } from '#clinical/notes/draft.ts';

/** HMAC-SHA-256 in lower case hex under a key derived from the object's own data key; given by whoever stores the note. */
export type KeyedDigest = (bytes: Uint8Array) => string;

/** What of a review its readers see; `Review` in review.ts has more. */
interface Shown {
  readonly id: string;
  readonly encounter: string;
  readonly template: string;
  readonly demo: boolean;
  readonly amends: { readonly note: string } | null;
}

interface ShownSentence {
  readonly id: string;
  readonly text: string;
  readonly source: string;
  readonly writtenBy: string;
  readonly verdict: string | null;
  readonly resolution: string;
  readonly statement: { readonly by: string; readonly text: string } | null;
  readonly reasons: readonly Reason[];
  readonly citations: readonly Citation[];
}

interface ShownVersion {
  readonly number: number;
  readonly sections: readonly {
    readonly id: string;
    readonly title: string;
    readonly loinc?: string;
    readonly sentences: readonly ShownSentence[];
  }[];
}

/** Changes when anything a reader sees changes; version and note id are in it, so two versions never share one. */
export function digestOf(review: Shown, version: ShownVersion, digest: KeyedDigest): string {
  return digest(encodeCanonical(visible(review, version)));
}

function visible(review: Shown, version: ShownVersion): Json {
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

function visibleSentence(sentence: ShownSentence): Json {
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
