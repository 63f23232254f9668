// Gemini on Vertex AI as a stand-in: generateContent and streamGenerateContent of v1, and the token endpoint beside them.
import { exchange, GOOGLE_TOKEN } from './google-account.ts';
import type { Reply } from './faults.ts';
import type { Said } from './said.ts';
import { json, type Seen, standIn, type StandIn } from './stand-in.ts';

const ENDS = { stop: 'STOP', length: 'MAX_TOKENS', tools: 'STOP', filter: 'SAFETY', unknown: 'NEW_WORD' };
const METHOD =
  /^\/v1\/projects\/clinic\/locations\/us-central1\/(?:publishers\/google\/models\/[\w.-]+|endpoints\/\d+):(generateContent|streamGenerateContent\?alt=sse)$/;

export interface VertexOptions {
  readonly said: () => Said;
  readonly error?: () => string | null;
  /** Faults reach the token endpoint too. */
  readonly tokensFail?: boolean;
}

export function vertex({ said, error: broken = () => null, tokensFail = false }: VertexOptions): Promise<StandIn> {
  const answerTo = (seen: Seen): Reply => {
    if (seen.url === '/token') return exchange(seen);
    if (seen.headers['authorization'] !== `Bearer ${GOOGLE_TOKEN}`) return refusal(401, 'UNAUTHENTICATED');
    if (seen.headers['x-goog-api-key'] !== undefined) return refusal(401, 'UNAUTHENTICATED');
    const [, method] = METHOD.exec(seen.url) ?? [];
    if (method === undefined) return refusal(404, 'NOT_FOUND');
    const request = JSON.parse(seen.body.toString()) as { contents?: { role: string; parts: object[] }[] };
    if (faulty(request.contents ?? [])) return refusal(400, 'INVALID_ARGUMENT');
    return method === 'generateContent' ? json(answer(said(), said().text.join(''), true)) : streamed(said(), broken());
  };
  return standIn(answerTo, ({ url }) => url === '/token' && !tokensFail);
}

function refusal(code: number, status: string): Reply {
  return json({ error: { code, status, message: 'CANARY-ECHO' } }, code);
}

/** As many results in a turn as there were calls in the one before. */
function faulty(contents: { role: string; parts: object[] }[]): boolean {
  const count = (parts: object[] | undefined, kind: string) => (parts ?? []).filter((part) => kind in part).length;
  return (
    contents.length === 0 ||
    contents.some(({ parts }) => parts.length === 0) ||
    contents.some(
      ({ parts }, index) => count(parts, 'functionCall') !== count(contents[index + 1]?.parts, 'functionResponse'),
    )
  );
}

function answer(said: Said, text: string, last: boolean): object {
  const calls = last ? (said.calls ?? []) : [];
  const parts = [
    ...(text === '' ? [] : [{ text }]),
    ...calls.map(({ name, input }, index) => ({
      functionCall: { name, args: input },
      ...(index === 0 ? { thoughtSignature: 'c2lnbmF0dXJl' } : {}),
    })),
  ];
  const { usage = { input: 1, cached: 0, output: 1 } } = said;
  return {
    candidates: [
      { content: { role: 'model', parts }, ...(last ? { finishReason: ENDS[said.end ?? 'stop'] } : {}), index: 0 },
    ],
    usageMetadata: {
      promptTokenCount: usage.input,
      cachedContentTokenCount: usage.cached,
      candidatesTokenCount: usage.output,
      totalTokenCount: usage.input + usage.output,
    },
    modelVersion: 'gemini-2.5-pro',
    responseId: 'resp-1',
  };
}

function streamed(said: Said, broken: string | null): Reply {
  const events = [
    ...said.text.map((text) => answer(said, text, false)),
    broken === null ? answer(said, '', true) : { error: { code: 503, status: broken, message: 'CANARY-ECHO' } },
  ];
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream' },
    chunks: events.map((event) => Buffer.from(`data: ${JSON.stringify(event)}\r\n\r\n`)),
  };
}
