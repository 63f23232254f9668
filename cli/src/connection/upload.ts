// Sending bytes of any length and waiting for the answer as long as it takes. `fetch` gives up after five minutes without
// response headers and cannot be told otherwise without a further package; recognising a long recording takes longer.
import { request as plainRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { openAsBlob } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { Refusal } from '#failure.ts';
import { reason } from '#home/files.ts';

export interface Upload {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
  /** Null: unknown, sent in chunks. */
  readonly bytes: number | null;
  readonly onSent: (bytes: number) => void;
  readonly signal: AbortSignal;
}

export interface UploadReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A refusal is small; a transcript of a day of speech is below this. */
const MAX_REPLY_BYTES = 256 * 1024 * 1024;

/** Sends and reads the whole answer. An answer that comes before all is sent counts. Errors: `server_unreachable`, `file_unreadable`. */
export async function upload(sending: Upload): Promise<UploadReply> {
  const { url, headers, body, bytes, onSent, signal } = sending;
  const begin = url.protocol === 'https:' ? tlsRequest : plainRequest;
  const length = bytes === null ? {} : { 'content-length': String(bytes) };
  const outgoing = begin(url, { method: 'POST', headers: { ...headers, ...length }, signal });
  body.on('error', (error) => outgoing.destroy(error));
  body.pipe(counting(onSent)).pipe(outgoing);
  try {
    const answered = await answerOf(outgoing);
    return { status: answered.statusCode ?? 0, headers: headersOf(answered), text: await textOf(answered) };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Refusal) throw error;
    if (body.errored !== null) throw new Refusal('file_unreadable', reason(body.errored));
    throw new Refusal('server_unreachable', url.origin);
  } finally {
    body.destroy();
    outgoing.destroy();
  }
}

function answerOf(outgoing: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve);
    outgoing.on('error', reject); // after the answer: the rest could not be sent, which no longer matters
  });
}

/** A file and text fields as a multipart body (RFC 7578), read from disk as it is sent. */
export async function multipart(
  file: string,
  name: string,
  fields: Readonly<Record<string, string>>,
): Promise<{ readonly body: Readable; readonly contentType: string }> {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.append(field, value);
  const blob = await openAsBlob(file).catch((error: unknown) => {
    throw new Refusal('file_unreadable', `${file}: ${reason(error)}`);
  });
  form.append('file', blob, name);
  const encoded = new Response(form);
  if (encoded.body === null) throw new Refusal('file_unreadable', file);
  return { body: Readable.from(encoded.body), contentType: encoded.headers.get('content-type') ?? '' };
}

function counting(onSent: (bytes: number) => void): Transform {
  let total = 0;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      total += chunk.byteLength;
      onSent(total);
      done(null, chunk);
    },
  });
}

function headersOf(message: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headersDistinct)) {
    for (const each of value ?? []) headers.append(name, each);
  }
  return headers;
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of message as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_REPLY_BYTES) throw new Refusal('server_unreachable', 'the answer does not end');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
