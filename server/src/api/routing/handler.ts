// What stands behind a route: parsed input in, an answer out. Types come from the route table (contract), so a handler
// cannot answer what the document does not promise.
import {
  isProblem,
  type Route,
  type RouteId,
  type RouteInput,
  type RouteOutput,
  type RouteTable,
} from '@cordon/contract';
import type { KeyPrincipal, PersonPrincipal, Principal } from '#custody/access/principal.ts';
import type { ObjectRef } from '#custody/ledger/ledger.ts';
import type { Wire } from '#platform/http/wire.ts';

/** Who the audience of a route lets in. */
type PrincipalOf<R extends Route> = R['audience'] extends 'public'
  ? Principal | null
  : R['audience'] extends 'person'
    ? PersonPrincipal
    : R['audience'] extends 'api-key'
      ? KeyPrincipal
      : Principal;

/** The id of what the request makes. */
export interface Reserved {
  readonly id: string;
  /** An earlier attempt under the same Idempotency-Key was broken off: the thing may exist already. */
  readonly resumed: boolean;
}

/** The request beyond its parsed parts. */
export interface Exchange {
  readonly requestId: string;
  /** Aborted when the caller goes away while it sends, or the server stops. */
  readonly signal: AbortSignal;
  /** Aborted when the caller goes away before it has its answer, or the server stops. */
  readonly unwanted: AbortSignal;
  readonly contentType: string;
  readonly remoteAddress: string;
  readonly userAgent: string | null;
  /** The raw body of a streamed or multipart route; reading it applies back-pressure to the caller. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Whether the connection can become a WebSocket. */
  readonly canUpgrade: boolean;
}

export interface HandlerContext<R extends Route> {
  readonly principal: PrincipalOf<R>;
  readonly exchange: Exchange;
  readonly reserved: Reserved;
}

interface AnswerHead {
  /** By default the first reply of the route. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** What was read, for the `access.read` entry that must be durable before the answer leaves. */
  readonly objects?: readonly ObjectRef[];
}

export type Answer<Json> = AnswerHead &
  (
    | { readonly json: Json }
    | { readonly text: string; readonly contentType: string }
    /** Made by a service and handed on as it came. `recorded`: the ledger entry whose content it is. */
    | { readonly bytes: Uint8Array; readonly contentType: string; readonly recorded: string }
    /** `recorded`: the ledger entry whose content the stream was, once it stands; left out where nothing is to be told again. */
    | { readonly stream: AsyncIterable<Uint8Array>; readonly contentType: string; readonly recorded?: Promise<string> }
    | { readonly events: AsyncIterable<unknown> }
    | { readonly nothing: true }
    /** The connection becomes a WebSocket, whose talk this is; `missed` when its client left before. */
    | { readonly talk: (wire: Wire) => Promise<void>; readonly missed: () => void }
  );

/** What an earlier attempt made under the reserved id; null when there was none, or it made nothing. */
export async function madeBefore<T>(reserved: Reserved, read: (id: string) => Promise<T>): Promise<T | null> {
  if (!reserved.resumed) return null;
  try {
    return await read(reserved.id);
  } catch (error) {
    if (isProblem(error) && error.code === 'not_found') return null;
    throw error;
  }
}

export type Handler<R extends Route> = (
  input: RouteInput<R>,
  context: HandlerContext<R>,
) => Promise<Answer<RouteOutput<R>>>;

/** `/healthz` is answered by platform/http, before anything else stands. */
export type HandledRoute = Exclude<RouteId, 'health'>;

/** Every route has its handler: the compiler says when one is missing. */
export type Handlers = { readonly [Id in HandledRoute]: Handler<RouteTable[Id]> };
