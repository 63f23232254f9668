// The card speaks of the files that are here.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createEngine } from '../src/engine.ts';
import { loadModel } from './load.ts';

const card = readFileSync(new URL('../MODEL-CARD.md', import.meta.url), 'utf8');

test.each(['lexicon', 'weights'] as const)('the digest of the %s is the one on the card', (part) => {
  expect(card).toContain(createHash('sha256').update(loadModel()[part]).digest('hex'));
});

test('anything that is no model of this version is refused', () => {
  const model = loadModel();
  for (const broken of [
    { ...model, lexicon: model.weights },
    { ...model, weights: model.lexicon },
    { ...model, weights: model.weights.subarray(0, -1) },
    { ...model, lexicon: new Uint8Array(0) },
  ])
    expect(() => createEngine(broken)).toThrow(/^not a (?:lexicon|tagger) of this version$/u);
});
