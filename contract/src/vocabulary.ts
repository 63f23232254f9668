// A tenant's own words on the wire: what helps recognition and suggests corrections (spec clinical §2).
import { z } from 'zod';
import { Count, IfMatch, Time } from './fields.ts';
import { MAX_JSON_TERMS, MAX_SPOKEN_FORMS, MAX_TERM_CHARS } from './limits.ts';
import type { Route } from './route.ts';

export const TERM_KINDS = ['drug', 'person', 'place', 'procedure', 'other'] as const;

/** Where a list may be imported from. */
export const VOCABULARY_FORMATS = ['csv', 'rxnorm'] as const;

/** A term begins with a letter or digit and has no control characters. */
const TermText = z
  .string()
  .min(1)
  .max(MAX_TERM_CHARS)
  .regex(/^[\p{L}\p{N}]\P{Cc}*$/u);

export const VocabularyTerm = z
  .strictObject({
    term: TermText.meta({ description: 'As it is written: `Epogen`, `HbA1c`, `Dr. Okonkwo`.' }),
    spoken: z
      .array(
        z
          .string()
          .min(1)
          .max(MAX_TERM_CHARS)
          .regex(/^\p{L}[\p{L}\p{M}' -]*$/u),
      )
      .max(MAX_SPOKEN_FORMS)
      .exactOptional()
      .meta({ description: 'How it is said, in letters alone, where the writing does not show it: `h b a one c`.' }),
    kind: z.enum(TERM_KINDS),
    weight: z
      .number()
      .min(0.5)
      .max(2)
      .exactOptional()
      .meta({ description: 'How much recognition is drawn to it; 1 when left out.' }),
  })
  .meta({ id: 'VocabularyTerm' });
export type VocabularyTerm = z.infer<typeof VocabularyTerm>;

export const Vocabulary = z
  .strictObject({
    version: Count.meta({ description: '0 before the first list.' }),
    createdAt: Time.nullable(),
    terms: z.array(VocabularyTerm),
  })
  .meta({ id: 'Vocabulary' });
export type Vocabulary = z.infer<typeof Vocabulary>;

/** The state after a change. The same list again makes no new version. */
export const VocabularyChange = z
  .strictObject({
    version: Count,
    createdAt: Time.nullable(),
    terms: Count.meta({ description: 'How many there are now.' }),
    skipped: Count.meta({
      description: 'Lines of an import that were well-formed and not taken: other languages, suppressed, too long.',
    }),
  })
  .meta({ id: 'VocabularyChange' });
export type VocabularyChange = z.infer<typeof VocabularyChange>;

const ETAG = { ETag: 'Version, for If-Match.' } as const;
const CHANGED = {
  replies: [
    {
      status: 200,
      description: 'The state after it.',
      content: [{ kind: 'json', schema: VocabularyChange }],
      headers: ETAG,
    },
  ],
  ledger: { kind: 'vocabulary.changed' },
} as const;

const SEALED_ERRORS = ['content_destroyed', 'key_unavailable', 'sealed_object_invalid'] as const;

export const vocabularyRoutes = {
  getVocabulary: {
    method: 'GET',
    path: '/api/vocabulary',
    summary: 'Read the tenant’s vocabulary, by default its newest version',
    tag: 'recordings',
    audience: 'both',
    permission: 'vocabulary.manage',
    query: z.strictObject({ version: z.coerce.number().int().min(1).exactOptional() }),
    replies: [
      {
        status: 200,
        description: 'The list.',
        content: [{ kind: 'json', schema: Vocabulary }],
        headers: ETAG,
      },
    ],
    errors: [...SEALED_ERRORS, 'not_found'],
    ledger: { none: 'Words of the organisation, no patient content; changes are recorded.' },
  },
  replaceVocabulary: {
    method: 'PUT',
    path: '/api/vocabulary',
    summary: 'Replace the whole vocabulary',
    tag: 'recordings',
    audience: 'both',
    permission: 'vocabulary.manage',
    headers: IfMatch,
    body: { kind: 'json', schema: z.strictObject({ terms: z.array(VocabularyTerm).max(MAX_JSON_TERMS) }) },
    errors: [...SEALED_ERRORS],
    ...CHANGED,
  },
  clearVocabulary: {
    method: 'DELETE',
    path: '/api/vocabulary',
    summary: 'Empty the vocabulary; earlier versions stay readable',
    tag: 'recordings',
    audience: 'both',
    permission: 'vocabulary.manage',
    headers: IfMatch,
    errors: [...SEALED_ERRORS],
    ...CHANGED,
  },
  importVocabulary: {
    method: 'POST',
    path: '/api/vocabulary/import',
    summary: 'Import terms from a CSV file or RxNorm’s RXNCONSO.RRF: all of them or none',
    tag: 'recordings',
    audience: 'both',
    permission: 'vocabulary.manage',
    query: z.strictObject({
      format: z.enum(VOCABULARY_FORMATS).default('csv'),
      mode: z
        .enum(['add', 'replace'])
        .default('add')
        .meta({ description: '`add` keeps what is there; a term that is there already takes the imported form.' }),
    }),
    headers: IfMatch,
    body: { kind: 'stream', contentTypes: ['text/csv', 'text/plain', 'application/octet-stream'] },
    errors: [...SEALED_ERRORS, 'vocabulary_invalid'],
    ...CHANGED,
  },
} as const satisfies Record<string, Route>;
