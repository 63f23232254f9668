import { verifyBundle, verifyProof, parseVkey, makeVkey, type BundleReader } from '@cordon/proofs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId, newTenantId, type TenantId } from '#kernel/ids.ts';
import { Phi } from '#kernel/phi.ts';
import { createLedgerHouse, type LedgerHouse } from '#test/ledger.ts';
import type { RunningLedger } from './create.ts';

let house: LedgerHouse;
let ledger: RunningLedger;

beforeAll(async () => {
  house = await createLedgerHouse();
  ledger = house.build({
    onFault: (task, error) => {
      throw new Error(task, { cause: error });
    },
    leaseMs: 1000,
  });
  await ledger.start();
});
afterAll(async () => {
  await ledger.stop();
  await house.close();
});

const actor = { type: 'system', id: 'test' } as const;
const read = { kind: 'access.read', actor, detail: { what: 'x' } } as const;

async function bundleOf(tenant: TenantId, options = {}): Promise<BundleReader> {
  const files = new Map<string, Uint8Array>();
  for await (const file of ledger.export({ tenant, ...options })) files.set(file.path, file.bytes);
  return {
    list: async function* list() {
      for (const [path, bytes] of files) yield { path, bytes: bytes.length };
    },
    read: async (path) => files.get(path) ?? Buffer.alloc(0),
  };
}
const vkey = () => makeVkey(house.keys.signingKey().name, house.keys.signingKey().publicKey);

describe('append', () => {
  it('gives dense indexes to concurrent appenders', async () => {
    const tenant = newTenantId();
    const done = await Promise.all(
      Array.from({ length: 700 }, () =>
        ledger.append({ tenant, ...read, facts: { patient: 'é' }, body: Phi.of(Buffer.from('hello')) }),
      ),
    );
    expect(done.map((d) => d.index).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 700 }, (_, i) => i));
    const report = await verifyBundle(await bundleOf(tenant, { withFacts: true, withContent: true }), {
      vkeys: [vkey()],
      anchors: [],
      strict: false,
    });
    expect(report).toMatchObject({ result: 'verified', treeSize: 700, pinned: true });
    const proof = await ledger.proof(tenant, done[300]!.entryId);
    expect(verifyProof(proof, [parseVkey(vkey())]).index).toBe(done[300]!.index);
  });
  it('enqueues', async () => {
    const tenant = newTenantId();
    const ids = await house.database.store.asTenant(tenant, async (tx) => [
      (await ledger.enqueue(tx, { tenant, ...read, facts: { a: 1 }, body: Phi.of(Buffer.from('hello')) })).entryId,
      (await ledger.enqueue(tx, { tenant, ...read })).entryId,
    ]);
    expect(await Promise.all(ids.map((id) => ledger.settle(tenant, id)))).toMatchObject([{ index: 0 }, { index: 1 }]);
    expect(await ledger.settle(tenant, ids[0]!)).toMatchObject({ index: 0 });
    expect((await ledger.content(tenant, ids[0]!))?.reveal().toString()).toBe('hello');
  });
  it('is idempotent by entry id', async () => {
    const tenant = newTenantId();
    const request = { tenant, ...read, entryId: newId() } as const;
    const all = await Promise.all([ledger.append(request), ledger.append(request)]);
    all.push(await ledger.append(request));
    expect(all.map((a) => a.index)).toEqual([0, 0, 0]);
  });
  it('streams', async () => {
    const tenant = newTenantId();
    await ledger.append({ tenant, kind: 'service.recorded', actor, detail: { service: 's', version: 1 } });
    const att = newId();
    await ledger.append({
      tenant,
      kind: 'attestation.recorded',
      actor,
      detail: { effective: '2020-01-01T00:00:00.000Z', expires: null, id: att, services: ['s'], version: 1 },
    });
    const intent = await ledger.append({
      tenant,
      kind: 'call.intent',
      actor,
      detail: {
        capability: 'generate',
        code: 'allowed',
        decision: 'allow',
        obligations: [],
        policy: 'p',
        registry: 'r',
        routes: [{ basis: { id: att, type: 'attestation', version: 1 }, pattern: 'on-prem', service: 's' }],
      },
    });
    const stream = await ledger.openStream({ tenant, intentId: intent.entryId });
    for (const word of ['a ', 'b ', 'c ']) await stream.write(Buffer.from(word));
    await Promise.all(['d ', 'e'].map((word) => stream.write(Buffer.from(word))));
    const outcome = await stream.close('complete', { actor, detail: { code: 'ok', service: 's' } });
    expect((await ledger.content(tenant, outcome.entryId))?.reveal().toString()).toBe('a b c d e');
    const report = await verifyBundle(await bundleOf(tenant, { withContent: true }), {
      vkeys: [vkey()],
      anchors: [],
      strict: false,
    });
    expect(report).toMatchObject({ result: 'verified', treeSize: 4 });
    await expect(
      ledger.append({
        tenant,
        kind: 'call.outcome',
        actor,
        detail: { code: 'x', service: 's', intent: intent.entryId, status: 'failed' },
      }),
    ).rejects.toMatchObject({ code: 'conflict' });
  });
});
