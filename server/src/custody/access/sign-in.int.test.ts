// Signing in, sessions, lock-out: on a real database, with a held clock.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PERMISSIONS } from '@cordon/contract';
import { SYSTEM_TENANT, newTenantId } from '#kernel/ids.ts';
import { browser, buildAccessHouse, type AccessHouse, type Someone } from '#test/access-house.ts';
import { createAuthenticator } from './authenticate.ts';
import { accessContext } from './context.ts';
import { IDLE_MS, endSessions, listSessions, signOut } from './sessions.ts';
import { reauthenticate, signIn } from './sign-in.ts';
import { createTenant } from './tenants.ts';

let house: AccessHouse;
let admin: Someone;
const program = { userAgent: 'curl/8.5', address: browser.address };
const refused = { code: 'unauthenticated' };

beforeAll(async () => {
  house = await buildAccessHouse();
  admin = house.admin;
});
afterAll(() => house.close());

/** With a new code unless one is given: then the clock does not move. */
const attempt = (change: Partial<Parameters<typeof signIn>[1]> = {}): ReturnType<typeof signIn> => {
  const { email, password } = admin;
  return signIn(house.context, { email, password, code: change.code ?? house.code(admin), sender: browser, ...change });
};

/** Ends a lock and forgets failures. */
const calm = (): void => house.clock.pass(86_400_001);

describe('signing in', () => {
  test('with password and code gives a session whose token authenticates', async () => {
    const { token, principal } = await attempt();
    expect(token).toMatch(/^cordon_s_/);
    const again = await house.authenticator.authenticate(token, browser);
    expect(again).toEqual(principal);
    expect(again).toMatchObject({ kind: 'person', personId: admin.id, tenant: admin.tenant });
    expect([...again.permissions]).toContain('person.invite');
    const opened = (await house.entries()).filter((entry) => entry.kind === 'session.opened').at(-1);
    expect(opened).toMatchObject({
      actor: { type: 'person', id: admin.id },
      detail: { session: principal.sessionId, method: 'password+code' },
    });
  });

  test('the address is known in any case and composition', async () => {
    await expect(attempt({ email: ' ADMIN@example.ORG ' })).resolves.toBeDefined();
  });

  test('a code is accepted once, whoever asks at the same time', async () => {
    const code = house.code(admin);
    const results = await Promise.allSettled([attempt({ code }), attempt({ code }), attempt({ code })]);
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    await expect(attempt({ code })).rejects.toMatchObject(refused);
    calm();
  });

  test('a recovery code is accepted once, and says so in the ledger', async () => {
    const [code = ''] = admin.recoveryCodes;
    await expect(attempt({ code })).resolves.toBeDefined();
    expect((await house.entries()).at(-1)).toMatchObject({ detail: { method: 'password+recovery' } });
    await expect(attempt({ code })).rejects.toMatchObject(refused);
    calm();
  });

  test('every wrong half is refused alike, and counted in the system ledger', async () => {
    const before = (await house.entries(SYSTEM_TENANT)).length;
    const wrongs = [
      { password: 'not the password' },
      { code: '000000' },
      { email: 'nobody@example.org' },
      { tenant: newTenantId() },
    ];
    for (const wrong of wrongs) {
      const error = await attempt(wrong).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ ...refused, details: {} });
    }
    house.clock.pass(60_000);
    await house.context.failures.flush();
    const failed = (await house.entries(SYSTEM_TENANT)).slice(before);
    const count = failed.reduce((sum, entry) => sum + Number(entry.detail['count']), 0);
    expect(failed.every((entry) => entry.kind === 'session.failed')).toBe(true);
    expect(count).toBeGreaterThanOrEqual(wrongs.length);
    expect(failed.length).toBeLessThan(wrongs.length + 1);
    calm();
  });

  test('a flood of failures leaves few entries', async () => {
    const before = (await house.entries(SYSTEM_TENANT)).length;
    for (let i = 0; i < 300; i += 1) await house.context.failures.record('unknown-credential');
    await house.context.failures.flush();
    const made = (await house.entries(SYSTEM_TENANT)).slice(before);
    expect(made.length).toBeLessThanOrEqual(2);
    expect(made.reduce((sum, entry) => sum + Number(entry.detail['count']), 0)).toBe(300);
  });
});

describe('lock-out', () => {
  test('after five failures, with back-off; an unknown address is locked just the same', async () => {
    for (const email of [admin.email, 'nobody@example.org']) {
      calm();
      for (let i = 0; i < 5; i += 1) {
        await expect(attempt({ email, password: 'wrong', code: '000000' })).rejects.toMatchObject(refused);
      }
      await expect(attempt({ email, code: '000000' })).rejects.toMatchObject({ code: 'account_locked' });
    }
    calm();
    for (let i = 0; i < 5; i += 1)
      await expect(attempt({ password: 'wrong', code: '000000' })).rejects.toMatchObject(refused);
    // The right password does not open a locked address.
    house.clock.pass(-30_000);
    const code = house.code(admin);
    await expect(attempt({ code })).rejects.toMatchObject({ code: 'account_locked', details: { retryAfter: 30 } });
    house.clock.pass(30_000);
    await expect(attempt({ password: 'wrong', code: '000000' })).rejects.toMatchObject(refused);
    await expect(attempt()).rejects.toMatchObject({ code: 'account_locked', details: { retryAfter: 30 } });
    house.clock.pass(30_000);
    await expect(attempt()).resolves.toBeDefined();
    const locked = (await house.entries()).filter((entry) => entry.kind === 'person.locked');
    expect(locked.at(-1)).toMatchObject({ detail: { person: admin.id, failures: 6 } });
  });

  test('guesses sent all at once are not one guess', async () => {
    calm();
    const guesses = Array.from({ length: 20 }, () => attempt({ password: 'wrong', code: '000000' }));
    const codes = (await Promise.allSettled(guesses)).map((result) =>
      result.status === 'rejected' ? (result.reason as { code: string }).code : 'in',
    );
    expect(codes.filter((code) => code === 'unauthenticated')).toHaveLength(5);
    expect(codes.filter((code) => code === 'account_locked')).toHaveLength(15);
    calm();
  });
});

describe('I6 one address in two tenants', () => {
  let twin: Someone;

  beforeAll(async () => {
    calm();
    const invited = await createTenant(
      house.context,
      { type: 'person', id: admin.id },
      {
        name: 'Twin',
        administrator: { name: 'Ada Admin', email: admin.email },
      },
    );
    twin = await house.answer(invited.tenant.id, admin.email, invited.invitation);
  });
  // The twin leaves no trace: what follows knows of one tenant only.
  afterAll(async () => {
    await house.database.admin(`DELETE FROM cordon.locator WHERE tenant = $1 AND kind = 'email'`, [twin.tenant]);
    calm();
  });

  test('a success in one does not clear the way for guesses at the other', async () => {
    calm();
    let guesses = 0;
    for (let round = 0; round < 3; round += 1) {
      for (let i = 0; i < 4; i += 1) {
        const outcome = await attempt({ password: 'a guess at the other', code: '000000' }).catch(
          (error) => error.code,
        );
        if (outcome === 'unauthenticated') guesses += 1;
      }
      await attempt({ password: twin.password, code: house.code(twin) }).catch(() => undefined);
    }
    expect(guesses).toBeLessThanOrEqual(6);
    // Who names the tenant is not held up by what happens to the address elsewhere.
    await expect(attempt({ tenant: admin.tenant })).resolves.toBeDefined();
    await expect(
      attempt({ tenant: twin.tenant, password: twin.password, code: house.code(twin) }),
    ).resolves.toBeDefined();
  });

  test('is as much work as an address that nobody has', async () => {
    const hashes = async (change: Parameters<typeof attempt>[0]): Promise<number> => {
      calm();
      let computed = 0;
      const passwords = {
        ...house.context.passwords,
        verify: (given: string, stored: string | null) => {
          computed += 1;
          return house.context.passwords.verify(given, stored);
        },
      };
      const request = { email: admin.email, password: 'wrong', code: '000000', sender: browser, ...change };
      await expect(signIn({ ...house.context, passwords }, request)).rejects.toMatchObject(refused);
      return computed;
    };
    const unknown = await hashes({ email: 'nobody@example.org' });
    expect(await hashes({})).toBe(unknown);
    const named = await hashes({ tenant: newTenantId() });
    expect(await hashes({ tenant: twin.tenant })).toBe(named);
  });
});

describe('sessions', () => {
  test('end after fifteen idle minutes', async () => {
    const { token, principal } = await attempt();
    house.clock.pass(IDLE_MS - 1);
    await expect(house.authenticator.authenticate(token, browser)).resolves.toBeDefined();
    house.clock.pass(IDLE_MS);
    await expect(house.authenticator.authenticate(token, browser)).rejects.toMatchObject(refused);
    expect((await house.entries()).at(-1)).toMatchObject({
      kind: 'session.closed',
      detail: { session: principal.sessionId, reason: 'idle' },
    });
  });

  test('end after twelve hours whatever was done', async () => {
    const { token } = await attempt();
    for (let i = 0; i < 71; i += 1) {
      house.clock.pass(10 * 60_000);
      await house.authenticator.authenticate(token, browser);
    }
    house.clock.pass(10 * 60_000);
    await expect(house.authenticator.authenticate(token, browser)).rejects.toMatchObject(refused);
  });

  test('end at once when signed out, also in another process', async () => {
    const { token, principal } = await attempt();
    const other = createAuthenticator(house.context);
    await other.authenticate(token, browser);
    await signOut(house.context, principal);
    await expect(other.authenticate(token, browser)).rejects.toMatchObject(refused);
    await expect(house.authenticator.authenticate(token, browser)).rejects.toMatchObject(refused);
  });

  test('end at once when revoked, one or all', async () => {
    const sessions = [await attempt(), await attempt(), await attempt()];
    const { actor, tenant, personId: person } = sessions[0]!.principal;
    const ids = (await listSessions(house.context, tenant, person)).map((session) => session.id);
    expect(ids).toEqual(expect.arrayContaining(sessions.map(({ principal }) => principal.sessionId)));
    const one = { tenant, person, id: sessions[0]!.principal.sessionId, reason: 'revoked' } as const;
    expect(await endSessions(house.context, actor, one)).toBe(1);
    expect(await endSessions(house.context, actor, one)).toBe(0);
    await expect(house.authenticator.authenticate(sessions[0]!.token, browser)).rejects.toMatchObject(refused);
    await expect(house.authenticator.authenticate(sessions[1]!.token, browser)).resolves.toBeDefined();
    await endSessions(house.context, actor, { tenant, person, reason: 'revoked' });
    await expect(house.authenticator.authenticate(sessions[1]!.token, browser)).rejects.toMatchObject(refused);
    expect(await listSessions(house.context, tenant, person)).toEqual([]);
  });

  test('of a browser do not hold in a program: the token was carried away, and the session ends', async () => {
    const { token } = await attempt();
    await expect(house.authenticator.authenticate(token, program)).rejects.toMatchObject(refused);
    await expect(house.authenticator.authenticate(token, browser)).rejects.toMatchObject(refused);
  });

  test('may be bound to the address', async () => {
    const { store, keys, ledger, clock } = { ...house.context, keys: house.keys };
    const bound = accessContext({
      store,
      keys,
      ledger,
      clock,
      derive: (purpose) => keys.installation.derive(purpose),
      bindAddress: true,
    });
    const { token } = await signIn(bound, { ...admin, code: house.code(admin), sender: browser });
    const door = createAuthenticator(bound);
    await expect(door.authenticate(token, browser)).resolves.toBeDefined();
    await expect(door.authenticate(token, { ...browser, address: '198.51.100.1' })).rejects.toMatchObject(refused);
  });

  test('stand in the database as digests under a key that is not there', async () => {
    const { token } = await attempt();
    const rows = await house.database.admin<{ all: string }>(
      `SELECT coalesce(string_agg(s::text, ' '), '') || (SELECT string_agg(l::text, ' ') FROM cordon.locator l) AS all FROM cordon.session s`,
    );
    expect(rows[0]?.all).not.toContain(token);
    expect(rows[0]?.all).not.toContain(Buffer.from(token.slice(9), 'base64url').toString('hex'));
  });
});

describe('re-authentication', () => {
  test('refreshes the session; the wrong half does not, and is limited', async () => {
    const { token, principal } = await attempt();
    house.clock.pass(6 * 60_000);
    const given = { password: admin.password, code: house.code(admin) };
    await expect(reauthenticate(house.context, principal, { ...given, password: 'wrong' })).rejects.toMatchObject(
      refused,
    );
    const fresh = await reauthenticate(house.context, principal, given);
    expect(fresh.reauthenticatedAt.getTime()).toBe(house.clock.at);
    const again = await house.authenticator.authenticate(token, browser);
    expect(again).toMatchObject({ reauthenticatedAt: new Date(house.clock.at) });
    expect((await house.entries()).at(-1)).toMatchObject({ kind: 'person.reauthenticated' });
    await expect(reauthenticate(house.context, principal, given)).rejects.toMatchObject(refused);
    for (let i = 0; i < 4; i += 1)
      await reauthenticate(house.context, principal, { ...given, password: 'x' }).catch(() => null);
    await expect(reauthenticate(house.context, principal, given)).rejects.toMatchObject({ code: 'account_locked' });
  });

  test('does not bring an ended session back', async () => {
    calm();
    const { principal } = await attempt();
    await signOut(house.context, principal);
    const given = { password: admin.password, code: house.code(admin) };
    await expect(reauthenticate(house.context, principal, given)).rejects.toMatchObject(refused);
  });
});

test('the first person may do what a practice of one needs, and still not everything alone', async () => {
  calm();
  const { principal } = await attempt();
  for (const permission of ['note.sign', 'keys.escrow', 'person.invite', 'ledger.export', 'model.manage'] as const) {
    expect(principal.permissions.has(permission)).toBe(true);
  }
  expect(PERMISSIONS['keys.rotate'].dual).toBe(true);
});

test.each([
  '',
  'x',
  'Bearer x',
  'cordon_',
  `cordon_s_${'A'.repeat(43)}`,
  `cordon_${'A'.repeat(43)}`,
  `cordon_${'A'.repeat(500)}`,
  "cordon_' OR 1=1 --",
])('a token like %j is refused', async (token) => {
  await expect(house.authenticator.authenticate(token, browser)).rejects.toMatchObject({ ...refused, details: {} });
});
