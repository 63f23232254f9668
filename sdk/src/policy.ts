// Past decisions made again: progress while the server works, then the counts.
import { ReplayEvent, type SimulateRequest, SimulationEvent } from '@cordon/contract';
import type { CordonClientOptions } from './client.ts';
import { serverEvents } from './events.ts';
import { problemOf, unreachable } from './problem.ts';

export interface PastOptions {
  readonly signal?: AbortSignal;
}

/** The last event is `done`. Errors: `CordonError` of a refusal, or `server_unreachable` when the server went away before it. */
export function simulatePolicy(
  client: CordonClientOptions,
  request: SimulateRequest,
  options: PastOptions = {},
): AsyncGenerator<SimulationEvent> {
  return events(client, '/api/policy/simulate', request, SimulationEvent, options);
}

/** As `simulatePolicy`: every decision of the window, made again from its recorded versions. */
export function replayPolicy(
  client: CordonClientOptions,
  window: { readonly from?: string; readonly to?: string },
  options: PastOptions = {},
): AsyncGenerator<ReplayEvent> {
  return events(client, '/api/policy/replay', window, ReplayEvent, options);
}

interface Parser<Event> {
  parse(value: unknown): Event;
}

async function* events<Event extends { readonly state: string }>(
  client: CordonClientOptions,
  path: string,
  body: object,
  schema: Parser<Event>,
  { signal }: PastOptions,
): AsyncGenerator<Event> {
  const send = client.fetch ?? globalThis.fetch;
  const headers = {
    accept: 'text/event-stream',
    'content-type': 'application/json',
    ...(client.credential !== '' && { authorization: `Bearer ${client.credential}` }),
  };
  const request = new Request(`${client.url.replace(/\/+$/, '')}${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
    ...(signal !== undefined && { signal }),
  });
  const response = await send(request).catch((error: unknown) => {
    throw unreachable(error);
  });
  if (!response.ok || response.body === null) throw problemOf(response, await response.json().catch(() => null));
  for await (const { data } of serverEvents(response.body)) {
    const parsed = schema.parse(JSON.parse(data));
    yield parsed;
    if (parsed.state === 'done') return;
  }
  throw unreachable(null);
}
