// Each probe against its vendor's interface over real HTTP, through the door.
import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { never, openDoor, target, type TestDoor } from '#boundary/egress/egress.fixture.ts';
import type { Service } from '#boundary/policy/snapshot.ts';
import { systemClock } from '#kernel/clock.ts';
import { createAuthority } from '#test/vendors/certificates.ts';
import {
  ADMIN_KEY,
  ARM_RESOURCE,
  azureResource,
  bedrockLogging,
  openAiRetention,
  vertexCache,
} from '#test/vendors/configuration.ts';
import { startEntra } from '#test/vendors/entra.ts';
import { serviceAccount } from '#test/vendors/google-account.ts';
import { AWS_KEYS } from '#test/vendors/sigv4.ts';
import { probeAzureOpenAi } from './azure-openai.ts';
import { probeBedrock } from './bedrock.ts';
import { probeOpenAi } from './openai.ts';
import type { Finding, VendorProbe } from './probe.ts';
import { probeVertex } from './vertex.ts';

let way: TestDoor;
const closing: (() => unknown)[] = [];
beforeEach(() => {
  way = openDoor();
});
afterEach(async () => {
  await way.close();
  for (const close of closing.splice(0)) await close();
});

async function house<T extends { close(): Promise<void> }>(started: Promise<T>): Promise<T> {
  const one = await started;
  closing.push(() => one.close());
  return one;
}

const asked = (probe: VendorProbe, endpoint: string, row: Partial<Service>): Promise<Finding> =>
  probe(way.door, target(endpoint, { credential: 'vendor', ...row }), never());

describe('OpenAI', () => {
  const configured = { project: 'organization_default', organization: 'zero_data_retention' };
  const row = { account: 'proj_clinic' };

  it('the stand-in satisfies the official client', async () => {
    const vendor = await house(openAiRetention(() => configured));
    const client = new OpenAI({ baseURL: `${vendor.url}/v1`, apiKey: 'none', adminAPIKey: ADMIN_KEY, maxRetries: 0 });
    expect(await client.admin.organization.dataRetention.retrieve()).toMatchObject({ type: 'zero_data_retention' });
    expect(await client.admin.organization.projects.dataRetention.retrieve('proj_clinic')).toMatchObject({
      type: 'organization_default',
    });
  });

  it.each([
    ['none', 'zero_data_retention', { retentionDays: 30 }],
    ['zero_data_retention', 'modified_abuse_monitoring', { retentionDays: 0 }],
    ['organization_default', 'enhanced_zero_data_retention', { retentionDays: 0 }],
    ['organization_default', 'modified_abuse_monitoring', {}],
  ])('project %s, organisation %s', async (project, organization, finding) => {
    const vendor = await house(openAiRetention(() => ({ project, organization })));
    way.give('vendor-admin', ADMIN_KEY);
    expect(await asked(probeOpenAi, `${vendor.url}/v1`, row)).toEqual(finding);
  });

  it('without the admin key, or with one that may not ask, nothing is found', async () => {
    const vendor = await house(openAiRetention(() => configured));
    await expect(asked(probeOpenAi, `${vendor.url}/v1`, row)).rejects.toMatchObject({ code: 'credential_unusable' });
    expect(vendor.seen).toHaveLength(0);
    way.give('other-admin', 'sk-other');
    const other = asked(probeOpenAi, `${vendor.url}/v1`, { ...row, credential: 'other' });
    await expect(other).rejects.toMatchObject({ code: 'upstream_refused' });
  });

  it('a word that nobody knows is none, and a service without a project is not asked', async () => {
    const vendor = await house(openAiRetention(() => ({ project: 'kept-forever', organization: 'none' })));
    way.give('vendor-admin', ADMIN_KEY);
    await expect(asked(probeOpenAi, `${vendor.url}/v1`, row)).rejects.toMatchObject({ code: 'upstream_invalid' });
    expect(await asked(probeOpenAi, `${vendor.url}/v1`, { account: null })).toEqual({});
  });
});

describe('Bedrock', () => {
  const s3Config = { bucketName: 'clinic-logs' };

  it.each([
    [null, 'generate', { retentionDays: 0 }],
    [{ textDataDeliveryEnabled: false, s3Config }, 'generate', { retentionDays: 0 }],
    [{ textDataDeliveryEnabled: true }, 'generate', { retentionDays: 0 }],
    [{ textDataDeliveryEnabled: true, s3Config }, 'generate', { retentionDays: 'unknown' }],
    [{ cloudWatchConfig: { logGroupName: 'g' } }, 'generate', { retentionDays: 'unknown' }],
    [{ textDataDeliveryEnabled: true, embeddingDataDeliveryEnabled: false, s3Config }, 'embed', { retentionDays: 0 }],
  ] as const)('%j of a service that can %s', async (config, capability, finding) => {
    const vendor = await house(bedrockLogging(() => config));
    way.give('vendor', JSON.stringify(AWS_KEYS));
    const regions = { inference: 'us-east-1', storage: 'us', support: 'us', logs: 'us' };
    expect(await asked(probeBedrock(systemClock), vendor.url, { adapter: 'bedrock', capability, regions })).toEqual(
      finding,
    );
  });

  it('an endpoint in a VPC has no such interface', async () => {
    const endpoint = 'https://vpce-1.bedrock-runtime.us-east-1.vpce.amazonaws.com';
    expect(await asked(probeBedrock(systemClock), endpoint, { adapter: 'bedrock' })).toEqual({});
  });
});

describe('Vertex AI', () => {
  it.each([
    [true, { retentionDays: 0 }],
    [false, { retentionDays: 1 }],
    [null, { retentionDays: 1 }],
  ])('disableCache %s', async (disabled, finding) => {
    const vendor = await house(vertexCache(() => disabled));
    way.give('vendor', JSON.stringify(serviceAccount(`${vendor.url}/token`)));
    const row = { adapter: 'vertex', account: 'clinic' };
    expect(await asked(probeVertex(systemClock), vendor.url, row)).toEqual(finding);
    expect(await asked(probeVertex(systemClock), vendor.url, { ...row, capability: 'transcribe' })).toEqual({});
  });
});

describe('Azure OpenAI', () => {
  it.each([
    [[{ name: 'ContentLogging', value: 'false' }], { retentionDays: 0 }],
    [[{ name: 'VirtualNetworks' }], { retentionDays: 30 }],
    [[], { retentionDays: 30 }],
  ])('capabilities %j', async (capabilities, finding) => {
    const authority = createAuthority();
    closing.push(() => authority.close());
    const entra = await house(startEntra(authority.issue('localhost')));
    const vendor = await house(
      azureResource(
        () => 'token-1',
        () => capabilities,
      ),
    );
    const client = { tenant_id: 'T', client_id: 'C', client_secret: 'S', authority: entra.url };
    way.give('vendor', JSON.stringify({ ...client, resource: ARM_RESOURCE, management: vendor.url }));
    way.give('vendor.ca', authority.ca);
    way.give('vendor.hosts', `${entra.url}\n${vendor.url}`);
    const row = { adapter: 'azure-openai' };
    expect(await asked(probeAzureOpenAi(systemClock), vendor.url, row)).toEqual(finding);
    expect(entra.asked[0]).toContain(encodeURIComponent(`${vendor.url}/.default`));
    way.give('vendor', 'an-api-key');
  });

  it('an API key opens no management interface', async () => {
    way.give('vendor', 'an-api-key');
    expect(await asked(probeAzureOpenAi(systemClock), 'https://x.openai.azure.com', {})).toEqual({});
  });
});
