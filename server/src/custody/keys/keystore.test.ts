// The key store as a directory: creation, sharing between processes, erasure, refusal of what is damaged.
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verify, createPublicKey } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Clock } from '#kernel/clock.ts';
import { newTenantId } from '#kernel/ids.ts';
import { KeyStore } from './keystore.ts';
import type { Binding } from './sealer.ts';

let home: string;
let directory: string;
const tenant = newTenantId();
const binding: Binding = { tenant, kind: 'note', id: tenant, version: 1 };

class HeldClock implements Clock {
  at = Date.parse('2026-11-22T09:00:00Z');
  now(): Date {
    return new Date(this.at);
  }
  monotonicMs(): number {
    return this.at;
  }
}

let clock: HeldClock;
const open = (): Promise<KeyStore> => KeyStore.open({ directory, clock });

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'cordon-keys-'));
  directory = join(home, 'keys');
  clock = new HeldClock();
});
afterEach(() => rmSync(home, { recursive: true }));

describe('creation', () => {
  test('everything is readable by the owner only', async () => {
    const store = await open();
    (await store.forTenant(tenant)).seal(binding, 'clinical', Buffer.from('x'));
    const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
    expect(entries.length).toBeGreaterThan(8);
    for (const entry of entries) {
      const mode = statSync(join(entry.parentPath, entry.name)).mode & 0o777;
      expect(mode).toBe(entry.isDirectory() ? 0o700 : 0o600);
    }
  });

  test('what one process sealed another opens, and both have one installation', async () => {
    const [first, second] = await Promise.all([open(), open()]);
    expect(first.installation.id).toBe(second.installation.id);
    expect(first.installation.derive('a').equals(second.installation.derive('a'))).toBe(true);
    expect(first.installation.derive('a').equals(first.installation.derive('b'))).toBe(false);
    const sealed = (await first.forTenant(tenant)).seal(binding, 'clinical', Buffer.from('plan'));
    const opened = await (await second.forTenant(tenant)).open(binding, sealed);
    expect(Buffer.from(opened).toString()).toBe('plan');
    const mine = (await first.forTenant(tenant)).lookup('mrn', '4711');
    expect(mine).toEqual((await second.forTenant(tenant)).lookup('mrn', '4711'));
    expect(mine).not.toEqual((await first.forTenant(newTenantId())).lookup('mrn', '4711'));
    expect(mine).not.toEqual((await first.forTenant(tenant)).lookup('email', '4711'));
  });

  test('a lost root key is not replaced by a new one', async () => {
    await open();
    rmSync(join(directory, 'root.key'));
    await expect(open()).rejects.toMatchObject({ code: 'key_unavailable', details: { reason: 'root_key_missing' } });
    expect(existsSync(join(directory, 'root.key'))).toBe(false);
  });

  test('a root key that others can read is refused', async () => {
    await open();
    chmodSync(join(directory, 'root.key'), 0o640);
    await expect(open()).rejects.toMatchObject({ details: { reason: 'root_key_mode' } });
  });

  test('a lost tenant key is not replaced by a new one', async () => {
    const store = await open();
    (await store.forTenant(tenant)).seal(binding, 'clinical', Buffer.from('x'));
    rmSync(join(directory, 'tenants', tenant, 'keys', 'tenant.1.key'));
    await expect((await open()).forTenant(tenant)).rejects.toMatchObject({ details: { reason: 'tenant_key_missing' } });
  });

  test('a key file of another tenant does not open', async () => {
    const store = await open();
    const other = newTenantId();
    await store.forTenant(tenant);
    await store.forTenant(other);
    const path = (id: string): string => join(directory, 'tenants', id, 'keys', 'tenant.1.key');
    writeFileSync(path(tenant), readFileSync(path(other)));
    await expect((await open()).forTenant(tenant)).rejects.toMatchObject({ details: { reason: 'key_file_invalid' } });
  });
});

describe('erasure keys', () => {
  test('one per class and month', async () => {
    const sealer = await (await open()).forTenant(tenant);
    const idOf = (retention: 'audio' | 'clinical'): string =>
      sealer.seal(binding, retention, Buffer.from('x')).wrap.erasureKey;
    expect([idOf('audio'), idOf('audio'), idOf('clinical')]).toEqual([
      'audio.2026-11.1',
      'audio.2026-11.1',
      'clinical.2026-11.1',
    ]);
    clock.at = Date.parse('2026-12-01T00:00:00Z');
    expect(idOf('audio')).toBe('audio.2026-12.1');
  });

  test('a key that is missing without having been erased is a fault, not a destruction', async () => {
    const store = await open();
    const sealed = (await store.forTenant(tenant)).seal(binding, 'audio', Buffer.from('x'));
    rmSync(join(directory, 'tenants', tenant, 'erasure', 'audio.2026-11.1.key'));
    await expect((await (await open()).forTenant(tenant)).open(binding, sealed)).rejects.toMatchObject({
      code: 'key_unavailable',
    });
  });

  test('an id from a row cannot name a file elsewhere', async () => {
    const sealer = await (await open()).forTenant(tenant);
    const sealed = sealer.seal(binding, 'audio', Buffer.from('x'));
    for (const erasureKey of ['../keys/tenant.1', 'audio.2026-11.01', 'audio.2026-13.1', '', 'x'.repeat(10_000)]) {
      const forged = { ...sealed, wrap: { ...sealed.wrap, erasureKey } };
      await expect(sealer.open(binding, forged)).rejects.toMatchObject({ code: 'key_unavailable' });
    }
  });
});

describe('signing keys', () => {
  test('a prepared successor signs only after it was activated', async () => {
    const [store, other] = await Promise.all([open(), open()]);
    const first = store.signingKey();
    expect(first.name).toBe(`cordon.local/${store.installation.id}`);
    const next = await store.prepareSigningKey();
    expect((await store.prepareSigningKey()).publicKey).toEqual(next.publicKey);
    expect(store.signingKey().id).toBe(first.id);
    await store.activateSigningKey(next.id);
    expect(store.signingKey().publicKey).toEqual(next.publicKey);
    clock.at += 1001;
    expect((await other.refreshSigningKey()).id).toBe(next.id);
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(next.publicKey).toString('base64url') };
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    expect(verify(null, Buffer.from('m'), key, store.signingKey().sign(Buffer.from('m')))).toBe(true);
  });
});

describe('events', () => {
  test('each key made is recorded once, under an id that makes a retry harmless', async () => {
    const store = await open();
    const sealer = await store.forTenant(tenant);
    clock.at += 1;
    sealer.seal(binding, 'clinical', Buffer.from('x'));
    const failing = async (): Promise<never> => {
      throw new Error('down');
    };
    await expect(store.recordEvents(failing)).rejects.toThrow('down');
    const seen: string[] = [];
    await (
      await open()
    ).recordEvents(async (request) => {
      expect(request.entryId).toMatch(/^[0-9a-f-]{36}$/);
      seen.push(`${request.kind} ${JSON.stringify(request.detail?.['key'])}`);
    });
    const root = await store.root.id();
    expect(seen.toSorted()).toEqual(
      [root, 'tenant.1', 'clinical.2026-11.1'].map((key) => `key.created "${key}"`).toSorted(),
    );
    expect(await store.recordEvents(failing)).toBe(0);
  });
});
