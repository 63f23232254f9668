// A draft with every kind of sentence a review must deal with, for the tests beside this file.
import { createHmac } from 'node:crypto';
import type { Draft, DraftSentence, Verdict } from '#clinical/notes/draft.ts';
import type { ReviewTools } from './actions.ts';
import type { Person } from './review.ts';

export const NOW = new Date('2026-03-02T10:00:00.000Z');
export const ATTESTATION = 'I have read this note and it is mine.';

export function clinician(id: string, reauthenticatedAt: Date | null = NOW): Person {
  return { kind: 'person', id, clinician: true, mayReview: true, reauthenticatedAt };
}

function sentence(id: string, verdict: Verdict, cited = true): DraftSentence {
  const citation = { start: 1, end: 2, quote: `quote of ${id}`, words: [0, 3], channel: 0 } as const;
  return {
    id,
    text: `Sentence ${id}.`,
    source: 'transcript',
    verdict,
    reasons: verdict === 'supported' ? [] : [{ code: 'words_absent', said: id, cited: null }],
    citations: cited ? [citation] : [],
  };
}

export const DRAFT: Draft = {
  template: 'soap',
  drafter: 'extractive/1',
  omissions: [],
  sections: [
    {
      id: 'subjective',
      title: 'Subjective',
      loinc: '61150-9',
      sentences: [sentence('s1', 'supported'), sentence('s2', 'weak'), sentence('s3', 'unsupported')],
    },
    { id: 'plan', title: 'Plan', sentences: [sentence('s4', 'contradicted'), sentence('s5', 'unsupported', false)] },
  ],
};

export const tools: ReviewTools = {
  // An edit that keeps the sentence's name is borne out; one that says "wrong" is contradicted; anything else unsupported.
  verify: ({ text }) => {
    const verdict: Verdict = /wrong/u.test(text)
      ? 'contradicted'
      : /Sentence s\d/u.test(text)
        ? 'supported'
        : 'unsupported';
    return { verdict, reasons: [] };
  },
  digest: (bytes) => createHmac('sha256', 'a key of the note').update(bytes).digest('hex'),
};
