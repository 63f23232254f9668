// The OpenAPI 3.1 document, built from the route table. docs/openapi.json is its committed copy; /openapi.json serves it.
import { z } from 'zod';
import { OpenAIError } from './openai.ts';
import { ProblemDocument } from './problem-document.ts';
import { PROBLEMS } from './problems.ts';
import type { ProblemCode } from './problems.ts';
import { problemsOf, TAGS, takesKey } from './route.ts';
import type { Body, Content, Reply, Route } from './route.ts';
import { routeRows } from './routes.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };
type JsonObject = { readonly [key: string]: Json | undefined };

/** Components met on the way; filled while the paths are built. */
type Components = Map<string, JsonObject>;

/** The whole document. Deterministic: the same table gives the same bytes. */
export function openapiDocument(): JsonObject {
  const components: Components = new Map();
  const paths = pathsOf(components);
  return {
    openapi: '3.1.1',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: 'Cordon',
      version: '1',
      description: 'A self-hosted HIPAA boundary for clinical speech and language AI.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key. It can never sign a note.' },
        session: { type: 'http', scheme: 'bearer', description: 'The token of a person’s `bearer` sign-in.' },
        cookie: {
          type: 'apiKey',
          in: 'cookie',
          name: 'cordon_session',
          description: 'A person’s session in a browser.',
        },
      },
      responses: sharedProblems(),
      schemas: Object.fromEntries([...components].toSorted(([left], [right]) => (left < right ? -1 : 1))),
    },
  };
}

function pathsOf(components: Components): JsonObject {
  const paths: Record<string, Record<string, Json>> = {};
  for (const { id, route } of routeRows()) {
    const path = route.path.replace('+}', '}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(id, route, components) };
  }
  return paths;
}

function operation(id: string, route: Route, components: Components): JsonObject {
  return {
    operationId: id,
    summary: route.summary,
    tags: [route.tag],
    security: security(route),
    ...(route.permission !== null && { 'x-cordon-permission': route.permission }),
    'x-cordon-ledger': 'kind' in route.ledger ? route.ledger.kind : null,
    'x-cordon-problems': problemsOf(route),
    parameters: [
      ...parameters('path', route.params, components),
      ...parameters('query', route.query, components),
      ...parameters('header', route.headers, components),
    ],
    ...(route.body !== undefined && { requestBody: requestBody(route.body, components) }),
    responses: { ...responses(route, components), ...problems(route, components) },
  };
}

function security(route: Route): Json {
  const person = [{ session: [] }, { cookie: [] }];
  switch (route.audience) {
    case 'public':
      return [];
    case 'person':
      return person;
    case 'api-key':
      return [{ apiKey: [] }];
    case 'both':
      return [{ apiKey: [] }, ...person];
  }
}

function parameters(
  place: 'path' | 'query' | 'header',
  schema: z.ZodObject | undefined,
  components: Components,
): Json[] {
  if (schema === undefined) return [];
  const json = schemaOf(schema, 'input', components);
  const required = Array.isArray(json['required']) ? (json['required'] as readonly string[]) : [];
  return Object.entries((json['properties'] ?? {}) as JsonObject).map(([name, member]) => {
    const { description, ...rest } = member as JsonObject;
    return {
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      ...(description !== undefined && { description }),
      schema: rest,
    };
  });
}

function requestBody(body: Body, components: Components): JsonObject {
  switch (body.kind) {
    case 'json':
    case 'passed-json':
      return {
        required: true,
        content: { 'application/json': { schema: schemaOf(body.schema, 'input', components) } },
      };
    case 'multipart':
      return { required: true, content: { 'multipart/form-data': { schema: formOf(body, components) } } };
    case 'stream':
      return {
        required: true,
        content: Object.fromEntries(body.contentTypes.map((type) => [type, { schema: {} }])),
      };
  }
}

function formOf(body: Extract<Body, { kind: 'multipart' }>, components: Components): JsonObject {
  const fields = schemaOf(body.fields, 'input', components);
  const required = Array.isArray(fields['required']) ? (fields['required'] as readonly string[]) : [];
  return {
    ...fields,
    properties: {
      ...(fields['properties'] as JsonObject),
      [body.file]: { type: 'string', contentMediaType: 'application/octet-stream' },
    },
    required: [...required, body.file],
  };
}

function responses(route: Route, components: Components): JsonObject {
  return Object.fromEntries(route.replies.map((reply) => [String(reply.status), replyOf(route, reply, components)]));
}

function replyOf(route: Route, reply: Reply, components: Components): JsonObject {
  const headers = {
    'Cordon-Request-Id': 'Names this request in logs and errors.',
    ...(takesKey(route) && {
      'Cordon-Replayed': '`true` when this is the answer to an earlier request under the same key.',
    }),
    ...reply.headers,
  };
  return {
    description: reply.description,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
    ),
    ...(reply.content.length > 0 && {
      content: Object.fromEntries(reply.content.map((content) => contentOf(content, components))),
    }),
  };
}

function contentOf(content: Content, components: Components): [string, JsonObject] {
  switch (content.kind) {
    case 'json':
      return [content.contentType ?? 'application/json', { schema: schemaOf(content.schema, 'output', components) }];
    case 'passed-json':
      return ['application/json', { schema: schemaOf(content.schema, 'output', components) }];
    case 'passed-events':
      return [
        'text/event-stream',
        { schema: { type: 'string' }, 'x-cordon-event': schemaOf(content.schema, 'output', components) },
      ];
    case 'text':
      return [content.contentType, { schema: { type: 'string' } }];
    case 'stream':
      return [content.contentType, { schema: {} }];
    case 'events':
      return [
        'text/event-stream',
        { schema: { type: 'string' }, 'x-cordon-event': schemaOf(content.schema, 'output', components) },
      ];
  }
}

/** One shared response per status; the operation's own codes stand in `x-cordon-problems`. */
function problems(route: Route, components: Components): JsonObject {
  const envelope = route.path.startsWith('/v1/') ? 'OpenAIError' : 'Problem';
  const taken = new Set(route.replies.map((reply) => reply.status));
  const statuses = new Set(problemsOf(route).map((code) => PROBLEMS[code].status));
  const refs = [...statuses]
    .filter((status) => !taken.has(status))
    .toSorted((left, right) => left - right)
    .map((status) => [String(status), { $ref: `#/components/responses/${envelope}${status}` }]);
  schemaOf(envelope === 'Problem' ? ProblemDocument : OpenAIError, 'output', components);
  return Object.fromEntries(refs) as JsonObject;
}

/** `Problem404`, `OpenAIError404`…: every status of the catalogue in both envelopes, with the codes it stands for. */
function sharedProblems(): JsonObject {
  const byStatus = Map.groupBy(Object.keys(PROBLEMS) as ProblemCode[], (code) => PROBLEMS[code].status);
  const forms = [
    ['Problem', 'application/problem+json'],
    ['OpenAIError', 'application/json'],
  ] as const;
  const entries = [...byStatus]
    .toSorted(([left], [right]) => left - right)
    .flatMap(([status, codes]) =>
      forms.map(([envelope, type]) => [
        `${envelope}${status}`,
        { description: namesOf(codes), content: { [type]: { schema: { $ref: `#/components/schemas/${envelope}` } } } },
      ]),
    );
  return Object.fromEntries(entries) as JsonObject;
}

function namesOf(codes: readonly ProblemCode[]): string {
  return codes
    .toSorted()
    .map((code) => `\`${code}\`: ${PROBLEMS[code].message}`)
    .join('\n\n');
}

/** JSON Schema of a zod schema; schemas with an id become components. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', components: Components): JsonObject {
  const json = z.toJSONSchema(schema, { io, target: 'draft-2020-12', unrepresentable: 'throw' });
  const { $schema: _dialect, $defs, ...rest } = hoistRefs(json as Json) as JsonObject;
  for (const [name, definition] of Object.entries(($defs ?? {}) as Record<string, JsonObject>)) {
    addComponent(components, name, definition);
  }
  const id = rest['id'];
  if (typeof id !== 'string') return rest;
  const { id: _id, ...body } = rest;
  addComponent(components, id, body);
  return { $ref: `#/components/schemas/${id}` };
}

function addComponent(components: Components, name: string, definition: JsonObject): void {
  const { id: _id, ...body } = definition;
  const held = components.get(name);
  if (held !== undefined && JSON.stringify(held) !== JSON.stringify(body)) {
    throw new Error(`component ${name} has two shapes: a schema with an id must read the same on the way in and out`);
  }
  components.set(name, body);
}

/** `#/$defs/X` of a single schema becomes `#/components/schemas/X` of the document. */
function hoistRefs(json: Json): Json {
  if (Array.isArray(json)) return json.map((member: Json) => hoistRefs(member));
  if (json === null || typeof json !== 'object') return json;
  return Object.fromEntries(
    Object.entries(json).map(([key, member]) =>
      key === '$ref' && typeof member === 'string'
        ? [key, member.replace('#/$defs/', '#/components/schemas/')]
        : [key, member === undefined ? undefined : hoistRefs(member)],
    ),
  );
}
