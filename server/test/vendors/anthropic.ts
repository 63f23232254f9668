// Anthropic's Messages API as a stand-in: JSON and server-sent events of version 2023-06-01.
import type { Reply } from './faults.ts';
import { pieces, type Said } from './said.ts';
import { json, standIn, type StandIn } from './stand-in.ts';

const ENDS = { stop: 'end_turn', length: 'max_tokens', tools: 'tool_use', filter: 'refusal', unknown: 'new_word' };

export const ANTHROPIC_KEY = 'sk-ant-stand-in-0001';

export interface AnthropicOptions {
  readonly said: () => Said;
  /** The stream breaks with an event of this error type instead of its end. */
  readonly error?: () => string | null;
}

export function anthropic({ said, error: broken = () => null }: AnthropicOptions): Promise<StandIn> {
  return standIn((seen) => {
    // Both ways are open: the vendor's client has gone over from the first to the second.
    const given = seen.headers['x-api-key'] ?? seen.headers['authorization']?.replace(/^Bearer /, '');
    if (given !== ANTHROPIC_KEY) return refusal(401, 'authentication_error');
    if (seen.headers['anthropic-version'] !== '2023-06-01') return refusal(400, 'invalid_request_error');
    if (seen.method !== 'POST' || seen.url !== '/v1/messages') return refusal(404, 'not_found_error');
    const request = JSON.parse(seen.body.toString()) as Record<string, unknown>;
    if (faulty(request)) return refusal(400, 'invalid_request_error');
    return request['stream'] === true ? streamed(said(), String(request['model']), broken()) : whole(said(), request);
  });
}

function refusal(status: number, type: string): Reply {
  return json({ type: 'error', error: { type, message: 'messages: CANARY-ECHO' }, request_id: 'req_1' }, status);
}

function faulty(request: Record<string, unknown>): boolean {
  const messages = request['messages'] as { role: string; content: unknown }[] | undefined;
  const blocks = (messages ?? []).flatMap(({ content }) => (Array.isArray(content) ? content : [])) as {
    text?: string;
  }[];
  return (
    typeof request['max_tokens'] !== 'number' ||
    messages?.[0]?.role !== 'user' ||
    blocks.some(({ text }) => text === '')
  );
}

function usageOf({ usage = { input: 1, cached: 0, output: 1 } }: Said): Record<string, number> {
  return {
    input_tokens: usage.input - usage.cached,
    cache_read_input_tokens: usage.cached,
    cache_creation_input_tokens: 0,
    output_tokens: usage.output,
  };
}

function endOf(said: Said): string {
  return ENDS[said.end ?? (said.calls === undefined ? 'stop' : 'tools')];
}

function whole(said: Said, request: Record<string, unknown>): Reply {
  const texts = said.text.length > 0 ? [{ type: 'text', text: said.text.join(''), citations: null }] : [];
  const calls = (said.calls ?? []).map((call) => ({ type: 'tool_use', ...call }));
  return json(
    {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: request['model'],
      content: [...texts, ...calls],
      stop_reason: endOf(said),
      stop_sequence: null,
      usage: usageOf(said),
    },
    200,
    { 'request-id': 'req_1' },
  );
}

function streamed(said: Said, model: string, broken: string | null): Reply {
  const { output_tokens: output = 0, ...input } = usageOf(said);
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
  };
  const textBlocks = said.text.length === 0 ? [] : [textBlock(said.text)];
  const events = [
    { type: 'message_start', message: { ...message, usage: { ...input, output_tokens: 1 } } },
    { type: 'ping' },
    ...[...textBlocks, ...(said.calls ?? []).map(callBlock)].flatMap((block, index) =>
      block.map((one) => ({ ...one, index })),
    ),
    ...(broken === null
      ? [
          {
            type: 'message_delta',
            delta: { stop_reason: endOf(said), stop_sequence: null },
            usage: { output_tokens: output },
          },
          { type: 'message_stop' },
        ]
      : [{ type: 'error', error: { type: broken, message: 'CANARY-ECHO' } }]),
  ];
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8' },
    chunks: events.map((event) => Buffer.from(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)),
  };
}

type Block = readonly { readonly type: string; readonly [key: string]: unknown }[];

function textBlock(text: readonly string[]): Block {
  return [
    { type: 'content_block_start', content_block: { type: 'text', text: '' } },
    ...text.map((piece) => ({ type: 'content_block_delta', delta: { type: 'text_delta', text: piece } })),
    { type: 'content_block_stop' },
  ];
}

function callBlock({ id, name, input }: { id: string; name: string; input: object }): Block {
  return [
    { type: 'content_block_start', content_block: { type: 'tool_use', id, name, input: {} } },
    ...pieces(JSON.stringify(input)).map((piece) => ({
      type: 'content_block_delta',
      delta: { type: 'input_json_delta', partial_json: piece },
    })),
    { type: 'content_block_stop' },
  ];
}
