// The first start: who may come in is made and written down; then the line that scripts wait for.
import { writeFileSync } from 'node:fs';
import { rename, stat, writeFile } from 'node:fs/promises';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { firstStart, type FirstCredentials } from '#custody/access/bootstrap.ts';
import type { AccessContext } from '#custody/access/context.ts';
import { noteSigner } from '#custody/ledger/signing.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Foundation } from './foundation.ts';

const FIRST_TENANT = 'First tenant';
const FIRST_ADMIN = 'Administrator';
const FIRST_EMAIL = 'admin@localhost.localdomain';

export interface Greeting {
  readonly onTenant: (tenant: TenantId) => Promise<void>;
  /** A line on standard output. */
  readonly say: (line: string) => void;
}

/** First start: tenant, administrator, key, written once before they are committed; then the line that scripts wait for. */
export async function welcome(
  foundation: Foundation,
  access: AccessContext,
  url: string,
  greet: Greeting,
): Promise<void> {
  const { config, keys } = foundation;
  await writeFile(join(config.home, 'log.vkey'), `${noteSigner(keys.signingKey()).vkey}\n`, { mode: 0o644 });
  const file = join(config.home, 'credentials.json');
  const made = await firstStart(access, {
    tenantName: FIRST_TENANT,
    adminName: FIRST_ADMIN,
    adminEmail: FIRST_EMAIL,
    deliver: (credentials) => writeCredentials(file, url, credentials),
  });
  if (made !== null) {
    await greet.onTenant(made.tenant);
  }
  await writeFile(join(config.home, 'run.json'), `${JSON.stringify({ url, pid: process.pid })}\n`, { mode: 0o600 });
  greet.say(`ready ${url}`);
  flushCompileCache(); // else it is written at an orderly end only, and a server that is always killed would compile at every start
}

async function writeCredentials(file: string, url: string, credentials: FirstCredentials): Promise<void> {
  const { tenant, apiKey, adminEmail, adminPassword, adminTotpSecret, adminRecoveryCodes } = credentials;
  const content = { url, tenant, apiKey, adminEmail, adminPassword, adminTotpSecret, adminRecoveryCodes };
  const unfinished = `${file}.unfinished`;
  writeFileSync(unfinished, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flush: true });
  await rename(unfinished, file);
  await stat(file);
}
