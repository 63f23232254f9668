// What the vendors' libraries give back, in OpenAI's chat form (docs/formats/adapters.md). Pure.
import type {
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4GenerateResult,
  LanguageModelV4Usage,
  SharedV4ProviderMetadata,
} from '@ai-sdk/provider';
import { ProblemError } from '@cordon/contract';
import type { Usage } from '#boundary/egress/adapter.ts';

/** What every object of an answer repeats. */
export interface AnswerHead {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** The service row's own model. */
  readonly model: string;
}

export const NOTHING_MEASURED: Usage = {
  inputTokens: null,
  cachedInputTokens: null,
  outputTokens: null,
  audioMs: null,
};

export type FinishWord = 'stop' | 'length' | 'tool_calls' | 'content_filter';

/** OpenAI's word for why an answer ended. An end that it has no word for is an answer that cannot be relied on: `upstream_invalid`. */
export function finishWord({ unified }: LanguageModelV4FinishReason): FinishWord {
  switch (unified) {
    case 'stop':
    case 'length':
      return unified;
    case 'tool-calls':
      return 'tool_calls';
    case 'content-filter':
      return 'content_filter';
    case 'error':
    case 'interrupted':
    case 'other':
      throw new ProblemError('upstream_invalid', { reason: 'unfinished' });
  }
}

export function measured({ inputTokens, outputTokens }: LanguageModelV4Usage): Usage {
  return {
    inputTokens: inputTokens.total ?? null,
    cachedInputTokens: inputTokens.cacheRead ?? null,
    outputTokens: outputTokens.total ?? null,
    audioMs: null,
  };
}

/** Null where the service did not count; OpenAI's form has no place for half a count. */
export function usageForm({ inputTokens, outputTokens }: LanguageModelV4Usage): object | null {
  if (inputTokens.total === undefined || outputTokens.total === undefined) return null;
  return {
    prompt_tokens: inputTokens.total,
    completion_tokens: outputTokens.total,
    total_tokens: inputTokens.total + outputTokens.total,
    prompt_tokens_details: { cached_tokens: inputTokens.cacheRead ?? 0 },
    completion_tokens_details: { reasoning_tokens: outputTokens.reasoning ?? 0 },
  };
}

/** `chat.completion`. Errors: `upstream_invalid` for an end or a content that OpenAI's form cannot say. */
export function completionOf(result: LanguageModelV4GenerateResult, head: AnswerHead): object {
  const texts: string[] = [];
  const calls: object[] = [];
  for (const part of result.content) {
    if (part.type === 'text') texts.push(part.text);
    else if (part.type === 'tool-call') calls.push(toolCallForm(part));
    // What a model thought on its way is no part of OpenAI's chat form.
    else if (part.type !== 'reasoning') throw new ProblemError('upstream_invalid', { reason: 'content' });
  }
  const message = {
    role: 'assistant',
    content: texts.length === 0 && calls.length > 0 ? null : texts.join(''),
    refusal: null,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
  const usage = usageForm(result.usage);
  return {
    id: head.id,
    object: 'chat.completion',
    created: head.created,
    model: head.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishWord(result.finishReason) }],
    ...(usage === null ? {} : { usage }),
  };
}

function toolCallForm(part: Extract<LanguageModelV4Content, { type: 'tool-call' }>): object {
  return {
    id: part.toolCallId,
    type: 'function',
    function: { name: part.toolName, arguments: part.input },
    ...signatureForm(part.providerMetadata),
  };
}

/** Gemini wants its signature back with the call (Google's own OpenAI-compatible form). */
export function signatureForm(metadata: SharedV4ProviderMetadata | undefined): { extra_content?: object } {
  const signature = metadata?.['googleVertex']?.['thoughtSignature'];
  return typeof signature === 'string' ? { extra_content: { google: { thought_signature: signature } } } : {};
}
