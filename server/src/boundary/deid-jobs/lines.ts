// A body of lines as it arrives: lines gathered into parts that are sealed one by one, with a limit on each and on all.
import { ProblemError } from '@cordon/contract';

/** Bytes of one line: a document of 250 pages. */
const MAX_LINE_BYTES = 2 * 1024 * 1024;

/** Bytes of all lines. What is larger is several jobs, or work for the command line, which keeps nothing. */
const MAX_BODY_BYTES = 256 * 1024 * 1024;

/** Bytes at which a part is full: some tenths of a second of work, which a restart may have to do again. */
const PART_BYTES = 256 * 1024;

const LF = 0x0a;

export interface Part {
  /** Without the lines that are empty. Each ends with a line feed. */
  readonly bytes: Buffer;
  readonly lines: number;
}

/** Memory: one part and one line. Errors: `payload_too_large`; those of `body`. */
export async function* partsOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Part, void, undefined> {
  let lines: Buffer[] = [];
  let size = 0;
  for await (const line of linesOf(body)) {
    if (isEmpty(line)) continue;
    lines.push(line);
    size += line.length;
    if (size < PART_BYTES) continue;
    yield { bytes: Buffer.concat(lines), lines: lines.length };
    lines = [];
    size = 0;
  }
  if (lines.length > 0) yield { bytes: Buffer.concat(lines), lines: lines.length };
}

async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void, undefined> {
  let held: Uint8Array[] = [];
  let size = 0;
  let total = 0;
  for await (const chunk of body) {
    total += chunk.length;
    if (total > MAX_BODY_BYTES) throw new ProblemError('payload_too_large');
    let from = 0;
    for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, from)) {
      const end = chunk.subarray(from, at + 1);
      if (size + end.length > MAX_LINE_BYTES) throw new ProblemError('payload_too_large');
      yield Buffer.concat([...held, end]);
      held = [];
      size = 0;
      from = at + 1;
    }
    if (from === chunk.length) continue;
    // A copy: the caller's buffer may be used again.
    held.push(new Uint8Array(chunk.subarray(from)));
    size += chunk.length - from;
    if (size > MAX_LINE_BYTES) throw new ProblemError('payload_too_large');
  }
  if (size > 0) yield Buffer.concat([...held, Buffer.from([LF])]);
}

function isEmpty(line: Buffer): boolean {
  return line.every((byte) => byte === LF || byte === 0x0d || byte === 0x20 || byte === 0x09);
}
