// Signing in and out over HTTP. A browser gets a cookie, a program a token.
import { ProblemError, type Session as WireSession, type SessionSummary as WireSummary } from '@cordon/contract';
import type { Exchange, Handlers } from '#api/routing/handler.ts';
import { FRESH_FOR_MS, mustBeFresh } from '#api/routing/admit.ts';
import { wholePage } from '#api/routing/page.ts';
import { clearedCookie, sessionCookie } from '#api/routing/cookie.ts';
import type { AccessContext } from '#custody/access/context.ts';
import { readPerson, reinvite } from '#custody/access/people.ts';
import type { PersonPrincipal } from '#custody/access/principal.ts';
import {
  endSessions,
  idleEndOf,
  listSessions,
  signOut,
  type Sender,
  type SessionSummary,
} from '#custody/access/sessions.ts';
import { reauthenticate, signIn } from '#custody/access/sign-in.ts';
import { readTenant } from '#custody/access/tenants.ts';
import { parseTenantId } from '#kernel/ids.ts';
import { showInvitation } from './people.ts';

type SessionHandlers = Pick<
  Handlers,
  | 'signIn'
  | 'getSession'
  | 'reauthenticate'
  | 'signOut'
  | 'listOwnSessions'
  | 'endOwnSession'
  | 'resetOwnCredential'
  | 'listSessions'
  | 'endSessionsOfPerson'
>;

/** `secure`: whether the cookie must travel over TLS alone; false only for a plain loopback server. */
export function sessionHandlers(context: AccessContext, secure: boolean): SessionHandlers {
  return { ...signingIn(context, secure), ...ownSessions(context), ...sessionsOfOthers(context) };
}

function signingIn(
  context: AccessContext,
  secure: boolean,
): Pick<SessionHandlers, 'signIn' | 'getSession' | 'reauthenticate' | 'signOut'> {
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

function ownSessions(
  context: AccessContext,
): Pick<SessionHandlers, 'listOwnSessions' | 'endOwnSession' | 'resetOwnCredential'> {
  return {
    async listOwnSessions(_input, { principal }) {
      const found = await listSessions(context, principal.tenant, principal.personId);
      return { json: wholePage(found, (one) => showSummary(one, principal)) };
    },

    async endOwnSession({ params }, { principal }) {
      const { tenant, actor, personId: person } = principal;
      const ended = await endSessions(context, actor, { tenant, person, id: params.id, reason: 'revoked' });
      if (ended === 0) throw new ProblemError('not_found');
      return { nothing: true as const };
    },

    async resetOwnCredential({ body }, { principal }) {
      // Whoever finds an open session must not get a token that outlives it.
      mustBeFresh(principal, context.clock);
      return { json: showInvitation(await reinvite(context, principal, principal.personId, body.what)) };
    },
  };
}

function sessionsOfOthers(context: AccessContext): Pick<SessionHandlers, 'listSessions' | 'endSessionsOfPerson'> {
  return {
    async listSessions(_input, { principal }) {
      const found = await listSessions(context, principal.tenant, null);
      return { json: wholePage(found, (one) => showSummary(one, principal)) };
    },

    async endSessionsOfPerson({ params }, { principal }) {
      const { tenant, actor } = principal;
      const { id: person } = await readPerson(context, tenant, params.id);
      return { json: { ended: await endSessions(context, actor, { tenant, person, reason: 'revoked' }) } };
    },
  };
}

function showSummary(session: SessionSummary, principal: PersonPrincipal): WireSummary {
  const { id, personId, openedAt, seenAt, expiresAt, client } = session;
  return {
    id,
    personId,
    openedAt: openedAt.toISOString(),
    seenAt: seenAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    client,
    current: id === principal.sessionId,
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
