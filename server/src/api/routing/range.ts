// One byte range of a body (RFC 9110 §14.1.2), so that a player can jump into a recording.
import { ProblemError } from '@cordon/contract';

export interface ByteRange {
  /** First byte, included. */
  readonly start: number;
  /** Last byte, excluded. */
  readonly end: number;
  readonly partial: boolean;
}

/** Errors: `range_not_satisfiable`. */
export function byteRange(header: string | undefined, size: number): ByteRange {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (match === null) return { start: 0, end: size, partial: false };
  const [, first = '', last = ''] = match;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  if (start >= end) throw new ProblemError('range_not_satisfiable');
  return { start, end, partial: true };
}

/** The bytes from `start` to before `end`; reading stops there. */
export async function* sliceBytes(
  source: AsyncIterable<Uint8Array>,
  start: number,
  end: number,
): AsyncIterable<Uint8Array> {
  let at = 0;
  for await (const chunk of source) {
    const from = Math.max(0, start - at);
    const to = Math.min(chunk.length, end - at);
    if (from < to) yield chunk.subarray(from, to);
    at += chunk.length;
    if (at >= end) return;
  }
}
