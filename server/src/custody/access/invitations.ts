// Answering an invitation: choose a password, enrol an authenticator, prove it with a code. Nothing holds before the proof.
import { ProblemError } from '@cordon/contract';
import { recorded } from '#custody/ledger/recorded.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Transaction } from '#platform/store/store.ts';
import { beginAttempt, endAttempts } from './attempts.ts';
import type { Enrolment } from './codes.ts';
import { enrolmentOf, newRecoveryCodes, newTotpSecret, recoveryDigest, stepOf } from './codes.ts';
import type { AccessContext } from './context.ts';
import { findTenants } from './locators.queries.ts';
import type { InvitationRow, PersonRow } from './people.queries.ts';
import {
  deleteSecret,
  holdPassword,
  lockInvitation,
  lockPerson,
  replaceRecoveryCodes,
  spendStep,
  updatePassword,
  updateState,
} from './people.queries.ts';
import { forgetInvitations } from './people.ts';
import { getSecret, putSecret } from './person-secrets.ts';
import { endSessionsIn, unauthenticated } from './sessions.ts';
import { spendCode } from './sign-in.ts';

export interface Accepted {
  readonly personId: string;
  /** What to put into an authenticator; null when the one in use stays (a new password only). Shown once. */
  readonly enrolment: Enrolment | null;
}

export interface Confirmed {
  readonly personId: string;
  /** Shown once; empty when the authenticator stayed and the old codes hold. */
  readonly recoveryCodes: readonly string[];
}

interface Answered {
  readonly tenant: TenantId;
  readonly invitation: InvitationRow;
  readonly person: PersonRow;
}

/**
 * First step. `password`: the one chosen, or for a new authenticator the one in force. May be repeated until confirmed.
 * Errors: `unauthenticated` for a token that does not hold, `password_unsuitable`, `account_locked`.
 */
export async function acceptInvitation(
  context: AccessContext,
  given: { readonly token: string; readonly password: string },
): Promise<Accepted> {
  const attempt = await begun(context, given.token, 'accept');
  const hash = await passwordFor(context, attempt, given.password);
  const accepted = await context.store.asTenant(attempt.tenant, async (tx) => {
    const { tenant, invitation, person } = await answered(context, tx, attempt);
    if (hash !== null) await holdPassword(tx, invitation.id, hash);
    if (invitation.purpose === 'password') return { personId: person.id, enrolment: null };
    const secret = newTotpSecret();
    await putSecret(context, tx, { tenant, person: person.id, kind: 'totp-pending' }, { secret });
    const profile = await getSecret(context, tx, { tenant, person: person.id, kind: 'profile' });
    return { personId: person.id, enrolment: enrolmentOf(secret, profile?.email ?? '') };
  });
  await endAttempts(context, attempt.guesses);
  return accepted;
}

/** Second step: a code of the new authenticator, or of the one in use for a new password. Errors: `unauthenticated`, `account_locked`. */
export async function confirmInvitation(
  context: AccessContext,
  given: { readonly token: string; readonly code: string },
): Promise<Confirmed> {
  const attempt = await begun(context, given.token, 'confirm');
  const confirmed = await recorded(context, attempt.tenant, async (tx, record) => {
    const found = await answered(context, tx, attempt);
    const { person, invitation } = found;
    const recoveryCodes = await proven(context, tx, found, given.code);
    if (recoveryCodes === null) return null;
    if (invitation.password_hash !== null) await updatePassword(tx, person.id, invitation.password_hash);
    if (person.state === 'invited') await updateState(tx, person.id, 'active');
    await forgetInvitations(context, tx, person.id);
    const actor = { type: 'person', id: person.id } as const;
    await endSessionsIn(context, tx, record, { person: person.id, reason: 'credentials', actor });
    const change = invitation.purpose === 'join' ? 'joined' : invitation.purpose;
    await record({ kind: 'person.changed', actor, detail: { person: person.id, change } });
    return { personId: person.id, recoveryCodes };
  });
  if (confirmed === null) {
    await context.failures.record('wrong-invitation');
    throw unauthenticated();
  }
  await endAttempts(context, attempt.guesses);
  return confirmed;
}

interface Begun {
  readonly tenant: TenantId;
  readonly digest: Uint8Array;
  /** Under which guesses are counted: passwords and codes apart, or each success of one would allow more of the other. */
  readonly guesses: Uint8Array;
}

async function begun(context: AccessContext, token: string, step: 'accept' | 'confirm'): Promise<Begun> {
  const digest = context.digests.of('invitation', token);
  const [tenant] = await context.store.asAccess((tx) => findTenants(tx, 'invitation', digest));
  if (tenant === undefined) {
    await context.failures.record('wrong-invitation');
    throw unauthenticated();
  }
  const guesses = context.digests.of('invitation', `${step} ${token}`);
  await beginAttempt(context, guesses);
  return { tenant, digest, guesses };
}

async function answered(context: AccessContext, tx: Transaction, { tenant, digest }: Begun): Promise<Answered> {
  const invitation = await lockInvitation(tx, digest, context.clock.now());
  const person = invitation === null ? null : await lockPerson(tx, invitation.person);
  if (invitation === null || person === null || person.state === 'suspended') throw unauthenticated();
  return { tenant, invitation, person };
}

/** The hash to hold until the code is confirmed; null when the password in force was given, as for a new authenticator. */
async function passwordFor(context: AccessContext, attempt: Begun, password: string): Promise<string | null> {
  const found = await context.store.asTenant(attempt.tenant, async (tx) => {
    const { tenant, invitation, person } = await answered(context, tx, attempt);
    const profile = await getSecret(context, tx, { tenant, person: person.id, kind: 'profile' });
    return { invitation, person, profile };
  });
  if (found.invitation.purpose === 'authenticator') {
    if (await context.passwords.verify(password, found.person.password_hash)) return null;
    await context.failures.record('wrong-invitation');
    throw unauthenticated();
  }
  const words = `${found.profile?.name ?? ''} ${found.profile?.email.split('@')[0] ?? ''} cordon`.split(/[\s.]+/);
  return context.passwords.hash(password, words);
}

/** Null when the code is wrong. New recovery codes come with a new authenticator. */
async function proven(
  context: AccessContext,
  tx: Transaction,
  found: Answered,
  code: string,
): Promise<readonly string[] | null> {
  const { tenant, invitation, person } = found;
  if (invitation.purpose !== 'authenticator' && invitation.password_hash === null) throw notAccepted();
  if (invitation.purpose === 'password') {
    return (await spendCode(context, tx, { tenant, person, code })) === null ? null : [];
  }
  const pending = await getSecret(context, tx, { tenant, person: person.id, kind: 'totp-pending' });
  if (pending === null) throw notAccepted();
  const step = stepOf(pending.secret, code, context.clock.now().getTime());
  if (step === null || !(await spendStep(tx, person.id, step))) return null;
  await putSecret(context, tx, { tenant, person: person.id, kind: 'totp' }, pending);
  await deleteSecret(tx, person.id, 'totp-pending');
  const codes = newRecoveryCodes();
  const digests = codes.map((recovery) => recoveryDigest(context.digests, person.id, recovery));
  await replaceRecoveryCodes(tx, tenant, person.id, digests);
  return codes;
}

function notAccepted(): ProblemError {
  return new ProblemError('conflict', { reason: 'invitation_not_accepted' });
}
