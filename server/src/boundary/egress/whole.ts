// Answers that are read to their end before anything is done with them.
import { ProblemError } from '@cordon/contract';
import { parseJson } from '#kernel/json.ts';
import type { Inbound } from './adapter.ts';
import { MAX_WHOLE_ANSWER_BYTES } from './limits.ts';

/** All bytes. Errors: `upstream_invalid` {reason: too_large} and those of the door. */
export async function readWhole({ headers, body }: Inbound, most = MAX_WHOLE_ANSWER_BYTES): Promise<Uint8Array> {
  if (Number(headers['content-length'] ?? 0) > most) {
    await body[Symbol.asyncIterator]().return?.();
    throw tooLarge();
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > most) throw tooLarge();
    chunks.push(chunk);
  }
  const [first] = chunks;
  return first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks, size);
}

/** The first bytes and no more: what follows is not fetched. */
export async function readUpTo({ body }: Inbound, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= most) break;
  }
  return Buffer.concat(chunks).subarray(0, most);
}

/** `type/subtype` in lower case; empty: none was given. */
export function mediaType(headers: Inbound['headers']): string {
  const given = headers['content-type'];
  return typeof given === 'string' ? (given.split(';')[0] ?? '').trim().toLowerCase() : '';
}

/** The object that the bytes are in JSON. Errors: `upstream_invalid` {reason: not_json}. */
export function parseObject(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  let parsed: unknown;
  try {
    parsed = parseJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch {
    parsed = null;
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Record<string, unknown>;
  throw new ProblemError('upstream_invalid', { reason: 'not_json' });
}

export function wrongType(): ProblemError {
  return new ProblemError('upstream_invalid', { reason: 'content_type' });
}

function tooLarge(): ProblemError {
  return new ProblemError('upstream_invalid', { reason: 'too_large' });
}
