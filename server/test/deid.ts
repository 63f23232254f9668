// Services that see nobody: `deid-cloud` rows at stand-ins behind TLS, under an agreement that names them.
import { elementsOf } from '@cordon/contract';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attest, registerServices } from './boundary.ts';
import { ask } from './client.ts';
import type { TestServer } from './server.ts';
import type { StandIn } from './vendors/openai.ts';

/** Name of the authority's file among the tenant's secrets. */
const CREDENTIAL = 'stand-in';

/** The tenant's secrets stand apart from everything else. */
export function trust(server: TestServer, ca: string): void {
  const directory = join(`${server.home}-secrets`, server.credentials.tenant);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeFileSync(join(directory, CREDENTIAL), 'sk-stand-in', { mode: 0o600 });
  writeFileSync(join(directory, `${CREDENTIAL}.ca`), ca, { mode: 0o600 });
}

/** From now on everything leaves de-identified, whatever the service may see. */
export async function deidentifyAlways(server: TestServer, admin: string): Promise<void> {
  const { version: _, ...live } = (await ask(server.url, admin, 'GET', '/api/policy')).body as {
    version: number;
    settings: object;
    rules: object[];
  };
  const rule = { id: 'deid-always', effect: 'require', obligations: { steps: ['deidentify'] } };
  const settings = { ...live.settings, secondPerson: 'waived' };
  const body = { ...live, id: 'deid-always', settings, rules: [...live.rules, rule] };
  const recorded = await ask(server.url, admin, 'POST', '/api/policy/versions', { body });
  const path = `/api/policy/versions/${String(recorded.body['version'])}/activate`;
  const activated = await ask(server.url, admin, 'POST', path, { body: { reason: 'nobody is named' } });
  if (activated.status !== 200) throw new Error(`policy: ${String(activated.status)} ${activated.text}`);
}

export async function registerDeidCloud(
  server: TestServer,
  admin: string,
  services: Readonly<Record<string, StandIn>>,
): Promise<void> {
  const rows = Object.entries(services).map(([id, { url }]) => {
    return { id, endpoint: url, pattern: 'deid-cloud', members: { credential: CREDENTIAL } };
  });
  await registerServices(server, admin, rows);
}

/** What makes `minimised-phi` lawful there: no method of de-identification is in force. */
export async function agree(server: TestServer, admin: string, services: readonly string[]): Promise<void> {
  const clauses = elementsOf('baa').map((id) => `${id}: { status: present, page: 1 }`);
  await attest(server, admin, services, {
    name: 'vendor',
    kind: 'baa',
    form: 'signed',
    parties: '[{ name: Practice, role: covered-entity }, { name: Vendor, role: business-associate }]',
    signed: '2026-01-01',
    training: 'prohibited',
    breachNotice: '{ within: 72, unit: hours }',
    atEnd: '{ duty: destroy, withinDays: 30, certificate: true }',
    clauses: `{ ${clauses.join(', ')} }`,
  });
}
