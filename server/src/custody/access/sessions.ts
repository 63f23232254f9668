// Sessions of people: opaque tokens, idle log-off, absolute limit, revocable at once (spec custody §1).
import { timingSafeEqual } from 'node:crypto';
import { ProblemError, permissionsOf } from '@cordon/contract';
import type { Role } from '@cordon/contract';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import type { RecordEntry } from '#custody/ledger/recorded.ts';
import { recorded } from '#custody/ledger/recorded.ts';
import type { TenantId } from '#kernel/ids.ts';
import { newId } from '#kernel/ids.ts';
import type { Transaction } from '#platform/store/store.ts';
import type { AccessContext } from './context.ts';
import { newToken } from './context.ts';
import { insertLocator } from './locators.queries.ts';
import type { PersonPrincipal } from './principal.ts';
import type { ClientClass, LiveSessionRow, SessionRow } from './sessions.queries.ts';
import { endSessionRows, findSession, insertSession, listOpenSessions, touchSession } from './sessions.queries.ts';

/** 45 CFR 164.312(a)(2)(iii), automatic logoff. */
export const IDLE_MS = 15 * 60_000;
/** A working day: after it one signs in again whatever one did (OWASP ASVS 5.0 V7.3.2). */
const ABSOLUTE_MS = 12 * 3_600_000;
/** `seen_at` is written at most this often; idle time is counted from the last write, so it errs to the short side. */
const TOUCH_MS = 30_000;

/** What a request shows of its sender. */
export interface Sender {
  readonly userAgent: string | null;
  readonly address: string;
}

export type EndReason =
  | 'signed-out'
  | 'idle'
  | 'expired'
  | 'binding'
  | 'suspended'
  | 'roles'
  | 'credentials'
  | 'revoked';

export interface OpenSession {
  readonly token: string;
  readonly principal: PersonPrincipal;
}

/** Inserts a session in the caller's transaction. The token is told once and not stored. */
export async function openSession(
  context: AccessContext,
  tx: Transaction,
  session: {
    readonly tenant: TenantId;
    readonly person: string;
    readonly roles: readonly Role[];
    readonly sender: Sender;
  },
): Promise<OpenSession> {
  const { tenant, person, roles, sender } = session;
  const token = newToken('cordon_s_');
  const digest = context.digests.of('session', token);
  const id = newId();
  const at = context.clock.now();
  const expiresAt = new Date(at.getTime() + ABSOLUTE_MS);
  const addressDigest = context.bindAddress ? context.digests.of('address', sender.address) : null;
  await insertSession(tx, { tenant, id, person, digest, at, expiresAt, client: clientOf(sender), addressDigest });
  await insertLocator(tx, tenant, 'session', digest);
  return {
    token,
    principal: principalOf(tenant, { id, person, roles, expires_at: expiresAt, reauthenticated_at: at }),
  };
}

/** The principal behind a session's token, with roles as they are now; null when the session does not hold. */
export async function resumeSession(
  context: AccessContext,
  tenant: TenantId,
  digest: Uint8Array,
  sender: Sender,
): Promise<PersonPrincipal | null> {
  const now = context.clock.now();
  const row = await context.store.asTenant(tenant, async (tx) => {
    const found = await findSession(tx, digest);
    const due = found !== null && now.getTime() - found.seen_at.getTime() >= TOUCH_MS;
    if (due && faultOf(context, found, sender, now) === null) await touchSession(tx, found.id, now);
    return found;
  });
  if (row === null || !timingSafeEqual(row.digest, digest)) return null;
  const fault = faultOf(context, row, sender, now);
  if (fault === null) return principalOf(tenant, row);
  await endSessions(
    context,
    { type: 'person', id: row.person },
    { tenant, person: row.person, id: row.id, reason: fault },
  );
  return null;
}

/** Ends sessions of one person at once: the next request with their tokens is unknown. Returns how many. */
export async function endSessions(
  context: AccessContext,
  actor: ActorRef,
  which: {
    readonly tenant: TenantId;
    readonly person: string;
    /** One of them; all when left out. */
    readonly id?: string;
    readonly reason: EndReason;
  },
): Promise<number> {
  return recorded(context, which.tenant, (tx, record) => endSessionsIn(context, tx, record, { ...which, actor }));
}

/** The same in the caller's transaction. */
export async function endSessionsIn(
  context: AccessContext,
  tx: Transaction,
  record: RecordEntry,
  which: {
    readonly person: string;
    readonly id?: string;
    readonly except?: string;
    readonly reason: EndReason;
    readonly actor: ActorRef;
  },
): Promise<number> {
  const scope = { person: which.person, id: which.id ?? null, except: which.except ?? null };
  const ids = await endSessionRows(tx, scope, { at: context.clock.now(), reason: which.reason });
  for (const session of ids) {
    await record({ kind: 'session.closed', actor: which.actor, detail: { reason: which.reason, session } });
  }
  return ids.length;
}

/** Ends one's own session. */
export async function signOut(context: AccessContext, principal: PersonPrincipal): Promise<void> {
  const { tenant, actor, personId: person, sessionId: id } = principal;
  await endSessions(context, actor, { tenant, person, id, reason: 'signed-out' });
}

export interface SessionSummary {
  readonly id: string;
  readonly personId: string;
  readonly openedAt: Date;
  readonly seenAt: Date;
  readonly expiresAt: Date;
  readonly client: ClientClass;
}

/** Open sessions of a person, or of everyone. At most 500, the last used first. */
export async function listSessions(
  context: AccessContext,
  tenant: TenantId,
  person: string | null,
): Promise<readonly SessionSummary[]> {
  const now = context.clock.now();
  const rows = await context.store.asTenant(tenant, (tx) => listOpenSessions(tx, person));
  return rows.filter((row) => !isOver(row, now)).map(summaryOf);
}

/** When the session ends by itself if nothing more is done with it. */
export function idleEndOf(principal: PersonPrincipal, now: Date): Date {
  const idle = now.getTime() + IDLE_MS;
  return new Date(Math.min(idle, principal.expiresAt?.getTime() ?? idle));
}

export function unauthenticated(): ProblemError {
  return new ProblemError('unauthenticated');
}

function faultOf(context: AccessContext, row: LiveSessionRow, sender: Sender, now: Date): EndReason | null {
  if (row.expires_at <= now) return 'expired';
  if (isOver(row, now)) return 'idle';
  if (row.person_state !== 'active') return 'suspended';
  return isBound(context, row, sender) ? null : 'binding';
}

function isOver(row: SessionRow, now: Date): boolean {
  return row.expires_at <= now || now.getTime() - row.seen_at.getTime() >= IDLE_MS;
}

function isBound(context: AccessContext, row: SessionRow, sender: Sender): boolean {
  if (row.client !== clientOf(sender)) return false;
  if (row.address_digest === null) return true;
  return timingSafeEqual(row.address_digest, context.digests.of('address', sender.address));
}

/** Every browser since 1996 begins its name with Mozilla; programs do not. A token carried from one to the other was stolen. */
function clientOf(sender: Sender): ClientClass {
  return sender.userAgent?.startsWith('Mozilla/') === true ? 'browser' : 'program';
}

function principalOf(
  tenant: TenantId,
  row: Pick<LiveSessionRow, 'id' | 'person' | 'expires_at' | 'reauthenticated_at'> & {
    readonly roles: readonly Role[];
  },
): PersonPrincipal {
  return {
    kind: 'person',
    tenant,
    actor: { type: 'person', id: row.person },
    personId: row.person,
    roles: row.roles,
    permissions: permissionsOf(row.roles),
    sessionId: row.id,
    reauthenticatedAt: row.reauthenticated_at,
    expiresAt: row.expires_at,
  };
}

function summaryOf(row: SessionRow): SessionSummary {
  return {
    id: row.id,
    personId: row.person,
    openedAt: row.opened_at,
    seenAt: row.seen_at,
    expiresAt: row.expires_at,
    client: row.client,
  };
}
