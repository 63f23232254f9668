// Azure OpenAI. The endpoint of the row is the resource, `https://NAME.openai.azure.com`; `account` is the deployment. With
// `?api-version=…` on the endpoint the classic addresses are used, one per deployment; without, the v1 ones, where the deployment
// stands in `model`. The secret is an API key, or the client credentials of Entra as JSON (RFC 6749 §4.4).
import { createHash } from 'node:crypto';
import { ProblemError } from '@cordon/contract';
import type { Clock } from '#kernel/clock.ts';
import type { Door, ModelAdapter, ModelRequest, SpeechAdapter, Target } from '#boundary/egress/adapter.ts';
import { generate } from '#boundary/egress/openai/generate.ts';
import { transcribe } from '#boundary/egress/openai/transcribe.ts';
import { problemOfStatus } from '#boundary/egress/openai/refusal.ts';
import { parseObject, readWhole } from '#boundary/egress/whole.ts';

type Operation = ModelRequest['api'] | 'transcriptions';

const PATHS: Readonly<Record<Operation, string>> = {
  chat: '/chat/completions',
  responses: '/responses',
  embeddings: '/embeddings',
  transcriptions: '/audio/transcriptions',
};

/** Versions before it do not know `stream_options` (Azure OpenAI API version lifecycle). */
const REPORTS_USAGE_FROM = '2024-09-01';

const SCOPE = 'https://cognitiveservices.azure.com/.default';
const AUTHORITY = 'https://login.microsoftonline.com';

/** Milliseconds before its end from which a token is not used: it must last until the request is there. */
const TOKEN_MARGIN_MS = 120_000;

/** Milliseconds that a token is believed to live when its giver does not say. */
const TOKEN_LIFE_MS = 300_000;

/** Tokens kept: one per set of client credentials. */
const MAX_TOKENS = 256;

/** Bytes of an answer that holds a token. */
const MAX_TOKEN_BYTES = 65_536;

interface Token {
  readonly value: string;
  /** By the monotonic clock. */
  readonly until: number;
}

/** One per process: tokens are kept in it, by the digest of the secret that they were given for. */
export function createAzureOpenAi(clock: Clock): ModelAdapter & SpeechAdapter {
  const tokens = new EntraTokens(clock);
  return {
    async send(door, target, request, signal) {
      const way = wayOf(target, request.api);
      return generate(door, target, request, { ...way, headers: await tokens.headers(door, target, signal) }, signal);
    },

    async transcribe(door, target, request, signal) {
      const way = wayOf(target, 'transcriptions');
      return transcribe(door, target, request, { ...way, headers: await tokens.headers(door, target, signal) }, signal);
    },
  };
}

function wayOf({ service }: Target, operation: Operation) {
  const version = URL.parse(service.endpoint ?? '')?.searchParams.get('api-version') ?? null;
  const deployment = service.account ?? service.model;
  if (version === null) return { path: `/openai/v1${PATHS[operation]}`, model: deployment, reportsUsage: true };
  const query = `?api-version=${encodeURIComponent(version)}`;
  // Responses are addressed by resource in the classic form too.
  const below = operation === 'responses' ? '' : `/deployments/${encodeURIComponent(deployment)}`;
  const path = `/openai${below}${PATHS[operation]}${query}`;
  return { path, model: deployment, reportsUsage: version >= REPORTS_USAGE_FROM };
}

interface ClientCredentials {
  readonly authority: string;
  readonly tenant: string;
  readonly id: string;
  readonly secret: string;
}

/** Of one scope. */
export class EntraTokens {
  readonly #clock: Clock;
  readonly #scope: string;
  /** The first request fetches; those that come meanwhile wait for the same token. */
  readonly #kept = new Map<string, Promise<Token>>();

  constructor(clock: Clock, scope: string = SCOPE) {
    this.#clock = clock;
    this.#scope = scope;
  }

  async headers(door: Door, target: Target, signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
    const secret = await door.secret(target);
    if (secret === null) return {};
    const client = clientOf(secret);
    if (client === null) return { 'api-key': secret };
    const key = createHash('sha256').update(secret).digest('base64');
    return { authorization: `Bearer ${await this.#token(key, () => this.#fetch(door, target, client, signal))}` };
  }

  async #token(key: string, fetch: () => Promise<Token>): Promise<string> {
    const kept = this.#kept.get(key);
    // Another caller's fetch may fail because that caller left: then this one asks again.
    const known = kept === undefined ? null : await kept.catch(() => null);
    if (known !== null && known.until - TOKEN_MARGIN_MS > this.#clock.monotonicMs()) return known.value;
    const again = this.#kept.get(key);
    if (again !== kept && again !== undefined) return (await again).value;
    const fetched = fetch();
    if (this.#kept.size >= MAX_TOKENS) this.#kept.clear();
    this.#kept.set(key, fetched);
    try {
      return (await fetched).value;
    } catch (error) {
      if (this.#kept.get(key) === fetched) this.#kept.delete(key);
      throw error;
    }
  }

  /** Errors: those of the door; `credential_unusable` {reason: refused} where the authority does not take the credentials. */
  async #fetch(door: Door, target: Target, client: ClientCredentials, signal: AbortSignal): Promise<Token> {
    const { authority, tenant, id, secret } = client;
    const form = { client_id: id, client_secret: secret, scope: this.#scope, grant_type: 'client_credentials' };
    const inbound = await door.send(
      target,
      {
        method: 'POST',
        path: `${authority}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`,
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: Buffer.from(new URLSearchParams(form).toString()),
      },
      signal,
    );
    if (inbound.status !== 200) {
      const problem = await problemOfStatus(inbound);
      throw problem.code === 'upstream_refused'
        ? new ProblemError('credential_unusable', { reason: 'refused' })
        : problem;
    }
    const said = parseObject(await readWhole(inbound, MAX_TOKEN_BYTES));
    const value = said['access_token'];
    if (typeof value !== 'string' || !/^[\w.~+/=-]+$/.test(value))
      throw new ProblemError('upstream_invalid', { reason: 'token' });
    const lives = typeof said['expires_in'] === 'number' ? said['expires_in'] * 1000 : TOKEN_LIFE_MS;
    return { value, until: this.#clock.monotonicMs() + lives };
  }
}

/** Null: the secret is an API key. Errors: `credential_unusable` {reason: form}. */
function clientOf(secret: string): ClientCredentials | null {
  if (!secret.startsWith('{')) return null;
  try {
    const {
      tenant_id,
      client_id,
      client_secret,
      authority = AUTHORITY,
    } = JSON.parse(secret) as Record<string, unknown>;
    const parts = [tenant_id, client_id, client_secret, authority];
    if (parts.every((part): part is string => typeof part === 'string' && part !== '')) {
      const [tenant = '', id = '', word = '', host = ''] = parts;
      return { tenant, id, secret: word, authority: host.replace(/\/+$/, '') };
    }
  } catch {
    // What follows says it, without the parser's words: they quote the secret.
  }
  throw new ProblemError('credential_unusable', { reason: 'form' });
}
