// Live transcription: sound in while somebody speaks, words out that are never taken back. A broken connection is taken up again; sound is
// kept here until the server has said that it is durable (docs/formats/live.md).
import { CordonError } from './problem.ts';

/** The part of the browser's WebSocket that is used; Node ≥ 22 has it too. */
export interface LiveSocket {
  readonly readyState: number;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void;
  send(text: string): void;
  close(code?: number): void;
}

export interface LiveOptions {
  readonly url: string;
  readonly credential: string;
  /** Hz of the 16-bit PCM that is sent: one channel, little-endian. */
  readonly sampleRate: 16_000 | 24_000;
  /** The visit, by its id or the caller's own reference. */
  readonly encounter?: string;
  /** Patient of a visit that is opened by this call. */
  readonly patient?: string;
  /** Milliseconds of pause that end a turn; null: turns end by `commit`. */
  readonly pauseMs?: number | null;
  /** Words to append to the text of a turn. Text is PHI. */
  readonly onText?: (turn: string, delta: string) => void;
  /** A turn is over: its whole text. */
  readonly onTurn?: (turn: string, text: string) => void;
  /** For tests and runtimes with a WebSocket of their own. */
  readonly connect?: (url: string, protocols: readonly string[]) => LiveSocket;
}

/** What the session became; `recording` and `transcript` are null when there was hardly any sound. */
export interface LiveResult {
  readonly encounter: string;
  readonly recording: string | null;
  readonly transcript: string | null;
}

/** Milliseconds between attempts to come back, growing; together less than the ten minutes that a session waits. */
const BACK_OFF_MS = [0, 250, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 40_000, 60_000] as const;

/** Bytes in one message: a second at 16 kHz. */
const PIECE_BYTES = 32_000;

/** Close codes after which coming back is of use: broken, server stops, come back later. */
const PASSING = new Set([1001, 1005, 1006, 1012, 1013]);

const OPEN = 1;

interface Message {
  readonly type: string;
  readonly event_id: string;
  readonly [member: string]: unknown;
}

/** Resolves when the session is open. Errors: `CordonError`; a handshake that is refused says only that (browsers hide why). */
export async function openLive(options: LiveOptions): Promise<LiveTranscription> {
  const live = new LiveTranscription(options);
  await live.opened();
  return live;
}

export class LiveTranscription {
  readonly #options: LiveOptions;
  #socket: LiveSocket | null = null;
  #session: string | null = null;
  #lastEvent: string | null = null;
  /** Sound that is not known to be durable; `#first` is the number of its first byte in the session. */
  #kept: Uint8Array[] = [];
  #first = 0;
  /** Bytes that were given here, and those of them that this connection was given. */
  #given = 0;
  #sent = 0;
  #ready = false;
  #finishing = false;
  #attempt = 0;
  readonly #opened = Promise.withResolvers<void>();
  readonly #finished = Promise.withResolvers<LiveResult>();

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#opened.promise.catch(() => undefined);
    this.#finished.promise.catch(() => undefined);
    this.#connect();
  }

  /** Id of the session; null until it is open. */
  get session(): string | null {
    return this.#session;
  }

  /** Bytes that are kept because the server has not said yet that they are durable. */
  get unacknowledged(): number {
    return this.#given - this.#first;
  }

  opened(): Promise<void> {
    return this.#opened.promise;
  }

  /** Sound as it is recorded; any length. Kept until it is durable, so it may be called while there is no connection. */
  send(pcm: Uint8Array): void {
    if (this.#finishing) throw new TypeError('the session was finished');
    this.#kept.push(pcm.slice());
    this.#given += pcm.length;
    this.#flush();
  }

  /** Ends the turn; for sessions without turn detection. Errors: none here; a turn without sound is told to nobody. */
  commit(): void {
    if (this.#ready) this.#tell({ type: 'input_audio_buffer.commit' });
  }

  /** Hears to the end. Resolves when recording and transcript are stored. Errors: `CordonError` with why the session ended. */
  finish(): Promise<LiveResult> {
    this.#finishing = true;
    this.#flush();
    return this.#finished.promise;
  }

  #connect(): void {
    const { url, credential, encounter, patient, connect } = this.#options;
    const query = new URLSearchParams({ intent: 'transcription', acknowledge: 'true' });
    if (this.#session !== null) query.set('session', this.#session);
    else {
      if (encounter !== undefined) query.set('cordon-encounter', encounter);
      if (patient !== undefined) query.set('cordon-patient', patient);
    }
    if (this.#lastEvent !== null) query.set('after', this.#lastEvent);
    const address = `${url.replace(/\/+$/, '').replace(/^http/, 'ws')}/v1/realtime?${query.toString()}`;
    const protocols = ['realtime', `openai-insecure-api-key.${credential}`];
    const socket = (connect ?? browserSocket)(address, protocols);
    this.#socket = socket;
    this.#ready = false;
    socket.addEventListener('message', ({ data }) => this.#take(JSON.parse(String(data)) as Message));
    // An error is always followed by a close.
    socket.addEventListener('close', ({ code, reason }) => {
      if (this.#socket === socket) this.#lost(code, reason);
    });
  }

  #take(message: Message): void {
    if (/_\d+_\d+$/.test(message.event_id)) this.#lastEvent = message.event_id;
    switch (message.type) {
      case 'session.created':
        this.#begin(message['session'] as { id: string; cordon: { received: number; durable: number } });
        break;
      case 'cordon.audio.received':
        this.#forget(Number(message['bytes']));
        break;
      case 'conversation.item.input_audio_transcription.delta':
        this.#options.onText?.(String(message['item_id']), String(message['delta']));
        break;
      case 'conversation.item.input_audio_transcription.completed':
        this.#options.onTurn?.(String(message['item_id']), String(message['transcript']));
        break;
      case 'cordon.session.finished':
        this.#finished.resolve(message as unknown as LiveResult);
        break;
      default:
        break;
    }
  }

  #begin({ id, cordon }: { readonly id: string; readonly cordon: { received: number; durable: number } }): void {
    const isNew = this.#session === null;
    this.#session = id;
    this.#attempt = 0;
    this.#forget(cordon.durable);
    this.#sent = cordon.received;
    if (isNew) this.#tell({ type: 'session.update', session: this.#setup() });
    this.#ready = true;
    this.#opened.resolve();
    this.#flush();
  }

  #setup(): object {
    const { sampleRate, pauseMs = 1_000 } = this.#options;
    const turns = pauseMs === null ? null : { type: 'server_vad', silence_duration_ms: pauseMs };
    return {
      type: 'transcription',
      audio: { input: { format: { type: 'audio/pcm', rate: sampleRate }, turn_detection: turns } },
    };
  }

  /** Sends what this connection was not given yet, and the end when it was asked for. */
  #flush(): void {
    if (!this.#ready) return;
    let at = this.#first;
    for (const piece of this.#kept) {
      for (let from = Math.max(0, this.#sent - at); from < piece.length; from += PIECE_BYTES) {
        const bytes = piece.subarray(from, from + PIECE_BYTES);
        this.#tell({ type: 'input_audio_buffer.append', offset: at + from, audio: base64(bytes) });
        this.#sent = at + from + bytes.length;
      }
      at += piece.length;
    }
    if (this.#finishing) this.#tell({ type: 'cordon.session.finish' });
  }

  #forget(durable: number): void {
    for (let first = this.#kept[0]; first !== undefined; first = this.#kept[0]) {
      if (this.#first + first.length > durable) return;
      this.#first += first.length;
      this.#kept.shift();
    }
  }

  #lost(code: number, reason: string): void {
    this.#ready = false;
    const wait = BACK_OFF_MS[this.#attempt];
    if (this.#session === null || !PASSING.has(code) || wait === undefined) {
      const error = endedBy(code, reason);
      this.#opened.reject(error);
      this.#finished.reject(error);
      return;
    }
    this.#attempt += 1;
    setTimeout(() => this.#connect(), wait);
  }

  #tell(event: object): void {
    if (this.#socket?.readyState === OPEN) this.#socket.send(JSON.stringify(event));
  }
}

function browserSocket(url: string, protocols: readonly string[]): LiveSocket {
  return new WebSocket(url, [...protocols]);
}

/** The server names its code as the reason of the close; a refused handshake has none. */
function endedBy(code: number, reason: string): CordonError {
  return new CordonError({
    code: reason === '' || reason === 'finished' ? 'server_unreachable' : reason,
    message: `The live session ended (${String(code)}).`,
    remedy: 'See the code; what was acknowledged is kept by the server.',
    requestId: null,
    status: 0,
    retryAfter: null,
    details: { closeCode: code },
  });
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 4_096) text += String.fromCodePoint(...bytes.subarray(at, at + 4_096));
  return btoa(text);
}
