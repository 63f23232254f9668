// `npm run fuzz`: damaged files for every reader of recordings, and damaged messages for live sessions. Each must be read or refused in our own terms, at once, and leave nothing behind.
// --container NAME (default: all) --inputs N (default: 100,000) --seed S --out FILE; --only INDEX --keep FILE writes one input and reads it.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FFMPEG } from '#test/sound.ts';
import { TARGETS } from './targets.ts';

/** Milliseconds without a word: 500 inputs take less than one second. */
const SILENT_MS = 120_000;

/** Bytes by which memory may differ between a tenth of the run and its end: what a collector leaves lying about. */
const GROWTH_BYTES = 16 * 1024 * 1024;

/** Targets with a codec are slower by an order of magnitude and get so much less. */
const CODEC_SHARE = 0.02;

interface Finding {
  readonly index: number;
  readonly what: string;
}

interface Result {
  readonly outcomes: Readonly<Record<string, number>>;
  readonly faults: readonly Finding[];
  /** Milliseconds of the slowest input. */
  readonly slowest: number;
  /** Bytes. */
  readonly growth: number;
}

const { values } = parseArgs({
  options: {
    container: { type: 'string', default: 'all' },
    inputs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    keep: { type: 'string' },
    out: { type: 'string' },
  },
});

if (FFMPEG === null) throw new Error('ffmpeg makes the files that are damaged: install it');
const names = values.container === 'all' ? Object.keys(TARGETS) : values.container.split(',');
const report: Record<string, object> = {};
let failed = false;
for (const name of names) {
  const inputs = Math.max(1, Math.round(Number(values.inputs) * (name.endsWith('-sound') ? CODEC_SHARE : 1)));
  const began = performance.now();
  const result = await run(
    name,
    values.only === undefined ? [0, inputs] : [Number(values.only), Number(values.only) + 1],
  );
  const seconds = (performance.now() - began) / 1000;
  const grown = result.growth > GROWTH_BYTES;
  failed ||= grown || result.faults.length > 0;
  report[name] = { inputs, seconds: Math.round(seconds), ...result, faults: result.faults.length };
  console.log(
    `${name}: ${String(inputs)} inputs in ${seconds.toFixed(0)} s (${(inputs / seconds).toFixed(0)}/s), ${String(result.faults.length)} faults,`,
    `slowest ${result.slowest.toFixed(0)} ms, memory ${(result.growth / 2 ** 20).toFixed(1)} MB${grown ? ' GROWS' : ''}`,
  );
  console.log(`  ${JSON.stringify(result.outcomes)}`);
  for (const { index, what } of result.faults) console.log(`  input ${String(index)} of seed ${values.seed}: ${what}`);
}
if (values.out !== undefined) {
  const machine = { cores: cpus().length, model: cpus()[0]?.model ?? '', node: process.version };
  // Targets that did not run keep the figures that they have.
  const before = existsSync(values.out)
    ? (JSON.parse(readFileSync(values.out, 'utf8')) as { readonly targets: Readonly<Record<string, object>> }).targets
    : {};
  const targets = { ...before, ...report };
  writeFileSync(values.out, `${JSON.stringify({ seed: Number(values.seed), machine, targets }, null, 2)}\n`);
}
process.exitCode = failed ? 1 : 0;

async function run(name: string, [from, to]: readonly [number, number]): Promise<Result> {
  const args = [name, values.seed, String(from), String(to), ...(values.keep === undefined ? [] : [values.keep])];
  const child = fork(join(import.meta.dirname, 'run-container.ts'), args, { execArgv: ['--expose-gc'] });
  return new Promise((resolve) => watch(child, resolve));
}

function watch(child: ChildProcess, resolve: (result: Result) => void): void {
  let last = 0;
  let timer: NodeJS.Timeout;
  const gone = (what: string): void => {
    clearTimeout(timer);
    child.kill('SIGKILL');
    resolve({ outcomes: {}, faults: [{ index: last, what }], slowest: 0, growth: 0 });
  };
  const restart = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => gone('no input behind this one came back'), SILENT_MS);
  };
  restart();
  child.on('message', (message: { readonly index?: number; readonly result?: Result }) => {
    restart();
    last = message.index ?? last;
    if (message.result === undefined) return;
    clearTimeout(timer);
    child.disconnect();
    resolve(message.result);
  });
  child.once('exit', (code, signal) => gone(`the process ended: ${String(code ?? signal)}`));
}
