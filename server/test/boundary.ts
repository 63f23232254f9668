// A real server whose language models are stand-ins on this machine, registered as a privacy officer would.
import { ask, signIn } from './client.ts';
import type { TestServer } from './server.ts';

export interface ServiceWish {
  readonly id: string;
  readonly endpoint: string;
  readonly capability?: 'generate' | 'embed';
  readonly pattern?: string;
  /** YAML lines that replace those of the same member. */
  readonly members?: Readonly<Record<string, string>>;
}

export function administrator(server: TestServer): Promise<string> {
  const { adminEmail, adminPassword, adminTotpSecret } = server.credentials;
  return signIn(server.url, { email: adminEmail, password: adminPassword, secret: adminTotpSecret });
}

/** Errors: whatever the import answers but 200. */
export async function registerServices(
  server: TestServer,
  admin: string,
  services: readonly ServiceWish[],
): Promise<void> {
  await apply(server, admin, 'services', `services:\n${services.map(serviceYaml).join('')}`);
}

/** An attestation of the house's own hosts that names these services. `members`: replaces YAML lines, null leaves one out. */
export async function attest(
  server: TestServer,
  admin: string,
  services: readonly string[],
  members: Readonly<Record<string, string>> = {},
): Promise<void> {
  const rows = {
    name: 'own-hosts',
    kind: 'attestation',
    form: 'internal',
    parties: '[{ name: Practice, role: covered-entity }]',
    effective: '2026-01-01T00:00:00Z',
    expires: '2036-01-01T00:00:00Z',
    services: `[${services.join(', ')}]`,
    regions: '[us]',
    capabilities: '[generate, embed, transcribe]',
    modalities: '[text, audio]',
    retentionDays: '0',
    statesIsolation: 'true',
    reviewed: '{ by: Officer, on: 2026-01-01 }',
    clauses: '{ H-01: { status: present }, H-02: { status: present }, H-03: { status: present } }',
    ...members,
  };
  const lines = Object.entries(rows).map(([name, value], at) => `${at === 0 ? '  - ' : '    '}${name}: ${value}\n`);
  await apply(server, admin, 'agreements', `agreements:\n${lines.join('')}`);
}

function serviceYaml({
  id,
  endpoint,
  capability = 'generate',
  pattern = 'on-prem',
  members = {},
}: ServiceWish): string {
  const rows = {
    id,
    vendor: 'This house',
    product: 'stand-in',
    model: 'stand-in-1',
    capability,
    modality: 'text',
    adapter: 'openai',
    endpoint,
    regions: '{ inference: us, storage: us, support: us, logs: us }',
    stage: 'ga',
    retentionDays: '0',
    trainsOnContent: 'never',
    isolation: 'self-hosted',
    pattern,
    dataClasses: '[public, deidentified, limited-data-set, minimised-phi, phi]',
    ...members,
  };
  return Object.entries(rows)
    .map(([name, value], at) => `${at === 0 ? '  - ' : '    '}${name}: ${value}\n`)
    .join('');
}

async function apply(server: TestServer, admin: string, kind: 'services' | 'agreements', yaml: string): Promise<void> {
  const raw = { bytes: yaml, type: 'application/yaml' };
  const answer = await ask(server.url, admin, 'POST', `/api/registry/${kind}`, { raw });
  if (answer.status !== 200) throw new Error(`${kind}: ${String(answer.status)} ${answer.text}`);
}
