// A small HTTP client for journeys: JSON in, status, headers and body out. Real sockets.
import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed when it is JSON, else the text. */
  readonly body: Record<string, unknown>;
  readonly text: string;
}

export interface Ask {
  readonly body?: unknown;
  /** Raw body with its content type instead of JSON. */
  readonly raw?: { readonly bytes: string | Blob | FormData | Buffer; readonly type?: string };
  readonly headers?: Readonly<Record<string, string>>;
}

export async function ask(
  url: string,
  token: string | null,
  method: string,
  path: string,
  what: Ask = {},
): Promise<Answered> {
  const body =
    what.raw === undefined ? (what.body === undefined ? undefined : JSON.stringify(what.body)) : what.raw.bytes;
  const type = what.raw === undefined ? (body === undefined ? undefined : 'application/json') : what.raw.type;
  const response = await fetch(`${url}${path}`, {
    method,
    ...(body === undefined ? {} : { body }),
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(type === undefined ? {} : { 'content-type': type }),
      ...what.headers,
    },
  });
  const text = await response.text();
  const json = (response.headers.get('content-type') ?? '').includes('json');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: json && text !== '' ? (JSON.parse(text) as Record<string, unknown>) : {},
  };
}

export interface Login {
  readonly email: string;
  readonly password: string;
  readonly secret: string;
}

/** A code is taken once (RFC 6238 §5.2), so each further one of a person comes from the next time step. */
const used = new Map<string, number>();

export function freshCode(secret: string): string {
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  const now = Math.floor(Date.now() / 30_000);
  const step = Math.max(now - 1, (used.get(secret) ?? 0) + 1);
  if (step > now + 1) throw new Error('too many codes in one time step');
  used.set(secret, step);
  return totp.generate({ timestamp: step * 30_000 });
}

/** The code of the step before now may be too old when it arrives; the next one is not. */
async function withCode(secret: string, use: (code: string) => Promise<Answered>): Promise<Answered> {
  const answer = await use(freshCode(secret));
  return answer.status === 401 ? use(freshCode(secret)) : answer;
}

export async function signIn(url: string, login: Login): Promise<string> {
  const { email, password, secret } = login;
  const answer = await withCode(secret, (code) =>
    ask(url, null, 'POST', '/api/session', { body: { email, password, code, transport: 'bearer' } }),
  );
  if (answer.status !== 200) throw new Error(`sign-in answered ${answer.status} ${answer.text}`);
  return String(answer.body['token']);
}

/** Answers an invitation: password, authenticator, confirmation. */
export async function join(url: string, token: string, email: string): Promise<Login> {
  const password = randomBytes(18).toString('base64url');
  const accepted = await ask(url, null, 'POST', '/api/invitations/accept', { body: { token, password } });
  if (accepted.status !== 200) throw new Error(`accept answered ${accepted.status} ${accepted.text}`);
  const secret = String(accepted.body['secret']);
  const confirmed = await ask(url, null, 'POST', '/api/invitations/confirm', {
    body: { token, code: freshCode(secret) },
  });
  if (confirmed.status !== 200) throw new Error(`confirm answered ${confirmed.status} ${confirmed.text}`);
  return { email, password, secret };
}

/** Invites and joins. Returns the login and the person's id. */
export async function addPerson(
  url: string,
  admin: string,
  email: string,
  roles: readonly string[],
): Promise<Login & { readonly id: string }> {
  const invited = await ask(url, admin, 'POST', '/api/people', { body: { name: email, email, roles } });
  if (invited.status !== 201) throw new Error(`invite answered ${invited.status} ${invited.text}`);
  return { ...(await join(url, String(invited.body['token']), email)), id: String(invited.body['personId']) };
}
