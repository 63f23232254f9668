// Generated files: made from the contract, committed, and compared by `npm run check` (`--check` writes nothing).
import { readFile, writeFile } from 'node:fs/promises';
import { openapiDocument, policySchema } from '@cordon/contract';
import { errorsPage } from './generate/errors.ts';
import { permissionsPage } from './generate/permissions.ts';
import { routesPage } from './generate/routes.ts';
import { sdkTypes } from './generate/sdk.ts';

interface Generated {
  readonly path: string;
  readonly make: () => Promise<string> | string;
}

const files: readonly Generated[] = [
  { path: 'docs/errors.md', make: errorsPage },
  { path: 'docs/permissions.md', make: permissionsPage },
  { path: 'docs/routes.md', make: routesPage },
  { path: 'docs/formats/policy.schema.json', make: () => `${JSON.stringify(policySchema(), null, 2)}\n` },
  { path: 'docs/openapi.json', make: () => `${JSON.stringify(openapiDocument(), null, 2)}\n` },
  { path: 'sdk/src/openapi.ts', make: () => sdkTypes(openapiDocument()) },
];

async function main(check: boolean): Promise<void> {
  const stale: string[] = [];
  for (const { path, make } of files) {
    const wanted = await make();
    const held = await readFile(path, 'utf8').catch(() => null);
    if (held === wanted) continue;
    stale.push(path);
    if (!check) await writeFile(path, wanted);
  }
  for (const path of stale) console.log(check ? `${path} is stale: run \`npm run generate\`` : `wrote ${path}`);
  process.exitCode = check && stale.length > 0 ? 1 : 0;
}

await main(process.argv.includes('--check'));
