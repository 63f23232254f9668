// The door in the form that vendors' libraries take. What they get is a Response whose body is read through the door's limits.
import { ProblemError } from '@cordon/contract';
import type { Inbound, OutboundRequest } from './adapter.ts';

type Send = (request: OutboundRequest, signal: AbortSignal) => Promise<Inbound>;

/** Statuses whose answers have no body (Fetch standard, §2.2.3). */
const BODILESS = new Set([204, 205]);

/** `signal` is the call's; a library may add its own, and the first that is raised ends the exchange. */
export function createFetch(send: Send, signal: AbortSignal): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, {
      ...init,
      ...(init?.body instanceof ReadableStream ? { duplex: 'half' } : {}),
    });
    const own = init?.signal ?? (input instanceof Request ? input.signal : null);
    const inbound = await send(await outboundOf(request), own === null ? signal : AbortSignal.any([signal, own]));
    return responseOf(inbound);
  };
}

async function outboundOf(request: Request): Promise<OutboundRequest> {
  if (request.method !== 'GET' && request.method !== 'POST') throw new ProblemError('internal');
  const body = request.body === null ? null : Buffer.from(await request.arrayBuffer());
  return { method: request.method, path: request.url, headers: Object.fromEntries(request.headers), body };
}

function responseOf({ status, headers, body }: Inbound): Response {
  const given = new Headers();
  for (const [name, value] of Object.entries(headers)) if (typeof value === 'string') given.set(name, value);
  return new Response(BODILESS.has(status) ? null : ReadableStream.from(body), { status, headers: given });
}
