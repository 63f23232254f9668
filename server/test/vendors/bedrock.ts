// Amazon Bedrock's runtime as a stand-in: Converse and ConverseStream, signatures checked, frames with CRCs.
import { event, exception } from './event-frames.ts';
import { pieces, type Said } from './said.ts';
import { AWS_KEYS, sha256, signatureFault } from './sigv4.ts';
import type { Reply } from './faults.ts';
import { json, type Seen, standIn, type StandIn } from './stand-in.ts';

const ENDS = {
  stop: 'end_turn',
  length: 'max_tokens',
  tools: 'tool_use',
  filter: 'guardrail_intervened',
  unknown: 'new_word',
};

export interface BedrockOptions {
  readonly said: () => Said;
  /** The stream ends with this exception instead. */
  readonly exception?: () => string | null;
}

export function bedrock({ said, exception: broken = () => null }: BedrockOptions): Promise<StandIn> {
  return standIn((seen) => {
    const fault = signatureFault(seen, sha256(seen.body), AWS_KEYS, 'bedrock');
    if (fault !== null) return refusal(403, 'InvalidSignatureException', fault);
    const [, model, operation] = /^\/model\/([^/]+)\/(converse|converse-stream)$/.exec(seen.url) ?? [];
    if (model === undefined) return refusal(404, 'ResourceNotFoundException', seen.url);
    const wrong = faultOf(seen);
    if (wrong !== null) return refusal(400, 'ValidationException', wrong);
    return operation === 'converse' ? whole(said()) : streamed(said(), broken());
  });
}

function refusal(status: number, type: string, message: string): Reply {
  return json({ message: `${message}: CANARY-ECHO` }, status, {
    'x-amzn-errortype': `${type}:http://internal.amazon.com/`,
  });
}

/** What the service itself checks of a request's form. */
function faultOf({ body }: Seen): string | null {
  const request = JSON.parse(body.toString()) as { messages?: { role: string; content: Record<string, unknown>[] }[] };
  const messages = request.messages ?? [];
  if (messages[0]?.role !== 'user') return 'A conversation must start with a user message';
  if (messages.some(({ role }, index) => index > 0 && messages[index - 1]?.role === role))
    return 'roles must alternate';
  if (messages.some(({ content }) => content.length === 0 || content.some(({ text }) => text === '')))
    return 'blank text';
  return null;
}

function usageOf({ usage = { input: 1, cached: 0, output: 1 } }: Said): object {
  return {
    inputTokens: usage.input - usage.cached,
    cacheReadInputTokens: usage.cached,
    outputTokens: usage.output,
    totalTokens: usage.input + usage.output,
  };
}

function endOf(said: Said): string {
  return ENDS[said.end ?? (said.calls === undefined ? 'stop' : 'tools')];
}

function whole(said: Said): Reply {
  const texts = said.text.length > 0 ? [{ text: said.text.join('') }] : [];
  const calls = (said.calls ?? []).map(({ id, name, input }) => ({ toolUse: { toolUseId: id, name, input } }));
  return json({
    output: { message: { role: 'assistant', content: [...texts, ...calls] } },
    stopReason: endOf(said),
    usage: usageOf(said),
    metrics: { latencyMs: 3 },
  });
}

function streamed(said: Said, broken: string | null): Reply {
  const blocks = [
    ...said.text.map((text) => event('contentBlockDelta', { contentBlockIndex: 0, delta: { text } })),
    ...(said.text.length > 0 ? [event('contentBlockStop', { contentBlockIndex: 0 })] : []),
    ...(said.calls ?? []).flatMap(({ id, name, input }, index) => [
      event('contentBlockStart', { contentBlockIndex: index + 1, start: { toolUse: { toolUseId: id, name } } }),
      ...pieces(JSON.stringify(input)).map((piece) =>
        event('contentBlockDelta', { contentBlockIndex: index + 1, delta: { toolUse: { input: piece } } }),
      ),
      event('contentBlockStop', { contentBlockIndex: index + 1 }),
    ]),
  ];
  const end =
    broken === null
      ? [
          event('messageStop', { stopReason: endOf(said) }),
          event('metadata', { usage: usageOf(said), metrics: { latencyMs: 3 } }),
        ]
      : [exception(broken, { message: 'CANARY-ECHO' })];
  return {
    status: 200,
    headers: { 'content-type': 'application/vnd.amazon.eventstream' },
    chunks: [event('messageStart', { role: 'assistant' }), ...blocks, ...end],
  };
}
