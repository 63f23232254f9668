// Documents that must stay true: every dependency has its because, every invariant its test, every decision its number.
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

describe('docs/dependencies.md', () => {
  const page = read('docs/dependencies.md');
  const manifests = ['', 'contract/', 'proofs/', 'deid/', 'server/', 'sdk/', 'cli/'].map(
    (folder) => `${folder}package.json`,
  );
  const wanted = manifests.flatMap((path) => {
    const manifest = JSON.parse(read(path)) as Record<string, Record<string, string> | undefined>;
    return Object.keys({ ...manifest['dependencies'], ...manifest['devDependencies'] });
  });

  it.each([...new Set(wanted)].filter((name) => !name.startsWith('@cordon/')))('says why %s', (name) => {
    expect(page).toContain(`\`${name}\``);
  });

  it('speaks of nothing that is not there', () => {
    const named = [...page.matchAll(/^\| ((?:`[^`]+`(?:, )?)+) \|/gm)].flatMap((row) =>
      [...(row[1] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1]),
    );
    expect(named.filter((name) => !wanted.includes(name ?? ''))).toEqual([]);
  });
});

describe('docs/safeguards.md', () => {
  const page = read('docs/safeguards.md');
  const tests = globSync('{contract,proofs,server,sdk,cli,tools}/**/*.test.ts', {
    cwd: ROOT,
    exclude: (path) => path.includes('node_modules'),
  });
  const invariants = Array.from({ length: 10 }, (_, index) => `I${index + 1}`);

  it.each(invariants)('names the tests that try to break %s, and they are there', (invariant) => {
    const row = page.split('\n').find((line) => line.startsWith(`| **${invariant} `)) ?? '';
    const files = [...row.matchAll(/`([^`]+\.test\.ts)`/g)].map((match) => match[1] ?? '');
    expect(files.length, row).toBeGreaterThan(0);
    for (const file of files) expect(tests, file).toContain(file);
  });
});

describe('docs/decisions', () => {
  const names = readdirSync(join(ROOT, 'docs/decisions'));

  it('are numbered once each and headed by their number', () => {
    const numbers = names.map((name) => name.slice(0, 4));
    expect(new Set(numbers).size).toBe(numbers.length);
    for (const name of names)
      expect(read(`docs/decisions/${name}`), name).toMatch(new RegExp(`^# ${name.slice(0, 4)} `));
  });
});

describe('the repository speaks of itself alone', () => {
  it('has no absolute path of a machine in its sources and documents', () => {
    const files = globSync('{contract,proofs,deid,server,sdk,cli,tools,docs,bench}/**/*.{ts,md,sql,json,js,mjs,sh}', {
      cwd: ROOT,
      exclude: (path) => path.includes('node_modules'),
    });
    expect(files.length).toBeGreaterThan(300);
    const faults = files.filter(
      (file) =>
        /\/work\/(main|shared)|\/home\/[a-z]+\/|helper-\d/.test(read(file)) && file !== 'tools/documents.test.ts',
    );
    expect(faults).toEqual([]);
  });
});
