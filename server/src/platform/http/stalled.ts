// Bodies that do not come. Whoever announces a body and then sends nothing, or a byte a minute, would keep a connection for
// ever, without a credential too: bodies are read before anybody is asked who they are, and drained after a refusal.
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** Milliseconds. */
export interface BodyLimits {
  /** Without a byte of a body that is being read. Longer than a mobile network changes cells; an hour of audio may take an hour. */
  readonly stallMs: number;
  /** For a body that is taken whole (JSON): 1 MiB at the speed of a modem. */
  readonly wholeMs: number;
  /** For the rest of a body after the request was answered. */
  readonly drainMs: number;
}

export const BODY_LIMITS: BodyLimits = { stallMs: 60_000, wholeMs: 120_000, drainMs: 30_000 };

/** Looks per limit: a connection is cut at most so much later than the limit says. */
const LOOKS = 4;
/** What Fastify reads whole before a handler sees it. */
const WHOLE = /^\s*(application\/json|text\/plain)\b/i;

interface Watched {
  readonly since: number;
  readonly whole: boolean;
  bytes: number;
  movedAt: number;
  answeredAt: number | null;
}

/** Cuts connections whose body does not come; nothing is answered, for nobody listens or somebody plays dead. */
export function watchBodies(app: FastifyInstance, limits: BodyLimits): void {
  const watched = new Map<IncomingMessage, Watched>();
  app.addHook('onRequest', ({ raw }, _reply, done) => {
    if (announcesBody(raw)) {
      const now = performance.now();
      const whole = WHOLE.test(raw.headers['content-type'] ?? '');
      watched.set(raw, { since: now, whole, bytes: raw.socket.bytesRead, movedAt: now, answeredAt: null });
      raw.once('close', () => watched.delete(raw));
    }
    done();
  });
  app.addHook('onResponse', ({ raw }, _reply, done) => {
    const one = watched.get(raw);
    if (one !== undefined) one.answeredAt = performance.now();
    done();
  });
  const look = (): void => {
    for (const [raw, one] of watched) {
      if (raw.complete) watched.delete(raw);
      else if (isOver(raw, one, limits)) raw.destroy(new Error('a body that did not come'));
    }
  };
  const timer = setInterval(look, Math.min(limits.stallMs, limits.wholeMs, limits.drainMs) / LOOKS).unref();
  app.addHook('onClose', (_app, done) => {
    clearInterval(timer);
    done();
  });
}

function announcesBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function isOver(raw: IncomingMessage, one: Watched, limits: BodyLimits): boolean {
  const now = performance.now();
  const { bytesRead } = raw.socket;
  // What is here and unread is our delay (a slow disk, a busy engine), not the caller's.
  if (bytesRead !== one.bytes || raw.readableLength > 0) {
    one.bytes = bytesRead;
    one.movedAt = now;
  }
  if (one.answeredAt !== null) return now - one.answeredAt >= limits.drainMs;
  return now - one.movedAt >= limits.stallMs || (one.whole && now - one.since >= limits.wholeMs);
}
