import { expect, it } from 'vitest';
import { createRandomSource } from './random.ts';

it('gives each piece once, of the size asked for, also beyond what it drew ahead', () => {
  const next = createRandomSource(32, 4);
  const pieces = Array.from({ length: 11 }, () => next());
  expect(pieces.every((piece) => piece.length === 32)).toBe(true);
  expect(new Set(pieces.map((piece) => piece.toString('hex'))).size).toBe(11);
});

it('leaves the other pieces alone when one is wiped, those that come later too', () => {
  const next = createRandomSource(32, 4);
  const [first, second] = [next(), next()];
  const before = second.toString('hex');
  first.fill(0);
  expect(second.toString('hex')).toBe(before);
  expect(next().every((byte) => byte === 0)).toBe(false);
});
