// `npm run bench -- NAME… [--OPTION…]`: runs benchmarks one after another and writes bench/results/NAME.json with the machine and the
// versions they ran on. Without a name: all of them. Each compares with its peer or limit in the same run.
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

interface Benchmark {
  run(options: readonly string[]): Promise<object>;
}

const here = import.meta.dirname;
const known = readdirSync(here)
  .filter((file) => file.endsWith('.ts') && !['run.ts', 'clinical-data.ts', 'ledger-append.ts'].includes(file))
  .map((file) => file.slice(0, -3));
const asked = process.argv.slice(2);
/** `--deid` and the like go to the benchmark and into the name of the result. */
const options = asked.filter((word) => word.startsWith('--')).map((word) => word.slice(2));
const names = asked.filter((word) => !word.startsWith('--'));
const wanted = names.length > 0 ? names : known;

for (const name of wanted) {
  if (!known.includes(name)) {
    console.error(`unknown benchmark; there are: ${known.join(', ')}`);
    process.exit(2);
  }
  const benchmark = (await import(join(here, `${name}.ts`))) as Benchmark;
  const whole = [name, ...options].join('-');
  console.log(`${whole}:`);
  const result = await benchmark.run(options);
  const file = join(here, 'results', `${whole}.json`);
  writeFileSync(
    file,
    `${JSON.stringify({ name: whole, at: new Date().toISOString(), machine: machine(), ...result }, null, 2)}\n`,
  );
  console.log(`  written to bench/results/${whole}.json`);
}

function machine(): object {
  const [first] = cpus();
  return {
    cpu: first?.model ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
  };
}
