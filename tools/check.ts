// `npm run check`: types, lint, format, boundaries, dead code, generated files. All run; all failures are reported.
import { spawnSync } from 'node:child_process';

const MINIMUM_MODULES = 400; // dependency-cruiser exits 0 when it sees no module at all (docs/decisions/0002)

interface Check {
  readonly name: string;
  readonly command: readonly string[];
  readonly verify?: (stdout: string) => string | null;
}

const checks: readonly Check[] = [
  { name: 'types', command: ['tsc', '--noEmit', '-p', 'tsconfig.json'] },
  {
    name: 'lint',
    command: [
      'oxlint',
      '--type-aware',
      '--deny-warnings',
      'contract',
      'proofs',
      'deid',
      'server',
      'sdk',
      'cli',
      'tools',
      'bench',
    ],
  },
  { name: 'format', command: ['oxfmt', '--check', '.'] },
  {
    name: 'boundaries',
    command: [
      'depcruise',
      '--config',
      '.dependency-cruiser.mjs',
      'contract/src',
      'proofs/src',
      'deid/src',
      'server/src',
      'sdk/src',
      'cli/src',
    ],
    verify: enoughModules,
  },
  { name: 'generated files', command: ['node', 'tools/generate.ts', '--check'] },
  { name: 'dead code', command: ['knip'] },
  { name: 'lock file', command: ['node', 'tools/lock.ts'] },
  { name: 'licences', command: ['node', 'tools/licences.ts'] },
];

function enoughModules(stdout: string): string | null {
  const seen = Number(/(\d+) modules/.exec(stdout)?.[1] ?? 0);
  return seen >= MINIMUM_MODULES
    ? null
    : `dependency-cruiser saw ${seen} modules, expected at least ${MINIMUM_MODULES}`;
}

let failed = 0;
for (const check of checks) {
  const started = Date.now();
  const [program = '', ...args] = check.command;
  const run = spawnSync(`node_modules/.bin/${program}`, args, { encoding: 'utf8' });
  const complaint = run.status === 0 ? (check.verify?.(run.stdout) ?? null) : `exit ${run.status}`;
  console.log(
    `${complaint === null ? 'ok  ' : 'FAIL'} ${check.name} (${((Date.now() - started) / 1000).toFixed(1)} s)`,
  );
  if (complaint !== null) {
    failed += 1;
    console.log(run.stdout, run.stderr, complaint);
  }
}
process.exitCode = failed === 0 ? 0 : 1;
