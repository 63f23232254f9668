// Method records on real PostgreSQL, a real blob directory, the real engine: in force only while every part holds.
import { join } from 'node:path';
import { createEngine } from '@cordon/deid';
import { engineFacts } from '@cordon/deid/facts';
import { loadModel } from '@cordon/deid/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decide } from '#boundary/policy/decide.ts';
import { intent } from '#boundary/policy/decide.samples.ts';
import type { Decision } from '#boundary/policy/decision.ts';
import { STARTER_POLICY } from '#boundary/policy/starter.ts';
import { activatePolicy, recordPolicy } from '#boundary/rulebook/versions.ts';
import { createAgreement, terminateAgreement } from '#boundary/registry/agreements.ts';
import { createRegistry } from '#boundary/registry/registry.ts';
import { agreementTerms, allPresent, serviceTerms } from '#boundary/registry/registry.samples.ts';
import { createService } from '#boundary/registry/services.ts';
import { currentWarnings } from '#boundary/registry/upkeep.ts';
import { rewrap } from '#custody/keys/rewrap.ts';
import { newTenantId, type TenantId } from '#kernel/ids.ts';
import { openLocalBlobs } from '#platform/blobs/local-blobs.ts';
import { buildHouse, type TestHouse } from '#test/house.ts';
import { dataSetTerms, expertTerms, goldLines, readLines, safeHarborTerms } from './evidence.samples.ts';
import { methodOf } from './in-force.ts';
import { createMethod, listMethods, type MethodParts, readMethod, revokeMethod, stateMethod } from './methods.ts';
import { markdownOf, reportOf } from './report.ts';
import { attachToRecord, measureRecord, measureRiskOf, openRecordDocument, reviewRecord } from './steps.ts';
import { endOutdated } from './upkeep.ts';
import { evidenceWrapTables } from './wrap-tables.ts';

const officer = { type: 'person', id: '01900000-0000-7000-8000-00000000000a' } as const;
const reader = { type: 'person', id: '01900000-0000-7000-8000-00000000000b' } as const;
const engine = createEngine(loadModel());
let house: TestHouse;
let parts: MethodParts;
let tenant: TenantId;

beforeAll(async () => {
  house = await buildHouse();
  ({ tenant } = house);
  const { store, ledger, keys, clock, registry, directory } = house;
  const blobs = await openLocalBlobs({ directory: join(directory, 'blobs'), sweep: true });
  const onChange = (of: TenantId): void => registry.changed(of);
  const base = { store, ledger, keys, clock, blobs, onChange };
  parts = { ...base, running: engineFacts(), engine: () => engine, embedded: true };
  await registry.ensurePolicy(tenant, { type: 'system', id: 'test' });
  await createService(
    parts,
    tenant,
    officer,
    serviceTerms({ id: 'deid-chat', pattern: 'deid-cloud', dataClasses: ['public', 'deidentified'] }),
  );
});
afterAll(() => house.close());

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  const all = Buffer.from(text);
  for (let at = 0; at < all.length; at += 1_000) yield all.subarray(at, at + 1_000);
}
const decided = async (of: MethodParts = parts, change = {}): Promise<Decision> => {
  const registry = of === parts ? house.registry : createRegistry({ ...house, engine: of.running.fingerprint });
  const wish = intent({
    tenant,
    purpose: 'structured-extraction',
    capability: 'generate',
    modality: 'text',
    ...change,
  });
  return decide({ ...wish, at: new Date().toISOString() }, await registry.rulebook(tenant));
};
const entries = async (): Promise<[unknown, unknown][]> =>
  (await house.headers())
    .filter(({ kind }) => String(kind).startsWith('method.'))
    .map(({ kind, detail }) => [kind, detail]);

describe('Safe Harbor', () => {
  let id: string;

  it('a fresh install has none: deid-cloud is refused, and told what would change it', async () => {
    const { code, reason } = await decided();
    expect([code, reason?.because]).toEqual([
      'class_not_allowed',
      '45 CFR 164.514(b): no method record names the service',
    ]);
    expect(reason?.change).toMatch(/Record a method/);
  });

  it('nothing is in force before every part is there, and the statement says which lack', async () => {
    const made = await createMethod(parts, tenant, officer, safeHarborTerms());
    ({ id } = made);
    expect(made).toMatchObject({ version: 1, state: 'draft', missing: ['measurement', 'review', 'statement'] });
    await expect(createMethod(parts, tenant, officer, safeHarborTerms())).rejects.toMatchObject({ code: 'conflict' });
    const stating = { id, onVersion: 1, statement: 'safe-harbor@1' } as const;
    await expect(stateMethod(parts, tenant, officer, stating)).rejects.toMatchObject({
      code: 'method_incomplete',
      details: { missing: ['measurement', 'review'] },
    });
    expect((await decided()).code).toBe('class_not_allowed');
  });

  it('recall is computed from what is sent; too few or too low is not enough', async () => {
    const few = await measureRecord(parts, tenant, officer, id, bytesOf(goldLines(10)));
    expect(few.measurement).toMatchObject({ documents: 10, recall: { found: 30, of: 30, value: 1 } });
    expect(few.missing).toEqual(['recall_too_low', 'review', 'statement']); // 30 of 30 may be 88.6 %
    const missed = goldLines(40).replaceAll('"type":"NAME"', '"type":"NAME"},{"start":0,"end":60,"type":"NAME"');
    const low = await measureRecord(parts, tenant, officer, id, bytesOf(missed));
    expect(low.measurement?.recall).toMatchObject({ found: 120, of: 160 });
    expect(low.missing).toContain('recall_too_low');
    const { measurement, missing } = await measureRecord(parts, tenant, officer, id, bytesOf(goldLines(40)));
    expect(measurement).toMatchObject({ recall: { found: 120, of: 120 }, leakFree: { found: 40, of: 40 } });
    expect(measurement?.recall.low).toBeCloseTo(0.969, 3);
    expect(missing).toEqual(['review', 'statement']);
  });

  it.each([
    ['{"text":"a"}', 1],
    [`${goldLines(1)}\nno json`, 2],
    ['{"text":"abc","spans":[{"start":2,"end":9,"type":"NAME"}]}', 1],
    [`{"text":"${'a'.repeat(3_000_000)}","spans":[]}`, 1],
    ['', 0],
  ])('a sample that cannot be counted is told by its line, and adds nothing (%#)', async (lines, line) => {
    const before = await readMethod(parts, tenant, id);
    const refusal = { code: 'sample_unusable', details: { line } };
    await expect(measureRecord(parts, tenant, officer, id, bytesOf(lines))).rejects.toMatchObject(refusal);
    expect(await readMethod(parts, tenant, id)).toEqual(before);
  });

  it('a reader’s review is counted against what the engine does', async () => {
    const { review, missing } = await reviewRecord(parts, tenant, reader, id, bytesOf(readLines(25)));
    expect(review).toMatchObject({ by: reader.id, texts: 25, left: 1, covered: 1, clean: { found: 24, of: 25 } });
    expect(review?.categories).toEqual([{ category: 'OTHER_ID', left: 1 }]);
    expect(review?.replaced).toBeGreaterThanOrEqual(75);
    expect(missing).toEqual(['statement']);
  });

  it('the statement: of another person, about the version seen, in the words of its kind', async () => {
    const { version } = await readMethod(parts, tenant, id);
    const stating = { id, onVersion: version, statement: 'safe-harbor@1' } as const;
    await expect(stateMethod(parts, tenant, reader, stating)).rejects.toMatchObject({ code: 'second_person_required' });
    const other = { ...stating, statement: 'limited-data-set@1' } as const;
    await expect(stateMethod(parts, tenant, officer, other)).rejects.toMatchObject({ code: 'invalid_request' });
    const stale = { ...stating, onVersion: version - 1 };
    await expect(stateMethod(parts, tenant, officer, stale)).rejects.toMatchObject({ code: 'version_mismatch' });
    const stated = await stateMethod(parts, tenant, officer, stating);
    expect(stated).toMatchObject({ state: 'in-force', missing: [], statement: { secondPerson: 'another', version } });
    expect(stated.statement?.text).toContain('no actual knowledge');
    const months = Date.parse(stated.expires ?? '') - Date.parse(stated.effective ?? '');
    expect(Math.round(months / 86_400_000)).toBeOneOf([365, 366]);
    await expect(measureRecord(parts, tenant, officer, id, bytesOf(goldLines(1)))).rejects.toMatchObject({
      code: 'method_closed',
    });
  });

  it('in force it authorises, names itself in the route, and gives its profile', async () => {
    const decision = await decided();
    const { version, services, effective, expires } = {
      ...(await readMethod(parts, tenant, id)),
      services: ['deid-chat'],
    };
    expect(decision.route?.agreement).toEqual({ type: 'method', id, version });
    expect(decision.obligations).toContainEqual({ kind: 'deidentify' });
    const { snapshot } = await house.registry.rulebook(tenant);
    expect(methodOf(snapshot, decision.route?.agreement ?? null)?.profile.mode).toBe('placeholder');
    expect(methodOf(snapshot, { type: 'agreement', id, version })).toBeNull();
    expect((await entries()).at(-1)).toEqual(['method.recorded', { id, version, services, effective, expires }]);
    // A past decision is made again from the versions that it named, the engine among them.
    const past = await house.registry.rulebookAt(tenant, decision);
    expect(past?.snapshot).toEqual(snapshot);
  });

  it('another engine ends it: at once for policy, then in the ledger, and for good', async () => {
    const newer = { ...parts, running: { ...parts.running, fingerprint: 'e'.repeat(64) } };
    const refused = await decided(newer);
    expect([refused.code, refused.reason?.because]).toEqual([
      'class_not_allowed',
      '45 CFR 164.514(b): the method record was made with another engine, model or ZIP table',
    ]);
    expect((await readMethod(newer, tenant, id)).state).toBe('engine-changed');
    expect(await endOutdated(parts, tenant)).toBe(0);
    expect(await endOutdated(newer, tenant)).toBe(1);
    expect(await endOutdated(newer, tenant)).toBe(0);
    expect((await entries()).at(-1)).toMatchObject(['method.ended', { id, reason: 'engine_changed' }]);
    expect((await decided()).reason?.because).toBe('45 CFR 164.514(b): the method record was revoked or ended');
    const again = await createMethod(parts, tenant, officer, safeHarborTerms()); // the name is free again
    await revokeMethod(parts, tenant, officer, { id: again.id, reason: 'other' });
  });

  it('evidence of another engine counts no more', async () => {
    const draft = await createMethod(parts, tenant, officer, safeHarborTerms({ name: 'second' }));
    await measureRecord(parts, tenant, officer, draft.id, bytesOf(goldLines(40)));
    await reviewRecord(parts, tenant, reader, draft.id, bytesOf(readLines(3)));
    const newer = { ...parts, running: { ...parts.running, fingerprint: 'e'.repeat(64) } };
    const { missing } = await readMethod(newer, tenant, draft.id);
    expect(missing).toEqual(['measurement_outdated', 'review_outdated', 'statement']);
    const { version } = await readMethod(parts, tenant, draft.id);
    const stating = { id: draft.id, onVersion: version, statement: 'safe-harbor@1' } as const;
    await expect(stateMethod(newer, tenant, officer, stating)).rejects.toMatchObject({ code: 'method_incomplete' });
    await stateMethod(parts, tenant, officer, stating);
    expect((await decided()).code).toBe('allowed');
    const later = { ...parts, clock: { ...house.clock, now: () => new Date(Date.now() + 360 * 86_400_000) } };
    const warned = (await currentWarnings(later, tenant)).filter(({ kind }) => kind === 'method_expires');
    expect(warned).toMatchObject([{ subject: draft.id, name: 'second', threshold: 7 }]);
    const gone = await revokeMethod(parts, tenant, officer, { id: draft.id, reason: 'leak' });
    expect(gone).toMatchObject({ state: 'revoked', ended: { reason: 'leak' } });
    expect(await revokeMethod(parts, tenant, officer, { id: draft.id, reason: 'other' })).toEqual(gone);
    expect((await decided()).code).toBe('class_not_allowed');
    expect(await currentWarnings(later, tenant)).toEqual([]);
  });

  it('alone on an embedded installation the second person may be waived by policy, and only there', async () => {
    const { id: alone } = await createMethod(parts, tenant, officer, safeHarborTerms({ name: 'alone' }));
    await measureRecord(parts, tenant, officer, alone, bytesOf(goldLines(40)));
    const { version } = await reviewRecord(parts, tenant, officer, alone, bytesOf(readLines(3)));
    const stating = { id: alone, onVersion: version, statement: 'safe-harbor@1' } as const;
    await expect(stateMethod(parts, tenant, officer, stating)).rejects.toMatchObject({
      code: 'second_person_required',
    });
    const { version: _, ...document } = STARTER_POLICY;
    const settings = { ...document.settings, secondPerson: 'waived' as const };
    const policies = { ...house, embedded: true };
    const { policy } = await recordPolicy(policies, tenant, officer, { ...document, id: 'alone', settings });
    await activatePolicy(policies, tenant, policy.version, { askedBy: officer.id, waived: true });
    const elsewhere = { ...parts, embedded: false };
    await expect(stateMethod(elsewhere, tenant, officer, stating)).rejects.toMatchObject({
      code: 'second_person_required',
    });
    expect((await stateMethod(parts, tenant, officer, stating)).statement?.secondPerson).toBe('waived');
    await revokeMethod(parts, tenant, officer, { id: alone, reason: 'other' });
  });

  it('facilities never stay under Safe Harbor', async () => {
    const profile = { mode: 'redact', keeping: { agesUnder90: true, years: true, states: true, facilities: true } };
    const terms = safeHarborTerms({ name: 'third', profile });
    await expect(createMethod(parts, tenant, officer, terms)).rejects.toMatchObject({ code: 'registry_invalid' });
  });

  it('a text of the sample is nowhere: not in a table, not in the ledger, not in the report', async () => {
    const rows = await house.database.admin('SELECT row FROM cordon.deid_method', []);
    const report = reportOf(await readMethod(parts, tenant, id));
    const all = JSON.stringify([
      rows,
      await house.headers(),
      report,
      markdownOf(report),
      await listMethods(parts, tenant),
    ]);
    expect(all).not.toMatch(/Zyxquist|415-555|cough/);
    expect(report.categories.map(({ letter }) => letter).join('')).toBe('ABCDEFGHIJKLMNOPQR');
    expect(report.categories[3]).toMatchObject({ letter: 'D', recall: { found: 40, of: 40 } });
    expect(report.categories[6]?.recall).toBeNull();
    const text = markdownOf(report);
    expect(text).toContain('Ended: another engine, model or ZIP table runs');
    expect(text).toContain('100.0 % of 120 (95 % interval 96.9 % to 100.0 %)');
    expect(text).toContain(parts.running.fingerprint === '' ? 'never' : parts.running.code);
  });
});

describe('expert determination', () => {
  it('needs its document and its risk measurement, and holds until its own end', async () => {
    const { id } = await createMethod(parts, tenant, officer, expertTerms());
    const draft = await readMethod(parts, tenant, id);
    expect(draft.missing).toEqual(['document', 'risk', 'statement']);
    const text = `%PDF-1.7\n${'finding '.repeat(1_000)}`;
    const arriving = { contentType: 'application/pdf', bytes: bytesOf(text) };
    const attached = await attachToRecord(parts, tenant, officer, { id, arriving });
    expect(attached.document).toMatchObject({ bytes: text.length, contentType: 'application/pdf' });
    const chunks: Uint8Array[] = [];
    for await (const chunk of (await openRecordDocument(parts, tenant, id)).bytes) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe(text);
    const broken = { id, arriving: { contentType: 'application/pdf', bytes: bytesOf('no PDF') } };
    await expect(attachToRecord(parts, tenant, officer, broken)).rejects.toMatchObject({
      code: 'unsupported_media_type',
    });
    const csv = `age,zip\n${Array.from({ length: 60 }, (_, at) => `${30 + (at % 10)},9411${at % 3}`).join('\n')}\n`;
    const columns = [
      { name: 'age', kind: 'age' },
      { name: 'zip', kind: 'zip' },
    ] as const;
    const options = { threshold: 0.09, fraction: 0.1, target: 0.09, suppression: 0 };
    const asked = { id, request: { format: 'csv', columns, ...options } as const, bytes: bytesOf(csv) };
    const { risk, missing, version } = await measureRiskOf(parts, tenant, officer, asked);
    expect(risk).toMatchObject({
      records: 60,
      k: 2,
      by: officer.id,
      suggestion: { found: { measured: { records: 60 } } },
    });
    expect(missing).toEqual(['statement']);
    const stating = { id, onVersion: version, statement: 'expert-determination@1' } as const;
    const stated = await stateMethod(parts, tenant, officer, stating);
    expect(stated).toMatchObject({ state: 'in-force', expires: '2126-01-01T00:00:00.000Z' });
    expect((await decided()).route?.agreement).toMatchObject({ type: 'method', id });
    const report = markdownOf(reportOf(stated));
    expect(report).toContain('E. Statistician');
    expect(report).toContain(`SHA-256 ${stated.document?.sha256}`);
    await revokeMethod(parts, tenant, officer, { id, reason: 'withdrawn' });
  });

  it('is refused when its end lies behind', async () => {
    const terms = expertTerms({ name: 'late', expires: '2020-01-01T00:00:00Z' });
    await expect(createMethod(parts, tenant, officer, terms)).rejects.toMatchObject({
      details: { lines: ['expires: lies in the past'] },
    });
  });
});

describe('limited data set', () => {
  it('needs all sixteen, an agreement in force and its recipient; it lowers no class', async () => {
    const dua = await createAgreement(
      parts,
      tenant,
      officer,
      agreementTerms({
        name: 'study',
        kind: 'dua',
        parties: [
          { name: 'Elm Street Clinic', role: 'covered-entity' },
          { name: 'State University', role: 'recipient' },
        ],
        clauses: allPresent('dua'),
      }),
    );
    const none = await createMethod(
      parts,
      tenant,
      officer,
      dataSetTerms({ name: 'none', removed: { names: 'removed' } }),
    );
    expect(none.missing).toEqual(['identifiers', 'agreement', 'recipient', 'statement']);
    const wrong = dataSetTerms({ name: 'wrong', agreement: dua.id, recipient: 'Somebody' });
    expect((await createMethod(parts, tenant, officer, wrong)).missing).toEqual(['recipient', 'statement']);
    const { id } = await createMethod(parts, tenant, officer, dataSetTerms({ agreement: dua.id }));
    await expect(measureRecord(parts, tenant, officer, id, bytesOf(goldLines(1)))).rejects.toMatchObject({
      code: 'method_closed',
    });
    const stated = await stateMethod(parts, tenant, officer, { id, onVersion: 1, statement: 'limited-data-set@1' });
    expect(stated).toMatchObject({ state: 'in-force', expires: new Date(dua.expires ?? '').toISOString() });
    expect((await decided()).code).toBe('class_not_allowed');
    expect(reportOf(stated).categories.filter(({ done }) => done === 'Removed.')).toHaveLength(16);
    await terminateAgreement(parts, tenant, officer, { id: dua.id, reason: 'replaced' });
    expect((await readMethod(parts, tenant, id)).state).toBe('agreement-ended');
  });
});

describe('walls', () => {
  it('a record of another tenant is none', async () => {
    const [first] = await listMethods(parts, tenant);
    const other = newTenantId();
    await expect(readMethod(parts, other, first?.id ?? '')).rejects.toMatchObject({ code: 'not_found' });
    expect(await listMethods(parts, other)).toEqual([]);
  });

  it('a new erasure key opens what was sealed under the old', async () => {
    const before = await listMethods(parts, tenant);
    const keys = await house.keys.tenantKeys(tenant);
    const from = keys.current('configuration').id;
    const to = keys.succeed(from);
    const { store, ledger } = house;
    const append = (request: Parameters<typeof ledger.append>[0]) => ledger.append(request);
    expect(
      await rewrap({ store, keys: house.keys, tenant, from, to, tables: evidenceWrapTables, append }),
    ).toBeGreaterThan(before.length);
    expect(await listMethods(parts, tenant)).toEqual(before);
  });
});
