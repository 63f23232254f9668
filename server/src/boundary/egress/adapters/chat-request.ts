// A request in OpenAI's chat form as the call options of the vendors' libraries (docs/formats/adapters.md). Pure: what cannot be
// carried faithfully is refused here, before a byte leaves.
import type {
  LanguageModelV4CallOptions,
  LanguageModelV4FunctionTool,
  LanguageModelV4ToolChoice,
} from '@ai-sdk/provider';
import { ProblemError } from '@cordon/contract';
import {
  type Form,
  flagAt,
  formAt,
  listAt,
  malformed,
  numberAt,
  onlyMembers,
  textAt,
  unsupported,
} from './chat-form.ts';
import { type MessageRules, promptOf } from './chat-messages.ts';

/** What a vendor's protocol has places for, beyond what all have. */
export interface ChatRules extends MessageRules {
  /** `seed`, `presence_penalty`, `frequency_penalty`. */
  readonly sampling: boolean;
  /** `response_format: json_object`: any JSON, without a schema. */
  readonly looseJson: boolean;
  /** `parallel_tool_calls: false`. */
  readonly serialTools: boolean;
}

export interface ChatCall {
  readonly options: LanguageModelV4CallOptions;
  /** The caller wants usage as the last chunk of a stream (`stream_options.include_usage`). */
  readonly usageInStream: boolean;
}

// Fields that change nothing in the answer: what they say stays inside.
const LEFT_BEHIND = [
  'model',
  'stream',
  'user',
  'safety_identifier',
  'prompt_cache_key',
  'store',
  'service_tier',
] as const;
const CARRIED = [
  'messages',
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'stop',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'response_format',
  'reasoning_effort',
  'seed',
  'presence_penalty',
  'frequency_penalty',
  'stream_options',
] as const;
/** Taken at the value that asks for nothing. */
const NEUTRAL: Readonly<Record<string, (value: unknown) => boolean>> = {
  n: (value) => value === 1,
  logprobs: (value) => value === false,
  logit_bias: (value) => Object.keys(formAt(value, 'logit_bias')).length === 0,
  modalities: (value) => listAt(value, 'modalities').every((item) => item === 'text'),
};
const KNOWN: ReadonlySet<string> = new Set([...LEFT_BEHIND, ...CARRIED, ...Object.keys(NEUTRAL)]);

/** Errors: `invalid_request`, `field_unsupported`, `feature_not_covered`, each with the field's path. */
export function chatCallOf(request: Form, rules: ChatRules): ChatCall {
  onlyMembers(request, KNOWN, '');
  for (const [key, asksNothing] of Object.entries(NEUTRAL)) {
    const value = request[key] ?? undefined;
    if (value !== undefined && !asksNothing(value)) throw unsupported(key);
  }
  if (flagAt(request, 'store') === true) throw new ProblemError('feature_not_covered', { feature: 'stored_state' });
  if (!['auto', 'default'].includes(textAt(request['service_tier'] ?? 'auto', 'service_tier'))) {
    throw unsupported('service_tier');
  }
  const options: LanguageModelV4CallOptions = {
    prompt: promptOf(listAt(request['messages'], 'messages'), rules),
    ...settingsOf(request, rules),
    ...toolsOf(request, rules),
    ...formatOf(request['response_format'], rules),
    ...reasoningOf(request['reasoning_effort']),
  };
  return { options, usageInStream: usageInStream(request['stream_options']) };
}

function settingsOf(request: Form, rules: ChatRules): Partial<LanguageModelV4CallOptions> {
  const settings = {
    maxOutputTokens: maxTokensOf(request),
    temperature: numberAt(request, 'temperature'),
    topP: numberAt(request, 'top_p'),
    stopSequences: stopOf(request['stop']),
    ...samplingOf(request, rules),
  };
  return present(settings);
}

function samplingOf(request: Form, rules: ChatRules): Partial<LanguageModelV4CallOptions> {
  const seed = numberAt(request, 'seed');
  const presencePenalty = numberAt(request, 'presence_penalty');
  const frequencyPenalty = numberAt(request, 'frequency_penalty');
  if (!rules.sampling) {
    if (seed !== undefined) throw unsupported('seed');
    if ((presencePenalty ?? 0) !== 0) throw unsupported('presence_penalty');
    if ((frequencyPenalty ?? 0) !== 0) throw unsupported('frequency_penalty');
    return {};
  }
  return present({ seed, presencePenalty, frequencyPenalty });
}

function maxTokensOf(request: Form): number | undefined {
  const limits = (['max_completion_tokens', 'max_tokens'] as const).flatMap((key) => {
    const limit = numberAt(request, key);
    if (limit !== undefined && (!Number.isSafeInteger(limit) || limit < 1)) throw malformed(key);
    return limit === undefined ? [] : [limit];
  });
  if (limits.length === 2 && limits[0] !== limits[1]) throw malformed('max_tokens');
  return limits[0];
}

function stopOf(value: unknown): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return [value];
  return listAt(value, 'stop').map((item, index) => textAt(item, `stop[${index}]`));
}

const TOOL_MEMBERS: ReadonlySet<string> = new Set(['type', 'function']);
const FUNCTION_MEMBERS: ReadonlySet<string> = new Set(['name', 'description', 'parameters', 'strict']);

function toolsOf(request: Form, rules: ChatRules): Partial<LanguageModelV4CallOptions> {
  const tools = listAt(request['tools'] ?? [], 'tools').map((tool, index) => toolOf(tool, `tools[${index}]`));
  const parallel = flagAt(request, 'parallel_tool_calls');
  if (parallel === false && !rules.serialTools) throw unsupported('parallel_tool_calls');
  const toolChoice = choiceOf(request['tool_choice'] ?? null, tools);
  if (tools.length === 0) return {};
  return {
    tools,
    ...(toolChoice === null ? {} : { toolChoice }),
    // Arguments that are streamed before they are whole JSON are a feature of its own, which nobody asked for.
    providerOptions: {
      anthropic: { toolStreaming: false, ...(parallel === false ? { disableParallelToolUse: true } : {}) },
    },
  };
}

function toolOf(value: unknown, path: string): LanguageModelV4FunctionTool {
  const tool = formAt(value, path);
  if (tool['type'] !== 'function') throw unsupported(`${path}.type`);
  onlyMembers(tool, TOOL_MEMBERS, `${path}.`);
  const declared = formAt(tool['function'], `${path}.function`);
  onlyMembers(declared, FUNCTION_MEMBERS, `${path}.function.`);
  const strict = flagAt(declared, 'strict', `${path}.function.strict`);
  const description = declared['description'] ?? null;
  return {
    type: 'function',
    name: textAt(declared['name'], `${path}.function.name`),
    ...(description === null ? {} : { description: textAt(description, `${path}.function.description`) }),
    inputSchema: formAt(declared['parameters'] ?? { type: 'object', properties: {} }, `${path}.function.parameters`),
    // `false` is what every vendor does unasked.
    ...(strict === true ? { strict } : {}),
  };
}

function choiceOf(value: unknown, tools: readonly LanguageModelV4FunctionTool[]): LanguageModelV4ToolChoice | null {
  switch (value) {
    case null:
      return null;
    case 'auto':
    case 'none':
      return { type: value };
    case 'required':
      if (tools.length === 0) throw malformed('tool_choice');
      return { type: value };
    default: {
      if (typeof value === 'string') throw malformed('tool_choice');
      const choice = formAt(value, 'tool_choice');
      if (choice['type'] !== 'function') throw unsupported('tool_choice.type');
      onlyMembers(choice, TOOL_MEMBERS, 'tool_choice.');
      const toolName = textAt(formAt(choice['function'], 'tool_choice.function')['name'], 'tool_choice.function.name');
      if (!tools.some(({ name }) => name === toolName)) throw malformed('tool_choice.function.name');
      return { type: 'tool', toolName };
    }
  }
}

const SCHEMA_MEMBERS: ReadonlySet<string> = new Set(['name', 'description', 'schema', 'strict']);

function formatOf(value: unknown, rules: ChatRules): Partial<LanguageModelV4CallOptions> {
  if (value === undefined || value === null) return {};
  const format = formAt(value, 'response_format');
  onlyMembers(format, new Set(['type', 'json_schema']), 'response_format.');
  switch (format['type']) {
    case 'text':
      return {};
    case 'json_object':
      if (!rules.looseJson) throw unsupported('response_format.type');
      return { responseFormat: { type: 'json' } };
    case 'json_schema': {
      const declared = formAt(format['json_schema'], 'response_format.json_schema');
      onlyMembers(declared, SCHEMA_MEMBERS, 'response_format.json_schema.');
      flagAt(declared, 'strict', 'response_format.json_schema.strict');
      const description = declared['description'] ?? null;
      return {
        responseFormat: {
          type: 'json',
          name: textAt(declared['name'], 'response_format.json_schema.name'),
          ...(description === null
            ? {}
            : { description: textAt(description, 'response_format.json_schema.description') }),
          schema: formAt(declared['schema'], 'response_format.json_schema.schema'),
        },
      };
    }
    default:
      throw unsupported('response_format.type');
  }
}

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const;

function reasoningOf(value: unknown): Partial<LanguageModelV4CallOptions> {
  if (value === undefined || value === null) return {};
  const reasoning = EFFORTS.find((effort) => effort === value);
  if (reasoning === undefined) throw unsupported('reasoning_effort');
  return { reasoning };
}

function usageInStream(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  const options = formAt(value, 'stream_options');
  // Obfuscation pads chunks against an observer of the line to the service; that line is ours.
  onlyMembers(options, new Set(['include_usage', 'include_obfuscation']), 'stream_options.');
  return flagAt(options, 'include_usage', 'stream_options.include_usage') ?? false;
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function present<T extends object>(values: T): Present<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<T>;
}
