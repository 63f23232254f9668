// Amazon Bedrock: Converse and ConverseStream (docs/formats/adapters.md). On demand, an inference profile or provisioned throughput
// by the row's model, a VPC endpoint by its endpoint. Signed with SigV4 by `@ai-sdk/amazon-bedrock`.
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import type { ModelAdapter } from '#boundary/egress/adapter.ts';
import { wholeFrames } from './answer-limits.ts';
import { awsCredentialsOf, awsErrorWord, awsRegionOf, endpointOf } from './aws.ts';
import { languageAdapter, type Wire } from './language-model.ts';
import { checkReasoning, checkSettings, checkStop, checkTools, checkTurns, listOf, memberAt } from './wire-check.ts';

export function bedrockAdapter(): ModelAdapter {
  return languageAdapter({
    rules: { thoughtSignatures: false, sampling: false, looseJson: false, serialTools: true },
    async model(target, secret, fetch) {
      // Loaded with the first call: an installation without such a service starts without it.
      const { createAmazonBedrock } = await import('@ai-sdk/amazon-bedrock');
      const { accessKeyId, secretAccessKey, sessionToken } = awsCredentialsOf(secret);
      const { service } = target;
      const provider = createAmazonBedrock({
        // Everything is given, so that the library reads nothing from the environment.
        apiKey: '',
        accessKeyId,
        secretAccessKey,
        ...(sessionToken === null ? {} : { sessionToken }),
        region: awsRegionOf(service),
        baseURL: endpointOf(service),
        fetch,
      });
      // The identifier of provisioned throughput is opaque: only the row knows whose model it is.
      const anthropic = /anthropic|claude/i.test(`${service.vendor} ${service.product}`);
      return anthropic ? provider(service.model, { modelFamily: 'anthropic' }) : provider(service.model);
    },
    check: checkConverse,
    frames: wholeFrames,
    errorWord: (headers) => awsErrorWord(headers),
  });
}

/** Converse API, `inferenceConfig` and `toolConfig` of its request. */
function checkConverse(asked: LanguageModelV4CallOptions, { body }: Wire): void {
  const inference = body['inferenceConfig'];
  const extra = body['additionalModelRequestFields'];
  checkSettings(asked, inference, { maxOutputTokens: 'maxTokens', temperature: 'temperature', topP: 'topP' });
  checkStop(asked, memberAt(inference, 'stopSequences'));
  checkReasoning(asked, isThinking(extra));
  const tools = listOf(memberAt(body, 'toolConfig', 'tools'));
  const names = tools.map((tool) => memberAt(tool, 'toolSpec', 'name'));
  const strict = tools.filter((tool) => memberAt(tool, 'toolSpec', 'strict') === true).length;
  const schema = memberAt(extra, 'output_config', 'format', 'schema') !== undefined;
  checkTools(asked, { names, choice: choiceOf(body, names.length), schema, strict });
  const blocks = listOf(body['messages']).flatMap((message) => listOf(memberAt(message, 'content')));
  const count = (kind: string) => blocks.filter((block) => memberAt(block, kind) !== undefined).length;
  checkTurns(asked, { calls: count('toolUse'), results: count('toolResult') });
}

/** Anthropic's, Nova's and OpenAI's models have each their own word for it. */
function isThinking(extra: unknown): boolean {
  const type = memberAt(extra, 'thinking', 'type') ?? memberAt(extra, 'reasoningConfig', 'type');
  const effort = memberAt(extra, 'reasoning_effort') ?? memberAt(extra, 'reasoning', 'effort');
  return (type ?? 'disabled') !== 'disabled' || effort !== undefined;
}

const CHOICES: Readonly<Record<string, string>> = { any: 'required', tool: 'tool', auto: 'auto', none: 'none' };

/** Anthropic's own form stands beside Converse's where tools must not be called together. */
function choiceOf(body: Wire['body'], tools: number): string {
  if (tools === 0) return 'none';
  const own = memberAt(body, 'additionalModelRequestFields', 'tool_choice', 'type');
  const written = memberAt(body, 'toolConfig', 'toolChoice');
  const [word] = typeof own === 'string' ? [own] : Object.keys(written ?? { auto: {} });
  return CHOICES[word ?? 'auto'] ?? 'auto';
}
