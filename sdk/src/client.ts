// The typed client: every route of the contract, in the browser and in Node.
import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './openapi.ts';

export type CordonClient = Client<paths>;

/** The documents of the wire by name, as the client's answers hold them: `Schemas['Draft']`, `Schemas['Note']`… */
export type Schemas = { [Name in keyof components['schemas']]: Answered<components['schemas'][Name]> };

/** What openapi-fetch makes of a schema in an answer: a tuple is a list there. */
type Answered<T> = T extends (infer Item)[]
  ? Answered<Item>[]
  : T extends object
    ? { [Member in keyof T]: Answered<T[Member]> }
    : T;

export interface CordonClientOptions {
  /** Address of the server: `http://127.0.0.1:8788`. */
  readonly url: string;
  /** An API key, or the token of a person's `bearer` sign-in; empty for none (public routes, cookie sessions). */
  readonly credential: string;
  /** For tests and for runtimes with a `fetch` of their own. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

/** A client for one server and one credential. Answers are `{data}` or `{error}` with the `Response`; it throws only when there was no answer. */
export function createCordonClient({ url, credential, fetch }: CordonClientOptions): CordonClient {
  return createClient<paths>({
    baseUrl: url.replace(/\/+$/, ''),
    ...(credential === '' ? {} : { headers: { authorization: `Bearer ${credential}` } }),
    ...(fetch === undefined ? {} : { fetch }),
  });
}
