// `npm run check`: package-lock.json is whole. npm 11 refuses `npm ci` when an optional package of another platform is missing,
// and npm leaves it out when the registry it asked did not hold that version; a package without a digest would not be verified.
// Remedy: pin a version whose packages are there for every platform, then `npm install --package-lock-only`.
import { readFile } from 'node:fs/promises';

interface Locked {
  readonly version?: string;
  readonly link?: boolean;
  readonly integrity?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

type Packages = Readonly<Record<string, Locked>>;

/** What is wrong with a lock file's `packages`, one line each. */
export function faultsOf(packages: Packages): readonly string[] {
  return Object.entries(packages).flatMap(([path, locked]) => [
    ...missingOf(packages, path, locked),
    ...(installed(path, locked) && locked.integrity === undefined ? [`${path} has no integrity`] : []),
  ]);
}

function missingOf(packages: Packages, path: string, { optionalDependencies = {} }: Locked): readonly string[] {
  return Object.keys(optionalDependencies)
    .filter((name) => !found(packages, path, name))
    .map((name) => `${path} names ${name}, which is missing`);
}

/** Node's own way of looking: in the package's own node_modules, then in each one further out. */
function found(packages: Packages, from: string, name: string): boolean {
  const prefix = from === '' ? '' : `${from}/`;
  if (Object.hasOwn(packages, `${prefix}node_modules/${name}`)) return true;
  if (from === '') return false;
  const outer = from.lastIndexOf('/node_modules/');
  return found(packages, outer === -1 ? '' : from.slice(0, outer), name);
}

/** Workspaces are part of the checkout and have no tarball. */
function installed(path: string, { link }: Locked): boolean {
  return path.includes('node_modules/') && link !== true;
}

if (import.meta.main) {
  const lock = JSON.parse(await readFile('package-lock.json', 'utf8')) as { readonly packages: Packages };
  const faults = faultsOf(lock.packages);
  for (const fault of faults) console.log(`package-lock.json: ${fault}`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
