// An answer that leaves while it is made: bytes pass on as they came, in whole events, and are read only where usage, an error or
// the end may stand. Names of members cannot occur inside a JSON string without an escape, so looking for them in bytes is exact.
import { ProblemError } from '@cordon/contract';
import type { ModelRequest, Usage } from '#boundary/egress/adapter.ts';
import { parseJson } from '#kernel/json.ts';
import { EventCutter, eventsOf, type ServerEvent } from './events.ts';
import { NO_USAGE, usageOf } from './usage.ts';

const DONE = '[DONE]';

/** A segment without any of these holds text and nothing to be read. */
const SIGNS =
  /"usage"\s*:\s*\{|"error"|\[DONE\]|"finish_reason"\s*:\s*"|"type"\s*:\s*"(?:error|response\.(?:completed|incomplete|failed))"/;

/** Milliseconds that a service gets to close an answer after its last word, so that the connection can serve again. */
const CLOSING_MS = 500;

/** Events after which `responses` says nothing more. */
const LAST = new Set(['response.completed', 'response.incomplete']);
const FAILED = new Set(['response.failed', 'error']);

export class StreamReader {
  readonly #api: ModelRequest['api'];
  readonly #usageIsOurs: boolean;
  readonly #cutter = new EventCutter();
  #usage = NO_USAGE;
  /** The model has said all, whether or not the stream's own last word came. */
  #finished = false;
  #done = false;

  constructor(api: ModelRequest['api'], usageIsOurs: boolean) {
    this.#api = api;
    this.#usageIsOurs = usageIsOurs;
  }

  /**
   * Segments as they may go on. Errors: `upstream_unavailable` {reason: stream_error} where the service says that it failed,
   * `upstream_invalid` {reason: cut} where it ends before its end.
   */
  async *segments(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const chunks = body[Symbol.asyncIterator]();
    try {
      for (let next = await chunks.next(); next.done !== true && !this.#done; next = await chunks.next()) {
        const segment = this.#cutter.push(next.value);
        const passed = segment === null ? null : this.#read(segment);
        if (passed !== null) yield passed;
        if (this.#done) return await closing(chunks);
      }
    } finally {
      await chunks.return?.();
    }
    if (this.#cutter.rest().length > 0 || !this.#finished)
      throw new ProblemError('upstream_invalid', { reason: 'cut' });
    yield Buffer.from(`data: ${DONE}\n\n`);
  }

  usage(): Usage {
    return this.#usage;
  }

  #read(segment: Uint8Array): Uint8Array | null {
    const text = Buffer.from(segment.buffer, segment.byteOffset, segment.byteLength).toString('latin1');
    if (!SIGNS.test(text)) return segment;
    const events = eventsOf(segment);
    const kept: Uint8Array[] = [];
    for (const event of events) {
      if (this.#done) break;
      if (this.#passes(event)) kept.push(event.bytes);
    }
    if (kept.length === 0) return null;
    return kept.length === events.length ? segment : Buffer.concat(kept);
  }

  #passes({ data }: ServerEvent): boolean {
    if (data === null) return true;
    if (data === DONE) {
      this.#done = true;
      this.#finished = true;
      return true;
    }
    // Judged event by event, so that how they came in chunks makes no difference.
    if (!SIGNS.test(data)) return true;
    const said = parseEvent(data);
    if (said === null) throw new ProblemError('upstream_invalid', { reason: 'not_json' });
    return this.#api === 'responses' ? this.#passesOfResponses(said) : this.#passesOfChat(said);
  }

  #passesOfChat(said: Said): boolean {
    if (said['error'] !== undefined && said['error'] !== null) throw failed();
    const reports = typeof said['usage'] === 'object' && said['usage'] !== null;
    if (reports) this.#usage = usageOf(said['usage']);
    const choices = Array.isArray(said['choices']) ? (said['choices'] as readonly (Said | null)[]) : [];
    if (choices.some((choice) => typeof choice?.['finish_reason'] === 'string')) this.#finished = true;
    return !(this.#usageIsOurs && reports && choices.length === 0);
  }

  #passesOfResponses(said: Said): boolean {
    const type = said['type'];
    if (typeof type !== 'string') return true;
    if (FAILED.has(type)) throw failed();
    if (LAST.has(type)) {
      this.#usage = usageOf((said['response'] as Said | null | undefined)?.['usage']);
      this.#finished = true;
    }
    return true;
  }
}

type Said = Readonly<Record<string, unknown>>;

function parseEvent(data: string): Said | null {
  try {
    const said = parseJson(data);
    return typeof said === 'object' && said !== null ? (said as Said) : null;
  } catch {
    return null;
  }
}

function failed(): ProblemError {
  return new ProblemError('upstream_unavailable', { reason: 'stream_error' });
}

/** Whatever follows the last word is not part of the answer, and how the connection ends afterwards is nobody's concern. */
async function closing(chunks: AsyncIterator<Uint8Array>): Promise<void> {
  const patience = new Promise<void>((resolve) => setTimeout(resolve, CLOSING_MS).unref());
  const more = chunks.next().then(ignore).catch(ignore);
  await Promise.race([more, patience]);
}

function ignore(): void {}
