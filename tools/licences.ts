// `npm run check`: whoever installs Cordon takes on the licences of what it ships with. Those below ask for a notice and nothing
// else; packages for development only are not shipped and may carry others. Read from package-lock.json, which npm fills in.
import { readFile } from 'node:fs/promises';

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
}

/** SPDX identifiers. */
const PERMISSIVE: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'PostgreSQL',
  'Unlicense',
  'Zlib',
]);

/** Shipped packages with their licences, `name@version` first. */
export function shipped(packages: Readonly<Record<string, Locked>>): readonly (readonly [string, string])[] {
  return Object.entries(packages)
    .filter(([path, { link, dev }]) => path.includes('node_modules/') && link !== true && dev !== true)
    .map(([path, { version, license }]) => [
      `${path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${version ?? ''}`,
      license ?? 'none stated',
    ]);
}

/** An SPDX expression of one level: with OR one choice must be permissive, with AND every part. */
export function isPermissive(expression: string): boolean {
  const plain = expression.replace(/^\((.*)\)$/, '$1');
  if (plain.includes(' OR ')) return plain.split(' OR ').some((each) => PERMISSIVE.has(each));
  return plain.split(' AND ').every((each) => PERMISSIVE.has(each));
}

if (import.meta.main) {
  const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8')) as {
    readonly packages: Readonly<Record<string, Locked>>;
  };
  const all = shipped(packages);
  const refused = all.filter(([, licence]) => !isPermissive(licence));
  const counts = Map.groupBy(all, ([, licence]) => licence);
  console.log([...counts].map(([licence, found]) => `${licence}: ${String(found.length)}`).join(', '));
  for (const [name, licence] of refused)
    console.log(`${name}: ${licence} is not among the licences of tools/licences.ts`);
  process.exitCode = all.length > 0 && refused.length === 0 ? 0 : 1;
}
