import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { PERMISSIONS } from './permissions.ts';
import { isProblem } from './problems.ts';
import { parseOrRefuse } from './parse.ts';
import type { Reply, Route, RouteInput, RouteOutput } from './route.ts';
import { problemsOf } from './route.ts';
import { ROUTES, routeRows } from './routes.ts';
import type { RouteTable } from './routes.ts';

const rows = routeRows();
const templateNames = (path: string): string[] => [...path.matchAll(/\{(\w+)\+?\}/g)].map(([, name]) => name ?? '');

describe.each(rows)('$id', ({ route }) => {
  const permission = route.permission === null ? null : PERMISSIONS[route.permission];

  it('names in the path are the parameters that are parsed', () => {
    expect(Object.keys(route.params?.shape ?? {}).toSorted()).toEqual(templateNames(route.path).toSorted());
  });

  it('the audience agrees with what its permission allows', () => {
    const allowed = permission === null ? ['public', 'person'] : [permission.keys ? 'both' : 'person'];
    expect(allowed).toContain(route.audience);
  });

  it('says when it asks for a fresh sign-in or a second person', () => {
    const saysFresh = problemsOf(route).includes('reauthentication_required');
    const saysDual = problemsOf(route).includes('second_person_required') || route.replies.some(isWaiting);
    expect({ fresh: saysFresh || permission?.fresh !== true, dual: saysDual || permission?.dual !== true }).toEqual({
      fresh: true,
      dual: true,
    });
  });

  it('leaves a ledger entry of a dotted kind, or says why not', () => {
    const said = 'kind' in route.ledger ? route.ledger.kind : route.ledger.none;
    expect(said).toMatch('kind' in route.ledger ? /^[a-z]+(\.[a-z_-]+)+$/ : /^[A-Z].{10,}\.$/);
  });

  it('refuses unknown members', () => {
    const accepting = inputs(route)
      .filter((schema) => schema !== route.headers)
      .filter((schema) => !issueCodes(schema).includes('unrecognized_keys'));
    expect(accepting).toEqual([]);
  });

  it('bounds every text and list that a caller sends', () => {
    expect(inputs(route).flatMap((schema) => unbounded(z.toJSONSchema(schema, { io: 'input' })))).toEqual([]);
  });
});

describe('the table', () => {
  it('has each address once', () => {
    const addresses = rows.map(({ route }) => `${route.method} ${route.path}`);
    expect(new Set(addresses).size).toBe(addresses.length);
  });

  it('lets no API key near a signature', () => {
    expect(ROUTES.signNote.audience).toBe('person');
    expect(PERMISSIONS[ROUTES.signNote.permission].keys).toBe(false);
  });

  it('records every act that changes something, but for those that say why not', () => {
    const silent = rows.filter(({ route }) => route.method !== 'GET' && 'none' in route.ledger).map(({ id }) => id);
    expect(silent).toEqual([
      'acceptInvitation',
      'reopenLedger',
      'measureRisk',
      'plan',
      'explainPolicy',
      'tryEscrow',
      'verifySpeechModel',
    ]);
  });

  it('gives handlers exact types', () => {
    expectTypeOf<RouteInput<RouteTable['getTranscript']>['query']>().toEqualTypeOf<{ version?: number }>();
    expectTypeOf<RouteInput<RouteTable['getTranscript']>['body']>().toEqualTypeOf<undefined>();
    expectTypeOf<RouteInput<RouteTable['createDraft']>['body']>().toEqualTypeOf<{ template: 'soap' | 'progress' }>();
    expectTypeOf<RouteOutput<RouteTable['getJob']>['state']>().toEqualTypeOf<
      'queued' | 'running' | 'done' | 'failed'
    >();
  });
});

describe('a refused value', () => {
  it('names the field and never the value', () => {
    const body = { patient: 'mrn-1', reference: 'Jane Canary' };
    const problem = refusalOf(() => parseOrRefuse(ROUTES.createEncounter.body.schema, body, 'body'));
    expect(problem).toEqual({ code: 'phi_in_header', details: { field: 'body.reference', rule: 'custom', faults: 1 } });
  });

  it('keeps an unknown member’s name out of the details', () => {
    const body = { patient: 'mrn-1', JaneCanary: 1 };
    const problem = refusalOf(() => parseOrRefuse(ROUTES.createEncounter.body.schema, body, 'body'));
    expect(problem).toEqual({
      code: 'invalid_request',
      details: { field: 'body', rule: 'unrecognized_keys', faults: 1 },
    });
  });

  it('splits tags and refuses a person in a header', () => {
    const { headers } = ROUTES.createTranscription;
    expect(parseOrRefuse(headers, { 'cordon-tags': 'minor, hiv', host: 'x' }, 'headers')).toEqual({
      'cordon-tags': ['minor', 'hiv'],
    });
    const problem = refusalOf(() => parseOrRefuse(headers, { 'cordon-patient': '617-555-0142' }, 'headers'));
    expect(problem).toMatchObject({ code: 'phi_in_header', details: { field: 'headers.cordon-patient' } });
  });
});

const isWaiting = (reply: Reply): boolean => reply.status === 202;

function inputs(route: Route): z.ZodType[] {
  return [route.params, route.query, route.headers, bodySchema(route)].filter((schema) => schema !== undefined);
}

function issueCodes(schema: z.ZodType): string[] {
  return schema.safeParse({ unknown_member: 1 }).error?.issues.map(({ code }) => code) ?? [];
}

function bodySchema({ body }: Route): z.ZodType | undefined {
  if (body?.kind === 'json') return body.schema;
  return body?.kind === 'multipart' ? body.fields : undefined;
}

type Node = { readonly [key: string]: unknown };

/** A pattern bounds a text only if nothing in it repeats without end. */
function boundedText(schema: Node): boolean {
  const pattern = schema['pattern'];
  return (
    ['maxLength', 'enum', 'const'].some((key) => key in schema) ||
    (typeof pattern === 'string' && !/(?<!\\)[*+]|\{\d+,\}/.test(pattern))
  );
}

/** Paths of texts without a length, pattern or list of values, and of lists without a limit. */
function unbounded(node: unknown, path = '$'): string[] {
  if (Array.isArray(node)) return node.flatMap((member, index) => unbounded(member, `${path}.${index}`));
  if (node === null || typeof node !== 'object') return [];
  const schema = node as Node;
  const open =
    (schema['type'] === 'string' && !boundedText(schema)) || (schema['type'] === 'array' && !('maxItems' in schema));
  return [
    ...(open ? [path] : []),
    ...Object.entries(schema).flatMap(([key, member]) => unbounded(member, `${path}.${key}`)),
  ];
}

function refusalOf(act: () => unknown): { code: string; details: unknown } {
  try {
    act();
  } catch (error) {
    if (isProblem(error)) return { code: error.code, details: error.details };
    throw error;
  }
  throw new Error('was not refused');
}
