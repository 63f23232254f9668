import { expect, test } from 'vitest';
import { lockAfter } from './attempts.ts';

test('the first failures are free, then the lock doubles up to a quarter of an hour', () => {
  expect([1, 4, 5, 6, 7, 8, 9, 10, 11, 1000].map(lockAfter)).toEqual([
    0, 0, 30_000, 60_000, 120_000, 240_000, 480_000, 900_000, 900_000, 900_000,
  ]);
});
