// AssemblyAI's asynchronous API, v2 (docs/formats/adapters.md): the sound is uploaded, the transcript asked for, waited for, read, and
// deleted. Cloud (US or EU), or self-hosted at the row's endpoint.
import { setTimeout as sleep } from 'node:timers/promises';
import { isProblem, ProblemError } from '@cordon/contract';
import type { Door, HeardText, HeardWord, SpeechAdapter, SpeechRequest, Target } from '#boundary/egress/adapter.ts';
import { readUpTo } from '#boundary/egress/whole.ts';
import { Phi } from '#kernel/phi.ts';
import { unusableSecret } from './aws.ts';
import {
  askJson,
  audioMsOf,
  boundsOf,
  certaintyIn,
  exactly,
  inOrder,
  listIn,
  modelWord,
  type Said,
  textIn,
} from './heard.ts';

/** Milliseconds between looks at a transcript under way: soon at first, for the short ones. */
const FIRST_LOOK_MS = 1_000;
const LOOK_MS = 4_000;
/** A transcript that takes longer than the sound lasts, and never less than this many milliseconds, is given up. */
const LEAST_WAIT_MS = 10 * 60_000;
/** Milliseconds for one attempt at a deletion, which goes on when the caller has left. */
const DELETE_MS = 15_000;
const DELETE_ATTEMPTS = 3;
/** Terms that the vendor takes with a request. */
const MAX_HINTS = 200;
const MAX_REFUSAL_BYTES = 65_536;

const ID = /^[A-Za-z0-9-]{1,64}$/;

export interface AssemblyAiPace {
  readonly firstLookMs: number;
  readonly lookMs: number;
}

export function assemblyAi(pace: AssemblyAiPace = { firstLookMs: FIRST_LOOK_MS, lookMs: LOOK_MS }): SpeechAdapter {
  return {
    async transcribe(door, target, request, signal) {
      const secret = await door.secret(target);
      if (secret === '') throw unusableSecret();
      const line = new Line(door, target, secret);
      const id = await line.begin(await line.upload(request, signal), request, signal);
      let said: Said;
      try {
        said = await line.wait(id, request, pace, signal);
      } catch (error) {
        // What went wrong first is what is told.
        await line.forget(id).catch(() => undefined);
        throw error;
      }
      await line.forget(id);
      return heardOf(said, request);
    },
  };
}

class Line {
  readonly #door: Door;
  readonly #target: Target;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(door: Door, target: Target, secret: string | null) {
    this.#door = door;
    this.#target = target;
    this.#headers = { accept: 'application/json', ...(secret === null ? {} : { authorization: secret }) };
  }

  /** The vendor's own address of what was uploaded; it is only ever given back to it. */
  async upload(request: SpeechRequest, signal: AbortSignal): Promise<string> {
    const headers = { 'content-type': 'application/octet-stream', 'content-length': String(request.length) };
    const said = await askJson(
      this.#door,
      this.#target,
      { method: 'POST', path: '/v2/upload', headers: { ...this.#headers, ...headers }, body: exactly(request) },
      signal,
    );
    const url = textIn(said['upload_url']);
    if (url === '' || url.length > 2048) throw new ProblemError('upstream_invalid', { reason: 'upload' });
    return url;
  }

  async begin(url: string, request: SpeechRequest, signal: AbortSignal): Promise<string> {
    const body = Buffer.from(JSON.stringify(orderOf(url, this.#target.service.model, request)));
    const headers = { ...this.#headers, 'content-type': 'application/json' };
    const said = await askJson(
      this.#door,
      this.#target,
      { method: 'POST', path: '/v2/transcript', headers, body },
      signal,
    );
    const id = textIn(said['id']);
    if (!ID.test(id)) throw new ProblemError('upstream_invalid', { reason: 'id' });
    return id;
  }

  async wait(id: string, request: SpeechRequest, pace: AssemblyAiPace, signal: AbortSignal): Promise<Said> {
    const end = performance.now() + Math.max(LEAST_WAIT_MS, request.durationMs);
    for (let pause = pace.firstLookMs; performance.now() < end; pause = Math.min(pause * 2, pace.lookMs)) {
      await pauseFor(pause, signal);
      const request = { method: 'GET' as const, path: `/v2/transcript/${id}`, headers: this.#headers, body: null };
      const said = await askJson(this.#door, this.#target, request, signal);
      switch (said['status']) {
        case 'completed':
          return said;
        case 'queued':
        case 'processing':
          break;
        case 'error':
          // The vendor's sentence may hold an address of the sound.
          throw new ProblemError('upstream_refused', { reason: 'transcript' });
        default:
          throw new ProblemError('upstream_invalid', { reason: 'status' });
      }
    }
    throw new ProblemError('upstream_timeout', { reason: 'transcript' });
  }

  /**
   * Deletes text and, where the vendor allows it, sound. A transcript that stays is more than the agreement was read to say, so it is an
   * error: `upstream_unavailable` {reason: not_deleted}.
   */
  async forget(id: string): Promise<void> {
    const request = { method: 'DELETE' as const, path: `/v2/transcript/${id}`, headers: this.#headers, body: null };
    for (let attempt = 0; attempt < DELETE_ATTEMPTS; attempt += 1) {
      try {
        const inbound = await this.#door.send(this.#target, request, AbortSignal.timeout(DELETE_MS));
        await readUpTo(inbound, MAX_REFUSAL_BYTES);
        if (inbound.status < 300 || inbound.status === 404) return;
      } catch (error) {
        if (!isProblem(error)) throw error;
      }
    }
    throw new ProblemError('upstream_unavailable', { reason: 'not_deleted' });
  }
}

async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    throw isProblem(signal.reason) ? signal.reason : new ProblemError('caller_gone');
  }
}

/** The words as they were said, with nothing else asked of them: no summaries, no topics, no entities. */
function orderOf(url: string, model: string, request: SpeechRequest): object {
  const hints = request.hints.reveal().slice(0, MAX_HINTS);
  return {
    audio_url: url,
    speech_models: [model],
    language_code: languageOf(request.language),
    punctuate: true,
    format_text: false,
    ...(request.channels > 1 ? { multichannel: true } : { speaker_labels: true }),
    ...(hints.length > 0 ? { keyterms_prompt: hints } : {}),
  };
}

const REGIONAL: ReadonlySet<string> = new Set(['en_us', 'en_au']);

/** BCP 47 as the vendor writes it: `en_us`, `en_uk`, `en_au`, else the language alone. */
function languageOf(tag: string): string {
  const [language = '', region = ''] = tag.toLowerCase().split('-');
  if (region === 'gb' && language === 'en') return 'en_uk';
  return REGIONAL.has(`${language}_${region}`) ? `${language}_${region}` : language;
}

function heardOf(said: Said, request: SpeechRequest): HeardText {
  return {
    words: Phi.of(inOrder(listIn(said['words']).map((word) => wordOf(word, request)))),
    usage: {
      inputTokens: null,
      cachedInputTokens: null,
      outputTokens: null,
      audioMs: audioMsOf(said['audio_duration'], request),
    },
    model: modelWord(said['speech_model_used'] ?? said['speech_model']),
  };
}

function wordOf(said: Said, { channels }: SpeechRequest): HeardWord {
  const channel = Number(said['channel']) - 1;
  const speaker = textIn(said['speaker']);
  return {
    text: textIn(said['text']),
    ...boundsOf(said['start'], said['end'], 1000),
    confidence: certaintyIn(said['confidence']),
    channel: channels > 1 && (channel === 0 || channel === 1) ? channel : null,
    speaker: speaker === '' ? null : speaker,
  };
}
