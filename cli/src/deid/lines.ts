// Bytes of a stream as lines, with a limit on each, so that a file without line ends cannot fill the memory.

/** A line longer than this is refused: no document is, and 16 MiB of text are 2,000 pages. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** One line without its end, or why it cannot be read: longer than allowed, or no UTF-8. */
export type Line = string | { readonly fault: 'payload_too_large' | 'invalid_request' };

const LF = 0x0a;

/** Yields every line, the last one too when nothing ends it; the rest of an overlong line is skipped, not kept. */
export async function* linesOf(bytes: AsyncIterable<Buffer>, limit: number = MAX_LINE_BYTES): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let size = 0;
  const add = (part: Buffer): void => {
    size += part.length;
    if (size <= limit) parts.push(part);
    else parts = [];
  };
  const taken = (): Line => {
    const line: Line = size <= limit ? decoded(Buffer.concat(parts)) : { fault: 'payload_too_large' };
    parts = [];
    size = 0;
    return line;
  };
  for await (const chunk of bytes) {
    let from = 0;
    for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, from)) {
      add(chunk.subarray(from, at));
      yield taken();
      from = at + 1;
    }
    if (from < chunk.length) add(chunk.subarray(from));
  }
  if (size > 0) yield taken();
}

function decoded(bytes: Buffer): Line {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes).replace(/^\ufeff/, '');
  } catch {
    return { fault: 'invalid_request' };
  }
}
