// The door as adapters see it, straight to a stand-in on this machine; the real one has its own tests.
import { isProblem, ProblemError } from '@cordon/contract';
import type { Door, OutboundRequest, Target } from '#boundary/egress/adapter.ts';
import type { Service } from '#boundary/policy/snapshot.ts';

export function doorTo(secret: string | null): Door {
  return {
    secret: () => Promise.resolve(secret),
    fetchFor: (_target, signal) => async (input, init) => {
      const own = init?.signal ?? null;
      const both = own === null ? signal : AbortSignal.any([signal, own]);
      return await fetch(input, { ...init, signal: both }).catch((error: unknown) => {
        throw leaving(error, signal);
      });
    },
    send: async (target, request, signal) => {
      const response = await fetch(addressOf(target, request), {
        method: request.method,
        headers: request.headers,
        body: request.body === null ? null : (request.body as ReadableStream<Uint8Array>),
        ...(request.body === null ? {} : { duplex: 'half' }),
        redirect: 'manual',
        signal,
      }).catch((error: unknown) => {
        throw leaving(error, signal);
      });
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: bodyOf(response, signal),
      };
    },
  };
}

function addressOf({ service }: Target, { path }: OutboundRequest): string {
  return path.startsWith('/') ? `${service.endpoint}${path}` : path;
}

async function* bodyOf(response: Response, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response.body ?? []) yield chunk as Uint8Array;
  } catch (error) {
    if (signal.aborted) throw leaving(error, signal);
    throw new ProblemError('upstream_invalid');
  }
}

function leaving(error: unknown, signal: AbortSignal): ProblemError {
  if (isProblem(error)) return error;
  if (!signal.aborted) return new ProblemError('upstream_unavailable');
  return isProblem(signal.reason) ? signal.reason : new ProblemError('caller_gone');
}

export function targetOf(change: Partial<Service>): Target {
  const service: Service = {
    id: 'stand-in',
    version: 1,
    vendor: 'A vendor',
    product: 'A product',
    model: 'model-1',
    capability: 'generate',
    modality: 'text',
    adapter: 'a',
    endpoint: 'http://127.0.0.1:9',
    account: null,
    credential: 'stand-in',
    regions: { inference: 'us-east-1', storage: 'us', support: 'us', logs: 'us' },
    stage: 'ga',
    retentionDays: 0,
    trainsOnContent: 'never',
    isolation: 'self-hosted',
    pattern: 'on-prem',
    vendorManagesWeightsOnly: true,
    dataClasses: ['phi'],
    features: [],
    accuracy: 'standard',
    enabled: true,
    ...change,
  };
  return { service, boundary: { cidrs: ['127.0.0.0/8'], hosts: [] } };
}
