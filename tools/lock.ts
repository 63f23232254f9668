// `npm ci` refuses a lock file that lacks an optional package of another platform. npm leaves such a package out when the registry
// it asked did not have it, and whenever it is run over installed modules. This writes them in as their parents name them;
// `--check` only says what is missing.
import { readFile, writeFile } from 'node:fs/promises';

interface Entry {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const LOCK = 'package-lock.json';
const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const PROCESSORS = ['arm64', 'arm', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];

const text = await readFile(LOCK, 'utf8');
const lock = JSON.parse(text) as { packages: Record<string, Entry> };
const missing = missingIn(lock.packages);
if (process.argv.includes('--check')) {
  for (const path of Object.keys(missing)) console.log(`${LOCK} lacks ${path}: run \`node tools/lock.ts\``);
  process.exitCode = Object.keys(missing).length === 0 ? 0 : 1;
} else if (Object.keys(missing).length > 0) {
  const sorted = Object.entries({ ...lock.packages, ...missing }).toSorted(([a], [b]) => a.localeCompare(b, 'en'));
  await writeFile(LOCK, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
  console.log(`${LOCK}: ${Object.keys(missing).length} packages of other platforms written in`);
}

function missingIn(packages: Readonly<Record<string, Entry>>): Record<string, object> {
  const found: Record<string, object> = {};
  for (const parent of Object.values(packages)) {
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
      const path = `node_modules/${name}`;
      const there = Object.keys(packages).some((each) => each === path || each.endsWith(`/${path}`));
      if (!there && /^\d+\.\d+\.\d+\S*$/.test(version)) found[path] = entryOf(name, version, parent);
    }
  }
  return found;
}

/** System and processor stand in the name: `@oxlint/binding-win32-x64-msvc`. */
function entryOf(name: string, version: string, { dev, license }: Entry): object {
  const words = new Set(name.split(/[-/]/));
  const cpu = PROCESSORS.filter((word) => words.has(word));
  const os = SYSTEMS.filter((word) => words.has(word));
  return {
    version,
    ...(cpu.length > 0 && { cpu }),
    ...(dev === true && { dev }),
    ...(license !== undefined && { license }),
    optional: true,
    ...(os.length > 0 && { os }),
  };
}
