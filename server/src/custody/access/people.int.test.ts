// People: invited, enrolled, given roles, suspended; the first start; the wall between tenants.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eraseKey } from '#custody/keys/erase.ts';
import { rewrap, wrapsUnder } from '#custody/keys/rewrap.ts';
import type { AppendRequest } from '#custody/ledger/ledger.ts';
import { newId, newTenantId } from '#kernel/ids.ts';
import { browser, buildAccessHouse, type AccessHouse } from '#test/access-house.ts';
import { firstStart, type FirstCredentials } from './bootstrap.ts';
import { acceptInvitation, confirmInvitation } from './invitations.ts';
import { invitePerson, listPeople, readPerson, reinstatePerson, reinvite, setRoles, suspendPerson } from './people.ts';
import type { PersonPrincipal } from './principal.ts';
import { signIn } from './sign-in.ts';
import { createTenant, listTenants, readTenant } from './tenants.ts';
import { accessWrapTables } from './wrap-tables.ts';

let house: AccessHouse;
let admin: PersonPrincipal;
const refused = { code: 'unauthenticated' };

beforeAll(async () => {
  house = await buildAccessHouse();
  admin = (await house.enter(house.admin)).principal;
});
afterAll(() => house.close());

const kinds = async (): Promise<string[]> => (await house.entries()).map((entry) => entry.kind);

describe('invitations', () => {
  test('nothing holds before the code is confirmed; then the person is in', async () => {
    const invitation = await invitePerson(house.context, admin.tenant, admin.actor, {
      name: 'Cleo Clinician',
      email: 'cleo@example.org',
      roles: ['clinician'],
    });
    const { token, personId } = invitation;
    await expect(confirmInvitation(house.context, { token, code: '123456' })).rejects.toMatchObject({
      code: 'conflict',
    });
    const password = 'seven slow sailing ships';
    const first = await acceptInvitation(house.context, { token, password });
    const second = await acceptInvitation(house.context, { token, password });
    expect(second.enrolment?.secret).not.toBe(first.enrolment?.secret);
    const totp = second.enrolment?.secret ?? '';
    const enter = (): ReturnType<typeof signIn> =>
      signIn(house.context, { email: 'cleo@example.org', password, code: house.code({ totp }), sender: browser });
    await expect(enter()).rejects.toMatchObject(refused);
    const stale = house.code({ totp: first.enrolment?.secret ?? '' });
    await expect(confirmInvitation(house.context, { token, code: stale })).rejects.toMatchObject(refused);
    const confirmed = await confirmInvitation(house.context, { token, code: house.code({ totp }) });
    expect(confirmed).toMatchObject({ personId, recoveryCodes: expect.objectContaining({ length: 10 }) });
    expect((await enter()).principal).toMatchObject({ personId, roles: ['clinician'] });
    await expect(acceptInvitation(house.context, { token, password })).rejects.toMatchObject(refused);
    expect(await readPerson(house.context, admin.tenant, personId)).toMatchObject({
      name: 'Cleo Clinician',
      email: 'cleo@example.org',
      state: 'active',
    });
  });

  test('end after three days, and when another takes their place', async () => {
    const person = { name: 'Late', email: 'late@example.org', roles: ['auditor'] as const };
    const old = await invitePerson(house.context, admin.tenant, admin.actor, person);
    const next = await reinvite(house.context, admin, old.personId, 'password');
    const password = 'a password nobody has';
    await expect(acceptInvitation(house.context, { token: old.token, password })).rejects.toMatchObject(refused);
    await expect(acceptInvitation(house.context, { token: next.token, password })).resolves.toBeDefined();
    house.clock.pass(72 * 3_600_000);
    await expect(acceptInvitation(house.context, { token: next.token, password })).rejects.toMatchObject(refused);
  });

  test('the same address twice is a conflict; in another tenant it is another person', async () => {
    const person = { name: 'Twice', email: 'twice@example.org', roles: ['auditor'] as const };
    await invitePerson(house.context, admin.tenant, admin.actor, person);
    const again = { ...person, email: 'TWICE@example.org' };
    await expect(invitePerson(house.context, admin.tenant, admin.actor, again)).rejects.toMatchObject({
      code: 'conflict',
    });
    const { invitation, tenant } = await createTenant(house.context, admin.actor, {
      name: 'Other',
      administrator: person,
    });
    const other = await house.answer(tenant.id, person.email, invitation);
    const { principal } = await signIn(house.context, { ...other, code: house.code(other), sender: browser });
    expect(principal.tenant).toBe(tenant.id);
  });

  test('a weak password is refused, also one made of the address', async () => {
    const person = { name: 'Wanda Weber', email: 'wanda@example.org', roles: ['auditor'] as const };
    const { token } = await invitePerson(house.context, admin.tenant, admin.actor, person);
    for (const password of ['password1234', 'Wanda-wanda-2026', 'it is weber here']) {
      await expect(acceptInvitation(house.context, { token, password })).rejects.toMatchObject({
        code: 'password_unsuitable',
      });
    }
  });
});

describe('reset', () => {
  test('of the password: the authenticator stays, sessions end, the old password is nothing', async () => {
    const someone = await house.join(admin, 'reset@example.org', ['reviewer']);
    const { token: session } = await house.enter(someone);
    const { token } = await reinvite(house.context, admin, someone.id, 'password');
    await expect(house.enter(someone)).resolves.toBeDefined();
    const password = 'quite another long one';
    expect(await acceptInvitation(house.context, { token, password })).toMatchObject({ enrolment: null });
    await expect(confirmInvitation(house.context, { token, code: '000000' })).rejects.toMatchObject(refused);
    const confirmed = await confirmInvitation(house.context, { token, code: house.code(someone) });
    expect(confirmed.recoveryCodes).toEqual([]);
    await expect(house.authenticator.authenticate(session, browser)).rejects.toMatchObject(refused);
    await expect(house.enter(someone)).rejects.toMatchObject(refused);
    await expect(house.enter({ ...someone, password })).resolves.toBeDefined();
  });

  test('of the authenticator: needs the password, gives new recovery codes, the old ones are nothing', async () => {
    const someone = await house.join(admin, 'phone@example.org', ['reviewer']);
    const { token } = await reinvite(house.context, admin, someone.id, 'authenticator');
    await expect(acceptInvitation(house.context, { token, password: 'wrong' })).rejects.toMatchObject(refused);
    const { enrolment } = await acceptInvitation(house.context, { token, password: someone.password });
    const totp = enrolment?.secret ?? '';
    const { recoveryCodes } = await confirmInvitation(house.context, { token, code: house.code({ totp }) });
    expect(recoveryCodes).toHaveLength(10);
    await expect(house.enter(someone)).rejects.toMatchObject(refused);
    const withCode = (code: string): ReturnType<typeof signIn> =>
      signIn(house.context, { ...someone, code, sender: browser });
    await expect(withCode(someone.recoveryCodes[0] ?? '')).rejects.toMatchObject(refused);
    await expect(withCode(recoveryCodes[0] ?? '')).resolves.toBeDefined();
    await expect(house.enter({ ...someone, totp })).resolves.toBeDefined();
  });

  test('guessing at a confirmation is locked', async () => {
    const someone = await house.join(admin, 'guess@example.org', ['reviewer']);
    const { token } = await reinvite(house.context, admin, someone.id, 'password');
    for (let i = 0; i < 5; i += 1) {
      await acceptInvitation(house.context, { token, password: 'quite another long one' });
      await expect(confirmInvitation(house.context, { token, code: '000000' })).rejects.toMatchObject(refused);
    }
    const locked = confirmInvitation(house.context, { token, code: '000000' });
    await expect(locked).rejects.toMatchObject({ code: 'account_locked', details: { retryAfter: 30 } });
    await expect(confirmInvitation(house.context, { token, code: house.code(someone) })).resolves.toBeDefined();
  });
});

describe('roles and suspension', () => {
  test('roles hold from the next request on', async () => {
    const someone = await house.join(admin, 'roles@example.org', ['clinician']);
    const { token } = await house.enter(someone);
    await setRoles(house.context, admin, someone.id, ['auditor']);
    const principal = await house.authenticator.authenticate(token, browser);
    expect(principal.permissions.has('note.sign')).toBe(false);
    expect(principal.permissions.has('ledger.export')).toBe(true);
  });

  test('nobody changes their own roles or suspends themselves, and the last administrator stays', async () => {
    await expect(setRoles(house.context, admin, admin.personId, ['leader'])).rejects.toMatchObject({
      code: 'second_person_required',
    });
    await expect(suspendPerson(house.context, admin, admin.personId, null)).rejects.toMatchObject({
      code: 'second_person_required',
    });
    const second = await house.join(admin, 'second@example.org', ['administrator']);
    const { principal } = await house.enter(second);
    // Both at the same moment: one stays.
    const results = await Promise.allSettled([
      setRoles(house.context, principal, admin.personId, ['clinician']),
      setRoles(house.context, admin, second.id, ['clinician']),
    ]);
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    const people = await listPeople(house.context, admin.tenant, { after: null, limit: 100 });
    const left = people.filter((person) => person.state === 'active' && person.roles.includes('administrator'));
    expect(left).toHaveLength(1);
    if (left[0]?.id !== admin.personId) await setRoles(house.context, principal, admin.personId, ['administrator']);
  });

  test('a suspended person is out at once and comes back only by another', async () => {
    const someone = await house.join(admin, 'gone@example.org', ['clinician']);
    const { token } = await house.enter(someone);
    await suspendPerson(house.context, admin, someone.id, 'left the practice after a dispute');
    await expect(house.authenticator.authenticate(token, browser)).rejects.toMatchObject(refused);
    await expect(house.enter(someone)).rejects.toMatchObject(refused);
    await expect(reinvite(house.context, admin, someone.id, 'password')).rejects.toMatchObject({ code: 'conflict' });
    expect(JSON.stringify(await house.entries())).not.toContain('dispute');
    await reinstatePerson(house.context, admin, someone.id);
    await expect(house.enter(someone)).resolves.toBeDefined();
    expect(await kinds()).toEqual(expect.arrayContaining(['person.disabled', 'session.closed', 'person.changed']));
  });
});

describe('the first start', () => {
  const request = { tenantName: 'x', adminName: 'x', adminEmail: 'x@example.org' };

  test('happens once', async () => {
    const deliver = async (): Promise<void> => {
      throw new Error('must not be called');
    };
    expect(await firstStart(house.context, { ...request, deliver })).toBeNull();
  });

  test('gives a key that attests consent and can never sign', async () => {
    const principal = await house.authenticator.authenticate(house.first.apiKey, browser);
    expect(principal).toMatchObject({
      kind: 'key',
      tenant: house.first.tenant,
      ownerId: house.first.adminId,
      scopes: { consentMode: 'caller-attests', lowestClass: 'phi' },
    });
    expect(principal.permissions.has('transcription.create')).toBe(true);
    expect(principal.permissions.has('note.sign')).toBe(false);
  });

  test('of several processes makes one tenant; credentials that could not be kept belong to nobody', async () => {
    const fresh = await buildAccessHouse();
    await fresh.database.admin('TRUNCATE cordon.tenant CASCADE');
    const lost = firstStart(fresh.context, { ...request, deliver: async () => Promise.reject(new Error('disk')) });
    await expect(lost).rejects.toThrow('disk');
    expect(await listTenants(fresh.context)).toEqual([]);
    const delivered: FirstCredentials[] = [];
    const deliver = async (credentials: FirstCredentials): Promise<void> => {
      delivered.push(credentials);
    };
    const starts = await Promise.all([1, 2, 3].map(() => firstStart(fresh.context, { ...request, deliver })));
    expect(starts.filter((credentials) => credentials !== null)).toHaveLength(1);
    expect(delivered).toHaveLength(1);
    expect(await listTenants(fresh.context)).toEqual([delivered[0]?.tenant]);
    await fresh.close();
  });
});

test('re-wrapping moves everything identity has sealed, and it opens as before', async () => {
  const { tenant } = admin;
  const ring = await house.keys.tenantKeys(tenant);
  const { store } = house.database;
  for (const retention of ['identity', 'configuration'] as const) {
    const from = ring.current(retention).id;
    const before = await wrapsUnder({ store, tenant, tables: accessWrapTables }, from);
    const to = ring.succeed(from);
    const append = (request: AppendRequest): Promise<unknown> => house.ledger.append(request);
    const request = { store, keys: house.keys, tenant, from, to, tables: accessWrapTables, append };
    expect(await rewrap(request)).toBe(before);
    expect(await rewrap(request)).toBe(0);
    expect(await wrapsUnder({ store, tenant, tables: accessWrapTables }, from)).toBe(0);
    expect(await wrapsUnder({ store, tenant, tables: accessWrapTables }, to)).toBe(before);
    await eraseKey(house.keys, tenant, from, 0);
  }
  await expect(house.enter(house.admin)).resolves.toBeDefined();
  const people = await listPeople(house.context, tenant, { after: null, limit: 100 });
  expect(people.every((person) => person.email.includes('@'))).toBe(true);
  expect(await kinds()).toContain('key.rewrapped');
});

describe('the wall', () => {
  test('what belongs to another tenant answers as what does not exist', async () => {
    const administrator = { name: 'Far', email: 'far@example.org' };
    const { tenant, invitation } = await createTenant(house.context, admin.actor, { name: 'Far away', administrator });
    const there = await house.enter(await house.answer(tenant.id, administrator.email, invitation));
    expect(await readTenant(house.context, tenant.id)).toMatchObject({ name: 'Far away' });
    const answers = async (id: string): Promise<unknown[]> => {
      const asked = [
        readPerson(house.context, tenant.id, id),
        setRoles(house.context, there.principal, id, ['leader']),
        suspendPerson(house.context, there.principal, id, null),
        reinvite(house.context, there.principal, id, 'password'),
      ];
      return (await Promise.allSettled(asked)).map((result) =>
        result.status === 'rejected' ? { ...result.reason } : result,
      );
    };
    expect(await answers(admin.personId)).toEqual(await answers(newId()));
    const people = await listPeople(house.context, tenant.id, { after: null, limit: 100 });
    expect(people.map((person) => person.email)).toEqual(['far@example.org']);
    await expect(readTenant(house.context, newTenantId())).rejects.toMatchObject({ code: 'not_found' });
  });

  test('row-level security is on and forced for every table of identity, and cordon_app cannot leave it', async () => {
    const tables = [
      'tenant',
      'person',
      'person_secret',
      'recovery_code',
      'invitation',
      'session',
      'api_key',
      'locator',
      'break_glass',
      'approval',
    ];
    const rows = await house.database.admin<{ relname: string }>(
      `SELECT relname FROM pg_class WHERE relnamespace = 'cordon'::regnamespace AND relrowsecurity AND relforcerowsecurity`,
    );
    expect(rows.map((row) => row.relname)).toEqual(expect.arrayContaining(tables));
    const elsewhere = newTenantId();
    for (const table of tables) {
      const seen = await house.database.store.asTenant(elsewhere, (tx) =>
        tx.query(`SELECT 1 FROM cordon.${table} LIMIT 1`),
      );
      expect(seen).toEqual([]);
    }
    const foreign = house.database.store.asTenant(elsewhere, (tx) =>
      tx.query('INSERT INTO cordon.tenant VALUES ($1, $2, now())', [admin.tenant, 'stolen']),
    );
    await expect(foreign).rejects.toThrow();
    const locators = house.database.store.asAccess((tx) => tx.query('SELECT * FROM cordon.person LIMIT 1'));
    await expect(locators).rejects.toThrow();
  });

  test('names, addresses, secrets and codes stand nowhere in clear', async () => {
    const dump = await house.database.admin<{ all: string }>(
      [
        'tenant',
        'person',
        'person_secret',
        'recovery_code',
        'invitation',
        'session',
        'api_key',
        'locator',
        'sign_in_attempt',
        'ledger_entry',
        'ledger_inbox',
      ]
        .map((table) => `SELECT coalesce(string_agg(t::text, ' '), '') AS all FROM cordon.${table} t`)
        .join(' UNION ALL '),
    );
    const text = dump.map((row) => row.all).join(' ');
    expect(text.length).toBeGreaterThan(10_000);
    const { admin: someone, first } = house;
    for (const secret of [
      'Cleo',
      'cleo@example.org',
      'Ada Admin',
      someone.totp,
      someone.password,
      first.apiKey,
      ...someone.recoveryCodes,
    ]) {
      for (const form of [secret, secret.toLowerCase(), Buffer.from(secret).toString('hex')])
        expect(text).not.toContain(form);
    }
  });
});
