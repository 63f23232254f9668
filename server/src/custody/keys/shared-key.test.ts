// Two bodies under one data key: each opens alone, under its own binding and no other; the key is used again only while that is sound.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { systemClock, type Clock } from '#kernel/clock.ts';
import { newTenantId, type TenantId } from '#kernel/ids.ts';
import { KeyStore } from './keystore.ts';
import type { Binding, Sealed } from './sealer.ts';
import { newSharedKey } from './shared-key.ts';

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

function openStore(clock: Clock = systemClock): Promise<KeyStore> {
  const directory = mkdtempSync(join(tmpdir(), 'cordon-keys-'));
  directories.push(directory);
  return KeyStore.open({ directory: join(directory, 'keys'), clock });
}

const binding = (tenant: TenantId, id: string): Binding => ({ tenant, kind: 'entry', id, version: 1 });
const INTENT = '01a20570-78c6-7b30-82e1-74d0d6b70e93';
const OUTCOME = '01a20570-78c6-8637-84eb-847a109ebc30';

it('has one wrap for both, and each opens where it belongs alone', async () => {
  const store = await openStore();
  const tenant = newTenantId();
  const sealer = await store.forTenant(tenant);
  const shared = newSharedKey();
  const seal = (id: string, text: string): Sealed =>
    sealer.seal(binding(tenant, id), 'call', Buffer.from(text), shared);
  const [asked, answered] = [seal(INTENT, 'asked'), seal(OUTCOME, 'answered')];
  shared.wipe();
  expect(answered.wrap).toEqual(asked.wrap);
  expect(asked.ciphertext.subarray(8, 72)).not.toEqual(answered.ciphertext.subarray(8, 72));
  expect(Buffer.from(await sealer.open(binding(tenant, INTENT), asked)).toString()).toBe('asked');
  expect(Buffer.from(await sealer.open(binding(tenant, OUTCOME), answered)).toString()).toBe('answered');
  await expect(sealer.open(binding(tenant, INTENT), answered)).rejects.toMatchObject({ code: 'sealed_object_invalid' });
});

it('is made anew after it was wiped, and under another class, month or tenant', async () => {
  let now = new Date('2026-11-30T23:59:59.000Z');
  const store = await openStore({ ...systemClock, now: () => now });
  const tenant = newTenantId();
  const sealer = await store.forTenant(tenant);
  const shared = newSharedKey();
  const seal = (retention: 'call' | 'ledger', of = tenant, by = sealer): Sealed =>
    by.seal(binding(of, INTENT), retention, Buffer.from('x'), shared);
  const first = seal('call');
  shared.wipe();
  const second = seal('call');
  const third = seal('ledger');
  const fourth = seal('call');
  now = new Date('2026-12-01T00:00:01.000Z');
  const fifth = seal('call');
  const other = newTenantId();
  const sixth = seal('call', other, await store.forTenant(other));
  const wraps = [first, second, third, fourth, fifth, sixth].map(({ wrap }) =>
    Buffer.from(wrap.wrapped).toString('hex'),
  );
  expect(new Set(wraps).size).toBe(wraps.length);
  expect(fifth.wrap.erasureKey).not.toBe(fourth.wrap.erasureKey);
  expect(Buffer.from(await sealer.open(binding(tenant, INTENT), second)).toString()).toBe('x');
});

it('is made anew when the erasure key has a successor', async () => {
  const store = await openStore();
  const tenant = newTenantId();
  const sealer = await store.forTenant(tenant);
  const shared = newSharedKey();
  const seal = (): Sealed => sealer.seal(binding(tenant, INTENT), 'call', Buffer.from('x'), shared);
  const { wrap } = seal();
  const successor = (await store.tenantKeys(tenant)).succeed(wrap.erasureKey);
  expect(seal().wrap.erasureKey).toBe(successor);
});
