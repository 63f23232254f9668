// Services, agreements, documents, claims and probes on real PostgreSQL, a real blob directory and real sockets.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildHouse, type TestHouse } from '#test/house.ts';
import { decide } from '#boundary/policy/decide.ts';
import { intent } from '#boundary/policy/decide.samples.ts';
import { rewrap } from '#custody/keys/rewrap.ts';
import { newTenantId, type TenantId } from '#kernel/ids.ts';
import { openLocalBlobs } from '#platform/blobs/local-blobs.ts';
import type { Log } from '#platform/log/log.ts';
import {
  applyAgreements,
  createAgreement,
  exportAgreements,
  listAgreements,
  readAgreement,
  replaceAgreement,
  terminateAgreement,
} from './agreements.ts';
import { createClaim, listClaims, readClaim, replaceClaim } from './claims.ts';
import { attachDocument, openDocument, sweepBrokenDocuments } from './documents.ts';
import { questionnaireOf } from './questionnaire.ts';
import { createRegistry } from './registry.ts';
import { agreementTerms, claimTerms, serviceTerms } from './registry.samples.ts';
import {
  applyServices,
  createService,
  disableService,
  exportServices,
  readService,
  replaceService,
} from './services.ts';
import { STARTER_CLAIMS } from './starter-claims.ts';
import { currentWarnings, lookAfterRegistry, type RegistryUpkeepParts } from './upkeep.ts';
import { registryWrapTables } from './wrap-tables.ts';

const CANARY = 'Zyxquist-Canary';
const actor = { type: 'person', id: '01900000-0000-7000-8000-00000000000a' } as const;
let house: TestHouse;
let parts: RegistryUpkeepParts;
let tenant: TenantId;
const logged: unknown[] = [];

beforeAll(async () => {
  house = await buildHouse();
  ({ tenant } = house);
  const { store, ledger, keys, clock, registry, directory } = house;
  const blobs = await openLocalBlobs({ directory: join(directory, 'blobs'), sweep: true });
  const line = (event: string, fields?: object): void => void logged.push([event, fields]);
  const log = { debug: line, info: line, warn: line, error: line, with: () => log } as unknown as Log;
  const onChange = (of: TenantId): void => registry.changed(of);
  parts = { store, ledger, keys, clock, blobs, log, probes: new Map(), onChange };
  await registry.ensurePolicy(tenant, { type: 'system', id: 'test' });
});
afterAll(() => house.close());

const wish = (change = {}) =>
  intent({ tenant, at: new Date().toISOString(), capability: 'generate', modality: 'text', ...change });
const verdict = async (change = {}) => {
  return decide(wish(change), await house.registry.rulebook(tenant)).code;
};
async function* bytesOf(text: string, size = 1000): AsyncGenerator<Uint8Array> {
  const all = Buffer.from(text);
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
}
async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('services', () => {
  it('each change is a version with its entry; the same again is none; words are sealed', async () => {
    const made = await createService(parts, tenant, actor, serviceTerms({ notes: CANARY }));
    expect(made).toMatchObject({ id: 'acme-large', version: 1, notes: CANARY, contradicted: [] });
    await expect(createService(parts, tenant, actor, serviceTerms())).rejects.toMatchObject({ code: 'conflict' });
    const change = { id: 'acme-large', onVersion: 1, terms: serviceTerms({ notes: CANARY, model: 'large-3' }) };
    expect((await replaceService(parts, tenant, actor, change)).version).toBe(2);
    expect((await replaceService(parts, tenant, actor, change)).version).toBe(2); // the request sent once more
    const stale = { ...change, terms: serviceTerms({ model: 'large-4' }) };
    await expect(replaceService(parts, tenant, actor, stale)).rejects.toMatchObject({ code: 'version_mismatch' });
    const entries = (await house.headers()).filter(({ kind }) => kind === 'service.recorded');
    expect(entries.map(({ detail }) => (detail as { version: number }).version)).toEqual([1, 2]);
    expect(JSON.stringify(entries)).not.toContain(CANARY);
    const rows = await house.database.admin<{ row: object }>('SELECT row FROM cordon.registry_service', []);
    expect(JSON.stringify(rows)).not.toContain(CANARY);
  });

  it('two people at once: one version, one told', async () => {
    const change = (model: string) => ({ id: 'acme-large', onVersion: 2, terms: serviceTerms({ model }) });
    const both = await Promise.allSettled(
      ['a', 'b', 'c'].map((model) => replaceService(parts, tenant, actor, change(model))),
    );
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected']);
  });

  it('refuses what does not fit together, and the whole import with it', async () => {
    const http = serviceTerms({ id: 'plain', endpoint: 'http://api.acme.example/v1' });
    const secret = serviceTerms({ id: 'secret', endpoint: 'https://user:pass@api.acme.example/v1' });
    await expect(
      applyServices(parts, tenant, actor, [serviceTerms({ id: 'fine' }), http, secret], false),
    ).rejects.toMatchObject({
      code: 'registry_invalid',
      details: { lines: ['plain: endpoint is not https', 'secret: endpoint holds a credential'] },
    });
    const twice = [serviceTerms({ id: 'x' }), serviceTerms({ id: 'x' })];
    await expect(applyServices(parts, tenant, actor, twice, false)).rejects.toMatchObject({ code: 'registry_invalid' });
    await expect(readService(parts, tenant, 'fine')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('an import says what it changes, changes nothing when dry, and nothing the second time', async () => {
    const wanted = [serviceTerms({ model: 'large-9', notes: 'why' }), serviceTerms({ id: 'new-one' })];
    const dry = await applyServices(parts, tenant, actor, wanted, true);
    expect(dry.changes.map(({ change }) => change)).toEqual(['changed', 'created']);
    expect(dry.changes[0]?.fields).toContainEqual({ field: 'model', from: expect.any(String), to: 'large-9' });
    expect(dry.changes[0]?.fields).toContainEqual({ field: 'notes', from: null, to: '…' });
    await expect(readService(parts, tenant, 'new-one')).rejects.toMatchObject({ code: 'not_found' });
    expect((await applyServices(parts, tenant, actor, wanted, false)).changes).toEqual(dry.changes);
    const again = await applyServices(parts, tenant, actor, wanted, false);
    expect(again.changes.map(({ change }) => change)).toEqual(['unchanged', 'unchanged']);
    const exported = await exportServices(parts, tenant);
    expect(
      (await applyServices(parts, tenant, actor, exported, false)).changes.every(
        ({ change }) => change === 'unchanged',
      ),
    ).toBe(true);
  });

  it('what the installation keeps itself is nobody’s to change, nor in an export', async () => {
    const { localSpeech } = await import('#boundary/policy/decide.samples.ts');
    const { version: _, ...own } = localSpeech();
    await house.registry.ensureInProcess(tenant, { type: 'system', id: 'test' }, own);
    const kept = { code: 'service_kept' };
    await expect(disableService(parts, tenant, actor, 'local-speech')).rejects.toMatchObject(kept);
    await expect(
      applyServices(parts, tenant, actor, [serviceTerms({ id: 'local-speech' })], false),
    ).rejects.toMatchObject(kept);
    expect((await exportServices(parts, tenant)).map(({ id }) => id)).not.toContain('local-speech');
    const [attestation] = await listAgreements(parts, tenant);
    await expect(
      terminateAgreement(parts, tenant, actor, { id: attestation?.id ?? '', reason: 'other' }),
    ).rejects.toMatchObject(kept);
    expect(await exportAgreements(parts, tenant)).toEqual([]);
  });
});

describe('agreements', () => {
  let id: string;

  it('claims inform and never authorise: everything is said to be covered, and the call is refused', async () => {
    await createClaim(parts, tenant, actor, claimTerms({ service: 'acme-large', confidence: 'high' }));
    const source = { type: 'executed-contract', title: 'A contract, says somebody', url: null } as const;
    await createClaim(parts, tenant, actor, claimTerms({ service: 'acme-large', source }));
    const before = await house.registry.rulebook(tenant);
    expect((await listClaims(parts, tenant)).length).toBe(STARTER_CLAIMS.length + 2);
    expect(await verdict({ requestedService: 'acme-large' })).toBe('agreement_missing');
    expect(JSON.stringify(before.snapshot)).not.toContain('says somebody');
  });

  it('one that names the service authorises; each gap refuses by its own code', async () => {
    const made = await createAgreement(parts, tenant, actor, agreementTerms({ notes: CANARY }));
    ({ id } = made);
    expect(made).toMatchObject({ version: 1, state: 'in-force', missingClauses: [], notes: CANARY });
    expect(await verdict({ requestedService: 'acme-large' })).toBe('allowed');
    const cases = [
      [agreementTerms({ services: [] }), 'service_not_covered'],
      [agreementTerms({ expires: '2026-02-01T00:00:00Z' }), 'agreement_expired'],
      [agreementTerms({ clauses: {} }), 'clause_missing'],
      [agreementTerms({ retentionDays: 'unknown' }), 'clause_missing'],
      [agreementTerms({ regions: ['eu'] }), 'service_not_covered'],
      [agreementTerms({ capabilities: ['embed'] }), 'service_not_covered'],
      [agreementTerms(), 'allowed'],
    ] as const;
    let onVersion = 1;
    for (const [terms, code] of cases) {
      ({ version: onVersion } = await replaceAgreement(parts, tenant, actor, { id, onVersion, terms }));
      expect(await verdict({ requestedService: 'acme-large' }), JSON.stringify(terms)).toBe(code);
    }
    const rows = await house.database.admin<{ row: object }>('SELECT row FROM cordon.registry_agreement', []);
    expect(JSON.stringify(rows)).not.toMatch(/Canary|Elm Street|P\. Officer/);
    expect(JSON.stringify(await house.headers())).not.toMatch(/Canary|Elm Street|P\. Officer/);
  });

  it('is imported by name, whole or not at all', async () => {
    const wanted = [agreementTerms(), agreementTerms({ name: 'second', services: ['new-one'] })];
    const done = await applyAgreements(parts, tenant, actor, wanted, false);
    expect(done.changes.map(({ id: name, change }) => [name, change])).toEqual([
      ['acme-2026', 'unchanged'],
      ['second', 'created'],
    ]);
    const bad = [agreementTerms({ notes: 'x' }), agreementTerms({ name: 'third', reviewed: null })];
    await expect(applyAgreements(parts, tenant, actor, bad, false)).rejects.toMatchObject({ code: 'registry_invalid' });
    expect((await applyAgreements(parts, tenant, actor, await exportAgreements(parts, tenant), true)).changes).toEqual([
      expect.objectContaining({ change: 'unchanged' }),
      expect.objectContaining({ change: 'unchanged' }),
    ]);
    await expect(createAgreement(parts, tenant, actor, agreementTerms())).rejects.toMatchObject({ code: 'conflict' });
  });

  it('its document is sealed, named by a version, and comes back as it was sent', async () => {
    const text = `%PDF-1.7\n${CANARY} ${'words '.repeat(400_000)}`;
    const arriving = { agreement: id, contentType: 'application/pdf', bytes: bytesOf(text, 65_536) };
    const held = await attachDocument(parts, tenant, actor, arriving);
    expect(held.document).toMatchObject({ contentType: 'application/pdf', bytes: text.length });
    expect(held.findings).not.toContain('document_missing');
    expect(await textOf((await openDocument(parts, tenant, id)).bytes)).toBe(text);
    const blob = await textOf(parts.blobs.read(`${tenant}/${held.document?.id}`));
    expect(blob).not.toContain(CANARY);
    const { digest } = await import('node:crypto').then(({ createHash }) => ({
      digest: createHash('sha256').update(text).digest('hex'),
    }));
    expect(held.document?.sha256).toBe(digest);
    const rows = await house.database.admin<object>('SELECT row FROM cordon.registry_agreement', []);
    expect(JSON.stringify([rows, await house.headers()])).not.toContain(digest);
    expect(await verdict({ requestedService: 'acme-large' })).toBe('allowed');
  });

  it.each([
    ['no PDF', 'application/pdf', bytesOf('<html>'), 'unsupported_media_type'],
    ['half a mark of one', 'application/pdf', bytesOf('%PD'), 'unsupported_media_type'],
    ['nothing', 'text/plain', bytesOf(''), 'invalid_request'],
    ['a stream that breaks', 'text/plain', broken(), 'storage_unavailable'],
    ['more than the limit', 'text/plain', endless(), 'payload_too_large'],
  ])('a document that is %s leaves neither row nor blob', async (_what, contentType, bytes, code) => {
    const before = await readAgreement(parts, tenant, id);
    await expect(attachDocument(parts, tenant, actor, { agreement: id, contentType, bytes })).rejects.toMatchObject({
      code,
    });
    const rows = await house.database.admin<{ state: string }>('SELECT state FROM cordon.registry_document', []);
    expect(rows.map(({ state }) => state)).toEqual(['stored']);
    expect(await readAgreement(parts, tenant, id)).toEqual(before);
  });

  it('what a crash left half arrived is swept, what is stored stays', async () => {
    const sql = `INSERT INTO cordon.registry_document (tenant, id, state, created_at, erasure_key, wrap)
      VALUES ($1, '01900000-0000-7000-8000-0000000000bb', 'receiving', '2020-01-01', 'k', '\\x00')`;
    await house.database.admin(sql, [tenant]);
    expect(await sweepBrokenDocuments(parts, tenant)).toBe(1);
    expect(await sweepBrokenDocuments(parts, tenant)).toBe(0);
    expect((await openDocument(parts, tenant, id)).contentType).toBe('application/pdf');
  });

  it('survives a new erasure key: everything sealed opens as before', async () => {
    const before = [await readAgreement(parts, tenant, id), await readService(parts, tenant, 'acme-large')];
    const keys = await house.keys.tenantKeys(tenant);
    const from = keys.current('configuration').id;
    const to = keys.succeed(from);
    const { store, ledger } = house;
    const append = (request: Parameters<typeof ledger.append>[0]) => ledger.append(request);
    const moved = await rewrap({ store, keys: house.keys, tenant, from, to, tables: registryWrapTables, append });
    expect(moved).toBeGreaterThan(10);
    expect([await readAgreement(parts, tenant, id), await readService(parts, tenant, 'acme-large')]).toEqual(before);
    expect((await textOf((await openDocument(parts, tenant, id)).bytes)).slice(0, 5)).toBe('%PDF-');
  });

  it('answers the vendor questionnaire in order, from what is recorded', async () => {
    const service = await readService(parts, tenant, 'acme-large');
    const claims = await listClaims(parts, tenant);
    const sheet = questionnaireOf(service, await listAgreements(parts, tenant), claims, new Date());
    const sections = sheet.questions.map(({ section }) => section);
    expect([...new Set(sections)]).toEqual(['agreement', 'deployment', 'retention', 'reports', 'audit-trail']);
    expect(sheet.questions[0]).toMatchObject({ verdict: 'good', from: 'agreement' });
    expect(sheet.questions.at(-1)).toMatchObject({ verdict: 'open', from: 'nobody' });
    expect(sheet.claims).toHaveLength(2);
  });

  it('ended, it authorises nothing from then on, and the ledger says so in an entry of its own', async () => {
    const ended = await terminateAgreement(parts, tenant, actor, { id, reason: 'breach' });
    expect(ended.state).toBe('terminated');
    expect(await verdict({ requestedService: 'acme-large' })).toBe('agreement_expired');
    const entry = (await house.headers()).find(({ kind }) => kind === 'agreement.ended');
    expect(entry?.['detail']).toMatchObject({ id, reason: 'breach', version: ended.version });
    const again = await terminateAgreement(parts, tenant, actor, { id, reason: 'other' });
    expect(again.version).toBe(ended.version);
    const { version } = ended;
    await replaceAgreement(parts, tenant, actor, { id, onVersion: version, terms: agreementTerms() });
    expect(await verdict({ requestedService: 'acme-large' })).toBe('allowed');
  });
});

describe('what is ended', () => {
  const lastKinds = async (count: number) =>
    (await house.headers())
      .filter(({ kind }) => String(kind).startsWith('agreement.'))
      .slice(-count)
      .map(({ kind }) => kind);

  it('stays ended in the ledger whatever version of it is recorded, and keeps its kind', async () => {
    const gone = await createAgreement(parts, tenant, actor, agreementTerms({ name: 'gone', terminated: true }));
    expect(await lastKinds(2)).toEqual(['agreement.recorded', 'agreement.ended']);
    const terms = agreementTerms({ name: 'gone', terminated: true, notes: 'filed' });
    await replaceAgreement(parts, tenant, actor, { id: gone.id, onVersion: 1, terms });
    expect(await lastKinds(4)).toEqual([
      'agreement.recorded',
      'agreement.ended',
      'agreement.recorded',
      'agreement.ended',
    ]);
    const other = agreementTerms({ name: 'gone', kind: 'dua' });
    await expect(
      replaceAgreement(parts, tenant, actor, { id: gone.id, onVersion: 2, terms: other }),
    ).rejects.toMatchObject({ code: 'registry_invalid' });
  });
});

describe('claims', () => {
  it('the starter catalogue holds both sides of the disputed one, dated and sourced', async () => {
    const claims = await listClaims(parts, tenant);
    const seed = claims.find(({ id }) => id === 'starter.ms-1');
    expect(seed).toMatchObject({ state: expect.stringMatching(/disputed|stale/), source: { type: 'project-seed' } });
    for (const claim of claims) {
      expect(claim.asOf < claim.expires, claim.id).toBe(true);
      expect(claim.statement.length).toBeGreaterThan(20);
    }
    const disputing = claims.filter(({ disputes }) => disputes.includes('starter.ms-1')).map(({ id }) => id);
    expect(disputing).toEqual(['starter.ms-2', 'starter.ms-3']);
  });

  it('a tenant’s own are versions; withdrawn ones dispute nothing; nobody changes the catalogue', async () => {
    const made = await createClaim(
      parts,
      tenant,
      actor,
      claimTerms({ stance: 'disputes', disputes: ['starter.openai-baa'] }),
    );
    expect((await readClaim(parts, tenant, 'starter.openai-baa')).disputedBy).toEqual([made.id]);
    const terms = claimTerms({ stance: 'disputes', disputes: ['starter.openai-baa'], withdrawn: true });
    const gone = await replaceClaim(parts, tenant, actor, { id: made.id, onVersion: 1, terms });
    expect(gone).toMatchObject({ version: 2, state: 'withdrawn' });
    expect((await readClaim(parts, tenant, 'starter.openai-baa')).disputedBy).toEqual([]);
    await expect(
      replaceClaim(parts, tenant, actor, { id: 'starter.openai-baa', onVersion: 1, terms: claimTerms() }),
    ).rejects.toMatchObject({ code: 'not_found' });
    const dangling = claimTerms({ disputes: ['nowhere'] });
    await expect(createClaim(parts, tenant, actor, dangling)).rejects.toMatchObject({ code: 'registry_invalid' });
    const rows = await house.database.admin<object>('SELECT * FROM cordon.registry_claim', []);
    expect(JSON.stringify(rows)).not.toContain('sales page');
  });
});

describe('probes, against a vendor’s configuration interface over HTTP', () => {
  let vendor: Server;
  let answer: { status: number; body: string };

  beforeAll(async () => {
    vendor = createServer((_request, reply) => {
      reply.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
    await new Promise<void>((done) => vendor.listen(0, '127.0.0.1', done));
    const { port } = vendor.address() as AddressInfo;
    const probe = async (_tenant: unknown, _service: unknown, signal: AbortSignal) => {
      const reply = await fetch(`http://127.0.0.1:${port}/data_retention`, { signal });
      if (!reply.ok) throw new Error(`${CANARY} ${reply.status}`);
      const { days, training } = (await reply.json()) as { days: number; training: 'never' | 'opt-out' };
      return { retentionDays: days, trainsOnContent: training };
    };
    parts = { ...parts, probes: new Map([['openai', probe]]) };
  });
  afterAll(() => {
    vendor.closeAllConnections();
    vendor.close();
  });

  const look = () => lookAfterRegistry(parts, tenant, new AbortController().signal);
  const says = (days: number, training: string): void => {
    answer = { status: 200, body: JSON.stringify({ days, training }) };
  };

  it('what contradicts the row stops the service and warns; when both agree again it goes on', async () => {
    says(0, 'never');
    await look();
    expect(await verdict({ requestedService: 'acme-large' })).toBe('allowed');
    says(30, 'never');
    await look();
    expect(await verdict({ requestedService: 'acme-large' })).toBe('retention_too_long');
    const flagged = await readService(parts, tenant, 'acme-large');
    expect(flagged).toMatchObject({ contradicted: ['retentionDays'], observed: { retentionDays: 30 } });
    const entry = (await house.headers()).findLast(({ kind }) => kind === 'service.recorded');
    expect(entry).toMatchObject({ actor: { id: 'probe' }, detail: { contradicted: ['retentionDays'] } });
    expect((await currentWarnings(parts, tenant)).map(({ kind, subject }) => [kind, subject])).toContainEqual([
      'service_contradicted',
      'acme-large',
    ]);
    await look(); // the same finding is no news
    expect((await readService(parts, tenant, 'acme-large')).version).toBe(flagged.version);
    says(0, 'never');
    await look();
    expect(await verdict({ requestedService: 'acme-large' })).toBe('allowed');
  });

  it('a person who states what the vendor says ends the contradiction', async () => {
    says(0, 'opt-out');
    await look();
    expect(await verdict({ requestedService: 'acme-large' })).toBe('training_risk');
    const { version } = await readService(parts, tenant, 'acme-large');
    const terms = serviceTerms({ trainsOnContent: 'opt-out' });
    const stated = await replaceService(parts, tenant, actor, { id: 'acme-large', onVersion: version, terms });
    expect(stated.contradicted).toEqual([]);
    expect(await verdict({ requestedService: 'acme-large' })).toBe('training_risk'); // now because the row says so
  });

  it('a probe that fails finds nothing, changes nothing and logs no answer', async () => {
    const { version } = await readService(parts, tenant, 'acme-large');
    for (const bad of [
      { status: 500, body: CANARY },
      { status: 200, body: '{' },
    ]) {
      answer = bad;
      await look();
    }
    expect((await readService(parts, tenant, 'acme-large')).version).toBe(version);
    expect(logged).toContainEqual(['service.probe_failed', { tenant, object: 'acme-large', code: 'unknown' }]);
    expect(JSON.stringify(logged)).not.toContain(CANARY);
  });
});

describe('the rulebook between calls', () => {
  it('is the same object until something is recorded here, and holds what another process recorded within a second', async () => {
    const { store, ledger, clock, registry } = house;
    const first = await registry.rulebook(tenant);
    expect(await registry.rulebook(tenant)).toBe(first);
    const elsewhere = createRegistry({ store, ledger, clock, engine: 'any' });
    const theirs = { ...parts, onChange: (of: TenantId) => elsewhere.changed(of) };
    const [agreement] = (await listAgreements(parts, tenant)).filter(({ name }) => name === 'second');
    await terminateAgreement(theirs, tenant, actor, { id: agreement?.id ?? '', reason: 'withdrawn' });
    expect((await elsewhere.rulebook(tenant)).snapshot.version).not.toBe(first.snapshot.version);
    await new Promise((done) => setTimeout(done, 1_050));
    const later = await registry.rulebook(tenant);
    expect(later.snapshot.agreements.find(({ id }) => id === agreement?.id)?.terminated).toBe(true);
  });

  it('carries prices apart from what policy reads', async () => {
    const prices = [{ from: '2026-01-01', to: null, source: 'list', tokens: { input: '2', output: '10' } }];
    await applyServices(parts, tenant, actor, [serviceTerms({ id: 'priced', prices })], false);
    const book = await house.registry.rulebook(tenant);
    expect(book.prices.get('priced')).toEqual(prices);
    expect(book.snapshot.services.find(({ id }) => id === 'priced')).not.toHaveProperty('prices');
  });

  it('another tenant sees nothing of it', async () => {
    const other = newTenantId();
    expect((await house.registry.rulebook(other)).snapshot.services).toEqual([]);
    expect(await listAgreements(parts, other)).toEqual([]);
    await expect(readService(parts, other, 'acme-large')).rejects.toMatchObject({ code: 'not_found' });
    const decision = decide(wish({ tenant: other }), await house.registry.rulebook(other));
    expect(decision.code).toBe('service_unknown');
  });
});

async function* broken(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('some');
  const { ProblemError } = await import('@cordon/contract');
  throw new ProblemError('storage_unavailable');
}

async function* endless(): AsyncGenerator<Uint8Array> {
  const piece = Buffer.alloc(1_048_576, 'a');
  for (;;) yield piece;
}
