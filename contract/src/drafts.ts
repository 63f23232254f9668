// Drafts on the wire: sections of sentences, each citing the words it rests on (docs/formats/draft.md).
import { z } from 'zod';
import { Count, Id, IdParams, Idempotency, LedgerIndex, PageQuery, pageOf, Seconds, Time } from './fields.ts';
import type { Route } from './route.ts';

/** Templates of the trunk; a tenant's own come later by the same name rule. */
export const TEMPLATES = ['soap', 'progress'] as const;
export const Template = z.enum(TEMPLATES).meta({ id: 'Template' });

/** Where a sentence comes from; it travels into Provenance and never changes silently. */
export const SOURCE_CLASSES = ['transcript', 'context', 'accepted-normal', 'clinician-added'] as const;
export const SourceClass = z.enum(SOURCE_CLASSES).meta({ id: 'SourceClass' });

export const VERDICTS = ['supported', 'weak', 'unsupported', 'contradicted'] as const;
export const Verdict = z.enum(VERDICTS).meta({ id: 'Verdict' });

/** Why a verdict is not plainly `supported`: what was said, and what the cited passage has in its place. */
export const VerdictReason = z
  .strictObject({
    code: z.enum([
      'no_citation',
      'citation_mismatch',
      'words_absent',
      'number_absent',
      'number_unit',
      'number_attribute',
      'drug_absent',
      'drug_lookalike',
      'negation',
      'certainty',
      'laterality',
      'speaker',
      'time',
      'heard_uncertainly',
    ]),
    said: z.string(),
    cited: z.string().nullable(),
  })
  .meta({ id: 'VerdictReason' });

/** `words` is the half-open range [from, to) into the transcript's words. */
export const Citation = z
  .strictObject({
    start: Seconds,
    end: Seconds,
    quote: z.string(),
    words: z.tuple([Count, Count]),
    channel: Count,
  })
  .meta({ id: 'Citation' });
export type Citation = z.infer<typeof Citation>;

export const DraftSentence = z
  .strictObject({
    id: z.string().min(1).max(64),
    text: z.string(),
    source: SourceClass,
    verdict: Verdict,
    reasons: z.array(VerdictReason),
    citations: z.array(Citation),
  })
  .meta({ id: 'DraftSentence' });

export const DraftSection = z
  .strictObject({
    id: z.string().min(1).max(64),
    title: z.string(),
    loinc: z
      .string()
      .regex(/^\d{1,7}-\d$/)
      .exactOptional(),
    sentences: z.array(DraftSentence),
  })
  .meta({ id: 'DraftSection' });

/** Something spoken that the draft does not carry. */
export const Omission = z
  .strictObject({
    kind: z.enum(['medication', 'allergy', 'number', 'plan']),
    text: z.string(),
    start: Seconds,
    end: Seconds,
  })
  .meta({ id: 'Omission' });

export const Draft = z
  .strictObject({
    id: Id,
    encounterId: Id,
    transcriptId: Id,
    transcriptVersion: z.number().int().min(1),
    template: Template,
    drafter: z.string().meta({ description: 'Who wrote it: `extractive/1`, later a model’s service.' }),
    demo: z.boolean(),
    createdAt: Time,
    sections: z.array(DraftSection),
    omissions: z.array(Omission),
  })
  .meta({ id: 'Draft' });
export type Draft = z.infer<typeof Draft>;

const DraftSummary = Draft.omit({ sections: true, omissions: true }).meta({ id: 'DraftSummary' });

/** The one document of `cordon scribe --json`. `ledger.checkpoint` is the signed note text. */
export const ScribeResult = z.strictObject({
  encounterId: Id,
  transcriptId: Id,
  draft: z.strictObject({
    sections: z.array(
      z.strictObject({
        title: z.string(),
        loinc: z.string().exactOptional(),
        sentences: z.array(
          DraftSentence.omit({ reasons: true, citations: true }).extend({
            citations: z.array(Citation.omit({ words: true, channel: true })),
          }),
        ),
      }),
    ),
  }),
  omissions: z.array(Omission),
  ledger: z.strictObject({ index: LedgerIndex, checkpoint: z.string() }),
});
export type ScribeResult = z.infer<typeof ScribeResult>;

export const draftRoutes = {
  createDraft: {
    method: 'POST',
    path: '/api/transcripts/{id}/drafts',
    summary: 'Draft a note from a transcript',
    tag: 'notes',
    audience: 'both',
    permission: 'draft.create',
    params: IdParams,
    headers: Idempotency,
    body: { kind: 'json', schema: z.strictObject({ template: Template }) },
    replies: [
      {
        status: 201,
        description: 'The draft; it is a draft, not a note.',
        content: [{ kind: 'json', schema: Draft }],
        headers: { Location: 'Address of the draft.' },
      },
    ],
    errors: ['draft_empty', 'consent_withdrawn', 'content_destroyed', 'key_unavailable', 'conflict'],
    ledger: { kind: 'draft.created' },
  },
  listDrafts: {
    method: 'GET',
    path: '/api/encounters/{id}/drafts',
    summary: 'List the drafts of an encounter',
    tag: 'notes',
    audience: 'both',
    permission: 'draft.read',
    params: IdParams,
    query: PageQuery,
    replies: [{ status: 200, description: 'A page.', content: [{ kind: 'json', schema: pageOf(DraftSummary) }] }],
    errors: [],
    ledger: { none: 'Ids and metadata; reading a draft is recorded.' },
  },
  getDraft: {
    method: 'GET',
    path: '/api/drafts/{id}',
    summary: 'Read a draft with its verdicts and omissions',
    tag: 'notes',
    audience: 'both',
    permission: 'draft.read',
    params: IdParams,
    replies: [{ status: 200, description: 'The draft.', content: [{ kind: 'json', schema: Draft }] }],
    errors: ['content_destroyed', 'key_unavailable'],
    ledger: { kind: 'access.read' },
  },
} as const satisfies Record<string, Route>;
