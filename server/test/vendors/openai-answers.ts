// What the stand-in of OpenAI answers: the shapes of the API reference, filled with what it was asked.

export type Asked = Readonly<Record<string, unknown>>;

const CREATED = 1_700_000_000;

interface Message {
  readonly role?: string;
  readonly content?: unknown;
}

function lastWords(asked: Asked): string {
  const list = (asked['messages'] ?? asked['input']) as readonly Message[] | string;
  if (typeof list === 'string') return list;
  const content = list.at(-1)?.content;
  if (typeof content === 'string') return content;
  const parts = Array.isArray(content) ? (content as { readonly text?: string }[]) : [];
  return parts.map((part) => part.text ?? '').join(' ');
}

/** How the model says what it would say: bent words, small pieces. */
export interface Manner {
  /** What it says, as it says it. */
  readonly say: (said: string) => string;
  /** UTF-16 code units of a piece of a stream; null: whole words. */
  readonly piece: number | null;
}

export const PLAIN: Manner = { say: (said) => said, piece: null };

function piecesOf(text: string, { piece }: Manner): readonly string[] {
  if (piece === null) return text.split(/(?<= )/);
  return Array.from({ length: Math.ceil(text.length / piece) }, (_, at) => text.slice(at * piece, (at + 1) * piece));
}

function reply(asked: Asked, { say }: Manner): string {
  return say(told(asked));
}

function told(asked: Asked): string {
  const format = asked['response_format'] as { readonly type?: string } | undefined;
  const text = (asked['text'] as { readonly format?: { readonly type?: string } } | undefined)?.format;
  if (format?.type === 'json_schema' || text?.type === 'json_schema') return JSON.stringify({ said: lastWords(asked) });
  return `You said: ${lastWords(asked)}`;
}

/** A tool is called where one is offered and the last word is not already its result. */
function toolCall(asked: Asked, { say }: Manner): { readonly name: string; readonly arguments: string } | null {
  const tools = asked['tools'] as
    | readonly { readonly name?: string; readonly function?: { readonly name: string } }[]
    | undefined;
  const last = (asked['messages'] as readonly Message[] | undefined)?.at(-1);
  const name = tools?.[0]?.function?.name ?? tools?.[0]?.name;
  if (name === undefined || last?.role === 'tool' || asked['tool_choice'] === 'none') return null;
  return { name, arguments: say(JSON.stringify({ of: lastWords(asked) })) };
}

const USAGE = {
  prompt_tokens: 11,
  completion_tokens: 7,
  total_tokens: 18,
  prompt_tokens_details: { cached_tokens: 3, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: 0,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
};

export function chatAnswer(asked: Asked, manner = PLAIN): object {
  const call = toolCall(asked, manner);
  const message =
    call === null
      ? { role: 'assistant', content: reply(asked, manner), refusal: null, annotations: [] }
      : {
          role: 'assistant',
          content: null,
          refusal: null,
          tool_calls: [{ id: 'call_1', type: 'function', function: call }],
        };
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: CREATED,
    model: asked['model'],
    choices: [{ index: 0, message, logprobs: null, finish_reason: call === null ? 'stop' : 'tool_calls' }],
    usage: USAGE,
    service_tier: 'default',
  };
}

export function chatChunks(asked: Asked, manner = PLAIN): readonly object[] {
  const options = asked['stream_options'] as { readonly include_usage?: boolean } | undefined;
  const reports = options?.include_usage === true;
  const base = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: CREATED, model: asked['model'] };
  const usage = reports ? { usage: null } : {};
  const chunk = (delta: object, finish: string | null = null): object => ({
    ...base,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    ...usage,
  });
  const call = toolCall(asked, manner);
  const middle =
    call === null
      ? piecesOf(reply(asked, manner), manner).map((word) => chunk({ content: word }))
      : [
          chunk({
            tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: call.name, arguments: '' } }],
          }),
          ...(call.arguments.match(/[^]{1,5}/g) ?? []).map((piece) =>
            chunk({ tool_calls: [{ index: 0, function: { arguments: piece } }] }),
          ),
        ];
  const end = chunk({}, call === null ? 'stop' : 'tool_calls');
  const report = reports ? [{ ...base, choices: [], usage: USAGE }] : [];
  return [chunk({ role: 'assistant', content: '', refusal: null }), ...middle, end, ...report];
}

function responseBody(asked: Asked, status: 'in_progress' | 'completed', manner: Manner): object {
  const done = status === 'completed';
  return {
    id: 'resp_1',
    object: 'response',
    created_at: CREATED,
    status,
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    model: asked['model'],
    output: done ? [messageItem(asked, 'completed', manner)] : [],
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
    store: asked['store'] ?? true,
    usage: done
      ? {
          input_tokens: 11,
          input_tokens_details: { cached_tokens: 3 },
          output_tokens: 7,
          output_tokens_details: { reasoning_tokens: 0 },
          total_tokens: 18,
        }
      : null,
  };
}

function messageItem(asked: Asked, status: string, manner: Manner): object {
  const content =
    status === 'completed' ? [{ type: 'output_text', text: reply(asked, manner), annotations: [], logprobs: [] }] : [];
  return { id: 'msg_1', type: 'message', status, role: 'assistant', content };
}

export function responsesAnswer(asked: Asked, manner = PLAIN): object {
  return responseBody(asked, 'completed', manner);
}

export function responsesEvents(asked: Asked, manner = PLAIN): readonly { readonly type: string }[] {
  const at = { item_id: 'msg_1', output_index: 0, content_index: 0 };
  const part = { type: 'output_text', text: '', annotations: [], logprobs: [] };
  const words = piecesOf(reply(asked, manner), manner);
  const events = [
    { type: 'response.created', response: responseBody(asked, 'in_progress', manner) },
    { type: 'response.in_progress', response: responseBody(asked, 'in_progress', manner) },
    { type: 'response.output_item.added', output_index: 0, item: messageItem(asked, 'in_progress', manner) },
    { type: 'response.content_part.added', ...at, part },
    ...words.map((delta) => ({ type: 'response.output_text.delta', ...at, delta, logprobs: [] })),
    { type: 'response.output_text.done', ...at, text: reply(asked, manner), logprobs: [] },
    { type: 'response.content_part.done', ...at, part: { ...part, text: reply(asked, manner) } },
    { type: 'response.output_item.done', output_index: 0, item: messageItem(asked, 'completed', manner) },
    { type: 'response.completed', response: responseBody(asked, 'completed', manner) },
  ];
  return events.map((event, number) => ({ ...event, sequence_number: number }));
}

export function embeddings(asked: Asked): object {
  const inputs = Array.isArray(asked['input']) ? asked['input'] : [asked['input']];
  const size = typeof asked['dimensions'] === 'number' ? asked['dimensions'] : 8;
  const vector = (at: number): number[] =>
    Array.from({ length: size }, (_, each) => Math.fround((at + 1) / (each + 2)));
  const coded = (numbers: number[]): number[] | string =>
    asked['encoding_format'] === 'base64' ? Buffer.from(new Float32Array(numbers).buffer).toString('base64') : numbers;
  return {
    object: 'list',
    data: inputs.map((_, index) => ({ object: 'embedding', index, embedding: coded(vector(index)) })),
    model: asked['model'],
    usage: { prompt_tokens: 5, total_tokens: 5 },
  };
}

/** Null: there is no file in the form. Text for the forms that are text. */
export function transcription(contentType: string, body: Buffer): object | string | null {
  const fields = formOf(contentType, body);
  const file = fields.find(({ name }) => name === 'file');
  if (file === undefined || !fields.some(({ name }) => name === 'model')) return null;
  const valueOf = (name: string): string[] =>
    fields.filter((field) => field.name === name).map(({ value }) => value.toString());
  const text = `heard ${file.value.length} bytes`;
  const [format = 'json'] = valueOf('response_format');
  if (format === 'text') return `${text}\n`;
  if (format === 'json') return { text, usage: { type: 'duration', seconds: 3 } };
  const words = text.split(' ').map((word, at) => ({ word, start: at, end: at + 0.5 }));
  const segment = {
    id: 0,
    seek: 0,
    start: 0,
    end: 3,
    text: ` ${text}`,
    tokens: [1],
    temperature: 0,
    avg_logprob: -0.1,
    compression_ratio: 1,
    no_speech_prob: 0,
  };
  const granular = valueOf('timestamp_granularities[]');
  return {
    task: 'transcribe',
    language: 'english',
    duration: 3,
    text,
    ...(granular.includes('segment') || granular.length === 0 ? { segments: [segment] } : {}),
    ...(granular.includes('word') ? { words } : {}),
    usage: { type: 'duration', seconds: 3 },
  };
}

interface Field {
  readonly name: string;
  readonly value: Buffer;
}

function formOf(contentType: string, body: Buffer): readonly Field[] {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (boundary === undefined) return [];
  const mark = Buffer.from(`--${boundary}`);
  const fields: Field[] = [];
  for (let at = body.indexOf(mark); at !== -1;) {
    const next = body.indexOf(mark, at + mark.length);
    if (next === -1) break;
    const part = body.subarray(at + mark.length + 2, next - 2);
    const head = part.indexOf('\r\n\r\n');
    const name = /name="([^"]+)"/.exec(part.subarray(0, head).toString())?.[1];
    if (name !== undefined) fields.push({ name, value: part.subarray(head + 4) });
    at = next;
  }
  return fields;
}
