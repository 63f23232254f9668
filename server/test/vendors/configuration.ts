// Vendors' own interfaces to what is configured, as stand-ins: OpenAI's data retention, Bedrock's invocation logging, Vertex AI's cache,
// and an Azure resource. Forms of answers from the vendors' references; who may ask is checked as they check it.
import type { Reply } from './faults.ts';
import { exchange, GOOGLE_TOKEN } from './google-account.ts';
import { AWS_KEYS, sha256, signatureFault } from './sigv4.ts';
import { json, type Seen, standIn, type StandIn } from './stand-in.ts';

export const ADMIN_KEY = 'sk-admin-stand-in';

export interface OpenAiRetention {
  readonly project: string;
  readonly organization: string;
}

export function openAiRetention(configured: () => OpenAiRetention): Promise<StandIn> {
  return standIn(({ method, url, headers }) => {
    if (headers['authorization'] !== `Bearer ${ADMIN_KEY}`) return json({ error: { code: 'invalid_api_key' } }, 401);
    const { project, organization } = configured();
    if (method !== 'GET') return json({ error: { code: 'method' } }, 405);
    if (url === '/v1/organization/projects/proj_clinic/data_retention')
      return json({ object: 'project.data_retention', type: project });
    if (url === '/v1/organization/data_retention')
      return json({ object: 'organization.data_retention', type: organization });
    return json({ error: { code: 'not_found' } }, 404);
  });
}

export function bedrockLogging(config: () => object | null): Promise<StandIn> {
  return standIn((seen) => {
    const fault = signatureFault(seen, sha256(''), AWS_KEYS, 'bedrock');
    if (fault !== null) return refusedByAws(403, `CANARY ${fault}`);
    if (seen.method !== 'GET' || seen.url !== '/logging/modelinvocations') return refusedByAws(404, 'CANARY');
    const loggingConfig = config();
    return json(loggingConfig === null ? {} : { loggingConfig });
  });
}

function refusedByAws(status: number, message: string): Reply {
  return json({ message }, status, { 'x-amzn-errortype': 'AccessDeniedException:http://internal.amazon.com/' });
}

export function vertexCache(disabled: () => boolean | null): Promise<StandIn> {
  return standIn((seen: Seen) => {
    if (seen.url === '/token') return exchange(seen);
    if (seen.headers['authorization'] !== `Bearer ${GOOGLE_TOKEN}`) return json({ error: { status: 'CANARY' } }, 401);
    if (seen.url !== '/v1/projects/clinic/cacheConfig') return json({ error: { status: 'NOT_FOUND' } }, 404);
    const disableCache = disabled();
    return json({ name: 'projects/clinic/cacheConfig', ...(disableCache === null ? {} : { disableCache }) });
  });
}

export const ARM_RESOURCE =
  '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/clinic/providers/Microsoft.CognitiveServices/accounts/clinic-openai';

/** `token`: what the authority gave. */
export function azureResource(token: () => string, capabilities: () => readonly object[]): Promise<StandIn> {
  return standIn(({ url, headers }) => {
    if (headers['authorization'] !== `Bearer ${token()}`) return json({ error: { code: 'CANARY' } }, 401);
    if (url !== `${ARM_RESOURCE}?api-version=2024-10-01`) return json({ error: { code: 'ResourceNotFound' } }, 404);
    return json({ id: ARM_RESOURCE, kind: 'OpenAI', properties: { capabilities: capabilities() } });
  });
}
