// Signing in, staying in and out (spec custody §1). Password and one-time code are always given together.
import { z } from 'zod';
import { Count, Email, Id, IdParams, Label, pageOf, Time } from './fields.ts';
import { MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS } from './limits.ts';
import { ROLES } from './permissions.ts';
import type { Route } from './route.ts';

export const RoleName = z.enum(ROLES).meta({ id: 'Role' });

/** Not trimmed, not normalised beyond what the hash does: what the person typed. */
export const Password = z.string().min(1).max(MAX_PASSWORD_CHARS);
export const NewPassword = z.string().min(MIN_PASSWORD_CHARS).max(MAX_PASSWORD_CHARS);

/** Six digits (RFC 6238), or a recovery code. */
export const SecondFactor = z
  .string()
  .regex(/^(\d{6}|[a-z0-9]{4}(-[a-z0-9]{4}){1,7})$/)
  .meta({ description: 'The six digits of the authenticator, or a recovery code.' });

export const SignIn = z
  .strictObject({
    tenant: Id.exactOptional().meta({ description: 'Needed only when the address is known in several tenants.' }),
    email: Email,
    password: Password,
    code: SecondFactor,
    transport: z
      .enum(['cookie', 'bearer'])
      .default('cookie')
      .meta({ description: '`cookie` for browsers; `bearer` answers the token for programs that act for a person.' }),
  })
  .meta({ id: 'SignIn' });
export type SignIn = z.infer<typeof SignIn>;

export const Session = z
  .strictObject({
    person: z.strictObject({ id: Id, name: Label, roles: z.array(RoleName) }),
    tenant: z.strictObject({ id: Id, name: Label }),
    permissions: z.array(z.string()),
    expiresAt: Time,
    idleExpiresAt: Time,
    reauthenticatedUntil: Time.nullable().meta({
      description: 'Until when acts that need a fresh sign-in may be done.',
    }),
    token: z.string().nullable().meta({ description: 'Only in the answer to a `bearer` sign-in; shown once.' }),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof Session>;

/** An open session, as a list shows it: never its token. */
export const SessionSummary = z
  .strictObject({
    id: Id,
    personId: Id,
    openedAt: Time,
    seenAt: Time,
    expiresAt: Time,
    client: z.enum(['browser', 'program']),
    current: z.boolean().meta({ description: 'The session that asks.' }),
  })
  .meta({ id: 'SessionSummary' });
export type SessionSummary = z.infer<typeof SessionSummary>;

/** How a new person begins, or one who lost a credential begins again: shown once, ends at `expiresAt`. */
export const Invitation = z
  .strictObject({ personId: Id, token: z.string(), expiresAt: Time })
  .meta({ id: 'Invitation' });

export const ResetWhat = z.strictObject({ what: z.enum(['password', 'authenticator']) });

const sessions = {
  status: 200,
  description: 'Open sessions, last used first; at most 500.',
  content: [{ kind: 'json', schema: pageOf(SessionSummary) }],
} as const;

const session = { status: 200, description: 'The session.', content: [{ kind: 'json', schema: Session }] } as const;

export const sessionRoutes = {
  signIn: {
    method: 'POST',
    path: '/api/session',
    summary: 'Sign in with password and code',
    tag: 'session',
    audience: 'public',
    permission: null,
    body: { kind: 'json', schema: SignIn },
    replies: [session],
    errors: ['unauthenticated', 'account_locked'],
    ledger: { kind: 'session.opened' },
  },
  getSession: {
    method: 'GET',
    path: '/api/session',
    summary: 'Who am I, until when, and what may I do',
    tag: 'session',
    audience: 'person',
    permission: null,
    replies: [session],
    errors: [],
    ledger: { none: 'One’s own session; the sign-in is recorded.' },
  },
  reauthenticate: {
    method: 'POST',
    path: '/api/session/reauthenticate',
    summary: 'Give password and code again; holds for five minutes',
    tag: 'session',
    audience: 'person',
    permission: null,
    body: { kind: 'json', schema: z.strictObject({ password: Password, code: SecondFactor }) },
    replies: [session],
    errors: ['account_locked'],
    ledger: { kind: 'person.reauthenticated' },
  },
  signOut: {
    method: 'DELETE',
    path: '/api/session',
    summary: 'Sign out',
    tag: 'session',
    audience: 'person',
    permission: null,
    replies: [{ status: 204, description: 'Signed out.', content: [] }],
    errors: [],
    ledger: { kind: 'session.closed' },
  },
  listOwnSessions: {
    method: 'GET',
    path: '/api/self/sessions',
    summary: 'List one’s own open sessions',
    tag: 'session',
    audience: 'person',
    permission: 'self.manage',
    replies: [sessions],
    errors: [],
    ledger: { none: 'One’s own sessions, no patient content.' },
  },
  endOwnSession: {
    method: 'DELETE',
    path: '/api/self/sessions/{id}',
    summary: 'End one of one’s own sessions at once',
    tag: 'session',
    audience: 'person',
    permission: 'self.manage',
    params: IdParams,
    replies: [{ status: 204, description: 'Ended.', content: [] }],
    errors: [],
    ledger: { kind: 'session.closed' },
  },
  resetOwnCredential: {
    method: 'POST',
    path: '/api/self/reset',
    summary:
      'Change one’s own password or authenticator: gives a token for the invitation routes; the old one holds until then',
    tag: 'session',
    audience: 'person',
    permission: 'self.manage',
    body: { kind: 'json', schema: ResetWhat },
    replies: [{ status: 201, description: 'Shown once.', content: [{ kind: 'json', schema: Invitation }] }],
    errors: ['reauthentication_required', 'conflict', 'key_unavailable'],
    ledger: { kind: 'person.changed' },
  },
  listSessions: {
    method: 'GET',
    path: '/api/sessions',
    summary: 'List the open sessions of everyone',
    tag: 'session',
    audience: 'person',
    permission: 'session.read',
    replies: [sessions],
    errors: [],
    ledger: { none: 'Staff’s sessions, no patient content.' },
  },
  endSessionsOfPerson: {
    method: 'DELETE',
    path: '/api/people/{id}/sessions',
    summary: 'End all sessions of a person at once',
    tag: 'session',
    audience: 'person',
    permission: 'session.end',
    params: IdParams,
    replies: [
      {
        status: 200,
        description: 'How many were open.',
        content: [{ kind: 'json', schema: z.strictObject({ ended: Count }) }],
      },
    ],
    errors: [],
    ledger: { kind: 'session.closed' },
  },
} as const satisfies Record<string, Route>;
