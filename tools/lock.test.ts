import { expect, test } from 'vitest';
import { faultsOf } from './lock.ts';

const whole = { version: '1.0.0', integrity: 'sha512-aaaa' };

test('a lock file with every package and its digest is whole; workspaces have none', () => {
  const packages = {
    '': {},
    server: { version: '0.1.0', optionalDependencies: { c: '1' } },
    'node_modules/@cordon/server': { link: true },
    'node_modules/a': { ...whole, optionalDependencies: { b: '1' } },
    'node_modules/a/node_modules/b': whole,
    'node_modules/c': whole,
  };
  expect(faultsOf(packages)).toEqual([]);
});

test('an optional package of another platform that is missing, and a digest that is missing, are named', () => {
  const packages = {
    'node_modules/a': { ...whole, optionalDependencies: { 'a-darwin': '1' } },
    'node_modules/b': { version: '1.0.0' },
    'node_modules/b/node_modules/a-darwin': whole, // where `a` does not look
  };
  expect(faultsOf(packages)).toEqual([
    'node_modules/a names a-darwin, which is missing',
    'node_modules/b has no integrity',
  ]);
});
