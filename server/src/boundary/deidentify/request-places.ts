// What may stand where in a request that is de-identified on its way out (spec boundary §1.1, docs/decisions/0126). Every string has a
// place here, or the request is refused: nobody has looked at what may stand in a field that nobody knows.
import type { ModelRequest } from '#boundary/egress/adapter.ts';

/**
 * `text`: content. `label`: a name that must stay as it is, because something else is found by it; refused where it identifies somebody.
 * `id`: links two parts of the request and says nothing; given anew. `own`: exchanged by the adapter, never sent. `refused`: cannot be read.
 */
export type Treatment = 'text' | 'label' | 'id' | 'own' | 'refused';

export interface Shape {
  /** Of a string, or of each string of a list, that stands here itself; absent: none may. */
  readonly here?: Treatment;
  readonly members?: { readonly [name: string]: Shape };
  /** Of every member that `members` does not have. */
  readonly others?: Shape;
}

const text: Shape = { here: 'text' };
const label: Shape = { here: 'label' };
const id: Shape = { here: 'id' };
const refused: Shape = { here: 'refused' };

/** Any JSON that is content: a default, an example, a list of what a value may be. */
const content: Shape = {
  here: 'text',
  get others() {
    return content;
  },
};

const SPEAKING = ['description', 'title', '$comment', 'default', 'const', 'enum', 'examples', 'example'];
const NAMING = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'];

/** JSON Schema: what speaks to the model is content; types, references and names of properties are labels. */
const schema: Shape = {
  here: 'label',
  members: {
    ...Object.fromEntries(SPEAKING.map((name) => [name, content])),
    ...Object.fromEntries(
      NAMING.map((name) => [
        name,
        {
          get others() {
            return schema;
          },
        },
      ]),
    ),
  },
  get others() {
    return schema;
  },
};

const PART: Shape = {
  here: 'text',
  members: { type: label, text, refusal: text, annotations: refused, logprobs: refused },
};
const FUNCTION: Shape = { members: { name: label, description: text, parameters: schema, strict: label, type: label } };
/** A grammar reads the model's own words: tokens in it would never come. */
const CUSTOM: Shape = {
  members: {
    name: label,
    description: text,
    format: {
      members: {
        type: label,
        grammar: { members: { syntax: label, definition: label } },
        syntax: label,
        definition: label,
      },
    },
  },
};
const CALL: Shape = { members: { name: label, arguments: text, input: text } };
const ANSWER_SCHEMA: Shape = { members: { name: label, description: text, schema, strict: label, type: label } };

const ASKING = {
  model: { here: 'own' },
  parallel_tool_calls: label,
  service_tier: label,
  store: label,
  stream: label,
  temperature: label,
  tool_choice: {
    here: 'label',
    members: {
      type: label,
      mode: label,
      name: label,
      function: { members: { name: label } },
      custom: { members: { name: label } },
    },
  },
  top_p: label,
} as const satisfies Record<string, Shape>;

const CHAT: Shape = {
  members: {
    ...ASKING,
    messages: {
      members: {
        role: label,
        name: label,
        content: PART,
        refusal: text,
        tool_call_id: id,
        tool_calls: { members: { id, type: label, function: CALL, custom: CALL } },
        function_call: CALL,
      },
    },
    frequency_penalty: label,
    function_call: { here: 'label', members: { name: label } },
    functions: FUNCTION,
    logit_bias: { others: label },
    max_completion_tokens: label,
    max_tokens: label,
    modalities: label,
    n: label,
    prediction: { members: { type: label, content: PART } },
    presence_penalty: label,
    reasoning_effort: label,
    response_format: { members: { type: label, json_schema: ANSWER_SCHEMA } },
    seed: label,
    stop: text,
    stream_options: { members: { include_usage: label, include_obfuscation: label } },
    tools: { members: { type: label, function: FUNCTION, custom: CUSTOM } },
    verbosity: label,
  },
};

const RESPONSES: Shape = {
  members: {
    ...ASKING,
    input: {
      here: 'text',
      members: {
        type: label,
        role: label,
        id,
        status: label,
        phase: label,
        content: PART,
        call_id: id,
        name: label,
        namespace: label,
        arguments: text,
        input: text,
        output: PART,
        summary: PART,
      },
    },
    instructions: text,
    max_output_tokens: label,
    max_tool_calls: label,
    reasoning: { members: { effort: label, summary: label, generate_summary: label } },
    stream_options: { members: { include_obfuscation: label } },
    text: { members: { format: ANSWER_SCHEMA, verbosity: label } },
    tools: {
      members: { ...FUNCTION.members, ...CUSTOM.members },
    },
    truncation: label,
  },
};

const EMBEDDINGS: Shape = {
  members: { model: ASKING.model, input: text, dimensions: label, encoding_format: label },
};

const SHAPES: Readonly<Record<ModelRequest['api'], Shape>> = {
  chat: CHAT,
  responses: RESPONSES,
  embeddings: EMBEDDINGS,
};

/** Values that the API gives to its own members. */
const VALUES =
  'system user assistant tool developer text function custom message string object number integer array boolean null auto none required input_text output_text json_schema json_object function_call function_call_output low medium high';

/** Words of the API itself, the same in everybody's requests. */
export const API_WORDS: ReadonlySet<string> = new Set([
  ...Object.values(SHAPES).flatMap(namesIn),
  ...VALUES.split(' '),
]);

function namesIn({ members = {} }: Shape): string[] {
  return Object.entries(members).flatMap(([name, shape]) => [name, ...(shape === schema ? [] : namesIn(shape))]);
}

/** A place in a request. `shape` null: nothing of the table stands here. */
export interface RequestPlace {
  readonly shape: Shape | null;
  readonly name: string;
  readonly above: RequestPlace | null;
}

export function rootOf(api: ModelRequest['api']): RequestPlace {
  return { shape: SHAPES[api], name: '', above: null };
}

export function memberOf(above: RequestPlace, name: string): RequestPlace {
  const { members, others } = above.shape ?? {};
  const known = members !== undefined && Object.hasOwn(members, name) ? members[name] : others;
  return { shape: known ?? null, name, above };
}

/** The member is none of the API's own: a property of a tool, a word of a list of biases. */
export function isOpenEnded({ name, above }: RequestPlace): boolean {
  return above?.shape?.members === undefined || !Object.hasOwn(above.shape.members, name);
}

export function isSchema(shape: Shape | null): boolean {
  return shape === schema;
}

/** A name that can be shown: a word of a program. What callers made up may be a person's name. */
const SHOWN = /^[a-z][a-z0-9_]{0,39}$/;

/** Names on the way to a place, as refusals show it; a name that may be somebody's is `*`. */
export function pathOf(place: RequestPlace): string {
  const names: string[] = [];
  for (let at: RequestPlace | null = place; at?.above != null; at = at.above)
    names.unshift(SHOWN.test(at.name) ? at.name : '*');
  return names.join('.');
}
