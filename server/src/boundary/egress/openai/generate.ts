// One call to a service of OpenAI's shape, wherever it stands and however it is opened: shared by `openai` and `azure-openai`.
import type { Door, ModelAnswer, ModelRequest, OutboundRequest, Target } from '#boundary/egress/adapter.ts';
import { releasedHeaders } from '#boundary/egress/headers.ts';
import { mediaType, parseObject, readWhole, wrongType } from '#boundary/egress/whole.ts';
import { outgoingOf, type Wishes } from './outgoing.ts';
import { refusedAnswer } from './refusal.ts';
import { StreamReader } from './stream.ts';
import { usageOf } from './usage.ts';

/** How a service is addressed: what differs between the vendors of this shape. */
export interface Way extends Wishes {
  readonly path: string;
  /** Credentials; lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Errors: `invalid_request`, those of the door, `upstream_refused` {status}. */
export async function generate(
  door: Door,
  target: Target,
  request: ModelRequest,
  way: Way,
  signal: AbortSignal,
): Promise<ModelAnswer> {
  const { bytes, usageIsOurs } = outgoingOf(request, way);
  const outbound: OutboundRequest = {
    method: 'POST',
    path: way.path,
    headers: {
      ...way.headers,
      'content-type': 'application/json',
      accept: request.stream ? 'text/event-stream' : 'application/json',
    },
    body: bytes,
  };
  const inbound = await door.send(target, outbound, signal);
  if (inbound.status !== 200) return refusedAnswer(inbound);
  const headers = releasedHeaders(inbound.headers);
  if (mediaType(inbound.headers) !== (request.stream ? 'text/event-stream' : 'application/json')) {
    await inbound.body[Symbol.asyncIterator]().return?.();
    throw wrongType();
  }
  if (request.stream) {
    const reader = new StreamReader(request.api, usageIsOurs);
    return { kind: 'stream', segments: reader.segments(inbound.body), usage: () => reader.usage(), headers };
  }
  const answer = await readWhole(inbound);
  return { kind: 'whole', bytes: answer, usage: usageOf(parseObject(answer)['usage']), headers };
}
