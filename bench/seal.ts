// Sealing and opening of small objects (docs/formats/envelope.md), against the bare node:crypto operations it is made of, in
// one process and one run.
import { createCipheriv, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyStore } from '../server/src/custody/keys/keystore.ts';
import type { Binding, Sealed, Sealer } from '../server/src/custody/keys/sealer.ts';
import { systemClock } from '../server/src/kernel/clock.ts';
import { newId, newTenantId } from '../server/src/kernel/ids.ts';

/** A prompt or a ledger body of ordinary size. */
const OBJECT_BYTES = 2048;
const OBJECTS = 10_000;
/** Each side runs this often, in turn; the best counts, because the machine is shared. */
const ROUNDS = 7;

/** Shows: sealed objects of 2 kB per second and core, ≥ 25,000. */
export async function run(): Promise<object> {
  const directory = mkdtempSync(join(tmpdir(), 'cordon-bench-'));
  const tenant = newTenantId();
  const sealer = await (await KeyStore.open({ directory, clock: systemClock })).forTenant(tenant);
  const binding: Binding = { tenant, kind: 'entry', id: newId(), version: 1 };
  const plaintext = randomBytes(OBJECT_BYTES);
  const sealed = sealer.seal(binding, 'ledger', plaintext);
  const best = { seal: Infinity, open: Infinity, limit: Infinity };
  for (let round = 0; round < ROUNDS; round += 1) {
    best.seal = Math.min(best.seal, await cpuSeconds(() => sealMany(sealer, binding, plaintext)));
    best.limit = Math.min(best.limit, await cpuSeconds(() => bareOperations(plaintext)));
    best.open = Math.min(best.open, await cpuSeconds(() => openMany(sealer, binding, sealed)));
  }
  rmSync(directory, { recursive: true });
  const result = {
    objectBytes: OBJECT_BYTES,
    sealedPerSecond: Math.round(OBJECTS / best.seal),
    openedPerSecond: Math.round(OBJECTS / best.open),
    barePerSecond: Math.round(OBJECTS / best.limit),
    timesTheBareOperations: Math.round((best.seal / best.limit) * 100) / 100,
  };
  console.log(`  ${JSON.stringify(result)}`);
  return result;
}

async function sealMany(sealer: Sealer, binding: Binding, plaintext: Uint8Array): Promise<void> {
  for (let i = 0; i < OBJECTS; i += 1) sealer.seal(binding, 'ledger', plaintext);
}

async function openMany(sealer: Sealer, binding: Binding, sealed: Sealed): Promise<void> {
  for (let i = 0; i < OBJECTS; i += 1) await sealer.open(binding, sealed);
}

/** Randomness, two derivations, two encryptions: what the format asks of the library and nothing else. */
async function bareOperations(plaintext: Uint8Array): Promise<void> {
  const wrapping = randomBytes(32);
  const aad = randomBytes(200);
  const nonce = Buffer.alloc(12);
  for (let i = 0; i < OBJECTS; i += 1) {
    const fresh = randomBytes(96);
    for (const [secret, content] of [
      [fresh.subarray(0, 32), plaintext],
      [wrapping, fresh.subarray(0, 32)],
    ] as const) {
      const derived = hkdfSync('sha512', createSecretKey(secret), fresh.subarray(32, 64), aad, 64);
      const key = createSecretKey(Buffer.from(derived, 0, 32));
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      cipher.setAAD(aad);
      cipher.update(content);
      cipher.final();
      cipher.getAuthTag();
    }
  }
}

async function cpuSeconds(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000_000;
}
