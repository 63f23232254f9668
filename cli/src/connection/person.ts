// Acting as a person: a sign-in with password and one-time code, kept for the next command while the session lives.
// What only a person may do (review, sign, keys) is refused to the API key that the other commands use.
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as OTPAuth from 'otpauth';
import { z } from 'zod';
import { answered, type Api, apiOf, isRefusal } from '#connection/api.ts';
import type { Server } from '#connection/connect.ts';
import type { Context } from '#context.ts';
import { Refusal } from '#failure.ts';
import { ask, askHidden } from '#terminal/ask.ts';
import { beginStage } from '#terminal/progress.ts';

export interface PersonApi {
  readonly api: Api;
  readonly token: string;
  readonly name: string;
}

/** RFC 6238 §5.2: one code serves once; the next one comes with the next step. */
const STEP_SECONDS = 30;
/** A code asked for in the last moment of its step may arrive in the next one. */
const MARGIN_MS = 1_500;

interface SignIn {
  readonly email: string;
  readonly password: string;
  readonly code: string;
}

/** A client that acts for a person: with the session kept from before, else after signing in. Errors: `unauthenticated`, `account_locked`. */
export async function asPerson(context: Context, server: Server): Promise<PersonApi> {
  const kept = await keptSession(context.env.home, scopeOf(server));
  if (kept !== null) {
    const api = apiOf(server.url, kept.token);
    const session = await answered(api.GET('/api/session')).catch(unlessUnauthenticated);
    if (session !== null) return { api, token: kept.token, name: session.person.name };
  }
  return signIn(context, server);
}

/** As `asPerson`, with a sign-in of the last five minutes, which signing and changing keys ask for (spec custody §1). */
export async function asFreshPerson(context: Context, server: Server): Promise<PersonApi> {
  const person = await asPerson(context, server);
  const session = await answered(person.api.GET('/api/session'));
  const until = session.reauthenticatedUntil === null ? 0 : Date.parse(session.reauthenticatedUntil);
  if (until - Date.now() > MARGIN_MS) return person;
  await withCredential(context, server, ({ password, code }) =>
    answered(person.api.POST('/api/session/reauthenticate', { body: { password, code } })),
  );
  return person;
}

/** Ends the kept session at the server and forgets it here. */
export async function signOut(context: Context, server: Server): Promise<boolean> {
  const kept = await keptSession(context.env.home, scopeOf(server));
  if (kept === null) return false;
  await apiOf(server.url, kept.token).DELETE('/api/session');
  await rm(sessionPath(context.env.home), { force: true });
  return true;
}

async function signIn(context: Context, server: Server): Promise<PersonApi> {
  const anonymous = apiOf(server.url, '');
  const session = await withCredential(context, server, (credential) =>
    answered(anonymous.POST('/api/session', { body: { ...credential, transport: 'bearer' } })),
  );
  const { token } = session;
  if (token === null) throw new Refusal('unauthenticated');
  await keepSession(context.env.home, { scope: scopeOf(server), token });
  return { api: apiOf(server.url, token), token, name: session.person.name };
}

/** The administrator's own on an embedded installation, whose secrets stand in credentials.json; else asked for on the terminal. */
async function withCredential<T>(context: Context, server: Server, use: (given: SignIn) => Promise<T>): Promise<T> {
  if (server.credentials === null) return use(await askForSignIn(context));
  const { adminEmail: email, adminPassword: password, adminTotpSecret } = server.credentials;
  const totp = new OTPAuth.TOTP({ secret: OTPAuth.Secret.fromBase32(adminTotpSecret), period: STEP_SECONDS });
  try {
    return await use({ email, password, code: totp.generate() });
  } catch (error) {
    unlessUnauthenticated(error);
    await nextCode(context, totp); // this step's code may have been used a moment ago
    return use({ email, password, code: totp.generate() });
  }
}

async function nextCode(context: Context, totp: OTPAuth.TOTP): Promise<void> {
  const stage = beginStage(context.terminal, 'Waiting for the next code');
  await sleep(totp.remaining() + MARGIN_MS / 10, undefined, { signal: context.signal });
  stage.done();
}

async function askForSignIn({ terminal }: Context): Promise<SignIn> {
  if (!terminal.interactive) throw new Refusal('person_required', 'sign-in needs a terminal');
  const email = await ask('E-mail: ');
  const password = await askHidden('Password: ');
  const code = await ask('Code from your authenticator: ');
  if (email === null || password === null || code === null) throw new Refusal('unauthenticated');
  return { email, password, code: code.replaceAll(' ', '') };
}

/** Null for a refusal because of the credential; every other error goes on. */
function unlessUnauthenticated(error: unknown): null {
  if (isRefusal(error, 'unauthenticated')) return null;
  throw error;
}

const Kept = z.object({ scope: z.string(), token: z.string() });

/** A session of this machine's own server outlives a change of port; any other is for one address. */
function scopeOf(server: Server): string {
  return server.credentials === null ? server.url : `tenant:${server.credentials.tenant}`;
}

/** Beside credentials.json and as private; ends by itself when the session idles out. */
function sessionPath(home: string): string {
  return join(home, 'run', 'session.json');
}

async function keptSession(home: string, scope: string): Promise<z.infer<typeof Kept> | null> {
  try {
    const kept = Kept.parse(JSON.parse(await readFile(sessionPath(home), 'utf8')));
    return kept.scope === scope ? kept : null;
  } catch {
    return null;
  }
}

async function keepSession(home: string, session: z.infer<typeof Kept>): Promise<void> {
  await mkdir(join(home, 'run'), { recursive: true, mode: 0o711 });
  const draft = `${sessionPath(home)}.${process.pid}`;
  await writeFile(draft, JSON.stringify(session), { mode: 0o600 });
  await rename(draft, sessionPath(home));
}
