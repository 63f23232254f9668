// The registry from the command line against a real server: imported, shown, attached, ended, as an operator would.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Agreement, Checklist, PlannerReport, Questionnaire, RegistryChanges, Service } from '@cordon/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../../server/test/client.ts';
import { startServer, type TestServer } from '../../server/test/server.ts';
import { cordon, type Finished, problemOf } from './cordon.ts';

const EXAMPLES = resolve(import.meta.dirname, '../../examples/registry');
let place: string;
let server: TestServer;

describe('the registry from the command line', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    place = mkdtempSync(join(tmpdir(), 'cordon-registry-'));
    server = await startServer({ env: { CORDON_MODELS: join(place, 'none') } });
  }, 120_000);
  afterAll(async () => {
    await server.remove();
    rmSync(place, { recursive: true, force: true });
  });

  const run = (...args: string[]): Promise<Finished> => cordon(args, { cwd: place, env: { CORDON_HOME: server.home } });
  const json = async (...args: string[]): Promise<unknown> => {
    const done = await run(...args, '--json');
    expect({ args, code: done.code, stdout: done.stdout === '' ? done.stderr : '' }).toEqual({
      args,
      code: 0,
      stdout: '',
    });
    return JSON.parse(done.stdout);
  };
  const explained = async (): Promise<unknown> => {
    const body = { purpose: 'ambient-documentation', capability: 'generate', modality: 'text', service: 'local-llm' };
    return (await ask(server.url, server.credentials.apiKey, 'POST', '/api/policy/explain', { body })).body['code'];
  };

  test('the shipped example makes a local model usable: service, attestation, allowed', async () => {
    expect(await explained()).toBe('service_unknown');
    const services = RegistryChanges.parse(await json('services', 'apply', join(EXAMPLES, 'services-local.yaml')));
    expect(services).toMatchObject({ applied: true, changes: [{ id: 'local-llm', change: 'created', version: 1 }] });
    // The installation may have attested an engine of its own; that names no other service.
    expect(['agreement_missing', 'service_not_covered']).toContain(await explained());
    await json('agreements', 'apply', join(EXAMPLES, 'agreements-local.yaml'));
    const held = Agreement.parse(await json('agreements', 'show', 'own-hosts'));
    const inForce = new Date().toISOString() < (held.expires ?? '');
    expect(held.missingClauses).toEqual([]);
    expect(await explained()).toBe(inForce ? 'allowed' : 'agreement_expired');
    expect(Service.parse(await json('services', 'show', 'local-llm')).endpoint).toBe('http://127.0.0.1:9101/v1');
  });

  test('a second time changes nothing; an edit shows what differs; a dry run leaves it', async () => {
    const file = join(place, 'services.yaml');
    const text = readFileSync(join(EXAMPLES, 'services-local.yaml'), 'utf8');
    writeFileSync(file, text.replace('model: local-model', 'model: other-model'));
    const again = await run('services', 'apply', join(EXAMPLES, 'services-local.yaml'));
    expect(again.stdout).toContain('= local-llm  version 1  unchanged');
    const dry = await run('services', 'apply', file, '--dry-run');
    expect(dry.stdout).toContain('Nothing was changed');
    expect(dry.stdout).toContain('model: local-model → other-model');
    const done = RegistryChanges.parse(await json('services', 'apply', file));
    expect(done.changes).toEqual([
      {
        id: 'local-llm',
        change: 'changed',
        version: 2,
        fields: [{ field: 'model', from: 'local-model', to: 'other-model' }],
      },
    ]);
    const out = await run('services', 'export');
    writeFileSync(join(place, 'out.yaml'), out.stdout);
    expect((await run('services', 'apply', join(place, 'out.yaml'))).stdout).toContain('unchanged');
  });

  test('faults are told by their path, all of them, and nothing is taken', async () => {
    const text = readFileSync(join(EXAMPLES, 'services-cloud.yaml'), 'utf8');
    writeFileSync(join(place, 'bad.yaml'), text.replace('vendor:', 'vendro:').replace('stage: ga', 'stage: beta'));
    const done = await run('services', 'apply', join(place, 'bad.yaml'));
    expect(done.code).toBe(2);
    expect(done.stderr).toContain('services.0.vendro: unknown member');
    expect(done.stderr).toContain('services.0.stage: one of ga, preview, unknown');
    expect(problemOf(await run('services', 'apply', join(place, 'bad.yaml'), '--json'))).toMatchObject({
      code: 'registry_invalid',
    });
    expect((await run('services', 'show', 'acme-scribe-us')).code).toBe(2);
  });

  test('the checklist, the questionnaire and the document of a contract', async () => {
    await json('services', 'apply', join(EXAMPLES, 'services-cloud.yaml'));
    await json('agreements', 'apply', join(EXAMPLES, 'agreements-cloud.yaml'));
    const list = Checklist.parse(await json('agreements', 'checklist', 'acme-2026'));
    expect(list.mandatory).toEqual({ present: 15, of: 16 });
    expect(list.elements.filter(({ blocks }) => blocks).map(({ element }) => element)).toEqual(['B-15']);
    expect((await run('agreements', 'checklist', 'acme-2026')).stdout).toContain('15 of 16 mandatory');
    const sheet = Questionnaire.parse(await json('services', 'questionnaire', 'acme-scribe-us'));
    expect(sheet.questions[1]).toMatchObject({ answer: 'Missing: B-15.', verdict: 'bad' });
    writeFileSync(join(place, 'contract.pdf'), '%PDF-1.7\nthe contract\n');
    const attached = Agreement.parse(await json('agreements', 'attach', 'acme-2026', join(place, 'contract.pdf')));
    expect(attached).toMatchObject({ version: 2, document: { contentType: 'application/pdf', bytes: 22 } });
    writeFileSync(join(place, 'fake.pdf'), 'no contract');
    expect(problemOf(await run('agreements', 'attach', 'acme-2026', join(place, 'fake.pdf'), '--json'))).toMatchObject({
      code: 'unsupported_media_type',
    });
    expect(problemOf(await run('agreements', 'attach', 'nothing', join(place, 'fake.pdf'), '--json'))).toMatchObject({
      code: 'not_found',
    });
  });

  test('the planner compares, puts the literature right and advises; a slip in the file is named', async () => {
    const report = PlannerReport.parse(await json('planner', join(EXAMPLES, 'planner.yaml')));
    expect(report.encountersPerYear).toEqual({ low: '147200', base: '184000', high: '220800' });
    expect(report.inputs.find(({ input }) => input === 'clinicians')).toMatchObject({ base: '40', from: 'given' });
    expect(report.advice?.ranking[0]?.fits).toBe(true);
    expect(report.advice?.services.map(({ service }) => service)).toContain('local-llm');
    const priced = report.services.find(({ service }) => service === 'local-llm');
    expect(priced?.perYear).toBe('11826.00'); // 8,760 hours at 1.35
    const shown = await run('planner');
    expect(shown.stdout).toContain('1000 times');
    expect(shown.stdout).toContain('on-prem');
    writeFileSync(join(place, 'slip.yaml'), 'inputs:\n  clinicans: 4\n');
    const slip = await run('planner', join(place, 'slip.yaml'));
    expect([slip.code, slip.stderr.includes('clinicans')]).toEqual([2, true]);
  });

  test('stopping a service and ending an agreement hold at once', async () => {
    await json('services', 'disable', 'local-llm');
    expect(await explained()).toBe('service_unknown');
    const ended = Agreement.parse(await json('agreements', 'terminate', 'own-hosts', '--reason', 'replaced'));
    expect(ended.state).toBe('terminated');
    expect((await run('agreements', 'list')).stdout).toMatch(/own-hosts +attestation +terminated/);
    expect((await run('services', 'list')).stdout).toMatch(/local-llm.*stopped/);
    expect((await run('services', 'claims', '--vendor', 'microsoft')).stdout).toContain('starter.ms-1');
    expect((await run('agreements', 'warnings')).code).toBe(0);
  });
});
