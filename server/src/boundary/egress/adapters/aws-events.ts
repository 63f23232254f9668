// Amazon's signed event streams: a request signed with SigV4 whose body is frames, each signed after the one before
// (STREAMING-AWS4-HMAC-SHA256-EVENTS), so that none can be left out, doubled or exchanged on the way.
import { createHash, createHmac } from 'node:crypto';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { ProblemError } from '@cordon/contract';
import { wholeFrames } from './answer-limits.ts';
import type { AwsCredentials } from './aws.ts';

const ALGORITHM = 'AWS4-HMAC-SHA256';
const STREAMING = 'STREAMING-AWS4-HMAC-SHA256-EVENTS';

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString()),
  (text) => Buffer.from(text),
);

export interface Signing {
  readonly credentials: AwsCredentials;
  readonly region: string;
  /** As the scope of a signature names it. */
  readonly service: string;
  now(): Date;
}

export interface SignedStart {
  readonly headers: Readonly<Record<string, string>>;
  /** The seed of the chain: the signature over the headers. */
  readonly signature: string;
}

/** Signs the beginning of a stream. `headers` are lower-case; all are covered. */
export function signStart(
  host: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  by: Signing,
): SignedStart {
  const asked = { method: 'POST', host, path, headers: { ...headers, 'x-amz-content-sha256': STREAMING } };
  return signed(asked, STREAMING, by);
}

/** Headers of a request without a body. */
export function signRequest(method: 'GET', host: string, path: string, by: Signing): Readonly<Record<string, string>> {
  return signed({ method, host, path, headers: {} }, sha256(''), by).headers;
}

interface Unsigned {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

function signed({ method, host, path, headers }: Unsigned, payload: string, by: Signing): SignedStart {
  const at = longDate(by.now());
  const { sessionToken } = by.credentials;
  const covered: Record<string, string> = {
    ...headers,
    host,
    'x-amz-date': at,
    ...(sessionToken === null ? {} : { 'x-amz-security-token': sessionToken }),
  };
  const names = Object.keys(covered).toSorted();
  const lines = names.map((name) => `${name}:${covered[name]?.trim() ?? ''}`);
  const canonical = [method, path, '', ...lines, '', names.join(';'), payload].join('\n');
  const scope = scopeOf(at, by);
  const signature = hmac(keyOf(at, by), [ALGORITHM, at, scope, sha256(canonical)].join('\n')).toString('hex');
  const authorization = `${ALGORITHM} Credential=${by.credentials.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  const { host: _, ...sent } = covered;
  return { headers: { ...sent, authorization }, signature };
}

/** Frames around each event, and the empty one that ends the stream. */
export async function* signedFrames(
  events: AsyncIterable<Uint8Array>,
  start: SignedStart,
  by: Signing,
): AsyncGenerator<Uint8Array> {
  let prior = start.signature;
  const sign = (payload: Uint8Array): Uint8Array => {
    const date = new Date(Math.floor(by.now().getTime() / 1000) * 1000);
    const at = longDate(date);
    const head = codec.formatHeaders({ ':date': { type: 'timestamp', value: date } });
    const text = [`${ALGORITHM}-PAYLOAD`, at, scopeOf(at, by), prior, sha256(head), sha256(payload)].join('\n');
    const value = hmac(keyOf(at, by), text);
    prior = value.toString('hex');
    const headers = {
      ':date': { type: 'timestamp' as const, value: date },
      ':chunk-signature': { type: 'binary' as const, value },
    };
    return codec.encode({ headers, body: payload });
  };
  for await (const event of events) yield sign(event);
  yield sign(new Uint8Array());
}

/** One event as Amazon's services take it. */
export function binaryEvent(type: string, body: Uint8Array): Uint8Array {
  const text = (value: string) => ({ type: 'string' as const, value });
  return codec.encode({
    headers: {
      ':message-type': text('event'),
      ':event-type': text(type),
      ':content-type': text('application/octet-stream'),
    },
    body,
  });
}

export interface AwsEvent {
  readonly type: string;
  readonly body: unknown;
}

const PASSING: ReadonlySet<string> = new Set([
  'LimitExceededException',
  'InternalFailureException',
  'ServiceUnavailableException',
  'ConflictException',
]);

/** The events of an answer. Errors: `upstream_unavailable`, `upstream_refused` for the service's exceptions, `upstream_invalid`. */
export async function* eventsOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<AwsEvent> {
  for await (const frame of wholeFrames(body)) {
    const { headers, payload } = decode(frame);
    const exception = headers[':exception-type']?.value;
    if (typeof exception === 'string') {
      const code = PASSING.has(exception) ? 'upstream_unavailable' : 'upstream_refused';
      throw new ProblemError(code, { reason: 'exception' });
    }
    if (headers[':message-type']?.value !== 'event')
      throw new ProblemError('upstream_unavailable', { reason: 'error' });
    const type = headers[':event-type']?.value;
    yield { type: typeof type === 'string' ? type : '', body: payload };
  }
}

function decode(frame: Uint8Array): {
  headers: Readonly<Record<string, { readonly value: unknown }>>;
  payload: unknown;
} {
  try {
    const { headers, body } = codec.decode(frame);
    return { headers, payload: JSON.parse(Buffer.from(body).toString()) as unknown };
  } catch {
    throw new ProblemError('upstream_invalid', { reason: 'frame' });
  }
}

/** `20261122T101112Z` (ISO 8601 basic). */
function longDate(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}

function scopeOf(at: string, { region, service }: Signing): string {
  return `${at.slice(0, 8)}/${region}/${service}/aws4_request`;
}

function keyOf(at: string, { credentials, region, service }: Signing): Buffer {
  const day = hmac(`AWS4${credentials.secretAccessKey}`, at.slice(0, 8));
  return hmac(hmac(hmac(day, region), service), 'aws4_request');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
