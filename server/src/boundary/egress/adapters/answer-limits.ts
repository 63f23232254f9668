// What is taken of a service's answer before the vendor's library sees it: caps, and whole frames. The libraries buffer without a
// bound, and one of them copies its buffer with every chunk, so a service that drips bytes would cost the square of its answer.
import { ProblemError } from '@cordon/contract';

/** A whole answer. The longest that a model can make is well below: 128,000 tokens of six bytes. */
export const MAX_WHOLE_BYTES = 16 * 1024 * 1024;
/** One event of a stream. AWS allows 16 MiB for a frame; a delta of text or of a tool's arguments has a few kilobytes. */
export const MAX_EVENT_BYTES = 4 * 1024 * 1024;
/** What of an error's body is read to find the vendor's own word for it. */
export const MAX_ERROR_BYTES = 64 * 1024;

const PRELUDE_BYTES = 12;

/** Errors: `upstream_invalid` when more comes than `limit`. */
export async function* capped(body: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of body) {
    total += chunk.length;
    if (total > limit) throw new ProblemError('upstream_invalid', { reason: 'too-large' });
    yield chunk;
  }
}

/** All of a body that has at most `limit` bytes. Errors: as `capped`. */
export async function whole(body: AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of capped(body, limit)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Bytes up to and with each last line feed; the rest waits for its own. For server-sent events, which are lines. */
export async function* wholeLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const held = new Held();
  for await (const chunk of body) {
    const end = chunk.lastIndexOf(0x0a) + 1;
    if (end > 0) {
      held.add(chunk.subarray(0, end));
      yield held.take();
    }
    if (end < chunk.length) held.add(chunk.subarray(end));
  }
  if (held.length > 0) yield held.take();
}

/** Whole frames of AWS's event stream: each begins with its own length. */
export async function* wholeFrames(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const held = new Held();
  for await (const chunk of body) {
    held.add(chunk);
    while (held.length >= PRELUDE_BYTES) {
      const size = frameLength(held.peek(4));
      if (held.length < size) break;
      yield held.take(size);
    }
  }
  // An incomplete frame: the decoder says so.
  if (held.length > 0) yield held.take();
}

function frameLength(prelude: Uint8Array): number {
  const size = new DataView(prelude.buffer, prelude.byteOffset).getUint32(0);
  if (size < PRELUDE_BYTES + 4 || size > MAX_EVENT_BYTES)
    throw new ProblemError('upstream_invalid', { reason: 'frame' });
  return size;
}

/** Chunks that wait to become whole, joined once. */
class Held {
  #chunks: Uint8Array[] = [];
  length = 0;

  add(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.length += chunk.length;
    if (this.length > MAX_EVENT_BYTES + chunk.length) throw new ProblemError('upstream_invalid', { reason: 'frame' });
  }

  peek(bytes: number): Uint8Array {
    const first = this.#chunks[0];
    if (first !== undefined && first.length >= bytes) return first.subarray(0, bytes);
    return this.#join().subarray(0, bytes);
  }

  take(bytes = this.length): Uint8Array {
    const all = this.#join();
    this.#chunks = bytes < all.length ? [all.subarray(bytes)] : [];
    this.length = all.length - bytes;
    return all.subarray(0, bytes);
  }

  #join(): Uint8Array {
    const [only] = this.#chunks;
    if (only !== undefined && this.#chunks.length === 1) return only;
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }
}
