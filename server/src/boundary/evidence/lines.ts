// JSON Lines as they arrive, one at a time, within limits: what is held is one line.
import { MAX_SAMPLE_BYTES, ProblemError } from '@cordon/contract';

/** Bytes of one line: a discharge summary with its gold spans is a tenth of it. */
const MAX_LINE_BYTES = 2 * 1024 * 1024;

const LF = 0x0a;

export interface NumberedLine {
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

/** Lines that are not empty. Errors: `payload_too_large`, `sample_unusable` {line, reason}, whatever `bytes` throws. */
export async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<NumberedLine> {
  let [total, number, held] = [0, 0, 0];
  let parts: Uint8Array[] = [];
  const taken = (): NumberedLine | null => {
    number += 1;
    const line = Buffer.concat(parts);
    [parts, held] = [[], 0];
    return lineOf(line, number);
  };
  for await (const chunk of bytes) {
    total += chunk.length;
    if (total > MAX_SAMPLE_BYTES) throw new ProblemError('payload_too_large');
    let from = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, from)) {
      parts.push(chunk.subarray(from, end));
      from = end + 1;
      const line = taken();
      if (line !== null) yield line;
    }
    if (from < chunk.length) {
      parts.push(chunk.subarray(from));
      held += chunk.length - from;
      if (held > MAX_LINE_BYTES)
        throw new ProblemError('sample_unusable', { line: number + 1, reason: 'line_too_long' });
    }
  }
  const last = held === 0 ? null : taken();
  if (last !== null) yield last;
}

function lineOf(bytes: Buffer, number: number): NumberedLine | null {
  if (bytes.length > MAX_LINE_BYTES)
    throw new ProblemError('sample_unusable', { line: number, reason: 'line_too_long' });
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes).trim();
    return text === '' ? null : { text, number };
  } catch {
    throw new ProblemError('sample_unusable', { line: number, reason: 'not_utf8' });
  }
}
