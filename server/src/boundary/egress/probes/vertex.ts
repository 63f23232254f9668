// Vertex AI keeps what Gemini was asked and answered for 24 hours in a cache, unless the project's cacheConfig says `disableCache`
// (REST reference, projects.getCacheConfig).
import type { Clock } from '#kernel/clock.ts';
import { endpointOf } from '#boundary/egress/adapters/aws.ts';
import { GoogleTokens } from '#boundary/egress/adapters/google-token.ts';
import { readConfiguration, SILENT, type VendorProbe } from './probe.ts';

const CACHED_DAYS = 1;

export function probeVertex(clock: Clock): VendorProbe {
  const tokens = new GoogleTokens(clock);
  return async (door, target, signal) => {
    const { service } = target;
    const endpoint = endpointOf(service);
    const project = /\/projects\/([^/]+)\//.exec(endpoint)?.[1] ?? service.account;
    if (service.capability !== 'generate' || project === null || !/^[a-z0-9:.-]{1,63}$/.test(project)) return SILENT;
    const token = await tokens.token(door, target, await door.secret(target), signal);
    const path = `${new URL(endpoint).origin}/v1/projects/${project}/cacheConfig`;
    const config = await readConfiguration(
      door,
      target,
      { path, headers: { authorization: `Bearer ${token}` } },
      signal,
    );
    return { retentionDays: config['disableCache'] === true ? 0 : CACHED_DAYS };
  };
}
