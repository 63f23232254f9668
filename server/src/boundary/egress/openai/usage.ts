// What a service of OpenAI's shape says it measured.
import type { Usage } from '#boundary/egress/adapter.ts';

export const NO_USAGE: Usage = { inputTokens: null, cachedInputTokens: null, outputTokens: null, audioMs: null };

/** `usage` of chat, embeddings (`prompt_tokens`) and responses (`input_tokens`); anything else of it is null. */
export function usageOf(usage: unknown): Usage {
  if (typeof usage !== 'object' || usage === null) return NO_USAGE;
  const said = usage as Readonly<Record<string, unknown>>;
  const details = said['prompt_tokens_details'] ?? said['input_tokens_details'];
  return {
    inputTokens: count(said['prompt_tokens'] ?? said['input_tokens']),
    cachedInputTokens: count((details as Record<string, unknown> | null | undefined)?.['cached_tokens']),
    outputTokens: count(said['completion_tokens'] ?? said['output_tokens']),
    audioMs: said['type'] === 'duration' ? milliseconds(said['seconds']) : null,
  };
}

/** Milliseconds of a number of seconds; null: it is none. */
export function milliseconds(seconds: unknown): number | null {
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0 ? Math.round(seconds * 1000) : null;
}

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
