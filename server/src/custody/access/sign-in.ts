// Signing in with password and code, and again for acts that need a fresh sign-in. One refusal for every reason, after the
// same work: who exists, which half was wrong and which tenant it is cannot be told from outside.
import { ProblemError } from '@cordon/contract';
import { recorded } from '#custody/ledger/recorded.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Transaction } from '#platform/store/store.ts';
import type { Attempt } from './attempts.ts';
import { beginAttempt, endAttempts } from './attempts.ts';
import { isRecoveryCode, recoveryDigest, stepOf } from './codes.ts';
import type { AccessContext } from './context.ts';
import { emailDigest } from './context.ts';
import type { FailureReason } from './failures.ts';
import { findTenants } from './locators.queries.ts';
import type { PersonRow } from './people.queries.ts';
import { findPersonByEmail, markSignedIn, readPerson, spendRecoveryCode, spendStep } from './people.queries.ts';
import { getSecret } from './person-secrets.ts';
import type { PersonPrincipal } from './principal.ts';
import type { OpenSession, Sender } from './sessions.ts';
import { openSession, unauthenticated } from './sessions.ts';
import { markReauthenticated } from './sessions.queries.ts';

export interface SignIn {
  /** Needed only when the address is known in several tenants. */
  readonly tenant?: TenantId;
  readonly email: string;
  readonly password: string;
  /** Six digits, or a recovery code. */
  readonly code: string;
  readonly sender: Sender;
}

interface Candidate {
  readonly tenant: TenantId;
  readonly person: PersonRow;
}

/** An address known in more tenants than this must name one: each costs a password hash. */
const MOST_TENANTS = 3;

/** Errors: `unauthenticated`, `account_locked` (`retryAfter` seconds), `rate_limited`. */
export async function signIn(context: AccessContext, request: SignIn): Promise<OpenSession> {
  const digest = emailDigest(context.digests, request.email);
  const guesses = guessesOf(context, request);
  const attempt = await counted(context, guesses);
  const candidates = await findCandidates(context, digest, request.tenant ?? null);
  for (const candidate of await withPassword(context, candidates, request)) {
    const session = await open(context, candidate, request);
    if (session === null) continue;
    // Whoever has an account of that address in one tenant must not clear the way for guesses at the other's.
    if (candidates.length === 1) await endAttempts(context, guesses);
    return session;
  }
  await refuse(context, candidates, attempt, 'wrong-sign-in');
  throw unauthenticated();
}

/** Password and code again, within a session; holds for five minutes. Errors: as `signIn`. */
export async function reauthenticate(
  context: AccessContext,
  principal: PersonPrincipal,
  given: { readonly password: string; readonly code: string },
): Promise<PersonPrincipal> {
  const { tenant, personId, sessionId } = principal;
  const digest = context.digests.of('email', `person ${personId}`);
  const attempt = await counted(context, digest);
  const person = await context.store.asTenant(tenant, (tx) => readPerson(tx, personId));
  const right = await context.passwords.verify(given.password, person?.password_hash ?? null);
  const at = context.clock.now();
  const done =
    right &&
    person !== null &&
    (await recorded(context, tenant, async (tx, record) => {
      const spent = await spendCode(context, tx, { tenant, person, code: given.code });
      if (spent === null || !(await markReauthenticated(tx, sessionId, at))) return false;
      const detail = { session: sessionId, method: spent };
      await record({ kind: 'person.reauthenticated', actor: principal.actor, detail });
      return true;
    }));
  if (!done) {
    await refuse(context, person === null ? [] : [{ tenant, person }], attempt, 'wrong-reauthentication');
    throw unauthenticated();
  }
  await endAttempts(context, digest);
  return { ...principal, reauthenticatedAt: at };
}

/** Spends a code of the person in the caller's transaction: which kind it was, or null when it is none or was used before. */
export async function spendCode(
  context: AccessContext,
  tx: Transaction,
  of: { readonly tenant: TenantId; readonly person: PersonRow; readonly code: string },
): Promise<'password+code' | 'password+recovery' | null> {
  const { tenant, person, code } = of;
  if (isRecoveryCode(code)) {
    const spent = await spendRecoveryCode(tx, person.id, recoveryDigest(context.digests, person.id, code));
    return spent ? 'password+recovery' : null;
  }
  const totp = await getSecret(context, tx, { tenant, person: person.id, kind: 'totp' });
  const step = totp === null ? null : stepOf(totp.secret, code, context.clock.now().getTime());
  return step !== null && (await spendStep(tx, person.id, step)) ? 'password+code' : null;
}

async function counted(context: AccessContext, digest: Uint8Array): Promise<Attempt> {
  try {
    return await beginAttempt(context, digest);
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'account_locked') await context.failures.record('locked');
    throw error;
  }
}

/** Counted per address, and apart for each tenant that is named: a person known in several names one and is not held up by the others. */
function guessesOf(context: AccessContext, { email, tenant }: SignIn): Buffer {
  return emailDigest(context.digests, tenant === undefined ? email : `${email} in ${tenant}`);
}

async function findCandidates(
  context: AccessContext,
  digest: Uint8Array,
  tenant: TenantId | null,
): Promise<Candidate[]> {
  const tenants = await context.store.asAccess((tx) => findTenants(tx, 'email', digest));
  const wanted = tenant === null ? tenants : tenants.filter((known) => known === tenant);
  // Too many to try: as if unknown. The person names the tenant.
  if (wanted.length > MOST_TENANTS) return [];
  const found: Candidate[] = [];
  for (const known of wanted) {
    const person = await context.store.asTenant(known, (tx) => findPersonByEmail(tx, digest));
    if (person !== null) found.push({ tenant: known, person });
  }
  return found;
}

/** Those whose password it is. As many hashes are computed whoever is known: in how many tenants an address is, time must not tell (I6). */
async function withPassword(
  context: AccessContext,
  candidates: readonly Candidate[],
  { password, tenant }: SignIn,
): Promise<Candidate[]> {
  const right: Candidate[] = [];
  for (let at = 0; at < (tenant === undefined ? MOST_TENANTS : 1); at += 1) {
    const candidate = candidates[at];
    const holds = await context.passwords.verify(password, candidate?.person.password_hash ?? null);
    if (candidate !== undefined && holds && candidate.person.state === 'active') right.push(candidate);
  }
  return right;
}

/** Null when the code is wrong; nothing is changed then. */
async function open(context: AccessContext, candidate: Candidate, request: SignIn): Promise<OpenSession | null> {
  const { tenant, person } = candidate;
  return recorded(context, tenant, async (tx, record) => {
    const method = await spendCode(context, tx, { tenant, person, code: request.code });
    if (method === null) return null;
    const session = await openSession(context, tx, {
      tenant,
      person: person.id,
      roles: person.roles,
      sender: request.sender,
    });
    await markSignedIn(tx, person.id, context.clock.now());
    const { actor, sessionId } = session.principal;
    await record({ kind: 'session.opened', actor, detail: { method, session: sessionId } });
    return session;
  });
}

/** The failure goes to the system ledger; a lock of a known person also to the ledger of the tenant. */
async function refuse(
  context: AccessContext,
  candidates: readonly Candidate[],
  attempt: Attempt,
  reason: FailureReason,
): Promise<void> {
  await context.failures.record(reason);
  if (!attempt.locks) return;
  const actor = { type: 'system', id: 'access' } as const;
  for (const { tenant, person } of candidates) {
    const detail = { person: person.id, failures: attempt.failures };
    await recorded(context, tenant, (_tx, record) => record({ kind: 'person.locked', actor, detail }));
  }
}
