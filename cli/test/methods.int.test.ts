// Method records from the command line against a real server: begun from the shipped examples, furnished, stated, reported, revoked.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { MethodRecord } from '@cordon/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { goldLines, readLines } from '../../server/src/boundary/evidence/evidence.samples.ts';
import { startServer, type TestServer } from '../../server/test/server.ts';
import { cordon, type Finished, problemOf } from './cordon.ts';

const EXAMPLES = resolve(import.meta.dirname, '../../examples/registry');
let place: string;
let server: TestServer;

describe('method records from the command line', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    place = mkdtempSync(join(tmpdir(), 'cordon-methods-'));
    server = await startServer({ env: { CORDON_MODELS: join(place, 'none') } });
    writeFileSync(join(place, 'gold.jsonl'), goldLines(40));
    writeFileSync(join(place, 'read.jsonl'), readLines(30));
    writeFileSync(join(place, 'broken.jsonl'), `${goldLines(1)}\nnothing`);
    writeFileSync(join(place, 'found.pdf'), '%PDF-1.7\nthe determination\n');
    writeFileSync(join(place, 'visits.csv'), `age,sex\n${'41,f\n42,m\n'.repeat(30)}`);
  }, 120_000);
  afterAll(async () => {
    await server.remove();
    rmSync(place, { recursive: true, force: true });
  });

  const run = (...args: string[]): Promise<Finished> =>
    cordon(['deid', 'methods', ...args], { cwd: place, env: { CORDON_HOME: server.home } });
  const record = async (...args: string[]): Promise<MethodRecord> => {
    const done = await run(...args, '--json');
    expect({ args, code: done.code, said: done.code === 0 ? '' : done.stderr }).toEqual({ args, code: 0, said: '' });
    return MethodRecord.parse(JSON.parse(done.stdout));
  };

  test('Safe Harbor: counted, and not stated by who read the sample', async () => {
    expect((await record('create', join(EXAMPLES, 'method-safe-harbor.yaml'))).state).toBe('draft');
    const early = await run('state', 'notes-2026', '--on-version', '1', '--statement', 'safe-harbor@1');
    expect([early.code, early.stderr.includes('measurement')]).toEqual([2, true]);
    const broken = await run('measure', 'notes-2026', 'broken.jsonl');
    expect([broken.code, broken.stderr.includes('line 2')]).toEqual([2, true]);
    expect((await run('measure', 'notes-2026', 'gold.jsonl')).stdout).toContain('recall 100.0 % (96.9 % to 100.0 %)');
    expect((await run('review', 'notes-2026', 'read.jsonl')).stdout).toContain('30 texts read');
    const shown = await run('show', 'notes-2026');
    expect(shown.stdout).toContain('To be stated (safe-harbor@1):');
    const stated = await run('state', 'notes-2026', '--on-version', '3', '--statement', 'safe-harbor@1', '--json');
    expect(problemOf(stated)).toMatchObject({ code: 'second_person_required' });
  });

  test('an expert’s determination from its document to its end', async () => {
    await record('create', join(EXAMPLES, 'method-expert.yaml'));
    expect((await record('attach', 'expert-2026', 'found.pdf')).document).toMatchObject({ bytes: 27 });
    const risk = await record('risk', 'expert-2026', 'visits.csv', '--quasi', 'age:age,sex', '--fraction', '0.5');
    expect(risk.risk).toMatchObject({ records: 60, k: 30, columns: [{ name: 'age' }, { name: 'sex' }] });
    const statement = ['--statement', 'expert-determination@1'];
    expect((await record('state', 'expert-2026', '--on-version', '3', ...statement)).state).toBe('in-force');
    expect((await run('list')).stdout).toMatch(
      /expert-2026 +expert-determination +in-force +version 4 {2}until 2099-12-31/,
    );
    const report = await run('report', 'expert-2026');
    expect(report.stdout).toMatch(/^# De-identification by expert determination: expert-2026\n/);
    expect((await record('revoke', 'expert-2026', '--reason', 'withdrawn')).state).toBe('revoked');
    expect(problemOf(await run('revoke', 'nothing', '--json'))).toMatchObject({ code: 'not_found' });
  });

  test('a limited data set without its agreement lacks it', async () => {
    const begun = await record('create', join(EXAMPLES, 'method-limited-data-set.yaml'));
    expect(begun.missing).toEqual(['agreement', 'recipient', 'statement']);
    writeFileSync(join(place, 'slip.yaml'), 'kind: safe-harbor\nname: x\n');
    const slip = await run('create', 'slip.yaml');
    expect([slip.code, slip.stderr.includes('services')]).toEqual([2, true]);
  });
});
