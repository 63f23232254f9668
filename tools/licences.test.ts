import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { isPermissive, shipped } from './licences.ts';

test('what is shipped: neither workspaces nor packages for development', () => {
  expect(
    shipped({
      '': {},
      server: { version: '0.1.0' },
      'node_modules/@cordon/server': { link: true },
      'node_modules/a': { version: '1.0.0', license: 'MIT' },
      'node_modules/a/node_modules/@b/c': { version: '2.0.0' },
      'node_modules/d': { version: '3.0.0', license: 'GPL-3.0-only', dev: true },
    }),
  ).toEqual([
    ['a@1.0.0', 'MIT'],
    ['@b/c@2.0.0', 'none stated'],
  ]);
});

test.each([
  ['MIT', true],
  ['(MIT OR GPL-3.0-only)', true],
  ['Apache-2.0 AND MIT', true],
  ['Apache-2.0 AND GPL-3.0-only', false],
  ['AGPL-3.0-only', false],
  ['MPL-2.0', false],
  ['SEE LICENSE IN LICENSE', false],
  ['none stated', false],
])('%s: %s', (expression, permissive) => {
  expect(isPermissive(expression)).toBe(permissive);
});

test('no package is installed that carries copyleft code in its tarball under a permissive label', async () => {
  const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as { readonly packages: object };
  // docs/decisions/0046: LGPL itself; two packages of MIT that bundle it; MIT over LGPL mpg123.
  const carriers = ['codec-parser', '@wasm-audio-decoders/flac', '@wasm-audio-decoders/ogg-vorbis', 'mpg123-decoder'];
  const found = Object.keys(packages).filter((path) => carriers.some((name) => path.endsWith(`node_modules/${name}`)));
  expect(found).toEqual([]);
  expect(Object.keys(packages).some((path) => path.endsWith('node_modules/opus-decoder'))).toBe(true);
});
