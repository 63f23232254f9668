// Sends a recording as it is read: memory holds what the transport holds, whatever the length of the visit.
import { Recording } from '@cordon/contract';
import type { CordonClientOptions } from './client.ts';
import { problemOf, unreachable } from './problem.ts';

/** A Blob or File (browsers stream it from disk), or bytes as they come: a Node stream is an AsyncIterable. */
export type RecordingBytes = Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

export interface RecordingUpload {
  readonly encounterId: string;
  readonly bytes: RecordingBytes;
  /** `audio/wav`, `audio/flac`…; `application/octet-stream` lets the server look. */
  readonly contentType: string;
  /** Labels of the channels in order: `['clinician', 'patient']`. */
  readonly speakers?: readonly string[];
  /** False stores the recording without starting its transcription. */
  readonly transcribe?: boolean;
  /** Makes a repeated upload the first one again. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
  /** Called with the number of bytes handed to the transport so far; not for a Blob, which the runtime reads itself. */
  readonly onSent?: (bytes: number) => void;
}

/** Resolves when the recording is stored and durable. Errors: `CordonError` (`consent_missing`, `audio_unreadable`…). */
export async function uploadRecording(client: CordonClientOptions, upload: RecordingUpload): Promise<Recording> {
  const source = upload.bytes instanceof Blob ? null : upload.bytes[Symbol.asyncIterator]();
  try {
    const body = source === null ? (upload.bytes as Blob) : streamOf(source, upload.onSent);
    return await storedBy(client, upload, body);
  } finally {
    // The transport does not close its source when a request is aborted or answered early: a file would stay open.
    source?.return?.().catch(() => undefined);
  }
}

async function storedBy(
  client: CordonClientOptions,
  upload: RecordingUpload,
  body: Blob | ReadableStream<Uint8Array>,
): Promise<Recording> {
  const send = client.fetch ?? globalThis.fetch;
  const request = new Request(addressOf(client.url, upload), requestOf(client, upload, body));
  const response = await send(request).catch((error: unknown) => {
    throw unreachable(error);
  });
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw problemOf(response, answer);
  return Recording.parse(answer);
}

function addressOf(base: string, { encounterId, speakers, transcribe }: RecordingUpload): URL {
  const url = new URL(`${base.replace(/\/+$/, '')}/api/encounters/${encodeURIComponent(encounterId)}/recordings`);
  if (speakers !== undefined) url.searchParams.set('speakers', speakers.join(','));
  if (transcribe !== undefined) url.searchParams.set('transcribe', String(transcribe));
  return url;
}

function requestOf(
  client: CordonClientOptions,
  { contentType, idempotencyKey, signal }: RecordingUpload,
  body: Blob | ReadableStream<Uint8Array>,
): RequestInit {
  return {
    method: 'POST',
    headers: {
      'content-type': contentType,
      ...(client.credential !== '' && { authorization: `Bearer ${client.credential}` }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
    },
    ...(signal !== undefined && { signal }),
    body,
    ...(!(body instanceof Blob) && { duplex: 'half' }),
  };
}

/** Pulled by the transport: nothing is read before there is room for it. */
function streamOf(
  source: AsyncIterator<Uint8Array>,
  onSent: ((bytes: number) => void) | undefined,
): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await source.next();
        if (next.done === true) {
          controller.close();
          return;
        }
        controller.enqueue(next.value);
        sent += next.value.byteLength;
        onSent?.(sent);
      },
    },
    { highWaterMark: 0 },
  );
}
