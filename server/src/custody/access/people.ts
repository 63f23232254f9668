// People of a tenant: invited, given roles, suspended; their passwords and authenticators are theirs alone.
import { ProblemError } from '@cordon/contract';
import type { Role } from '@cordon/contract';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import type { RecordEntry } from '#custody/ledger/recorded.ts';
import { recorded } from '#custody/ledger/recorded.ts';
import { Phi } from '#kernel/phi.ts';
import { newId } from '#kernel/ids.ts';
import type { TenantId } from '#kernel/ids.ts';
import { isUniqueViolation } from '#platform/store/failures.ts';
import type { Transaction } from '#platform/store/store.ts';
import { endAttempts } from './attempts.ts';
import type { AccessContext } from './context.ts';
import { emailDigest, newToken } from './context.ts';
import { deleteLocator, insertLocator } from './locators.queries.ts';
import type { InvitationRow, PersonRow } from './people.queries.ts';
import {
  countActiveWithRole,
  endInvitations,
  insertInvitation,
  insertPerson,
  listPeopleRows,
  lockPerson,
  readPerson as readPersonRow,
  updateRoles,
  updateState,
} from './people.queries.ts';
import type { Profile } from './person-secrets.ts';
import { getSecret, putSecret } from './person-secrets.ts';
import type { PersonPrincipal } from './principal.ts';
import { endSessionsIn } from './sessions.ts';

export interface Person extends Profile {
  readonly id: string;
  readonly roles: readonly Role[];
  readonly state: 'invited' | 'active' | 'suspended';
  readonly lastSignInAt: Date | null;
  readonly createdAt: Date;
}

/** The token is shown once; it is the person's way to choose a password or enrol an authenticator. */
export interface Invitation {
  readonly personId: string;
  readonly token: string;
  readonly expiresAt: Date;
}

export interface NewPerson extends Profile {
  readonly roles: readonly Role[];
}

/** An invitation is answered within a long weekend. */
const INVITATION_MS = 72 * 3_600_000;

/** Errors: `conflict` when the address is known in this tenant. */
export async function invitePerson(
  context: AccessContext,
  tenant: TenantId,
  actor: ActorRef,
  person: NewPerson,
): Promise<Invitation> {
  return recorded(context, tenant, (tx, record) => invitePersonIn(context, tx, record, { tenant, actor, person }));
}

/** The same in the caller's transaction. */
export async function invitePersonIn(
  context: AccessContext,
  tx: Transaction,
  record: RecordEntry,
  request: { readonly tenant: TenantId; readonly actor: ActorRef; readonly person: NewPerson },
): Promise<Invitation> {
  const id = await addPerson(context, tx, record, request);
  return invite(context, tx, { tenant: request.tenant, person: id, purpose: 'join' });
}

/** A person without password yet, with the entry that says so. Returns the id. Errors: `conflict`. */
export async function addPerson(
  context: AccessContext,
  tx: Transaction,
  record: RecordEntry,
  request: { readonly tenant: TenantId; readonly actor: ActorRef; readonly person: NewPerson },
): Promise<string> {
  const { tenant, actor, person } = request;
  const id = newId();
  const digest = emailDigest(context.digests, person.email);
  try {
    await insertPerson(tx, { tenant, id, emailDigest: digest, roles: person.roles, at: context.clock.now() });
  } catch (error) {
    if (isUniqueViolation(error)) throw new ProblemError('conflict', { field: 'email' });
    throw error;
  }
  await insertLocator(tx, tenant, 'email', digest);
  await putSecret(context, tx, { tenant, person: id, kind: 'profile' }, { name: person.name, email: person.email });
  await record({ kind: 'person.created', actor, detail: { person: id, roles: [...person.roles] } });
  return id;
}

/** A new way in for a person who lost password or authenticator; the old one holds until the new one is confirmed. Errors: `not_found`, `conflict`. */
export async function reinvite(
  context: AccessContext,
  principal: PersonPrincipal,
  personId: string,
  purpose: 'password' | 'authenticator',
): Promise<Invitation> {
  const { tenant, actor } = principal;
  const invitation = await recorded(context, tenant, async (tx, record) => {
    const person = await mustLock(tx, personId);
    if (person.state === 'suspended') throw new ProblemError('conflict', { reason: 'suspended' });
    const change = `${purpose}-reset-requested`;
    await record({ kind: 'person.changed', actor, detail: { person: personId, change } });
    return invite(context, tx, { tenant, person: personId, purpose: person.state === 'invited' ? 'join' : purpose });
  });
  await endAttempts(context, context.digests.of('email', `person ${personId}`));
  return invitation;
}

/** Nobody changes their own roles, and the last administrator stays. Errors: `second_person_required`, `conflict`, `not_found`. */
export async function setRoles(
  context: AccessContext,
  principal: PersonPrincipal,
  personId: string,
  roles: readonly Role[],
): Promise<Person> {
  const { tenant, actor } = principal;
  if (personId === principal.personId) throw new ProblemError('second_person_required');
  await recorded(context, tenant, async (tx, record) => {
    const person = await mustLock(tx, personId);
    if (!roles.includes('administrator')) await keepAnAdministrator(tx, person);
    await updateRoles(tx, personId, roles);
    await record({ kind: 'person.changed', actor, detail: { person: personId, change: 'roles', roles: [...roles] } });
  });
  return readPerson(context, tenant, personId);
}

/** Sessions end at once; the keys the person answers for stop. Errors: `second_person_required`, `conflict`, `not_found`. */
export async function suspendPerson(
  context: AccessContext,
  principal: PersonPrincipal,
  personId: string,
  reason: string | null,
): Promise<Person> {
  const { tenant, actor } = principal;
  if (personId === principal.personId) throw new ProblemError('second_person_required');
  await recorded(context, tenant, async (tx, record) => {
    const person = await mustLock(tx, personId);
    await keepAnAdministrator(tx, person);
    await updateState(tx, personId, 'suspended');
    await forgetInvitations(context, tx, personId);
    await endSessionsIn(context, tx, record, { person: personId, reason: 'suspended', actor });
    const body = reason === null ? {} : { body: Phi.of<Uint8Array>(Buffer.from(reason, 'utf8')) };
    await record({ kind: 'person.disabled', actor, detail: { person: personId }, ...body });
  });
  context.keyCache.forgetAll();
  return readPerson(context, tenant, personId);
}

/** Lets a suspended person in again. Errors: `conflict` when not suspended, `not_found`. */
export async function reinstatePerson(
  context: AccessContext,
  principal: PersonPrincipal,
  personId: string,
): Promise<Person> {
  const { tenant, actor } = principal;
  await recorded(context, tenant, async (tx, record) => {
    const person = await mustLock(tx, personId);
    if (person.state !== 'suspended') throw new ProblemError('conflict', { reason: 'not_suspended' });
    await updateState(tx, personId, person.password_hash === null ? 'invited' : 'active');
    await record({ kind: 'person.changed', actor, detail: { person: personId, change: 'reinstated' } });
  });
  return readPerson(context, tenant, personId);
}

/** Errors: `not_found`, also for another tenant's. */
export async function readPerson(context: AccessContext, tenant: TenantId, id: string): Promise<Person> {
  return context.store.asTenant(tenant, async (tx) => {
    const row = await readPersonRow(tx, id);
    if (row === null) throw new ProblemError('not_found');
    return withProfile(context, tx, tenant, row);
  });
}

/** A page in the order of ids; `after` is the last id of the page before. */
export async function listPeople(
  context: AccessContext,
  tenant: TenantId,
  page: { readonly after: string | null; readonly limit: number },
): Promise<readonly Person[]> {
  return context.store.asTenant(tenant, async (tx) => {
    const people: Person[] = [];
    for (const row of await listPeopleRows(tx, page.after, page.limit)) {
      people.push(await withProfile(context, tx, tenant, row));
    }
    return people;
  });
}

/** Ends open invitations of the person in the caller's transaction. */
export async function forgetInvitations(context: AccessContext, tx: Transaction, person: string): Promise<void> {
  const digests = await endInvitations(tx, person, context.clock.now());
  for (const digest of digests) await deleteLocator(tx, 'invitation', digest);
}

async function invite(
  context: AccessContext,
  tx: Transaction,
  of: { readonly tenant: TenantId; readonly person: string; readonly purpose: InvitationRow['purpose'] },
): Promise<Invitation> {
  await forgetInvitations(context, tx, of.person);
  const token = newToken('cordon_i_');
  const digest = context.digests.of('invitation', token);
  const expiresAt = new Date(context.clock.now().getTime() + INVITATION_MS);
  await insertInvitation(tx, { ...of, id: newId(), digest, expiresAt });
  await insertLocator(tx, of.tenant, 'invitation', digest);
  return { personId: of.person, token, expiresAt };
}

async function mustLock(tx: Transaction, id: string): Promise<PersonRow> {
  const person = await lockPerson(tx, id);
  if (person === null) throw new ProblemError('not_found');
  return person;
}

async function keepAnAdministrator(tx: Transaction, person: PersonRow): Promise<void> {
  const isOne = person.state === 'active' && person.roles.includes('administrator');
  if (isOne && (await countActiveWithRole(tx, 'administrator')) <= 1) {
    throw new ProblemError('conflict', { reason: 'last_administrator' });
  }
}

async function withProfile(context: AccessContext, tx: Transaction, tenant: TenantId, row: PersonRow): Promise<Person> {
  const profile = await getSecret(context, tx, { tenant, person: row.id, kind: 'profile' });
  return {
    id: row.id,
    name: profile?.name ?? '',
    email: profile?.email ?? '',
    roles: row.roles,
    state: row.state,
    lastSignInAt: row.last_sign_in_at,
    createdAt: row.created_at,
  };
}
