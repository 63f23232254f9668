// Azure OpenAI keeps prompts and answers for up to 30 days to look for abuse, unless the resource has the capability
// `ContentLogging: false` ("Data, privacy and security for Azure OpenAI"; REST reference, Accounts - Get). The secret names the resource.
import type { Clock } from '#kernel/clock.ts';
import { EntraTokens } from '#boundary/egress/adapters/azure-openai.ts';
import { listOf, memberAt } from '#boundary/egress/adapters/wire-check.ts';
import { readConfiguration, SILENT, type VendorProbe } from './probe.ts';

const MANAGEMENT = 'https://management.azure.com';
const VERSION = '2024-10-01';
const LOGGED_DAYS = 30;

const RESOURCE =
  /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[\w.()-]{1,90}\/providers\/Microsoft\.CognitiveServices\/accounts\/[\w.-]{2,64}$/i;

export function probeAzureOpenAi(clock: Clock): VendorProbe {
  const tokens = new Map<string, EntraTokens>();
  const tokensFor = (management: string): EntraTokens => {
    const known = tokens.get(management) ?? new EntraTokens(clock, `${management}/.default`);
    tokens.set(management, known);
    return known;
  };
  return async (door, target, signal) => {
    const place = placeIn(await door.secret(target));
    if (place === null) return SILENT; // an API key opens no management interface
    const { resource, management } = place;
    const headers = await tokensFor(management).headers(door, target, signal);
    const path = `${management}${resource}?api-version=${VERSION}`;
    const account = await readConfiguration(door, target, { path, headers }, signal);
    const capabilities = listOf(memberAt(account, 'properties', 'capabilities'));
    const logging = capabilities.find((one) => memberAt(one, 'name') === 'ContentLogging');
    return { retentionDays: String(memberAt(logging, 'value')).toLowerCase() === 'false' ? 0 : LOGGED_DAYS };
  };
}

function placeIn(secret: string | null): { readonly resource: string; readonly management: string } | null {
  if (secret?.startsWith('{') !== true) return null;
  const { resource, management = MANAGEMENT } = JSON.parse(secret) as Record<string, unknown>;
  if (typeof resource !== 'string' || !RESOURCE.test(resource) || typeof management !== 'string') return null;
  return { resource, management: management.replace(/\/+$/, '') };
}
