// A database restored from an older copy, cut off, or altered: what the ledger says and does (docs/operate/ledger.md).
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeVkey, verifyBundle, type BundleReader, type VerifyReport } from '@cordon/proofs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeyStore } from '#custody/keys/keystore.ts';
import { systemClock, type Clock } from '#kernel/clock.ts';
import { newId, newTenantId, type TenantId } from '#kernel/ids.ts';
import { Phi } from '#kernel/phi.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { directoryAnchors, type Anchors } from './anchors.ts';
import { createLedger, type RunningLedger } from './create.ts';
import type { Finding } from './guard.ts';

let database: TestDatabase;
let directory: string;
let keys: KeyStore;
let anchors: Anchors;
const running = new Set<RunningLedger>();
const actor = { type: 'system', id: 'test' } as const;

beforeAll(async () => {
  database = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'cordon-restore-'));
  keys = await KeyStore.open({ directory: join(directory, 'keys'), clock: systemClock });
  anchors = directoryAnchors(join(directory, 'anchors'));
});

afterAll(async () => {
  for (const ledger of running) await ledger.stop();
  await database.close();
  await rm(directory, { recursive: true, force: true });
});

/** A server process, as far as the ledger goes. */
async function boot(clock: Clock = systemClock) {
  const installation = keys.installation.id;
  const onFault = (): undefined => undefined;
  const ledger = createLedger({ store: database.store, keys, clock, installation, anchors, writer: 'test', onFault });
  const findings = await ledger.start();
  running.add(ledger);
  return { ledger, findings };
}

async function shutDown(ledger: RunningLedger): Promise<void> {
  running.delete(ledger);
  await ledger.stop();
}

async function fill(ledger: RunningLedger, tenant: TenantId, count: number): Promise<void> {
  const request = { tenant, kind: 'access.read', actor, detail: { what: 'x' } } as const;
  await Promise.all(Array.from({ length: count }, () => ledger.append(request)));
}

const TABLES = ['ledger_head', 'ledger_entry', 'ledger_tile', 'ledger_checkpoint'];

async function backUp(name: string): Promise<void> {
  for (const table of TABLES) await database.admin(`CREATE TABLE cordon.${name}_${table} AS TABLE cordon.${table}`);
}

async function restore(name: string): Promise<void> {
  for (const table of TABLES) {
    await database.admin(`TRUNCATE cordon.${table}`);
    await database.admin(`INSERT INTO cordon.${table} SELECT * FROM cordon.${name}_${table}`);
  }
}

function vkeyNow(): string {
  const { name, publicKey } = keys.signingKey();
  return makeVkey(name, publicKey);
}

async function verify(
  ledger: RunningLedger,
  tenant: TenantId,
  against: Anchors = anchors,
  pinned: string = vkeyNow(),
): Promise<VerifyReport> {
  const files = new Map<string, Uint8Array>();
  for await (const file of ledger.export({ tenant })) files.set(file.path, file.bytes);
  const reader: BundleReader = {
    list: async function* list() {
      for (const [path, bytes] of files) yield { path, bytes: bytes.length };
    },
    read: async (path) => files.get(path) ?? Buffer.alloc(0),
  };
  const held = (await against.list(tenant)).map((anchor, at) => ({ name: String(at), bytes: anchor.note }));
  return verifyBundle(reader, { vkeys: [pinned], anchors: held, strict: false });
}

function about(findings: readonly Finding[], tenant: TenantId): readonly Finding[] {
  return findings.filter((finding) => finding.tenant === tenant);
}

const reopening = { reason: Phi.of('disk failed'), approvers: [newId(), newId()] as const };

describe('a database restored from an older copy', () => {
  it('is read-only for the tenant that lost entries, declares the gap when reopened, and leaves others alone', async () => {
    const [tenant, other] = [newTenantId(), newTenantId()];
    const first = await boot();
    await fill(first.ledger, tenant, 300);
    await fill(first.ledger, other, 3);
    await first.ledger.checkpoint(tenant);
    await first.ledger.checkpoint(other);
    await backUp('older');
    await fill(first.ledger, tenant, 250);
    await first.ledger.checkpoint(tenant);
    await shutDown(first.ledger);
    await restore('older');

    const { ledger, findings } = await boot();
    expect(about(findings, tenant)).toEqual([
      { tenant, state: 'read_only', anchored: { epoch: 0, size: 550 }, held: 300 },
    ]);
    await expect(fill(ledger, tenant, 1)).rejects.toMatchObject({ code: 'ledger_read_only' });
    await fill(ledger, other, 1);
    expect(await ledger.entry(tenant, 299)).toMatchObject({ header: { index: 299 } });

    const [person] = reopening.approvers;
    const alone = ledger.reopen({ ...reopening, tenant, approvers: [person, person] });
    await expect(alone).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(ledger.reopen({ ...reopening, tenant: other })).rejects.toMatchObject({ code: 'conflict' });
    const reopened = await ledger.reopen({ ...reopening, tenant });
    expect(reopened).toMatchObject({ index: 300, held: 300, lost: { from: 300, to: 549 } });
    await fill(ledger, tenant, 5);
    expect(await verify(ledger, tenant)).toMatchObject({
      result: 'verified',
      treeSize: 306,
      gaps: [{ epoch: 0, from: 300, to: 549 }],
      firstBad: null,
    });
    expect((await ledger.content(tenant, reopened.entryId))?.reveal().toString()).toBe('disk failed');
    await expect(ledger.reopen({ ...reopening, tenant })).rejects.toMatchObject({ code: 'conflict' });
    await shutDown(ledger);
    const again = await boot();
    expect(about(again.findings, tenant)).toEqual([]);
    await fill(again.ledger, tenant, 1);
    await shutDown(again.ledger);
  });

  it('is noticed by a server that was running meanwhile, before it adds anything', async () => {
    const tenant = newTenantId();
    const { ledger } = await boot();
    await fill(ledger, tenant, 5);
    await backUp('live');
    await fill(ledger, tenant, 5);
    await ledger.checkpoint(tenant);
    await restore('live');
    await expect(fill(ledger, tenant, 1)).rejects.toMatchObject({ code: 'ledger_read_only' });
    expect(await ledger.status(tenant)).toMatchObject({ size: 5, state: 'read_only' });
    await ledger.reopen({ ...reopening, tenant });
    await fill(ledger, tenant, 1);
    expect(await verify(ledger, tenant)).toMatchObject({ result: 'verified', gaps: [{ epoch: 0, from: 5, to: 9 }] });
    await shutDown(ledger);
  });

  it('goes on when a newer copy is restored instead', async () => {
    const tenant = newTenantId();
    const first = await boot();
    await fill(first.ledger, tenant, 2);
    await backUp('early');
    await fill(first.ledger, tenant, 2);
    await first.ledger.checkpoint(tenant);
    await backUp('late');
    await shutDown(first.ledger);
    await restore('early');
    const second = await boot();
    expect(about(second.findings, tenant)).toMatchObject([{ state: 'read_only' }]);
    await shutDown(second.ledger);
    await restore('late');
    await database.admin(`UPDATE cordon.ledger_head SET state = 'read_only' WHERE tenant = $1`, [tenant]);
    const third = await boot();
    expect(about(third.findings, tenant)).toEqual([]);
    await fill(third.ledger, tenant, 1);
    expect(await verify(third.ledger, tenant)).toMatchObject({ result: 'verified', treeSize: 5, gaps: [] });
    await shutDown(third.ledger);
  });

  it('is found when the tenant is gone altogether', async () => {
    const tenant = newTenantId();
    const { ledger } = await boot();
    await backUp('empty');
    await fill(ledger, tenant, 2);
    await ledger.checkpoint(tenant);
    await shutDown(ledger);
    await restore('empty');
    const next = await boot();
    expect(about(next.findings, tenant)).toEqual([
      { tenant, state: 'read_only', anchored: { epoch: 0, size: 2 }, held: 0 },
    ]);
    await expect(fill(next.ledger, tenant, 1)).rejects.toMatchObject({ code: 'ledger_read_only' });
    await expect(next.ledger.recordKeyChange(keys.signingKey(), keys.signingKey())).rejects.toMatchObject({
      code: 'ledger_read_only',
    });
    expect(await next.ledger.reopen({ ...reopening, tenant })).toMatchObject({ index: 0, lost: { from: 0, to: 1 } });
    expect(await verify(next.ledger, tenant)).toMatchObject({ result: 'verified', gaps: [{ from: 0, to: 1 }] });
    await shutDown(next.ledger);
  });
});

describe('a tree that does not contain what was anchored', () => {
  it('stops the tenant', async () => {
    const tenant = newTenantId();
    const { ledger } = await boot();
    await backUp('fork');
    await fill(ledger, tenant, 4);
    await ledger.checkpoint(tenant);
    const kept = join(directory, 'kept');
    await cp(join(directory, 'anchors', tenant), kept, { recursive: true });
    await shutDown(ledger);
    await restore('fork');
    await rm(join(directory, 'anchors', tenant), { recursive: true });
    const forked = await boot();
    await fill(forked.ledger, tenant, 6);
    await shutDown(forked.ledger);
    await rm(join(directory, 'anchors', tenant), { recursive: true, force: true });
    await cp(kept, join(directory, 'anchors', tenant), { recursive: true });
    const next = await boot();
    expect(about(next.findings, tenant)).toMatchObject([{ tenant, state: 'diverged' }]);
    await expect(fill(next.ledger, tenant, 1)).rejects.toMatchObject({ code: 'ledger_diverged' });
    await expect(next.ledger.checkpoint(tenant)).rejects.toMatchObject({ code: 'ledger_diverged' });
    await expect(next.ledger.reopen({ ...reopening, tenant })).rejects.toMatchObject({ code: 'conflict' });
    await shutDown(next.ledger);
  });
});

describe('stored bytes that changed between hashing and signing', () => {
  const damages = {
    'a bit of a header': `UPDATE cordon.ledger_entry SET header = set_byte(header, 20, get_byte(header, 20) # 1)`,
    'a bit of a stored hash': `UPDATE cordon.ledger_entry SET leaf_hash = set_byte(leaf_hash, 0, get_byte(leaf_hash, 0) # 1)`,
    'a bit of a sealed body': `UPDATE cordon.ledger_entry SET ciphertext = set_byte(ciphertext, 90, get_byte(ciphertext, 90) # 1)`,
    'an entry that is gone': `DELETE FROM cordon.ledger_entry`,
  };
  for (const [name, sql] of Object.entries(damages)) {
    it(`${name} is never signed: the tenant stops`, async () => {
      const tenant = newTenantId();
      const { ledger } = await boot();
      await ledger.append({
        tenant,
        kind: 'access.read',
        actor,
        detail: { what: 'x' },
        body: Phi.of(Buffer.from('words')),
      });
      await database.admin(`${sql} WHERE tenant = $1`, [tenant]);
      await expect(ledger.checkpoint(tenant)).rejects.toMatchObject({ code: 'ledger_diverged' });
      await expect(fill(ledger, tenant, 1)).rejects.toMatchObject({ code: 'ledger_diverged' });
      expect(await anchors.newest(tenant)).toBeNull();
      await shutDown(ledger);
    });
  }

  it('a second root for one size stops the tenant', async () => {
    const tenant = newTenantId();
    const { ledger } = await boot();
    await database.admin(
      `INSERT INTO cordon.ledger_checkpoint (tenant, epoch, size, root, frontier) VALUES ($1, 0, 2, sha256('x'), sha256('x'))`,
      [tenant],
    );
    await fill(ledger, tenant, 2);
    await expect(ledger.checkpoint(tenant)).rejects.toMatchObject({ code: 'ledger_diverged' });
    await shutDown(ledger);
  });
});

describe('anchors that cannot be written', () => {
  it('stop neither appends nor proofs, and are made good later', async () => {
    const tenant = newTenantId();
    const { ledger } = await boot();
    await mkdir(join(directory, 'anchors'), { recursive: true });
    // A file where the tenant's directory should be.
    await writeFile(join(directory, 'anchors', tenant), '');
    await fill(ledger, tenant, 3);
    expect((await ledger.checkpoint(tenant))?.size).toBe(3);
    await rm(join(directory, 'anchors', tenant));
    expect(await anchors.newest(tenant)).toBeNull();
    await ledger.checkpoint(tenant);
    expect(await anchors.newest(tenant)).toMatchObject({ epoch: 0, size: 3 });
    await shutDown(ledger);
  });
});

describe('a clock that runs backwards', () => {
  it('is refused beyond the tolerance, never written, and recovers by itself', async () => {
    const tenant = newTenantId();
    let shift = 0;
    const clock: Clock = { now: () => new Date(Date.now() + shift), monotonicMs: () => performance.now() };
    const { ledger } = await boot(clock);
    await fill(ledger, tenant, 1);
    shift = -3_600_000;
    await expect(fill(ledger, tenant, 1)).rejects.toMatchObject({ code: 'clock_behind' });
    shift = -2_000;
    await fill(ledger, tenant, 1);
    shift = 0;
    await fill(ledger, tenant, 1);
    const times = (await ledger.entries(tenant, { limit: 10 })).map((entry) => entry.header.time);
    expect(times).toHaveLength(3);
    expect(times).toEqual(times.toSorted());
    await shutDown(ledger);
  });
});

describe('a change of the signing key', () => {
  it('stands in every log, signed by both keys; what is signed before and after it verifies from the old key on', async () => {
    const tenant = newTenantId();
    const { ledger } = await boot();
    await fill(ledger, tenant, 3);
    await ledger.checkpoint(tenant);
    const old = keys.signingKey();
    const next = await keys.prepareSigningKey();
    await ledger.recordKeyChange(old, next);
    await ledger.recordKeyChange(old, next);
    await expect(ledger.checkpoint(tenant)).rejects.toMatchObject({ code: 'key_unavailable' });
    await fill(ledger, tenant, 1);
    await keys.activateSigningKey(next.id);
    await fill(ledger, tenant, 2);
    expect((await ledger.checkpoint(tenant))?.size).toBe(7);
    const report = await verify(ledger, tenant, anchors, makeVkey(old.name, old.publicKey));
    expect(report).toMatchObject({ result: 'verified', treeSize: 7, pinned: true });
    await shutDown(ledger);
    const again = await boot();
    expect(about(again.findings, tenant)).toEqual([]);
    await shutDown(again.ledger);
  });
});
