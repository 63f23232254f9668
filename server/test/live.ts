// A live client for tests: real WebSocket, events gathered, sound sent in pieces.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { DATA } from './server.ts';

export type Event = { readonly type: string; readonly event_id: string } & { readonly [member: string]: unknown };

export interface Live {
  readonly socket: WebSocket;
  readonly events: Event[];
  /** Resolves with the first event (seen or to come) of that type, the `count`th when given. */
  next(type: string, count?: number): Promise<Event>;
  send(event: object): void;
  /** Sends sound in pieces of `milliseconds`, at `speed` times real time (Infinity: at once). */
  speak(
    sound: Buffer,
    pace?: { readonly milliseconds?: number; readonly speed?: number; readonly offset?: number },
  ): Promise<void>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  close(code?: number): Promise<void>;
}

/** Samples of a clip of the shared data: 16 kHz, 16 bit. */
export function clip(name: string): Buffer {
  const bytes = readFileSync(join(DATA, 'audio', name));
  const at = bytes.indexOf('data', 12, 'latin1') + 8;
  return bytes.subarray(at, at + bytes.readUInt32LE(at - 4));
}

export const PCM_16K = {
  type: 'session.update',
  session: {
    type: 'transcription',
    audio: {
      input: {
        format: { type: 'audio/pcm', rate: 16_000 },
        turn_detection: { type: 'server_vad', silence_duration_ms: 1000 },
      },
    },
  },
} as const;

export interface LiveAsk {
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly protocols?: readonly string[];
}

/** Rejects with `Refused` when the server answers with something else than a WebSocket. */
export async function connect(
  url: string,
  token: string | null,
  { query, headers, protocols }: LiveAsk = {},
): Promise<Live> {
  const search = new URLSearchParams({ intent: 'transcription', ...query }).toString();
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/realtime?${search}`, [...(protocols ?? [])], {
    headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
  });
  const events: Event[] = [];
  const waiting = new Set<() => void>();
  socket.on('message', (data: Buffer) => {
    events.push(JSON.parse(data.toString('utf8')) as Event);
    for (const look of waiting) look();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('unexpected-response', (_request, response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => reject(new Refused(response.statusCode ?? 0, text)));
    });
    socket.once('error', reject);
  });
  socket.on('error', () => undefined);
  const next = (type: string, count = 1): Promise<Event> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = events.filter((event) => event.type === type)[count - 1];
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      void closed.then(({ code, reason }) => {
        look();
        return reject(new Error(`closed (${code} ${reason}) before ${type}: ${JSON.stringify(events.at(-1))}`));
      });
      look();
    });
  const send = (event: object): void => socket.send(JSON.stringify(event));
  return {
    socket,
    events,
    next,
    send,
    speak: async (sound, { milliseconds = 100, speed = Infinity, offset } = {}) => {
      const piece = milliseconds * 32;
      const began = performance.now();
      for (let at = 0; at < sound.length; at += piece) {
        const due = began + at / 32 / speed - performance.now();
        if (due > 0) await new Promise((resolve) => setTimeout(resolve, due));
        if (socket.readyState !== WebSocket.OPEN) return;
        const audio = sound.subarray(at, at + piece).toString('base64');
        send({ type: 'input_audio_buffer.append', audio, ...(offset === undefined ? {} : { offset: offset + at }) });
      }
    },
    closed,
    close: async (code = 1000) => {
      socket.close(code);
      await closed;
    },
  };
}

export class Refused extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, text: string) {
    super(`${status} ${text}`);
    this.status = status;
    this.code = (JSON.parse(text || '{}') as { error?: { code?: string } }).error?.code ?? '';
  }
}

/** Text per item: what was told piece by piece. */
export function toldOf(events: readonly Event[]): Map<string, string> {
  const told = new Map<string, string>();
  for (const event of events) {
    if (event.type !== 'conversation.item.input_audio_transcription.delta') continue;
    const item = String(event['item_id']);
    told.set(item, (told.get(item) ?? '') + String(event['delta']));
  }
  return told;
}

/** Text per item: what was said to be all of it. */
export function completedOf(events: readonly Event[]): Map<string, string> {
  const done = events.filter(({ type }) => type === 'conversation.item.input_audio_transcription.completed');
  return new Map(done.map((event) => [String(event['item_id']), String(event['transcript'])]));
}
