// Anthropic's Messages API, version 2023-06-01 (docs/formats/adapters.md), through `@ai-sdk/anthropic`.
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import type { ModelAdapter } from '#boundary/egress/adapter.ts';
import { wholeLines } from './answer-limits.ts';
import { endpointOf, unusableSecret } from './aws.ts';
import { languageAdapter, type Wire } from './language-model.ts';
import { checkReasoning, checkSettings, checkStop, checkTools, checkTurns, listOf, memberAt } from './wire-check.ts';

export function anthropicAdapter(): ModelAdapter {
  return languageAdapter({
    rules: { thoughtSignatures: false, sampling: false, looseJson: false, serialTools: true },
    async model({ service }, secret, fetch) {
      // Loaded with the first call: an installation without such a service starts without it.
      const { createAnthropic } = await import('@ai-sdk/anthropic');
      if (secret === null || secret === '') throw unusableSecret();
      // Key and address are given, so that the library reads nothing from the environment.
      return createAnthropic({ apiKey: secret, baseURL: `${endpointOf(service)}/v1`, fetch })(service.model);
    },
    // Beta features are outside the vendor's agreement for PHI. Structured outputs, whose beta the library still names beside any
    // tool, have long left it; what is left is refused by the service itself.
    droppedHeaders: ['anthropic-beta'],
    check: checkMessages,
    frames: wholeLines,
    errorWord: (_headers, body) => errorWord(body),
  });
}

function checkMessages(asked: LanguageModelV4CallOptions, { body }: Wire): void {
  checkSettings(asked, body, { maxOutputTokens: 'max_tokens', temperature: 'temperature', topP: 'top_p' });
  checkStop(asked, body['stop_sequences']);
  checkReasoning(asked, (memberAt(body, 'thinking', 'type') ?? 'disabled') !== 'disabled');
  const tools = listOf(body['tools']);
  const names = tools.map((tool) => memberAt(tool, 'name'));
  const strict = tools.filter((tool) => memberAt(tool, 'strict') === true).length;
  const schema = memberAt(body, 'output_config', 'format', 'schema') !== undefined;
  checkTools(asked, {
    names,
    choice: CHOICES[(memberAt(body, 'tool_choice', 'type') ?? 'auto') as string] ?? 'auto',
    schema,
    strict,
  });
  const blocks = listOf(body['messages']).flatMap((message) => listOf(memberAt(message, 'content')));
  const count = (type: string) => blocks.filter((block) => memberAt(block, 'type') === type).length;
  checkTurns(asked, { calls: count('tool_use'), results: count('tool_result') });
}

const CHOICES: Readonly<Record<string, string>> = { any: 'required', tool: 'tool', auto: 'auto', none: 'none' };

const WORDS: ReadonlySet<string> = new Set([
  'api_error',
  'authentication_error',
  'billing_error',
  'invalid_request_error',
  'not_found_error',
  'overloaded_error',
  'permission_error',
  'rate_limit_error',
  'request_too_large',
  'timeout_error',
]);

function errorWord(body: string): string | null {
  try {
    const word = memberAt(JSON.parse(body), 'error', 'type');
    return typeof word === 'string' && WORDS.has(word) ? word : null;
  } catch {
    return null;
  }
}
