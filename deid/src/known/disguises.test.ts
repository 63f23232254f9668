// Disguises beside those of the property test: each is written down in docs/formats/deid.md.
import { expect, test } from 'vitest';
import { loadModel } from '../../model/load.ts';
import { createEngine } from '../engine.ts';
import type { Category } from '../span.ts';

const engine = createEngine(loadModel());

function covered(type: Category, value: string, shown: string): boolean {
  const text = `the chart says ${shown} and so on`;
  const from = text.indexOf(shown);
  const mask = new Set<number>();
  for (const { start, end } of engine.detect(text, { year: 2026, known: [{ type, value }] }))
    for (let at = start; at < end; at += 1) mask.add(at);
  return Array.from(shown).every((letter, at) => !/[\p{L}\p{N}]/u.test(letter) || mask.has(from + at));
}

test.each<readonly [Category, string, string]>([
  ['NAME', 'Adaeze Okonkwo', 'oscar kilo oscar november kilo whiskey oscar'],
  ['NAME', 'Wei Li', 'L-I'],
  ['NAME', 'Wei Li', 'l as in lima i as in india'],
  ['NAME', 'Nguyễn Thị Hồng', 'NGUYỄN THỊ HỒNG'],
  ['NAME', 'Nguyễn Thị Hồng', 'h as in hotel o as in oscar n as in november g as in golf'],
  ['NAME', 'Adaeze Okonkwo', 'Ok0nkwo'],
  ['NAME', 'Mary Smith', 'Sm1th'],
  ['NAME', 'Adaeze Okonkwo', 'Okonquo'],
  ['NAME', "Liam O'Shaughnessy", "L. O'Shaughnessy"],
  ['HEALTH_PLAN', 'XJH-88210-447', 'XJH eight eight two one zero four four seven'],
  ['MRN', '00774120', 'O0774l20'],
])('%s %s as %s', (type, value, shown) => expect(covered(type, value, shown)).toBe(true));

test('what merely looks like a short value stays', () => {
  expect(covered('NAME', 'Hue Ho', 'H/O')).toBe(false);
});
