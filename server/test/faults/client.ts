// A caller that behaves as a careful one should: it repeats what was not answered, under the same idempotency key, until it is.
import { setTimeout as sleep } from 'node:timers/promises';

/** Where the server is now; changes when it is started again. */
export interface Target {
  url: string;
  readonly apiKey: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** What became of the attempts before an answer came. */
export interface Weather {
  /** Refused by a typed problem that says to come again. */
  refused: number;
  /** No answer: the connection broke, so the server may or may not have done it. */
  unknown: number;
  /** Codes of the refusals and how often. */
  readonly codes: Map<string, number>;
}

export interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** By default the API key; null: none. Asked before each attempt, because a session may have been opened anew. */
  readonly token?: () => string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Made anew for each attempt. */
  readonly body?: () => string | Uint8Array<ArrayBuffer> | FormData;
}

const PAUSE_MS = 50;
const ANSWER_MS = 60_000;
const GIVE_UP_MS = 300_000; // a transcription may be killed several times before it is through
// Answers that a caller may repeat after: nothing was done, or the same key makes it be done once.
const AGAIN = new Set([408, 425, 429, 500, 502, 503, 507]);
// The first attempt is still at work, also when its caller is gone.
const STILL_RUNNING = 'idempotency_in_progress';

export function fairWeather(): Weather {
  return { refused: 0, unknown: 0, codes: new Map() };
}

/** Repeats until there is an answer that is no "come again". Throws after five minutes: then the server did not recover. */
export async function persist(target: Target, weather: Weather, call: Call): Promise<Answer> {
  const until = performance.now() + GIVE_UP_MS;
  for (;;) {
    const answer = await attempt(target, call);
    if (answer !== null && !isAgain(answer)) return answer;
    if (answer === null) weather.unknown += 1;
    else count(weather, answer);
    if (performance.now() > until) throw new Error(`no answer to ${call.method} ${call.path} in ${GIVE_UP_MS} ms`);
    await sleep(PAUSE_MS);
  }
}

function isAgain(answer: Answer): boolean {
  return AGAIN.has(answer.status) || (answer.status === 409 && codeOf(answer) === STILL_RUNNING);
}

async function attempt(target: Target, call: Call): Promise<Answer | null> {
  const token = call.token === undefined ? target.apiKey : call.token();
  try {
    const response = await fetch(target.url + call.path, {
      method: call.method,
      headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...call.headers },
      signal: AbortSignal.timeout(ANSWER_MS),
      ...(call.body === undefined ? {} : { body: call.body() }),
    });
    const body = Buffer.from(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, body };
  } catch {
    return null;
  }
}

function count(weather: Weather, answer: Answer): void {
  const code = codeOf(answer);
  weather.refused += 1;
  weather.codes.set(code, (weather.codes.get(code) ?? 0) + 1);
}

/** Our stable code, from either envelope; `untyped` for an answer that has none, which is a fault by itself. */
export function codeOf(answer: Answer): string {
  try {
    const body = json(answer) as { code?: string; error?: { code?: string } };
    return body.code ?? body.error?.code ?? 'untyped';
  } catch {
    return 'untyped';
  }
}

/** The parsed body; the caller says what it is, as a client would. */
export function json(answer: Answer): unknown {
  return JSON.parse(answer.body.toString());
}
