// Calls of language models in OpenAI's forms. What a service answers is handed on as it came, so these schemas say what Cordon reads
// of a request and what a caller can count on in an answer; members beyond them pass (spec boundary §1.1).
import { z } from 'zod';
import { CALL_HEADERS, CallContext, REFUSALS_OF_CALLS } from './context.ts';
import { MAX_REFERENCE_CHARS } from './limits.ts';
import type { Route } from './route.ts';

const Model = z
  .string()
  .min(1)
  .max(200)
  .meta({ description: 'Id of a service from GET /v1/models, its model’s name, or `auto` for what policy prefers.' });

export const ChatRequest = z
  .looseObject({
    model: Model,
    messages: z.array(z.unknown()).min(1),
    stream: z.boolean().nullable().exactOptional(),
  })
  .meta({ id: 'OpenAIChatRequest' });

export const ResponsesRequest = z
  .looseObject({
    model: Model,
    input: z.union([z.string(), z.array(z.unknown())]),
    stream: z.boolean().nullable().exactOptional(),
  })
  .meta({ id: 'OpenAIResponsesRequest' });

export const EmbeddingsRequest = z
  .looseObject({ model: Model, input: z.union([z.string(), z.array(z.unknown())]) })
  .meta({ id: 'OpenAIEmbeddingsRequest' });

const ChatCompletion = z
  .looseObject({ id: z.string(), object: z.literal('chat.completion'), choices: z.array(z.unknown()) })
  .meta({ id: 'OpenAIChatCompletion' });
const ChatCompletionChunk = z
  .looseObject({ id: z.string(), object: z.literal('chat.completion.chunk'), choices: z.array(z.unknown()) })
  .meta({ id: 'OpenAIChatCompletionChunk' });
const Response = z
  .looseObject({ id: z.string(), object: z.literal('response'), output: z.array(z.unknown()) })
  .meta({ id: 'OpenAIResponse' });
const ResponseEvent = z.looseObject({ type: z.string() }).meta({ id: 'OpenAIResponseEvent' });
const Embeddings = z
  .looseObject({ object: z.literal('list'), data: z.array(z.unknown()) })
  .meta({ id: 'OpenAIEmbeddings' });

/** Beside the context of every call: who stands behind it, proven. */
export const ModelCallContext = CallContext.extend({
  'cordon-person-token': z
    .string()
    .max(4 * MAX_REFERENCE_CHARS)
    .exactOptional()
    .meta({
      description: 'Token of the signed-in person on whose behalf the call is made; proves `Cordon-On-Behalf-Of`.',
    }),
});
export type ModelCallContext = z.infer<typeof ModelCallContext>;

const ERRORS = [
  'phi_in_header',
  'consent_missing',
  'consent_withdrawn',
  ...REFUSALS_OF_CALLS,
  'clause_missing',
  'retention_too_long',
  'feature_not_covered',
  'field_not_covered',
  'review_required',
  'obligation_unmet',
  'deid_uncertain',
  'restore_incomplete',
  'refused_by_rule',
  'field_unsupported',
  'person_required',
  'budget_exhausted',
  'upstream_unavailable',
  'upstream_timeout',
  'upstream_invalid',
  'upstream_refused',
  'outcome_unknown',
  'key_unavailable',
  'storage_full',
] as const;

export const modelCallRoutes = {
  createChatCompletion: {
    method: 'POST',
    path: '/v1/chat/completions',
    summary: 'Ask a language model',
    tag: 'openai',
    audience: 'both',
    permission: 'generation.create',
    headers: ModelCallContext,
    body: { kind: 'passed-json', schema: ChatRequest },
    replies: [
      {
        status: 200,
        description: 'The completion as the service made it; with `stream` as server-sent events.',
        content: [
          { kind: 'passed-json', schema: ChatCompletion },
          { kind: 'passed-events', schema: ChatCompletionChunk },
        ],
        headers: CALL_HEADERS,
      },
    ],
    errors: ERRORS,
    ledger: { kind: 'call.intent' },
  },
  createResponse: {
    method: 'POST',
    path: '/v1/responses',
    summary: 'Ask a language model in the form of OpenAI’s Responses',
    tag: 'openai',
    audience: 'both',
    permission: 'generation.create',
    headers: ModelCallContext,
    body: { kind: 'passed-json', schema: ResponsesRequest },
    replies: [
      {
        status: 200,
        description: 'The response as the service made it; with `stream` as server-sent events.',
        content: [
          { kind: 'passed-json', schema: Response },
          { kind: 'passed-events', schema: ResponseEvent },
        ],
        headers: CALL_HEADERS,
      },
    ],
    errors: ERRORS,
    ledger: { kind: 'call.intent' },
  },
  createEmbedding: {
    method: 'POST',
    path: '/v1/embeddings',
    summary: 'Have text embedded',
    tag: 'openai',
    audience: 'both',
    permission: 'embedding.create',
    headers: ModelCallContext,
    body: { kind: 'passed-json', schema: EmbeddingsRequest },
    replies: [
      {
        status: 200,
        description: 'The vectors as the service made them.',
        content: [{ kind: 'passed-json', schema: Embeddings }],
        headers: CALL_HEADERS,
      },
    ],
    errors: ERRORS,
    ledger: { kind: 'call.intent' },
  },
} as const satisfies Record<string, Route>;
