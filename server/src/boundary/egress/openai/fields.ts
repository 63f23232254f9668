// The fields of OpenAI's requests that Cordon knows, and the paths of those it does not: under `deidentify` and `minimise` an unknown
// one is refused (spec boundary §1.1), because nobody has looked at what may stand in it. Pure.
import type { ModelRequest } from '#boundary/egress/adapter.ts';

/**
 * `leaf`: a scalar or a list of them. `free`: any JSON; it is content as a whole. A list stands for an object or a list of objects of
 * one of its shapes, told apart by `type` where there are several.
 */
type Shape = 'leaf' | 'free' | { readonly [field: string]: Shape } | readonly [Shape, ...Shape[]];

/** More paths than that help nobody. */
const MAX_PATHS = 20;

/** A name that can be shown: a word of a program. What callers made up may be a person's name. */
const SHOWN = /^[a-z][a-z0-9_]{0,39}$/;

const TEXT: Shape = { type: 'leaf', text: 'leaf' };
const IMAGE: Shape = { type: 'leaf', image_url: { url: 'leaf', detail: 'leaf' } };
const AUDIO: Shape = { type: 'leaf', input_audio: { data: 'leaf', format: 'leaf' } };
const FILE: Shape = { type: 'leaf', file: { file_data: 'leaf', file_id: 'leaf', filename: 'leaf' } };
const CALL: Shape = { name: 'leaf', arguments: 'leaf' };
const CHAT_PARTS: Shape = [union(TEXT, IMAGE, AUDIO, FILE, { refusal: 'leaf' })];
const FUNCTION: Shape = { name: 'leaf', description: 'leaf', parameters: 'free', strict: 'leaf' };
const GRAMMAR: Shape = { type: 'leaf', grammar: 'free' };
const CUSTOM: Shape = { name: 'leaf', description: 'leaf', format: GRAMMAR };
const SCHEMA: Shape = { name: 'leaf', description: 'leaf', schema: 'free', strict: 'leaf' };

/** What both ways of asking a model share. */
const ASKING: { readonly [field: string]: Shape } = {
  model: 'leaf',
  metadata: 'free',
  moderation: 'free',
  parallel_tool_calls: 'leaf',
  prompt_cache_key: 'leaf',
  prompt_cache_retention: 'leaf',
  safety_identifier: 'leaf',
  service_tier: 'leaf',
  store: 'leaf',
  stream: 'leaf',
  temperature: 'leaf',
  tool_choice: {
    type: 'leaf',
    mode: 'leaf',
    name: 'leaf',
    function: { name: 'leaf' },
    custom: { name: 'leaf' },
    tools: 'free',
  },
  top_logprobs: 'leaf',
  top_p: 'leaf',
  user: 'leaf',
};

const CHAT: Shape = {
  ...ASKING,
  messages: [
    {
      role: 'leaf',
      name: 'leaf',
      content: CHAT_PARTS,
      refusal: 'leaf',
      audio: { id: 'leaf' },
      tool_call_id: 'leaf',
      tool_calls: [{ id: 'leaf', type: 'leaf', function: CALL, custom: { name: 'leaf', input: 'leaf' } }],
      function_call: CALL,
    },
  ],
  audio: { format: 'leaf', voice: 'leaf' },
  frequency_penalty: 'leaf',
  function_call: { name: 'leaf' },
  functions: [FUNCTION],
  logit_bias: 'free',
  logprobs: 'leaf',
  max_completion_tokens: 'leaf',
  max_tokens: 'leaf',
  modalities: 'leaf',
  n: 'leaf',
  prediction: { type: 'leaf', content: CHAT_PARTS },
  presence_penalty: 'leaf',
  reasoning_effort: 'leaf',
  response_format: { type: 'leaf', json_schema: SCHEMA },
  seed: 'leaf',
  stop: 'leaf',
  stream_options: { include_usage: 'leaf', include_obfuscation: 'leaf' },
  tools: [{ type: 'leaf', function: FUNCTION, custom: CUSTOM }],
  verbosity: 'leaf',
  web_search_options: 'free',
};

const RESPONSE_PARTS: Shape = [
  union(
    TEXT,
    { refusal: 'leaf', annotations: 'free', logprobs: 'free' },
    { image_url: 'leaf', detail: 'leaf' },
    { file_id: 'leaf', file_data: 'leaf', file_url: 'leaf', filename: 'leaf' },
  ),
];

const RESPONSES: Shape = {
  ...ASKING,
  background: 'leaf',
  conversation: { id: 'leaf' },
  include: 'leaf',
  input: [
    {
      type: 'leaf',
      role: 'leaf',
      id: 'leaf',
      status: 'leaf',
      phase: 'leaf',
      content: RESPONSE_PARTS,
      call_id: 'leaf',
      name: 'leaf',
      namespace: 'leaf',
      arguments: 'leaf',
      input: 'leaf',
      output: RESPONSE_PARTS,
      summary: [TEXT],
      encrypted_content: 'leaf',
    },
  ],
  instructions: 'leaf',
  max_output_tokens: 'leaf',
  max_tool_calls: 'leaf',
  previous_response_id: 'leaf',
  prompt: { id: 'leaf', version: 'leaf', variables: 'free' },
  reasoning: { effort: 'leaf', summary: 'leaf', generate_summary: 'leaf' },
  stream_options: { include_obfuscation: 'leaf' },
  text: { format: union(SCHEMA, { type: 'leaf' }), verbosity: 'leaf' },
  tools: [union(FUNCTION, CUSTOM, { type: 'leaf' })],
  truncation: 'leaf',
};

const EMBEDDINGS: Shape = {
  model: 'leaf',
  input: [['leaf']],
  dimensions: 'leaf',
  encoding_format: 'leaf',
  user: 'leaf',
};

const SHAPES: Readonly<Record<ModelRequest['api'], Shape>> = {
  chat: CHAT,
  responses: RESPONSES,
  embeddings: EMBEDDINGS,
};

/** Paths like `messages[0].content[1].x`; a name that may be somebody's is shown as `*`. Empty: every field is known. */
export function unknownFields(api: ModelRequest['api'], request: Readonly<Record<string, unknown>>): readonly string[] {
  const found: string[] = [];
  look(request, SHAPES[api], '', found);
  return found;
}

function look(value: unknown, shape: Shape, path: string, found: string[]): void {
  if (found.length >= MAX_PATHS || shape === 'free' || isScalar(value)) return;
  if (Array.isArray(value)) {
    const inner = isList(shape) ? shape[0] : shape;
    if (inner !== 'leaf' && !isList(shape)) return void found.push(path);
    for (const [at, each] of value.entries()) look(each, inner, `${path}[${at}]`, found);
    return;
  }
  const known = isList(shape) ? shape[0] : shape;
  if (typeof known === 'string' || isList(known)) return void found.push(path);
  for (const [name, member] of Object.entries(value as object)) {
    const below = `${path === '' ? '' : `${path}.`}${SHOWN.test(name) ? name : '*'}`;
    const expected = Object.hasOwn(known, name) ? known[name] : undefined;
    if (expected !== undefined) look(member, expected, below, found);
    else if (found.length < MAX_PATHS) found.push(below);
  }
}

function isScalar(value: unknown): boolean {
  return typeof value !== 'object' || value === null;
}

function isList(shape: Shape): shape is readonly [Shape, ...Shape[]] {
  return Array.isArray(shape);
}

/** One shape with the fields of all: parts are told apart by `type`, and a field of one that stands in another is still known. */
function union(...shapes: readonly Shape[]): Shape {
  return Object.assign({}, ...shapes) as Shape;
}
