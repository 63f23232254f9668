// The fields of OpenAI's requests that Cordon knows, and the paths of those it does not: under `deidentify` and `minimise` an unknown
// one is refused (spec boundary §1.1), because nobody has looked at what may stand in it. Pure.
import type { ModelRequest } from '#boundary/egress/adapter.ts';

/**
 * `leaf`: a scalar or a list of them. `word`: the same, but a text in it is one word of the API, not a place for content. `free`: any JSON; it is content as a whole. A list stands for an object or a list of objects of
 * one of its shapes, told apart by `type` where there are several.
 */
type Shape = 'leaf' | 'word' | 'free' | { readonly [field: string]: Shape } | readonly [Shape, ...Shape[]];

/** More paths than that help nobody. */
const MAX_PATHS = 20;

/** Words of the API: `json_schema`, `24h`, `reasoning.encrypted_content`. A sentence is none. */
const WORD = /^[\w.:-]{0,64}$/;

/** A name that can be shown: a word of a program. What callers made up may be a person's name. */
const SHOWN = /^[a-z][a-z0-9_]{0,39}$/;

const TEXT: Shape = { type: 'word', text: 'leaf' };
const IMAGE: Shape = { type: 'word', image_url: { url: 'leaf', detail: 'word' } };
const AUDIO: Shape = { type: 'word', input_audio: { data: 'leaf', format: 'word' } };
const FILE: Shape = { type: 'word', file: { file_data: 'leaf', file_id: 'leaf', filename: 'leaf' } };
const CALL: Shape = { name: 'leaf', arguments: 'leaf' };
const CHAT_PARTS: Shape = [union(TEXT, IMAGE, AUDIO, FILE, { refusal: 'leaf' })];
const FUNCTION: Shape = { name: 'leaf', description: 'leaf', parameters: 'free', strict: 'word' };
const GRAMMAR: Shape = { type: 'word', grammar: 'free' };
const CUSTOM: Shape = { name: 'leaf', description: 'leaf', format: GRAMMAR };
const SCHEMA: Shape = { name: 'leaf', description: 'leaf', schema: 'free', strict: 'word' };

/** What both ways of asking a model share. */
const ASKING: { readonly [field: string]: Shape } = {
  model: 'leaf',
  metadata: 'free',
  moderation: 'free',
  parallel_tool_calls: 'word',
  prompt_cache_key: 'leaf',
  prompt_cache_retention: 'word',
  safety_identifier: 'leaf',
  service_tier: 'word',
  store: 'word',
  stream: 'word',
  temperature: 'word',
  tool_choice: {
    type: 'word',
    mode: 'word',
    name: 'leaf',
    function: { name: 'leaf' },
    custom: { name: 'leaf' },
    tools: 'free',
  },
  top_logprobs: 'word',
  top_p: 'word',
  user: 'leaf',
};

const CHAT: Shape = {
  ...ASKING,
  messages: [
    {
      role: 'word',
      name: 'leaf',
      content: CHAT_PARTS,
      refusal: 'leaf',
      audio: { id: 'leaf' },
      tool_call_id: 'leaf',
      tool_calls: [{ id: 'leaf', type: 'word', function: CALL, custom: { name: 'leaf', input: 'leaf' } }],
      function_call: CALL,
    },
  ],
  audio: { format: 'word', voice: 'word' },
  frequency_penalty: 'word',
  function_call: { name: 'leaf' },
  functions: [FUNCTION],
  logit_bias: 'free',
  logprobs: 'word',
  max_completion_tokens: 'word',
  max_tokens: 'word',
  modalities: 'word',
  n: 'word',
  prediction: { type: 'word', content: CHAT_PARTS },
  presence_penalty: 'word',
  reasoning_effort: 'word',
  response_format: { type: 'word', json_schema: SCHEMA },
  seed: 'word',
  stop: 'leaf',
  stream_options: { include_usage: 'word', include_obfuscation: 'word' },
  tools: [{ type: 'word', function: FUNCTION, custom: CUSTOM }],
  verbosity: 'word',
  web_search_options: 'free',
};

const RESPONSE_PARTS: Shape = [
  union(
    TEXT,
    { refusal: 'leaf', annotations: 'free', logprobs: 'free' },
    { image_url: 'leaf', detail: 'word' },
    { file_id: 'leaf', file_data: 'leaf', file_url: 'leaf', filename: 'leaf' },
  ),
];

const RESPONSES: Shape = {
  ...ASKING,
  background: 'word',
  conversation: { id: 'leaf' },
  include: 'word',
  input: [
    {
      type: 'word',
      role: 'word',
      id: 'leaf',
      status: 'word',
      phase: 'word',
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
  max_output_tokens: 'word',
  max_tool_calls: 'word',
  previous_response_id: 'leaf',
  prompt: { id: 'leaf', version: 'leaf', variables: 'free' },
  reasoning: { effort: 'word', summary: 'word', generate_summary: 'word' },
  stream_options: { include_obfuscation: 'word' },
  text: { format: union(SCHEMA, { type: 'word' }), verbosity: 'word' },
  tools: [union(FUNCTION, CUSTOM, { type: 'word' })],
  truncation: 'word',
};

const EMBEDDINGS: Shape = {
  model: 'leaf',
  input: [['leaf']],
  dimensions: 'word',
  encoding_format: 'word',
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
  if (found.length >= MAX_PATHS || shape === 'free') return;
  if (isScalar(value)) {
    if (shape === 'word' && typeof value === 'string' && !WORD.test(value)) found.push(path);
  } else if (Array.isArray(value)) lookThroughList(value, shape, path, found);
  else lookThroughObject(value as object, isList(shape) ? shape[0] : shape, path, found);
}

function lookThroughList(list: readonly unknown[], shape: Shape, path: string, found: string[]): void {
  const inner = isList(shape) ? shape[0] : shape;
  if (typeof inner !== 'string' && !isList(shape)) found.push(path);
  else for (const [at, each] of list.entries()) look(each, inner, `${path}[${at}]`, found);
}

function lookThroughObject(object: object, shape: Shape, path: string, found: string[]): void {
  if (typeof shape === 'string' || isList(shape)) {
    found.push(path);
    return;
  }
  for (const [name, member] of Object.entries(object)) {
    const below = `${path === '' ? '' : `${path}.`}${SHOWN.test(name) ? name : '*'}`;
    const expected = Object.hasOwn(shape, name) ? shape[name] : undefined;
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
