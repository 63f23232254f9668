// What the tagger learns from is kept apart from what measures it.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const HERE = new URL('./', import.meta.url);
const RUN = 5; // words in a row: fewer recur in any two clinical texts
const words = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\d']+/gu) ?? [];

function runs(text: string): readonly string[] {
  const list = words(text);
  return list.slice(0, Math.max(0, list.length - RUN + 1)).map((_, at) => list.slice(at, at + RUN).join(' '));
}

const sources = readdirSync(HERE).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
const source = (name: string): string => readFileSync(new URL(name, HERE), 'utf8');

test('no template shares five words in a row with a held text', () => {
  const held = readFileSync(new URL('../test-data/held.jsonl', HERE), 'utf8').trim().split('\n');
  const taken = new Set(held.flatMap((line) => runs((JSON.parse(line) as { text: string }).text)));
  expect(taken.size).toBeGreaterThan(1000);
  const shared = sources.flatMap((name) =>
    source(name)
      .split(/\{[^}]*\}|\n/u)
      .flatMap(runs)
      .filter((run) => taken.has(run)),
  );
  expect(shared).toEqual([]);
});

test('no generator reads texts that measure', () => {
  expect(sources.length).toBeGreaterThan(15);
  for (const name of sources) expect(source(name)).not.toMatch(/test-data|shared\/data/u);
});
