// The life of keys: rotation at every level, erasure, copies, escrow. Real files, several processes' views of them.
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AppendRequest } from '#custody/ledger/ledger.ts';
import type { Clock } from '#kernel/clock.ts';
import { newTenantId } from '#kernel/ids.ts';
import { copyKeyStore, liveCopies, restoreCopy } from './copies.ts';
import { eraseKey, replayErasures } from './erase.ts';
import { escrowStatus, makeEscrow, openEscrow, restoreEscrow, tryEscrow } from './escrow.ts';
import { keyInventory } from './inventory.ts';
import { KeyStore } from './keystore.ts';
import { maintainKeys } from './maintain.ts';
import { restoreRootFile } from './root.ts';
import { finishRotations, rotateRoot, rotateTenantKey } from './rotate.ts';
import type { Binding, Sealed } from './sealer.ts';

class HeldClock implements Clock {
  at = Date.parse('2026-11-22T09:00:00Z');
  now(): Date {
    return new Date(this.at);
  }
  monotonicMs(): number {
    return this.at;
  }
}

const tenant = newTenantId();
const binding: Binding = { tenant, kind: 'note', id: tenant, version: 1 };
const actor = { type: 'person', id: '018f3c5e-7a10-7b3a-9c11-0d2f4a6b8d00' } as const;
const DAY = 86_400_000;

let home: string;
let directory: string;
let clock: HeldClock;
let entries: AppendRequest[];
const append = async (request: AppendRequest): Promise<void> => {
  entries.push(request);
};
const open = (): Promise<KeyStore> => KeyStore.open({ directory, clock });
const seal = async (store: KeyStore, text = 'plan'): Promise<Sealed> =>
  (await store.forTenant(tenant)).seal(binding, 'clinical', Buffer.from(text));
const openText = async (store: KeyStore, sealed: Sealed): Promise<string> =>
  Buffer.from(await (await store.forTenant(tenant)).open(binding, sealed)).toString();
const tenantFile = (...names: string[]): string => join(directory, 'tenants', tenant, ...names);

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'cordon-keys-'));
  directory = join(home, 'keys');
  clock = new HeldClock();
  entries = [];
});
afterEach(() => rmSync(home, { recursive: true }));

describe('rotation', () => {
  test('of the tenant key: old and new objects open, in this process and in another, before and after the old key goes', async () => {
    const [store, other] = await Promise.all([open(), open()]);
    const before = await seal(store);
    const digest = (await store.forTenant(tenant)).lookup('mrn', '1');
    await openText(other, before);
    expect(await rotateTenantKey(store, tenant)).toMatchObject({ key: 'tenant.2', replaces: 'tenant.1' });
    expect(await rotateTenantKey(other, tenant)).toMatchObject({ key: 'tenant.2' });
    expect(await finishRotations(store)).toEqual([]);
    const during = await seal(other);
    clock.at += 10 * 60_000;
    expect(await finishRotations(store)).toEqual(['tenant.1']);
    expect(readdirSync(tenantFile('keys'))).toEqual(['tenant.2.key']);
    const after = await seal(other);
    for (const view of [store, other, await open()]) {
      for (const sealed of [before, during, after]) expect(await openText(view, sealed)).toBe('plan');
      expect((await view.forTenant(tenant)).lookup('mrn', '1')).toEqual(digest);
    }
  });

  test('of the root key: everything opens with the new one alone', async () => {
    const store = await open();
    const before = await seal(store);
    const { id } = store.installation;
    const first = await store.root.id();
    const rotation = await rotateRoot(store);
    expect(rotation).toMatchObject({ replaces: first });
    const late = newTenantId();
    await store.forTenant(late);
    clock.at += 10 * 60_000;
    expect(await finishRotations(store)).toEqual([first]);
    expect(readFileSync(join(directory, 'root.key'), 'utf8')).not.toContain(first);
    const again = await open();
    expect(again.installation.id).toBe(id);
    expect(again.signingKey().publicKey).toEqual(store.signingKey().publicKey);
    expect(await openText(again, before)).toBe('plan');
    await again.forTenant(late);
    await again.recordEvents(append);
    expect(entries.at(-1)).toBeDefined();
    expect(entries.map((entry) => `${entry.kind} ${JSON.stringify(entry.detail?.['level'])}`)).toContain(
      'key.rotated "root"',
    );
  });

  test('what a rotation did not reach before a crash is reached by its repetition', async () => {
    const store = await open();
    await seal(store);
    const unreached = readFileSync(tenantFile('erasure', 'clinical.2026-11.1.key'));
    await rotateTenantKey(store, tenant);
    cpSync(tenantFile('erasure', 'clinical.2026-11.1.key'), join(home, 'reached'));
    rmSync(tenantFile('erasure', 'clinical.2026-11.1.key'));
    writeFileSync(tenantFile('erasure', 'clinical.2026-11.1.key'), unreached, { mode: 0o600 });
    const again = await open();
    const sealed = await seal(again);
    await rotateTenantKey(again, tenant);
    clock.at += 10 * 60_000;
    await finishRotations(again);
    expect(await openText(await open(), sealed)).toBe('plan');
  });
});

describe('erasure', () => {
  test('a key that still seals, or did a moment ago, is not erased', async () => {
    const store = await open();
    const { wrap } = await seal(store);
    await expect(eraseKey(store, tenant, wrap.erasureKey)).rejects.toMatchObject({ details: { reason: 'key_in_use' } });
    expect((await store.tenantKeys(tenant)).succeed(wrap.erasureKey)).toBe('clinical.2026-11.2');
    await expect(eraseKey(store, tenant, wrap.erasureKey)).rejects.toMatchObject({ details: { reason: 'key_in_use' } });
    expect((await seal(store)).wrap.erasureKey).toBe('clinical.2026-11.2');
    await expect(eraseKey(store, tenant, 'clinical.2026-10.1')).rejects.toMatchObject({ code: 'not_found' });
  });

  test('another process seals with the successor and loses the erased key within a second', async () => {
    const [store, other] = await Promise.all([open(), open()]);
    const old = await seal(store);
    await openText(other, old);
    (await store.tenantKeys(tenant)).succeed(old.wrap.erasureKey);
    clock.at += 1000;
    const held = await other.forTenant(tenant);
    const survivor = held.seal(binding, 'clinical', Buffer.from('kept'));
    expect(survivor.wrap.erasureKey).toBe('clinical.2026-11.2');
    await eraseKey(store, tenant, old.wrap.erasureKey, 0);
    await expect(openText(store, old)).rejects.toMatchObject({ code: 'content_destroyed' });
    clock.at += 1000;
    await expect(held.open(binding, old)).rejects.toMatchObject({ code: 'content_destroyed' });
    expect(await openText(other, survivor)).toBe('kept');
    expect(existsSync(tenantFile('erasure', 'clinical.2026-11.1.key'))).toBe(false);
  });

  test('at the end of the month and a day the key may go; a new object of that month gets another key', async () => {
    const store = await open();
    const old = await seal(store);
    clock.at = Date.parse('2026-12-02T00:00:00Z');
    await eraseKey(store, tenant, old.wrap.erasureKey);
    await eraseKey(store, tenant, old.wrap.erasureKey);
    await expect(openText(store, old)).rejects.toMatchObject({ code: 'content_destroyed' });
    clock.at = Date.parse('2026-11-30T23:59:59Z');
    expect((await seal(await open())).wrap.erasureKey).toBe('clinical.2026-11.2');
    await store.recordEvents(append);
    expect(entries.filter((entry) => entry.kind === 'key.erased')).toHaveLength(1);
  });

  test('a process that died between the mark and the deletion is completed by the next', async () => {
    const store = await open();
    const old = await seal(store);
    const file = tenantFile('erasure', 'clinical.2026-11.1.key');
    cpSync(file, join(home, 'kept.key'));
    clock.at += 40 * DAY;
    await eraseKey(store, tenant, old.wrap.erasureKey);
    cpSync(join(home, 'kept.key'), file);
    const again = await open();
    await expect(openText(again, old)).rejects.toMatchObject({ code: 'content_destroyed' });
    expect(existsSync(file)).toBe(false);
  });
});

describe('copies', () => {
  test('hold no root key, open with it, and expire', async () => {
    const store = await open();
    const sealed = await seal(store);
    const copy = await copyKeyStore(store, { target: join(home, 'copies'), days: 7, actor, append });
    const names = readdirSync(copy.path, { recursive: true }).map(String);
    expect(names).not.toContain('root.key');
    const restored = join(home, 'restored');
    restoreCopy(copy.path, restored, []);
    cpSync(join(directory, 'root.key'), join(restored, 'root.key'));
    expect(await openText(await KeyStore.open({ directory: restored, clock }), sealed)).toBe('plan');
    clock.at += 7 * DAY - 1;
    expect(await maintainKeys(store, append)).toMatchObject({ expired: 0 });
    expect(liveCopies(store)).toHaveLength(1);
    clock.at += 1;
    expect(await maintainKeys(store, append)).toMatchObject({ expired: 1 });
    expect(existsSync(copy.path)).toBe(false);
    expect(liveCopies(store)).toEqual([]);
    expect(entries.map((entry) => entry.kind)).toEqual(
      expect.arrayContaining(['export.made', 'configuration.changed']),
    );
  });

  test('what was erased since does not come back with a copy', async () => {
    const store = await open();
    const sealed = await seal(store);
    const copy = await copyKeyStore(store, { target: join(home, 'copies'), days: 35, actor, append });
    clock.at += 30 * DAY;
    const { key, at } = await eraseKey(store, tenant, sealed.wrap.erasureKey);
    const restored = join(home, 'restored');
    restoreCopy(copy.path, restored, [{ tenant, key, at }]);
    cpSync(join(directory, 'root.key'), join(restored, 'root.key'));
    const again = await KeyStore.open({ directory: restored, clock });
    await expect(openText(again, sealed)).rejects.toMatchObject({ code: 'content_destroyed' });
    expect(
      readdirSync(restored, { recursive: true })
        .map(String)
        .filter((name) => name.includes(key)),
    ).toEqual([join('tenants', tenant, 'erasure', `${key}.gone`)]);
  });

  test('a store that was restored by other means erases again what the ledger names', async () => {
    const store = await open();
    const sealed = await seal(store);
    await replayErasures(store, tenant, [sealed.wrap.erasureKey]);
    await expect(openText(store, sealed)).rejects.toMatchObject({ code: 'content_destroyed' });
  });

  test.each([0, 366, 1.5])('%s days are refused', async (days) => {
    const store = await open();
    const made = copyKeyStore(store, { target: home, days, actor, append });
    await expect(made).rejects.toMatchObject({ code: 'invalid_request' });
  });
});

describe('escrow', () => {
  test('is red until made and tried, and again after the root was rotated', async () => {
    const store = await open();
    const identity = await generateX25519Identity();
    const recipients = [await identityToRecipient(identity)];
    expect(await escrowStatus(store)).toMatchObject({ covered: false, tried: false });
    const sealed = await makeEscrow(store, { recipients, actor, append });
    expect(await escrowStatus(store)).toMatchObject({ covered: true, tried: false, recipients: 1 });
    await expect(tryEscrow(store, sealed, await generateX25519Identity())).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.not.stringContaining('AGE-SECRET'),
    });
    await tryEscrow(store, sealed, identity);
    expect(await escrowStatus(store)).toMatchObject({ covered: true, tried: true });
    expect(await keyInventory(store, tenant)).toMatchObject({
      root: { provider: 'local-file', rotationUnderWay: false },
      tenant: { version: 1, since: '2026-11-22T09:00:00.000Z' },
      erasure: { live: 0, erased: 0 },
      copies: { live: 0, lastExpires: null },
    });
    await rotateRoot(store);
    expect(await escrowStatus(store)).toMatchObject({ covered: false, tried: false });
    expect(entries.map((entry) => entry.kind)).toEqual(['key.escrowed']);
    await store.recordEvents(append);
    expect(entries.map((entry) => entry.detail?.['setting'])).toContain('escrow-tried');
  });

  test('with a copy of the key store it brings everything back; alone it opens no content', async () => {
    const store = await open();
    const identity = await generateX25519Identity();
    const sealed = await seal(store);
    const escrow = await makeEscrow(store, { recipients: [await identityToRecipient(identity)], actor, append });
    const copy = await copyKeyStore(store, { target: join(home, 'copies'), actor, append });
    rmSync(directory, { recursive: true });
    const content = await openEscrow(escrow, identity);
    const alone = join(home, 'alone');
    restoreEscrow(content, alone, join(alone, 'root.key'));
    await expect(openText(await KeyStore.open({ directory: alone, clock }), sealed)).rejects.toMatchObject({
      code: 'key_unavailable',
    });
    restoreCopy(copy.path, directory, []);
    restoreRootFile(join(directory, 'root.key'), Buffer.from(content.root, 'base64'));
    expect(await openText(await open(), sealed)).toBe('plan');
  });

  test('I4 a trial writes no key outside the key directory, and leaves none behind', async () => {
    const store = await open();
    const identity = await generateX25519Identity();
    const sealed = await makeEscrow(store, { recipients: [await identityToRecipient(identity)], actor, append });
    const names = () => new Set(readdirSync(directory, { recursive: true, encoding: 'utf8' }));
    const before = names();
    vi.stubEnv('TMPDIR', join(home, 'nowhere')); // whoever writes to the system's temporary directory fails
    try {
      await tryEscrow(store, sealed, identity);
    } finally {
      vi.unstubAllEnvs();
    }
    const left = [...names().difference(before)].filter((name) => !name.startsWith('pending'));
    expect(left).toEqual([]);
    expect(await escrowStatus(store)).toMatchObject({ tried: true });
  });

  test('an escrow of another installation does not count', async () => {
    const store = await open();
    const identity = await generateX25519Identity();
    const recipients = [await identityToRecipient(identity)];
    const elsewhere = await KeyStore.open({ directory: join(home, 'elsewhere'), clock });
    const foreign = await makeEscrow(elsewhere, { recipients, actor, append });
    await expect(tryEscrow(store, foreign, identity)).rejects.toMatchObject({ code: 'key_unavailable' });
    await expect(makeEscrow(store, { recipients: ['age1wrong'], actor, append })).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });
});
