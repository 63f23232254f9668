// What one row of the route table says. The server's routes, the OpenAPI document, the SDK's types, the permissions
// page and the access test are all made from these rows, so that none of them can differ from another.
import type { z } from 'zod';
import type { Permission } from './permissions.ts';
import type { ProblemCode } from './problems.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Who may knock: `api-key` workloads alone, `person` a signed-in person alone, `both`, or `public` anyone without a credential. */
export type Audience = 'api-key' | 'person' | 'both' | 'public';

export type Body =
  | { readonly kind: 'json'; readonly schema: z.ZodType }
  /** JSON that goes on as it came: `schema` says what is read of it, the bytes stay beside. */
  | { readonly kind: 'passed-json'; readonly schema: z.ZodType }
  /** `fields` are the text parts; `file` names the one part that streams. */
  | { readonly kind: 'multipart'; readonly fields: z.ZodObject; readonly file: string }
  /** Raw bytes, streamed; never held whole in memory. */
  | { readonly kind: 'stream'; readonly contentTypes: readonly string[] };

export type Content =
  | { readonly kind: 'json'; readonly schema: z.ZodType; readonly contentType?: string }
  /** JSON that a service made and that is handed on as it came; `schema` is what it says of itself. */
  | { readonly kind: 'passed-json'; readonly schema: z.ZodType }
  /** Server-sent events that a service made, handed on as they came. */
  | { readonly kind: 'passed-events'; readonly schema: z.ZodType }
  | { readonly kind: 'text'; readonly contentType: string }
  | { readonly kind: 'stream'; readonly contentType: string }
  /**
   * Server-sent events; `schema` is that of each event's `data`. `unnamed`: as OpenAI's clients read them, without a name, a failure after
   * the first as the error envelope, `[DONE]` at the end.
   */
  | { readonly kind: 'events'; readonly schema: z.ZodType; readonly unnamed?: true };

export interface Reply {
  readonly status: number;
  readonly description: string;
  /** Empty for 204. Several when the request chooses the form. */
  readonly content: readonly Content[];
  /** Response headers beyond `Cordon-Request-Id`, which every answer carries. Name → what it says. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The ledger entry that a request leaves, or why it leaves none. */
export type Leaves = { readonly kind: string } | { readonly none: string };

export interface Route {
  readonly method: Method;
  /** OpenAPI template: `/api/encounters/{id}`. A last parameter written `{path+}` takes the rest of the address. */
  readonly path: string;
  readonly summary: string;
  readonly tag: Tag;
  readonly audience: Audience;
  /** What the caller needs; null for public routes and for acts on one's own session. */
  readonly permission: Permission | null;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: Body;
  readonly replies: readonly Reply[];
  /** Beyond those that every route may answer (see `problemsOf`). */
  readonly errors: readonly ProblemCode[];
  readonly ledger: Leaves;
}

export const TAGS = {
  openai: 'OpenAI-compatible',
  session: 'Signing in and out',
  people: 'Tenants, people and API keys',
  encounters: 'Encounters and consent',
  recordings: 'Recordings and transcripts',
  notes: 'Drafts, review and notes',
  ledger: 'Ledger',
  boundary: 'Services, agreements and policy',
  deid: 'De-identification',
  custody: 'Keys and approvals',
  operate: 'Jobs, models and health',
} as const;
export type Tag = keyof typeof TAGS;

type InputOf<T> = T extends z.ZodType ? z.output<T> : undefined;

/** A body and what it says. */
export interface PassedJson<T> {
  readonly bytes: Uint8Array;
  readonly parsed: T;
}

/** What the handler of a route receives, parsed. A streamed body is not in here: the handler reads it. */
export interface RouteInput<R extends Route> {
  readonly params: InputOf<R['params']>;
  readonly query: InputOf<R['query']>;
  readonly headers: InputOf<R['headers']>;
  readonly body: R['body'] extends { kind: 'json'; schema: infer S }
    ? InputOf<S>
    : R['body'] extends { kind: 'passed-json'; schema: infer S }
      ? PassedJson<InputOf<S>>
      : R['body'] extends { kind: 'multipart'; fields: infer F }
        ? InputOf<F>
        : undefined;
}

/** The union of the JSON documents that a route may answer with. */
export type RouteOutput<R extends Route> = InputOf<
  Extract<R['replies'][number]['content'][number], { kind: 'json' }>['schema']
>;

/** Whether a request of this route may be repeated under an idempotency key. */
export function takesKey(route: Route): boolean {
  return route.headers !== undefined && 'idempotency-key' in route.headers.shape;
}

/** Problems that any route may answer, by what the route is. */
export function problemsOf(route: Route): readonly ProblemCode[] {
  const everywhere: ProblemCode[] = ['rate_limited', 'shutting_down', 'storage_unavailable', 'internal'];
  const codes = new Set<ProblemCode>([...route.errors, ...everywhere]);
  if (route.params ?? route.query ?? route.headers ?? route.body) codes.add('invalid_request');
  if (route.body) codes.add('payload_too_large').add('unsupported_media_type');
  if (route.params) codes.add('not_found');
  if (takesKey(route)) codes.add('idempotency_mismatch').add('idempotency_in_progress').add('key_unavailable');
  if (route.headers && 'if-match' in route.headers.shape) codes.add('version_mismatch');
  if (route.audience !== 'public') codes.add('unauthenticated').add('not_permitted');
  if (route.audience === 'person') codes.add('person_required');
  if ('kind' in route.ledger) codes.add('ledger_unavailable').add('ledger_read_only');
  return [...codes].toSorted();
}
