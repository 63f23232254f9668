// Rulebooks across processes, versions and their activation, the shadow, simulation and replay, on a real ledger.
import type { PolicyDocument, ReplayEvent, SimulationEvent } from '@cordon/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decide } from '#boundary/policy/decide.ts';
import { decisionDetail } from '#boundary/policy/decision-detail.ts';
import { intent, localSpeech } from '#boundary/policy/decide.samples.ts';
import type { Decision } from '#boundary/policy/decision.ts';
import { factsOf } from '#boundary/policy/facts.ts';
import type { Intent } from '#boundary/policy/intent.ts';
import { STARTER_POLICY } from '#boundary/policy/starter.ts';
import { createRegistry } from '#boundary/registry/registry.ts';
import { newTenantId } from '#kernel/ids.ts';
import { buildHouse, type TestHouse } from '#test/house.ts';
import { replay } from './replay.ts';
import { createShadow } from './shadow.ts';
import { listDifferences } from './shadow.queries.ts';
import { hypothetical, simulate } from './simulate.ts';
import { activatePolicy, chooseShadow, isWaived, recordPolicy, readPolicy, type PolicyParts } from './versions.ts';

const { version: _, ...starter } = STARTER_POLICY;
const someone = { type: 'person', id: '01900000-0000-7000-8000-000000000001' } as const;
const other = '01900000-0000-7000-8000-000000000002';
const noDictation: PolicyDocument = {
  ...starter,
  id: 'house',
  rules: [{ id: 'no-dictation', effect: 'refuse', when: { purpose: ['dictation'] } }],
};

let house: TestHouse;
let parts: PolicyParts;

beforeAll(async () => {
  house = await buildHouse();
  parts = { ...house, embedded: true };
  const system = { type: 'system', id: house.tenant } as const;
  await house.registry.ensurePolicy(house.tenant, system);
  const { version: _version, ...service } = localSpeech();
  await house.registry.ensureInProcess(house.tenant, system, service);
}, 120_000);
afterAll(() => house.close());

/** A call decided and recorded as the spine does it. */
async function call(change: Partial<Intent> = {}): Promise<Decision> {
  const wish = intent({ tenant: house.tenant, at: new Date().toISOString(), ...change });
  const rulebook = await house.registry.rulebook(house.tenant);
  const decision = decide(wish, rulebook);
  await house.ledger.append({
    tenant: house.tenant,
    kind: 'call.intent',
    actor: wish.actor,
    detail: { ...decisionDetail(decision), capability: wish.capability },
    facts: factsOf(wish, decision, rulebook.snapshot.services),
  });
  return decision;
}

async function last<T>(events: AsyncGenerator<T>): Promise<T> {
  let newest: T | undefined;
  for await (const event of events) newest = event;
  if (newest === undefined) throw new Error('no event');
  return newest;
}

const window = () => ({ tenant: house.tenant, since: null, until: null, signal: new AbortController().signal });
const replayed = async (): Promise<ReplayEvent> => last(replay(house, window()));
async function simulated(rules: PolicyDocument, whatIf = {}, at: string | null = null): Promise<SimulationEvent> {
  const live = await house.registry.rulebook(house.tenant);
  const book = hypothetical(live, { ...rules, version: 99 }, whatIf);
  return last(simulate(house.store, { ...window(), book, at }));
}

describe('the rulebook', () => {
  it('is one object until something changes, and changes at once in this process', async () => {
    const book = await house.registry.rulebook(house.tenant);
    expect(await house.registry.rulebook(house.tenant)).toBe(book);
    const { policy } = await recordPolicy(parts, house.tenant, someone, noDictation);
    expect((await house.registry.rulebook(house.tenant)).policy).toEqual(STARTER_POLICY);
    await activatePolicy(parts, house.tenant, policy.version, { askedBy: someone.id, approvedBy: other });
    expect((await house.registry.rulebook(house.tenant)).policy).toEqual(policy);
    expect((await call()).code).toBe('refused_by_rule');
    await activatePolicy(parts, house.tenant, STARTER_POLICY.version, { askedBy: someone.id, approvedBy: other });
    expect((await call()).code).toBe('allowed');
  });

  it('sees within a second what another process changed', async () => {
    const elsewhere = createRegistry({ ...house, engine: 'any' });
    const policies = { ...parts, registry: elsewhere };
    await house.registry.rulebook(house.tenant);
    const { policy } = await recordPolicy(policies, house.tenant, someone, { ...noDictation, id: 'elsewhere' });
    await activatePolicy(policies, house.tenant, policy.version, { askedBy: someone.id, approvedBy: other });
    const since = performance.now();
    let seen = '';
    while (seen !== 'elsewhere' && performance.now() - since < 5_000) {
      seen = (await house.registry.rulebook(house.tenant)).policy.id;
      await new Promise((done) => setTimeout(done, 20));
    }
    expect(seen).toBe('elsewhere');
    expect(performance.now() - since).toBeLessThan(1_500);
    await activatePolicy(parts, house.tenant, STARTER_POLICY.version, { askedBy: someone.id, approvedBy: other });
  });

  it('of past versions is made again exactly', async () => {
    const live = await house.registry.rulebook(house.tenant);
    const versions = { registry: live.snapshot.version, policy: live.policy };
    const again = await house.registry.rulebookAt(house.tenant, versions);
    expect(again?.snapshot).toEqual(live.snapshot);
    expect(again?.policy).toEqual(live.policy);
    expect(await house.registry.rulebookAt(house.tenant, { ...versions, registry: 'never' })).toBeNull();
    expect(await house.registry.rulebookAt(newTenantId(), versions)).toBeNull();
  });
});

describe('versions', () => {
  it('the same document is no new version; every step leaves its entry', async () => {
    const first = await recordPolicy(parts, house.tenant, someone, { ...noDictation, id: 'twice' });
    const second = await recordPolicy(parts, house.tenant, someone, { ...noDictation, id: 'twice' });
    expect([first.isNew, second.isNew, second.policy]).toEqual([true, false, first.policy]);
    expect((await house.kinds()).filter((kind) => kind.startsWith('policy.'))).toEqual(
      expect.arrayContaining(['policy.activated', 'policy.recorded']),
    );
  });

  it('two who record at once get two versions', async () => {
    const made = await Promise.all(
      ['a', 'b', 'c', 'd'].map((id) => recordPolicy(parts, house.tenant, someone, { ...noDictation, id })),
    );
    expect(new Set(made.map(({ policy }) => policy.version)).size).toBe(4);
  });

  it('the second person is waived only where the policy says so, embedded, with nobody else who could approve', async () => {
    const waiving = { ...noDictation, id: 'alone', settings: { ...starter.settings, secondPerson: 'waived' as const } };
    const { policy } = await recordPolicy(parts, house.tenant, someone, waiving);
    expect(await isWaived(parts, house.tenant, policy.version)).toBe(true);
    expect(await isWaived({ ...parts, embedded: false }, house.tenant, policy.version)).toBe(false);
    expect(await isWaived(parts, house.tenant, STARTER_POLICY.version)).toBe(false);
    await expect(
      activatePolicy(parts, house.tenant, STARTER_POLICY.version, { askedBy: someone.id, waived: true }),
    ).rejects.toMatchObject({ code: 'second_person_required' });
    await house.database.admin('INSERT INTO cordon.tenant (tenant, name, created_at) VALUES ($1, $2, now())', [
      house.tenant,
      'T',
    ]);
    const people = `INSERT INTO cordon.person (tenant, id, email_digest, state, roles, created_at)
      VALUES ($1, gen_random_uuid(), $2::text::bytea, 'active', '{privacy_officer}', now())`;
    await house.database.admin(people, [house.tenant, 'one']);
    expect(await isWaived(parts, house.tenant, policy.version)).toBe(true);
    await house.database.admin(people, [house.tenant, 'two']);
    expect(await isWaived(parts, house.tenant, policy.version)).toBe(false);
  });

  it('belong to their tenant', async () => {
    const stranger = newTenantId();
    await expect(readPolicy(parts, stranger, STARTER_POLICY.version)).rejects.toMatchObject({ code: 'not_found' });
    await expect(chooseShadow(parts, stranger, someone, STARTER_POLICY.version)).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('the shadow', () => {
  it('counts what would have been decided otherwise, and nothing else', async () => {
    const { policy } = await recordPolicy(parts, house.tenant, someone, { ...noDictation, id: 'shadow' });
    await chooseShadow(parts, house.tenant, someone, policy.version);
    const book = await house.registry.rulebook(house.tenant);
    const shadow = createShadow(house.store);
    for (const purpose of ['dictation', 'ambient-documentation', 'dictation']) {
      const wish = intent({ tenant: house.tenant, purpose, at: new Date().toISOString() });
      shadow.observe(book, wish, decide(wish, book), other);
    }
    await shadow.flush();
    const rows = await house.store.asTenant(house.tenant, (tx) => listDifferences(tx, `shadow@${policy.version}`, 10));
    expect(rows).toMatchObject([
      { purpose: 'dictation', live_code: 'allowed', shadow_code: 'refused_by_rule', count: 2 },
    ]);
    await chooseShadow(parts, house.tenant, someone, null);
    expect((await house.registry.rulebook(house.tenant)).shadow).toBeNull();
  });
});

describe('the past', () => {
  it('is decided again the same, over changes of policy in between', async () => {
    await call({ purpose: 'ambient-documentation', tags: ['part2'], patient: 'p' });
    await call({ purpose: 'research' });
    await call({ requestedService: 'Jane Canary, born 1950' });
    const end = await replayed();
    expect(end).toMatchObject({ state: 'done', different: 0, unreadable: 0 });
    expect(end.state === 'done' && end.same).toBeGreaterThanOrEqual(5);
    expect(JSON.stringify(await house.database.admin('SELECT facts FROM cordon.ledger_entry'))).not.toContain('Canary');
  });

  it('a row that was changed behind the ledger’s back is found', async () => {
    const at = 'SELECT max(version) AS version FROM cordon.registry_agreement WHERE tenant = $1';
    const [row] = await house.database.admin<{ version: number }>(at, [house.tenant]);
    const set = (value: boolean) =>
      house.database.admin(
        `UPDATE cordon.registry_agreement SET row = jsonb_set(row, '{terminated}', $3::text::jsonb) WHERE tenant = $1 AND version = $2`,
        [house.tenant, row?.version ?? 0, String(value)],
      );
    await set(true);
    expect(await replayed()).toMatchObject({
      examples: expect.arrayContaining([expect.objectContaining({ member: 'decision' })]),
    });
    await set(false);
    expect(await replayed()).toMatchObject({ different: 0 });
  });

  it('is counted under another policy and another registry', async () => {
    const same = await simulated(starter);
    if (same.state !== 'done') throw new Error('unfinished');
    const dictations = same.byPurpose.find(({ name }) => name === 'dictation')?.decisions ?? 0;
    const refused = await simulated(noDictation);
    expect(refused).toMatchObject({ state: 'done', total: { decisions: same.total.decisions, nowAllowed: 0 } });
    if (refused.state !== 'done') throw new Error('unfinished');
    expect(refused.byPurpose.find(({ name }) => name === 'dictation')).toMatchObject({ decisions: dictations });
    expect(refused.total.nowRefused).toBeGreaterThan(0);
    expect(refused.examples[0]?.after.code).toBe('refused_by_rule');
    const { snapshot } = await house.registry.rulebook(house.tenant);
    const ended = { agreements: [{ id: snapshot.agreements[0]?.id ?? '', terminated: true }] };
    const without = await simulated(starter, ended);
    expect(without).toMatchObject({ total: { nowAllowed: 0 } });
    expect(without.state === 'done' && without.examples.map(({ after }) => after.code)).toContain('agreement_expired');
    const longAgo = await simulated(starter, {}, '2000-01-01T00:00:00.000Z');
    expect(longAgo.state === 'done' && longAgo.total.nowRefused).toBeGreaterThan(0);
  });
});
