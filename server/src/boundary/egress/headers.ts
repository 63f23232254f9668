// Headers of answers pass by these lists; whatever else a service says in them stays outside (spec boundary §1.1).

/** What adapters may see: forms, times to wait, ids to ask the vendor about, and the words of vendors' own libraries. */
const RECEIVED = new Set([
  'content-type',
  'content-length',
  'date',
  'retry-after',
  'retry-after-ms',
  'request-id',
  'x-request-id',
  'apim-request-id',
  'x-amzn-requestid',
  'x-amzn-errortype',
  'x-amzn-transcribe-session-id',
  'dg-request-id',
  'openai-processing-ms',
  'openai-version',
]);
const RECEIVED_PREFIXES = ['x-ratelimit-', 'anthropic-ratelimit-'];

/** What goes on to the caller. */
const RELEASED = new Set(['retry-after', 'retry-after-ms', 'x-request-id', 'openai-processing-ms', 'openai-version']);
const RELEASED_PREFIX = 'x-ratelimit-';

/** Numbers, ids, dates and media types: anything longer or with other characters is none of them. */
const VALUE = /^[\w .,:;/+=*"()-]{0,256}$/;

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

export function receivedHeaders(headers: Headers): Headers {
  return pick(headers, (name) => RECEIVED.has(name) || RECEIVED_PREFIXES.some((prefix) => name.startsWith(prefix)));
}

export function releasedHeaders(headers: Headers): Headers {
  return pick(headers, (name) => RELEASED.has(name) || name.startsWith(RELEASED_PREFIX));
}

function pick(headers: Headers, passes: (name: string) => boolean): Headers {
  const picked: Record<string, string> = {};
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (typeof value === 'string' && passes(name) && VALUE.test(value)) picked[name] = value;
  }
  return picked;
}
