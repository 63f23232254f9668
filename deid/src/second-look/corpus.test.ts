// How much of what the first detector finds the second would find without it, and how quiet it is when all is replaced, on the
// corpora of `../shared/data/deid`, where they are there. `DEID_SHOW=1 npx vitest run --project unit deid/src/second-look` prints it.
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadModel } from '../../model/load.ts';
import { Chance } from '../../train/random.ts';
import { createEngine } from '../engine.ts';
import { type ForeignDocument, goldOf } from '../evaluate/gold.ts';
import type { Tally } from '../evaluate/score.ts';
import { shareOf } from '../evaluate/wilson.ts';
import { replace } from '../replace/replace.ts';
import { resolve } from '../resolve.ts';
import { CATEGORIES, type Span } from '../span.ts';
import { createSecondLook } from './second-look.ts';

const DATA = new URL('../../../../shared/data/deid/', import.meta.url);
const DRAWS = Number(process.env['DEID_DRAWS'] ?? 1);
/** All texts when it is printed, every third or second in a test run. */
const IS_SHOWN = process.env['DEID_SHOW'] !== undefined;
const engine = createEngine(loadModel());
const look = createSecondLook(loadModel());
const own = new Set<string>(CATEGORIES);
const settings = { mode: 'placeholder', salt: 77, year: 2026, shiftDates: false } as const;

interface Measured {
  /** Texts in which everything was replaced, gold and found; `found`: those with a hit all the same. */
  readonly quiet: Tally;
  /** Findings of the first detector, one at a time left in its text; `found`: those that were hit. */
  readonly caught: Tally;
}

function measured(file: URL, stride: number): Measured {
  const chance = new Chance(5);
  const [quiet, caught] = [
    { found: 0, of: 0 },
    { found: 0, of: 0 },
  ];
  for (const [at, line] of readFileSync(file, 'utf8').trim().split('\n').entries()) {
    if (at % stride !== 0) continue;
    const document = JSON.parse(line) as ForeignDocument;
    const { text } = document;
    const spans = engine.detect(text, settings);
    const gold = goldOf(document, own, true).map((span) => ({ ...span, score: 1, rule: 'gold' }) as Span);
    const all = resolve(text, [...spans, ...gold]);
    quiet.of += 1;
    if (look.read(replace(text, all, settings).text, [], null).length > 0) quiet.found += 1;
    for (let draw = 0; draw < DRAWS && spans.length > 0; draw += 1) {
      caught.of += 1;
      if (isCaught(text, all, chance.pick(spans))) caught.found += 1;
    }
  }
  return { quiet, caught };
}

/** Everything is replaced but `left`, and a hit touches it. */
function isCaught(text: string, all: readonly Span[], left: Span): boolean {
  const kept = all.filter(({ start, end }) => start >= left.end || end <= left.start);
  const out = replace(text, kept, settings);
  const start = replace(
    text.slice(0, left.start),
    kept.filter(({ end }) => end <= left.start),
    settings,
  ).text.length;
  return look.read(out.text, [], out.map).some((hit) => hit.start < start + left.end - left.start && hit.end > start);
}

test.skipIf(!existsSync(DATA)).each([
  ['asq-phi.jsonl', 0.85, 0.02, 3],
  ['presidio-v2.jsonl', 0.6, 0.02, 3],
  ['meddocan-es.jsonl', 0.55, 0.02, 2],
])(
  '%s: finds %d of what is left, hits at most %d of the texts where nothing is',
  (name, least, most, stride) => {
    const { quiet, caught } = measured(new URL(name, DATA), IS_SHOWN ? 1 : stride);
    if (IS_SHOWN) console.log(name, { caught: shareOf(caught), quiet: shareOf(quiet) });
    expect(caught.found / caught.of).toBeGreaterThan(least);
    expect(quiet.found / quiet.of).toBeLessThan(most);
  },
  60_000,
);
