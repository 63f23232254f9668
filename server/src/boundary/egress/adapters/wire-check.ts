// Holding a vendor's wire against what was asked: each setting stands where the vendor reads it, with the very value. Pure.
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { unsupported } from './chat-form.ts';

type Setting = 'maxOutputTokens' | 'temperature' | 'topP' | 'seed' | 'presencePenalty' | 'frequencyPenalty';

const FIELDS: Readonly<Record<Setting, string>> = {
  maxOutputTokens: 'max_completion_tokens',
  temperature: 'temperature',
  topP: 'top_p',
  seed: 'seed',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
};

/** The member at a path of a body that somebody else's code made; undefined where there is none. */
export function memberAt(body: unknown, ...path: readonly string[]): unknown {
  let value = body;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** `places`: where the vendor reads each setting. Errors: `field_unsupported` with OpenAI's name of the first that differs. */
export function checkSettings(
  asked: LanguageModelV4CallOptions,
  settings: unknown,
  places: Readonly<Partial<Record<Setting, string>>>,
): void {
  for (const [setting, field] of Object.entries(FIELDS) as [Setting, string][]) {
    const value = asked[setting];
    const place = places[setting];
    if (value !== undefined && (place === undefined || memberAt(settings, place) !== value)) throw unsupported(field);
  }
}

export function checkStop(asked: LanguageModelV4CallOptions, written: unknown): void {
  const { stopSequences } = asked;
  if (stopSequences !== undefined && JSON.stringify(written) !== JSON.stringify(stopSequences))
    throw unsupported('stop');
}

export interface WrittenTools {
  readonly names: readonly unknown[];
  readonly choice: string;
  /** The answer's schema stands where the service itself keeps it. */
  readonly schema: boolean;
  /** Tools whose arguments the service holds to their schema. */
  readonly strict: number;
}

/**
 * A schema is kept by the service itself, or by one forced tool where no other is asked for: a library that puts its own tool
 * beside the caller's takes the choice away from the model.
 */
export function checkTools(asked: LanguageModelV4CallOptions, written: WrittenTools): void {
  const names = (asked.tools ?? []).map(({ name }) => name);
  const byTool = asked.responseFormat?.type === 'json' && !written.schema;
  if (byTool && names.length > 0) throw unsupported('response_format');
  if (byTool && written.names.length !== 1) throw unsupported('response_format');
  if (byTool) return;
  const wanted = asked.toolChoice?.type ?? 'auto';
  if (wanted !== 'none' && names.some((name) => wanted !== 'tool' && !written.names.includes(name))) {
    throw unsupported('tools');
  }
  if (names.length > 0 && written.choice !== wanted) throw unsupported('tool_choice');
  const strict = (asked.tools ?? []).filter((tool) => tool.type === 'function' && tool.strict === true).length;
  if (wanted === 'auto' && written.strict < strict) throw unsupported('tools');
}

/** Every call of a tool and every result that was asked to be carried is on the wire. */
export function checkTurns(asked: LanguageModelV4CallOptions, written: { calls: number; results: number }): void {
  const types = asked.prompt.flatMap((m) => (m.role === 'system' ? [] : m.content.map(({ type }) => type as string)));
  const count = (type: string) => types.filter((one) => one === type).length;
  if (count('tool-call') !== written.calls || count('tool-result') !== written.results) throw unsupported('messages');
}

/** Effort that was asked for is on the wire, and none where none was. Libraries leave it out for models that they think cannot. */
export function checkReasoning(asked: LanguageModelV4CallOptions, written: boolean): void {
  const { reasoning } = asked;
  if (reasoning !== undefined && (reasoning !== 'none') !== written) throw unsupported('reasoning_effort');
}
