// Signing in and out over HTTP. A browser gets a cookie, a program a token.
import { ProblemError, type Session as WireSession } from '@cordon/contract';
import type { Exchange, Handlers } from '#api/routing/handler.ts';
import { FRESH_FOR_MS } from '#api/routing/admit.ts';
import { clearedCookie, sessionCookie } from '#api/routing/cookie.ts';
import type { AccessContext } from '#custody/access/context.ts';
import { readPerson } from '#custody/access/people.ts';
import type { PersonPrincipal } from '#custody/access/principal.ts';
import { idleEndOf, signOut, type Sender } from '#custody/access/sessions.ts';
import { reauthenticate, signIn } from '#custody/access/sign-in.ts';
import { readTenant } from '#custody/access/tenants.ts';
import { parseTenantId } from '#kernel/ids.ts';

type SessionHandlers = Pick<Handlers, 'signIn' | 'getSession' | 'reauthenticate' | 'signOut'>;

/** `secure`: whether the cookie must travel over TLS alone; false only for a plain loopback server. */
export function sessionHandlers(context: AccessContext, secure: boolean): SessionHandlers {
  return {
    async signIn({ body }, { exchange }) {
      const { email, password, code, transport } = body;
      const tenant = body.tenant === undefined ? null : parseTenantId(body.tenant);
      const opened = await signIn(context, {
        email,
        password,
        code,
        sender: senderOf(exchange),
        ...(tenant === null ? {} : { tenant }),
      });
      const bearer = transport === 'bearer';
      const json = await showSession(context, opened.principal, bearer ? opened.token : null);
      return bearer ? { json } : { json, headers: { 'set-cookie': sessionCookie(opened.token, secure) } };
    },

    async getSession(_input, { principal }) {
      return { json: await showSession(context, principal, null) };
    },

    async reauthenticate({ body }, { principal }) {
      return { json: await showSession(context, await reauthenticate(context, principal, body), null) };
    },

    async signOut(_input, { principal }) {
      await signOut(context, principal);
      return { nothing: true as const, headers: { 'set-cookie': clearedCookie(secure) } };
    },
  };
}

function senderOf(exchange: Exchange): Sender {
  return { userAgent: exchange.userAgent, address: exchange.remoteAddress };
}

async function showSession(
  context: AccessContext,
  principal: PersonPrincipal,
  token: string | null,
): Promise<WireSession> {
  const { tenant, personId, roles, permissions, expiresAt, reauthenticatedAt } = principal;
  if (expiresAt === null) throw new ProblemError('internal');
  const person = await readPerson(context, tenant, personId);
  const { name } = await readTenant(context, tenant);
  return {
    person: { id: personId, name: person.name, roles: [...roles] },
    tenant: { id: tenant, name },
    permissions: [...permissions],
    expiresAt: expiresAt.toISOString(),
    idleExpiresAt: idleEndOf(principal, context.clock.now()).toISOString(),
    reauthenticatedUntil: new Date(reauthenticatedAt.getTime() + FRESH_FOR_MS).toISOString(),
    token,
  };
}
