// Identity on a database of its own, with a clock that the test holds and people who hold their authenticators.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret, TOTP } from 'otpauth';
import type { Role } from '@cordon/contract';
import { createAuthenticator, type Authenticator } from '#custody/access/authenticate.ts';
import { firstStart, type FirstCredentials } from '#custody/access/bootstrap.ts';
import { accessContext, type AccessContext } from '#custody/access/context.ts';
import { acceptInvitation, confirmInvitation } from '#custody/access/invitations.ts';
import { invitePerson, type Invitation } from '#custody/access/people.ts';
import type { PersonPrincipal } from '#custody/access/principal.ts';
import type { Sender } from '#custody/access/sessions.ts';
import { signIn } from '#custody/access/sign-in.ts';
import { KeyStore } from '#custody/keys/keystore.ts';
import { directoryAnchors } from '#custody/ledger/anchors.ts';
import { createLedger, type RunningLedger } from '#custody/ledger/create.ts';
import { systemClock, type Clock } from '#kernel/clock.ts';
import type { TenantId } from '#kernel/ids.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

/** Starts at the real time, so that PostgreSQL's own clock is near, and moves only when told. */
export class HeldClock implements Clock {
  at = Date.now();
  now(): Date {
    return new Date(this.at);
  }
  monotonicMs(): number {
    return this.at;
  }
  pass(milliseconds: number): void {
    this.at += milliseconds;
  }
}

export const browser: Sender = { userAgent: 'Mozilla/5.0 (X11; Linux x86_64)', address: '192.0.2.7' };

/** A person with what only they know. */
export interface Someone {
  readonly tenant: TenantId;
  readonly id: string;
  readonly email: string;
  readonly password: string;
  readonly totp: string;
  readonly recoveryCodes: readonly string[];
}

export interface AccessHouse {
  readonly database: TestDatabase;
  readonly keys: KeyStore;
  readonly ledger: RunningLedger;
  readonly clock: HeldClock;
  readonly context: AccessContext;
  readonly authenticator: Authenticator;
  readonly first: FirstCredentials;
  readonly admin: Someone;
  /** The code that the person's authenticator shows now; a new one each time it is asked (the clock moves a step). */
  code(of: Pick<Someone, 'totp'>): string;
  /** Signs in and returns token and principal. */
  enter(someone: Someone): Promise<{ readonly token: string; readonly principal: PersonPrincipal }>;
  /** Invites, accepts and confirms. */
  join(by: PersonPrincipal, email: string, roles: readonly Role[]): Promise<Someone>;
  answer(tenant: TenantId, email: string, invitation: Invitation): Promise<Someone>;
  /** Kinds and details of the tenant's entries in order. */
  entries(
    tenant?: TenantId,
  ): Promise<{ readonly kind: string; readonly actor: unknown; readonly detail: Record<string, unknown> }[]>;
  close(): Promise<void>;
}

export async function buildAccessHouse(): Promise<AccessHouse> {
  const database = await createTestDatabase();
  const directory = await mkdtemp(join(tmpdir(), 'cordon-access-'));
  const clock = new HeldClock();
  const keys = await KeyStore.open({ directory: join(directory, 'keys'), clock });
  const { store } = database;
  // The ledger keeps real time: its leases and rules are not what is tried here.
  const ledger = createLedger({
    store,
    keys,
    clock: systemClock,
    installation: keys.installation.id,
    anchors: directoryAnchors(join(directory, 'anchors')),
    writer: 'test',
    onFault: () => undefined,
  });
  await ledger.start();
  const context = accessContext({ store, keys, ledger, clock, derive: keys.installation.derive });
  const first = await firstStart(context, {
    tenantName: 'Practice',
    adminName: 'Ada Admin',
    adminEmail: 'Admin@Example.org',
    deliver: async () => undefined,
  });
  if (first === null) throw new Error('the database was not empty');
  const code = (of: Pick<Someone, 'totp'>): string => {
    clock.pass(30_000);
    return new TOTP({ secret: Secret.fromBase32(of.totp) }).generate({ timestamp: clock.at });
  };
  const answer = async (tenant: TenantId, email: string, { token }: Invitation): Promise<Someone> => {
    const password = `a long way home for ${token.slice(-6)}`;
    const { personId, enrolment } = await acceptInvitation(context, { token, password });
    const totp = enrolment?.secret ?? '';
    const { recoveryCodes } = await confirmInvitation(context, { token, code: code({ totp }) });
    return { tenant, id: personId, email, password, totp, recoveryCodes };
  };
  return {
    database,
    keys,
    ledger,
    clock,
    context,
    authenticator: createAuthenticator(context),
    first,
    admin: {
      tenant: first.tenant,
      id: first.adminId,
      email: first.adminEmail,
      password: first.adminPassword,
      totp: first.adminTotpSecret,
      recoveryCodes: first.adminRecoveryCodes,
    },
    code,
    answer,
    enter: ({ tenant, email, password, totp }) =>
      signIn(context, { tenant, email, password, code: code({ totp }), sender: browser }),
    join: async (by, email, roles) => {
      const invitation = await invitePerson(context, by.tenant, by.actor, { name: email, email, roles });
      return answer(by.tenant, email, invitation);
    },
    entries: async (tenant = first.tenant) => {
      const sql = 'SELECT header FROM cordon.ledger_entry WHERE tenant = $1 ORDER BY index';
      const rows = await database.admin<{ header: Buffer }>(sql, [tenant]);
      return rows.map((row) => JSON.parse(row.header.toString()) as never);
    },
    close: async () => {
      await ledger.stop();
      await database.close();
      await rm(directory, { recursive: true });
    },
  };
}
