import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { isPermission, PERMISSION_NAMES, PROBLEMS, routeRows } from '@cordon/contract';
import { isKind } from '@cordon/proofs';
import { describe, expect, it } from 'vitest';

const sources = globSync('{server,cli,sdk,proofs,contract}/{src,bin}/**/*.{ts,js}').filter(
  (path) => !path.endsWith('.test.ts') && path !== 'contract/src/problems.ts' && path !== 'sdk/src/openapi.ts',
);
const texts = sources.map((path) => ({ path, text: readFileSync(path, 'utf8') }));
const errors = readFileSync('docs/errors.md', 'utf8');

describe('docs/errors.md and the source', () => {
  const documented = [...errors.matchAll(/<a id="problem-(\w+)">/g)].map(([, code]) => code ?? '');

  it('documents each code of the catalogue and no other', () => {
    expect(documented).toEqual(Object.keys(PROBLEMS).toSorted());
  });

  it('documents each code that is thrown', () => {
    const thrown = texts.flatMap(({ text }) =>
      [...text.matchAll(/new ProblemError\(\s*'(\w+)'/g)].map(([, code]) => code ?? ''),
    );
    expect(thrown.length).toBeGreaterThan(0);
    expect(thrown.filter((code) => !documented.includes(code))).toEqual([]);
  });

  it('speaks of each code of the catalogue somewhere outside the catalogue and the route table', () => {
    const speaking = texts.filter(({ path }) => !path.startsWith('contract/') || /(parse|opaque)\.ts$/.test(path));
    const unused = Object.keys(PROBLEMS).filter((code) => !speaking.some(({ text }) => text.includes(`'${code}'`)));
    expect(unused).toEqual([]);
  });

  it('says each sentence of the catalogue word for word', () => {
    for (const { message, remedy } of Object.values(PROBLEMS)) {
      expect(errors).toContain(message.replaceAll('|', String.raw`\|`));
      expect(errors).toContain(remedy.replaceAll('|', String.raw`\|`));
    }
  });
});

describe('docs/permissions.md', () => {
  const rows = readFileSync('docs/permissions.md', 'utf8')
    .split('\n')
    .filter((line) => /^\| `\w+\.\w+` \|/.test(line));

  it('has each permission once', () => {
    expect(rows.map((row) => row.split('`')[1])).toEqual(PERMISSION_NAMES);
  });

  it('names each route beside its permission', () => {
    const missing = routeRows()
      .filter(({ route }) => route.permission !== null && isPermission(route.permission))
      .filter(
        ({ route }) =>
          !rows.some(
            (row) => row.startsWith(`| \`${route.permission}\``) && row.includes(`\`${route.method} ${route.path}\``),
          ),
      );
    expect(missing).toEqual([]);
  });
});

describe('the ledger kinds of the route table', () => {
  it('are of the closed list', () => {
    const kinds = routeRows().flatMap(({ route }) => ('kind' in route.ledger ? [route.ledger.kind] : []));
    expect(kinds.filter((kind) => !isKind(kind))).toEqual([]);
  });
});

describe('npm run generate', () => {
  it('would change nothing', () => {
    const run = spawnSync('node_modules/.bin/node', ['tools/generate.ts', '--check'], { encoding: 'utf8' });
    expect(run.stdout + run.stderr).toBe('');
    expect(run.status).toBe(0);
  });
});
