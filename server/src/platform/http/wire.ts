// A WebSocket as handlers see it: text messages, with back-pressure both ways and a heartbeat. What the peer does not read does not pile
// up here, and what the handler does not take is not read from the socket.
import { ProblemError } from '@cordon/contract';
import type { RawData, WebSocket } from 'ws';

export interface Wire {
  /** Resolves when the peer has taken enough. Errors: `live_reader_slow` when it takes nothing for half a minute; `WireClosed`. */
  send(text: string): Promise<void>;
  /** Messages in order, ending when the peer is gone. The next is read when the last was dealt with. */
  messages(): AsyncIterable<string>;
  /** Resolves with the close code (RFC 6455 §7.4): 1006 when there was none. */
  readonly closed: Promise<number>;
  close(code: number, reason: string): void;
}

/** The peer is gone. */
export class WireClosed extends Error {
  constructor() {
    super('the connection is closed');
    this.name = 'WireClosed';
  }
}

export interface WireLimits {
  /** Bytes that may wait for the peer. */
  readonly unreadBytes: number;
  /** Milliseconds that they may wait. */
  readonly slowMs: number;
}

/** A quarter of a mebibyte is minutes of events; half a minute is a phone in a tunnel. */
const WIRE_LIMITS: WireLimits = { unreadBytes: 262_144, slowMs: 30_000 };

/** Milliseconds between looks at a peer that does not read. */
const LOOK_MS = 20;

/** Characters that wait for the handler before the socket is paused; a message costs its place beside them, so that empty ones count. */
const UNTAKEN_CHARS = 1_048_576;
const MESSAGE_CHARS = 512;

/** Milliseconds between pings; a peer that answers none of two is gone. Proxies cut idle connections at a minute. */
const PING_MS = 20_000;

/** Pings of a peer between two of ours: thirty a second are no heartbeat. */
const MAX_PINGS = 600;

/** Milliseconds that a peer gets to answer our close. */
const CLOSE_MS = 3_000;

export class WebSocketWire implements Wire {
  readonly #socket: WebSocket;
  readonly #limits: WireLimits;
  readonly closed: Promise<number>;
  #untaken: string[] = [];
  #untakenChars = 0;
  #gone = false;
  #changed = Promise.withResolvers<void>();
  #answered = true;
  #pings = 0;

  constructor(socket: WebSocket, limits: WireLimits = WIRE_LIMITS) {
    this.#socket = socket;
    this.#limits = limits;
    socket.on('message', (data, isBinary) => this.#take(data, isBinary));
    socket.on('error', () => undefined); // what follows is a close
    socket.on('pong', () => (this.#answered = true));
    socket.on('ping', (data) => this.#answer(data));
    const beat = setInterval(() => this.#beat(), PING_MS);
    this.closed = new Promise((resolve) => {
      socket.once('close', (code) => {
        clearInterval(beat);
        this.#gone = true;
        this.#change();
        resolve(code);
      });
    });
  }

  async send(text: string): Promise<void> {
    if (this.#gone || this.#socket.readyState !== this.#socket.OPEN) throw new WireClosed();
    this.#socket.send(text);
    const since = performance.now();
    while (this.#socket.bufferedAmount > this.#limits.unreadBytes && !this.#gone) {
      if (performance.now() - since > this.#limits.slowMs) throw new ProblemError('live_reader_slow');
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  async *messages(): AsyncGenerator<string, void, void> {
    for (;;) {
      const next = this.#untaken.shift();
      if (next !== undefined) {
        this.#untakenChars -= next.length + MESSAGE_CHARS;
        if (this.#untaken.length === 0 && this.#socket.isPaused) this.#socket.resume();
        yield next;
      } else if (this.#gone) return;
      else await this.#changed.promise;
    }
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
    if (this.#socket.isPaused) this.#socket.resume(); // else the peer's answer is never read
    const cut = setTimeout(() => this.#socket.terminate(), CLOSE_MS).unref();
    void this.closed.then(() => clearTimeout(cut));
  }

  /** Binary messages are none of the protocol (RFC 6455 §7.4.1, 1003). */
  #take(data: RawData, isBinary: boolean): void {
    if (isBinary) {
      this.close(1003, 'text messages only');
      return;
    }
    const text = (data as Buffer).toString('utf8');
    this.#untaken.push(text);
    this.#untakenChars += text.length + MESSAGE_CHARS;
    if (this.#untakenChars >= UNTAKEN_CHARS) this.#socket.pause();
    this.#change();
  }

  /** A peer that does not read gets no answers that would wait for it here (RFC 6455 §5.5.3 asks for the latest alone). */
  #answer(ping: Buffer): void {
    this.#pings += 1;
    if (this.#pings > MAX_PINGS) this.#socket.terminate();
    else if (this.#socket.bufferedAmount <= this.#limits.unreadBytes) this.#socket.pong(ping);
  }

  #beat(): void {
    this.#pings = 0;
    // Paused, its pongs are not read: that is our delay.
    if (!this.#answered && !this.#socket.isPaused) this.#socket.terminate();
    this.#answered = false;
    this.#socket.ping();
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
