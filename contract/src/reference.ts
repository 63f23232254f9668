// The readable reference at /docs: one page without scripts, made from the OpenAPI document and the error catalogue.
import { openapiDocument } from './openapi.ts';
import { PROBLEMS } from './problems.ts';
import type { ProblemCode } from './problems.ts';
import { problemsOf, TAGS } from './route.ts';
import type { Audience, Tag } from './route.ts';
import { routeRows } from './routes.ts';
import type { RouteId } from './routes.ts';

type Node = { readonly [key: string]: unknown };

/** `style` stands in the page's only style element, so that a content policy can name it by its hash. */
export interface ReferencePage {
  readonly html: string;
  readonly style: string;
}

const STYLE = `:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:3rem}h3{margin:2rem 0 .25rem;font-size:1rem}
code{font:.9em ui-monospace,monospace}
table{border-collapse:collapse;width:100%;margin:.5rem 0}
th,td{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid color-mix(in srgb,currentColor 20%,transparent)}
nav ul{columns:2;padding-left:1rem}
.facts{margin:0;opacity:.8}`;

export function referencePage(): ReferencePage {
  const document = openapiDocument() as Node;
  const tags = Object.keys(TAGS) as Tag[];
  const body = [
    '<h1>Cordon API</h1>',
    `<p>The same as <a href="/openapi.json">/openapi.json</a>, for reading. Send an API key or a session token as a bearer token.
Every answer carries <code>Cordon-Request-Id</code>. Lists are paged: give <code>next</code> back as <code>cursor</code>. Edits name the version they were made on with <code>If-Match</code>.</p>`,
    contents(tags),
    ...tags.map((tag) => section(tag, document)),
    documents(document),
    problemTable(),
  ].join('\n');
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Cordon API</title><style>${STYLE}</style>`;
  return {
    html: `<!doctype html>\n<html lang="en"><head>${head}</head><body><main>\n${body}\n</main></body></html>\n`,
    style: STYLE,
  };
}

function contents(tags: readonly Tag[]): string {
  const items = [
    ...tags.map((tag) => `<li><a href="#${tag}">${escape(TAGS[tag])}</a></li>`),
    '<li><a href="#documents">Documents</a></li>',
    '<li><a href="#problems">Problems</a></li>',
  ];
  return `<nav aria-label="Contents"><ul>${items.join('')}</ul></nav>`;
}

function section(tag: Tag, document: Node): string {
  const rows = routeRows().filter(({ route }) => route.tag === tag);
  return `<h2 id="${tag}">${escape(TAGS[tag])}</h2>\n${rows.map(({ id }) => operation(id, document)).join('\n')}`;
}

const WHO: Readonly<Record<Audience, string>> = {
  'api-key': 'an API key',
  person: 'a signed-in person',
  both: 'an API key or a signed-in person',
  public: 'anyone',
};

function operation(id: RouteId, document: Node): string {
  const row = routeRows().find((one) => one.id === id);
  if (row === undefined) return '';
  const { route } = row;
  const path = route.path.replace('+}', '}');
  const said = at(document, 'paths', path, route.method.toLowerCase());
  const facts = [
    `For ${WHO[route.audience]}`,
    ...(route.permission === null ? [] : [`permission <code>${route.permission}</code>`]),
    'kind' in route.ledger ? `recorded as <code>${route.ledger.kind}</code>` : 'not recorded',
  ];
  return [
    `<h3 id="${id}"><code>${route.method} ${escape(path)}</code></h3>`,
    `<p>${escape(route.summary)}.</p>`,
    `<p class="facts">${facts.join(' · ')}</p>`,
    parameterTable(said),
    bodyOf(said),
    repliesOf(said),
    `<p class="facts">Problems: ${problemsOf(route).map(problemLink).join(', ')}</p>`,
  ].join('\n');
}

function parameterTable(said: Node): string {
  const parameters = Array.isArray(said['parameters']) ? (said['parameters'] as Node[]) : [];
  const rows = parameters.map(({ name, in: place, required, description, schema }) => [
    `<code>${escape(name)}</code>`,
    escape(place) + (required === true ? ', required' : ''),
    typeOf(schema),
    escape(description ?? ''),
  ]);
  return rows.length === 0 ? '' : table(['parameter', 'in', 'type', ''], rows);
}

function bodyOf(said: Node): string {
  const content = at(said, 'requestBody', 'content');
  const lines = Object.entries(content).map(
    ([type, media]) => `<p>Body <code>${escape(type)}</code>: ${shapeOf(media)}</p>`,
  );
  return lines.join('\n');
}

function repliesOf(said: Node): string {
  const replies = Object.entries(at(said, 'responses')).filter(([, reply]) => !('$ref' in (reply as Node)));
  const rows = replies.map(([status, reply]) => [
    status,
    escape((reply as Node)['description']),
    Object.entries(at(reply as Node, 'content'))
      .map(([type, media]) => `<code>${escape(type)}</code> ${shapeOf(media)}`)
      .join('<br>'),
  ]);
  return table(['status', '', 'content'], rows);
}

/** The members of an unnamed object, or the name of a document. */
function shapeOf(media: unknown): string {
  const schema = at(media as Node, 'schema');
  return isEmpty(schema) ? 'bytes' : typeOf(schema);
}

function documents(document: Node): string {
  const schemas = Object.entries(at(document, 'components', 'schemas')) as [string, Node][];
  const parts = schemas.map(([name, schema]) => {
    const description = typeof schema['description'] === 'string' ? `<p>${escape(schema['description'])}</p>` : '';
    return `<h3 id="schema-${name}">${name}</h3>\n${description}${memberTable(schema)}`;
  });
  return `<h2 id="documents">Documents</h2>\n${parts.join('\n')}`;
}

function memberTable(schema: Node): string {
  const members = Object.entries(at(schema, 'properties')) as [string, Node][];
  if (members.length === 0) return `<p>${typeOf({ ...schema, description: undefined })}</p>`;
  const required = Array.isArray(schema['required']) ? (schema['required'] as string[]) : [];
  const rows = members.map(([name, member]) => [
    `<code>${escape(name)}</code>${required.includes(name) ? '' : ' (optional)'}`,
    typeOf(member),
    escape(member['description'] ?? ''),
  ]);
  return table(['member', 'type', ''], rows);
}

/** A JSON Schema in one line: `list of Word`, `"a" or "b"`, `text`, `whole number`… */
function typeOf(schema: unknown): string {
  const node = schema as Node;
  const reference = node['$ref'];
  if (typeof reference === 'string') return link(reference.split('/').at(-1) ?? '');
  const choices = node['anyOf'] ?? node['oneOf'];
  if (Array.isArray(choices)) return choices.map(typeOf).join(' or ');
  if (Array.isArray(node['enum'])) return node['enum'].map(literal).join(' or ');
  if ('const' in node) return literal(node['const']);
  switch (node['type']) {
    case 'array':
      return Array.isArray(node['prefixItems'])
        ? `[${node['prefixItems'].map(typeOf).join(', ')}]`
        : `list of ${typeOf(node['items'] ?? {})}`;
    case 'object':
      return objectOf(node);
    case 'string':
      return stringOf(node);
    case 'integer':
      return 'whole number';
    case 'null':
      return '<code>null</code>';
    default:
      return typeof node['type'] === 'string' ? escape(node['type']) : 'anything';
  }
}

function objectOf(node: Node): string {
  const required = Array.isArray(node['required']) ? (node['required'] as string[]) : [];
  const members = Object.entries(at(node, 'properties')).map(
    ([name, member]) => `<code>${escape(name)}</code>${required.includes(name) ? '' : '?'}: ${typeOf(member)}`,
  );
  return members.length === 0 ? 'object' : `{ ${members.join(', ')} }`;
}

function stringOf({ format, maxLength }: Node): string {
  if (format === 'date-time') return 'time';
  if (typeof format === 'string') return escape(format);
  return typeof maxLength === 'number' ? `text ≤ ${maxLength}` : 'text';
}

function problemTable(): string {
  const codes = (Object.keys(PROBLEMS) as ProblemCode[]).toSorted();
  const rows = codes.map((code) => {
    const { status, message, remedy } = PROBLEMS[code];
    return [`<code id="problem-${code}">${code}</code>`, String(status), escape(message), escape(remedy)];
  });
  return `<h2 id="problems">Problems</h2>\n${table(['code', 'status', 'message', 'what to do'], rows)}`;
}

function problemLink(code: ProblemCode): string {
  return `<a href="#problem-${code}"><code>${code}</code></a>`;
}

function link(name: string): string {
  return `<a href="#schema-${escape(name)}">${escape(name)}</a>`;
}

function literal(value: unknown): string {
  return `<code>${escape(JSON.stringify(value))}</code>`;
}

/** Cells are HTML already. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[]): string => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  const heads = head.map((name) => `<th scope="col">${name}</th>`).join('');
  return `<table><thead><tr>${heads}</tr></thead><tbody>${rows.map(cells).join('')}</tbody></table>`;
}

/** The object at a path, or an empty one. */
function at(node: Node, ...path: readonly string[]): Node {
  let found: unknown = node;
  for (const name of path) found = (found as Node)[name] ?? {};
  return found as Node;
}

function isEmpty(node: Node): boolean {
  return Object.keys(node).length === 0;
}

function escape(text: unknown): string {
  return String(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
