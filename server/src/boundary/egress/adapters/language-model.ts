// Chat in OpenAI's form through the Vercel AI SDK's provider packages (spec boundary §1.1, docs/formats/adapters.md): their provider
// instances alone, with the door as their `fetch`, one request per call. They write and read the vendor's wire; before a byte
// leaves, what they wrote is held against what was asked, because they drop what a model cannot do with no more than a warning.
import { randomUUID } from 'node:crypto';
import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider';
import { isProblem, ProblemError } from '@cordon/contract';
import type { Door, Inbound, ModelAdapter, ModelAnswer, Target } from '#boundary/egress/adapter.ts';
import { releasedHeaders } from '#boundary/egress/headers.ts';
import { problemOfStatus } from '#boundary/egress/openai/refusal.ts';
import { capped, MAX_ERROR_BYTES, MAX_WHOLE_BYTES, whole } from './answer-limits.ts';
import { type AnswerHead, completionOf, measured } from './chat-answer.ts';
import { ChunkWriter } from './chat-chunks.ts';
import { type ChatCall, type ChatRules, chatCallOf } from './chat-request.ts';

/** A request as a library has written it. */
export interface Wire {
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What an adapter knows of its vendor. */
export interface Vendor {
  readonly rules: Omit<ChatRules, 'images'>;
  /** A provider instance's model that speaks through `fetch`. Errors: `configuration_invalid` for a row, `credential_unusable` for a secret it cannot use. */
  model(target: Target, secret: string | null, fetch: typeof globalThis.fetch): Promise<LanguageModelV4>;
  /** Headers that a library adds and that must not go out. */
  readonly droppedHeaders?: readonly string[];
  /** Throws `field_unsupported` if the wire does not say what was asked. */
  check(asked: LanguageModelV4CallOptions, wire: Wire): void;
  /** Headers that the library cannot set by itself: a token, fetched through the door. */
  authorize?(door: Door, target: Target, secret: string | null, signal: AbortSignal): Promise<Record<string, string>>;
  /** Cuts the bytes of a streamed answer into whole events. */
  frames(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  /** The vendor's own word for an error, from a closed list; null: none of them. */
  errorWord(headers: Headers, body: string): string | null;
}

export function languageAdapter(vendor: Vendor): ModelAdapter {
  return {
    async send(door, target, request, signal) {
      if (request.api !== 'chat') throw new ProblemError('field_unsupported', { field: 'api' });
      const rules: ChatRules = { ...vendor.rules, images: target.service.features.includes('image_input') };
      const call = chatCallOf(request.parsed.reveal(), rules);
      const secret = await door.secret(target);
      const extra = (await vendor.authorize?.(door, target, secret, signal)) ?? {};
      const line = new Line(vendor, call.options, door.fetchFor(target, signal), request.stream, extra);
      const model = await vendor.model(target, secret, line.fetch);
      const head = {
        id: `chatcmpl-${randomUUID()}`,
        created: Math.floor(Date.now() / 1000),
        model: target.service.model,
      };
      const options = { ...call.options, abortSignal: signal };
      return await line.guard(signal, () =>
        request.stream ? streamed(model, options, line, signal, call, head) : generated(model, options, line, head),
      );
    },
  };
}

async function generated(
  model: LanguageModelV4,
  options: LanguageModelV4CallOptions,
  line: Line,
  head: AnswerHead,
): Promise<ModelAnswer> {
  const result = await model.doGenerate(options);
  const bytes = Buffer.from(JSON.stringify(completionOf(result, head)));
  return { kind: 'whole', bytes, usage: measured(result.usage), headers: line.headers };
}

async function streamed(
  model: LanguageModelV4,
  options: LanguageModelV4CallOptions,
  line: Line,
  signal: AbortSignal,
  call: ChatCall,
  head: AnswerHead,
): Promise<ModelAnswer> {
  const { stream } = await model.doStream(options);
  const writer = new ChunkWriter(head, call.usageInStream);
  const segments = segmentsOf(stream, writer, line, signal);
  return { kind: 'stream', segments, usage: () => writer.usage(), headers: line.headers };
}

async function* segmentsOf(
  stream: ReadableStream<LanguageModelV4StreamPart>,
  writer: ChunkWriter,
  line: Line,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const segment = writer.write(value);
      if (segment !== null) yield segment;
    }
    yield writer.end();
  } catch (error) {
    throw line.failure(error, signal);
  } finally {
    // Closes the upstream where the reader of this answer went away or could not go on.
    reader.cancel().catch(() => undefined);
  }
}

/** The request itself is at fault. */
const OF_THE_REQUEST: ReadonlySet<number> = new Set([400, 413, 415, 422]);

/** The service's refusal, on its way through a library that would put the prompt into its own error. */
class Refused {
  readonly answer: ModelAnswer;

  constructor(answer: ModelAnswer) {
    this.answer = answer;
  }
}

/** The way of one request: the only `fetch` that a library gets. */
class Line {
  readonly #vendor: Vendor;
  readonly #asked: LanguageModelV4CallOptions;
  readonly #out: typeof globalThis.fetch;
  readonly #stream: boolean;
  readonly #extra: Readonly<Record<string, string>>;
  #sent = false;
  #received: Inbound['headers'] = {};
  /** What went wrong on the line itself; the libraries wrap it, or lose it in a stream. */
  #broken: ProblemError | Refused | null = null;

  constructor(
    vendor: Vendor,
    asked: LanguageModelV4CallOptions,
    out: typeof globalThis.fetch,
    stream: boolean,
    extra: Readonly<Record<string, string>>,
  ) {
    this.#vendor = vendor;
    this.#asked = asked;
    this.#out = out;
    this.#stream = stream;
    this.#extra = extra;
  }

  /** What goes on to the caller. */
  get headers(): Inbound['headers'] {
    return releasedHeaders(this.#received);
  }

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    try {
      return await this.#send(input, init);
    } catch (error) {
      if (isProblem(error) || error instanceof Refused) this.#broken = error;
      throw error;
    }
  };

  async #send(input: Parameters<typeof globalThis.fetch>[0], init: RequestInit = {}): Promise<Response> {
    // A library that asks again, or for a continuation, would make an attempt that has no record.
    if (this.#sent) throw new ProblemError('upstream_invalid', { reason: 'repeated' });
    const headers = new Headers(init.headers);
    for (const name of ['user-agent', ...(this.#vendor.droppedHeaders ?? [])]) headers.delete(name);
    for (const [name, value] of Object.entries(this.#extra)) headers.set(name, value);
    const body = JSON.parse(init.body as string) as Wire['body'];
    this.#vendor.check(this.#asked, { headers, body });
    this.#sent = true;
    const response = await this.#out(input, { ...init, headers, redirect: 'manual' });
    this.#received = Object.fromEntries(response.headers);
    if (response.status < 200 || response.status >= 300) throw await this.#refusal(response);
    return new Response(this.#taken(response), { status: response.status, headers: response.headers });
  }

  #taken(response: Response): ReadableStream<Uint8Array> | null {
    if (response.body === null) return null;
    const body = this.#watched(response.body);
    const limited = this.#stream ? this.#vendor.frames(body) : capped(body, MAX_WHOLE_BYTES);
    return ReadableStream.from(this.#watched(limited));
  }

  async *#watched(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* body;
    } catch (error) {
      this.#broken ??= isProblem(error) ? error : new ProblemError('upstream_invalid', { reason: 'cut' });
      throw error;
    }
  }

  async #refusal(response: Response): Promise<ProblemError | Refused> {
    const { status } = response;
    const body = await errorBytes(response.body);
    // What is not the request's fault is between Cordon and the service, as with services of OpenAI's shape.
    if (!OF_THE_REQUEST.has(status)) return await problemOfStatus({ status, headers: this.#received, body: nothing() });
    const word = this.#vendor.errorWord(response.headers, Buffer.from(body).toString());
    return new Refused({ kind: 'refused', status, bytes: refusalForm(word), headers: this.headers });
  }

  /** Runs a library's call. What it throws never leaves as it is: its errors carry the prompt. */
  async guard(signal: AbortSignal, run: () => Promise<ModelAnswer>): Promise<ModelAnswer> {
    try {
      return await run();
    } catch (error) {
      if (this.#broken instanceof Refused) return this.#broken.answer;
      throw this.failure(error, signal);
    }
  }

  failure(error: unknown, signal: AbortSignal): ProblemError {
    if (signal.aborted) return isProblem(signal.reason) ? signal.reason : new ProblemError('caller_gone');
    if (isProblem(this.#broken)) return this.#broken;
    if (isProblem(error)) return error;
    // Nothing left the house: the library has no form for what was asked.
    if (!this.#sent) return new ProblemError('field_unsupported', { field: 'messages' });
    return new ProblemError('upstream_invalid', { reason: 'unreadable' });
  }
}

/** A body that went on or broke off explains nothing. */
async function errorBytes(body: AsyncIterable<Uint8Array> | null): Promise<Uint8Array> {
  if (body === null) return new Uint8Array();
  return await whole(body, MAX_ERROR_BYTES).catch(() => new Uint8Array());
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // Read already.
}

/** OpenAI's error form. The vendor's sentences stay out of it: they quote the request. */
function refusalForm(word: string | null): Uint8Array {
  const error = { message: 'The service refused the request.', type: 'invalid_request_error', param: null, code: word };
  return Buffer.from(JSON.stringify({ error }));
}
