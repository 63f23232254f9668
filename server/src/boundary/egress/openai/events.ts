// Server-sent events (HTML Living Standard §9.2) cut at the end of whole events, whatever chunks they come in.
import { ProblemError } from '@cordon/contract';
import { MAX_EVENT_BYTES } from '#boundary/egress/limits.ts';

const LF = 0x0a;
const CR = 0x0d;

/** Finds the ends of events: an empty line. Lines end with LF, CR or CRLF; a CRLF may be cut in two. */
export class EventCutter {
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #lineIsEmpty = true;
  #afterCr = false;

  /** The bytes up to the last event that is whole, or null. Errors: `upstream_invalid` {reason: event_size}. */
  push(chunk: Uint8Array): Uint8Array | null {
    const end = this.#lastEnd(chunk);
    if (end === 0) {
      this.#keep(chunk);
      return null;
    }
    const whole = chunk.subarray(0, end);
    const segment = this.#pendingBytes === 0 ? whole : Buffer.concat([...this.#pending, whole]);
    this.#pending = [];
    this.#pendingBytes = 0;
    if (end < chunk.length) this.#keep(chunk.subarray(end));
    return segment;
  }

  /** What came after the last whole event: nothing, unless the stream was cut. */
  rest(): Uint8Array {
    return Buffer.concat(this.#pending, this.#pendingBytes);
  }

  #keep(bytes: Uint8Array): void {
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes > MAX_EVENT_BYTES) throw new ProblemError('upstream_invalid', { reason: 'event_size' });
    this.#pending.push(bytes);
    // Drips: a list of single bytes would weigh a hundred times what it holds.
    if (this.#pending.length > 1024) this.#pending = [Buffer.concat(this.#pending, this.#pendingBytes)];
  }

  #lastEnd(chunk: Uint8Array): number {
    let end = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte === LF && this.#afterCr) {
        this.#afterCr = false;
        if (end === at && at > 0) end = at + 1;
      } else if (byte === LF || byte === CR) {
        if (this.#lineIsEmpty) end = at + 1;
        this.#lineIsEmpty = true;
        this.#afterCr = byte === CR;
      } else {
        this.#lineIsEmpty = false;
        this.#afterCr = false;
      }
    }
    return end;
  }
}

/** One event's bytes and its data; `data` null: a comment or an event without any. */
export interface ServerEvent {
  readonly bytes: Uint8Array;
  readonly data: string | null;
}

/** The events of a segment, each with the empty line that ends it. */
export function eventsOf(segment: Uint8Array): readonly ServerEvent[] {
  const events: ServerEvent[] = [];
  const cutter = new EventEnds();
  let start = 0;
  for (const end of cutter.of(segment)) {
    const bytes = segment.subarray(start, end);
    events.push({ bytes, data: dataOf(Buffer.from(bytes).toString('utf8')) });
    start = end;
  }
  if (start < segment.length) events.push({ bytes: segment.subarray(start), data: null });
  return events;
}

class EventEnds {
  *of(segment: Uint8Array): Generator<number> {
    let lineIsEmpty = true;
    for (let at = 0; at < segment.length; at += 1) {
      const byte = segment[at];
      if (byte !== LF && byte !== CR) {
        lineIsEmpty = false;
        continue;
      }
      if (byte === CR && segment[at + 1] === LF) at += 1;
      if (lineIsEmpty) yield at + 1;
      lineIsEmpty = true;
    }
  }
}

function dataOf(event: string): string | null {
  const lines = event.split(/\r\n|\r|\n/).filter((line) => line.startsWith('data:') || line === 'data');
  return lines.length === 0 ? null : lines.map((line) => line.slice(5).replace(/^ /, '')).join('\n');
}
