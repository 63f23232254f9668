// Access tokens of Google Cloud (RFC 7523 and RFC 6749 §6), fetched through the door: from a service account's key, or from what
// `gcloud auth application-default login` leaves. Held until shortly before they end; a token is a secret and never leaves here in
// anything but a header.
import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { isProblem, ProblemError } from '@cordon/contract';
import type { Clock } from '#kernel/clock.ts';
import type { Door, Target } from '#boundary/egress/adapter.ts';
import { whole } from './answer-limits.ts';
import { jsonSecret, unusableSecret } from './aws.ts';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const TOKEN_URI = 'https://oauth2.googleapis.com/token';

/** Seconds that an assertion holds; Google takes no more. */
const ASSERTION_LIFE_S = 3600;
/** Milliseconds before its end in which a token is not used any more: a long request begins with a good one. */
const MARGIN_MS = 5 * 60_000;
/** Milliseconds for one exchange, whoever waits for it. */
const EXCHANGE_MS = 20_000;
/** Service accounts whose tokens are held; beyond it the oldest goes. An installation has a handful. */
const MAX_HELD = 64;
const MAX_TOKEN_BYTES = 64 * 1024;

interface Held {
  readonly token: Promise<string>;
  endsAt: number;
}

export class GoogleTokens {
  readonly #clock: Clock;
  readonly #held = new Map<string, Held>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Errors: `credential_unusable` for a secret that Google does not take, the door's errors, `upstream_invalid`, `caller_gone`. */
  async token(door: Door, target: Target, secret: string | null, signal: AbortSignal): Promise<string> {
    return await orLeave(this.#shared(door, target, secret), signal);
  }

  #shared(door: Door, target: Target, secret: string | null): Promise<string> {
    const key = createHash('sha256')
      .update(secret ?? '')
      .digest('base64');
    const held = this.#held.get(key);
    if (held !== undefined && this.#clock.monotonicMs() < held.endsAt) return held.token;
    const fresh: Held = {
      token: this.#fetch(door, target, secret, (endsAt) => (fresh.endsAt = endsAt)),
      endsAt: Infinity,
    };
    this.#held.delete(key);
    this.#held.set(key, fresh);
    const [oldest] = this.#held.keys();
    if (this.#held.size > MAX_HELD && oldest !== undefined) this.#held.delete(oldest);
    // What failed is asked for anew by the next.
    fresh.token.catch(() => this.#held.delete(key));
    return fresh.token;
  }

  async #fetch(door: Door, target: Target, secret: string | null, until: (endsAt: number) => void): Promise<string> {
    const asked = this.#clock.monotonicMs();
    const { uri, form } = exchangeOf(jsonSecret(secret), Math.floor(this.#clock.now().getTime() / 1000));
    const request = {
      method: 'POST' as const,
      path: uri,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from(new URLSearchParams(form).toString()),
    };
    const { status, body } = await door.send(target, request, AbortSignal.timeout(EXCHANGE_MS));
    const answer = await answerOf(body);
    if (status >= 500 || status === 429) throw new ProblemError('upstream_unavailable', { reason: 'token', status });
    if (status >= 400) throw new ProblemError('credential_unusable', { reason: 'refused' });
    const { access_token: token, expires_in: seconds } = answer;
    if (typeof token !== 'string' || typeof seconds !== 'number')
      throw new ProblemError('upstream_invalid', { reason: 'token' });
    until(asked + seconds * 1000 - MARGIN_MS);
    return token;
  }
}

/** One who leaves does not end an exchange that others wait for. */
async function orLeave<T>(shared: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: left, reject } = Promise.withResolvers<never>();
  const leave = (): void => reject(isProblem(signal.reason) ? signal.reason : new ProblemError('caller_gone'));
  if (signal.aborted) leave();
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([shared, left]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

interface Exchange {
  readonly uri: string;
  readonly form: Record<string, string>;
}

function exchangeOf(secret: Readonly<Record<string, unknown>>, nowS: number): Exchange {
  const text = (key: string): string => {
    const value = secret[key];
    if (typeof value !== 'string' || value === '') throw unusableSecret();
    return value;
  };
  const uri = secret['token_uri'] === undefined ? TOKEN_URI : text('token_uri');
  switch (secret['type']) {
    case 'service_account': {
      const claims = { iss: text('client_email'), scope: SCOPE, aud: uri, iat: nowS, exp: nowS + ASSERTION_LIFE_S };
      const header = { alg: 'RS256', typ: 'JWT', kid: text('private_key_id') };
      const assertion = jwtOf(header, claims, privateKeyOf(text('private_key')));
      return { uri, form: { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion } };
    }
    case 'authorized_user': {
      const form = { client_id: text('client_id'), client_secret: text('client_secret') };
      return { uri, form: { ...form, refresh_token: text('refresh_token'), grant_type: 'refresh_token' } };
    }
    default:
      // Workload identity and the metadata server would have the door open to other addresses.
      throw unusableSecret();
  }
}

function jwtOf(header: object, claims: object, key: KeyObject): string {
  const input = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}

function privateKeyOf(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw unusableSecret();
  }
}

async function answerOf(body: AsyncIterable<Uint8Array>): Promise<Readonly<Record<string, unknown>>> {
  try {
    const answer: unknown = JSON.parse(Buffer.from(await whole(body, MAX_TOKEN_BYTES)).toString());
    return typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : {};
  } catch (error) {
    if (isProblem(error)) throw error;
    return {};
  }
}
