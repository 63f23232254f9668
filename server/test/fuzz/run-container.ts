// One target of the fuzz run, in a process of its own that the run can end when an input never comes back.
// node --expose-gc run-container.ts TARGET SEED FROM TO [KEEP]
import { writeFileSync } from 'node:fs';
import { mutated, pieces, randomOf } from './mutate.ts';
import { SEEDS } from './seeds.ts';
import { reasonOf, seedsOf, TARGETS } from './targets.ts';

/** Milliseconds for one input of some kilobytes; a garbage collection or a busy machine takes tens. */
const SLOW_MS = 2_000;

/** Inputs between two words to the run. */
const STEP = 500;

const [name = '', seedText = '1', fromText = '0', toText = '0', keep] = process.argv.slice(2);
const [seed, from, to] = [Number(seedText), Number(fromText), Number(toText)];
const target = TARGETS[name];
const seeds = SEEDS[seedsOf(name)]?.();
if (target === undefined || seeds === undefined) throw new Error(`no such target: ${name}`);

const outcomes = new Map<string, number>();
const faults: { readonly index: number; readonly what: string }[] = [];
let slowest = 0;
/** Bytes after a collection, when a tenth has been read: by then all code is compiled and every table made. */
let settled: number | null = null;

/** The memory of a WebAssembly module goes some turns of the loop after the module. */
async function memory(): Promise<number> {
  for (let turns = 0; turns < 4; turns++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}

const read = await target.open();
for (let index = from; index < to; index++) {
  const random = randomOf(seed, index);
  const damaged = mutated(seeds, random);
  const bytes = target.disorder?.(damaged, random) ?? damaged;
  if (bytes.length > 2) target.repair?.(bytes, random);
  if (keep !== undefined) writeFileSync(keep, bytes);
  const began = performance.now();
  let outcome = 'read';
  try {
    await read(pieces(bytes, random));
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === null)
      faults.push({ index, what: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    outcome = reason ?? 'fault';
  }
  const took = performance.now() - began;
  slowest = Math.max(slowest, took);
  if (took > SLOW_MS) faults.push({ index, what: `took ${took.toFixed(0)} ms` });
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  if (index % STEP === 0) {
    if (settled === null && index - from >= (to - from) / 10) settled = await memory();
    await new Promise<void>((resolve) => {
      if (process.send === undefined) setImmediate(resolve);
      else process.send({ index }, () => resolve());
    });
  }
  if (faults.length >= 20) break;
}
const growth = settled === null ? 0 : (await memory()) - settled;
const result = { outcomes: Object.fromEntries(outcomes), faults, slowest, growth };
if (process.send === undefined) console.log(JSON.stringify(result, null, 2));
else process.send({ result });
