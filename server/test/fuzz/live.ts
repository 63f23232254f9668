// Messages of a live session's client for the fuzz run: broken text, wrong shapes, huge and endless things, and sequences of whole events out
// of order, against everything that stands between the socket and the engine.
import { isProblem, parseOrRefuse, RealtimeClientEvent } from '@cordon/contract';
import { placeOf, setupAsked, toWire, errorEvent } from '#api/openai/realtime-events.ts';
import type { LiveMessage } from '#clinical/transcription/engines/messages.ts';
import { Feed } from '#clinical/live/feed.ts';
import { bytesPerSecond, DEFAULT_SETUP, longestBytes, type LiveSetup } from '#clinical/live/setup.ts';
import { Story } from '#clinical/live/story.ts';
import { below, type Random } from './mutate.ts';

const SESSION = '01900000-0000-7000-8000-000000000000';

const AUDIO = Buffer.alloc(96, 7).toString('base64');

/** Whole events, of every type and in the forms that clients send. */
const EVENTS: readonly object[] = [
  { type: 'input_audio_buffer.append', audio: AUDIO },
  { type: 'input_audio_buffer.append', audio: AUDIO, offset: 96, event_id: 'mine' },
  { type: 'input_audio_buffer.append', audio: '' },
  { type: 'input_audio_buffer.commit' },
  { type: 'input_audio_buffer.clear', event_id: 'x' },
  { type: 'cordon.session.finish' },
  {
    type: 'session.update',
    session: {
      type: 'transcription',
      audio: {
        input: {
          format: { type: 'audio/pcm', rate: 16_000 },
          transcription: { model: 'whisper-1', language: 'en' },
          turn_detection: { type: 'server_vad', silence_duration_ms: 500 },
        },
      },
    },
  },
  { type: 'session.update', session: { type: 'transcription', audio: { input: { turn_detection: null } } } },
  {
    type: 'transcription_session.update',
    session: { input_audio_format: 'g711_ulaw', turn_detection: { type: 'server_vad' } },
  },
];

/** Lines of a client, one event each. */
export function liveSeeds(): readonly Uint8Array[] {
  const lines = EVENTS.map((event) => JSON.stringify(event));
  return [lines, lines.toReversed(), ['[]', 'null', '{"type":1}', '{"type":"session.update","session":[]}']].map(
    (some) => Buffer.from(some.join('\n')),
  );
}

/** One in four inputs becomes something that no change of single bytes makes. */
export function disorder(bytes: Buffer, random: Random): Buffer {
  if (random() > 0.25) return bytes;
  const made = STRANGE[below(random, STRANGE.length)];
  return made === undefined ? bytes : Buffer.from(made(random));
}

const shuffledEvents = (random: Random): string =>
  Array.from({ length: 1 + below(random, 40) }, () => JSON.stringify(EVENTS[below(random, EVENTS.length)])).join('\n');

const STRANGE: readonly ((random: Random) => string)[] = [
  shuffledEvents,
  shuffledEvents,
  (random) => '['.repeat(below(random, 20_000)),
  (random) => `{"type":"input_audio_buffer.append","audio":${'{"audio":'.repeat(below(random, 5_000))}`,
  (random) => JSON.stringify({ type: 'input_audio_buffer.append', audio: 'A'.repeat(4 * below(random, 20_000)) }),
  (random) => JSON.stringify({ type: 'input_audio_buffer.append', audio: AUDIO, offset: random() * 2 ** 60 - 2 ** 58 }),
  (random) =>
    `{"type":"session.update","__proto__":{"session":${String(random())}},"session":{"type":"transcription"}}`,
];

/** What a session holds of a client's doings, without store and engine: setup, feed, story, events of the wire. */
export function readLive(pieces: readonly Uint8Array[]): Promise<void> {
  const client = new Client();
  for (const line of Buffer.concat(pieces).toString('utf8').split('\n')) client.take(line);
  return client.end();
}

class Client {
  #setup: LiveSetup = DEFAULT_SETUP;
  #received = 0;
  #number = 0;
  readonly #feed = new Feed(0);
  readonly #story = new Story();
  readonly #again = new Story();

  take(line: string): void {
    placeOf(SESSION, line.slice(0, 100));
    try {
      this.#obey(parseOrRefuse(RealtimeClientEvent, JSON.parse(line), 'body'));
    } catch (error) {
      if (error instanceof SyntaxError) return;
      if (!isProblem(error)) throw error;
      JSON.stringify(errorEvent(error, 'request', null, 'id'));
    }
  }

  /** Both stories, of the one who was there and of the one who came back, must say the same. */
  async end(): Promise<void> {
    this.#feed.command('end');
    let bytes = 0;
    for await (const entry of this.#feed.take(new AbortController().signal)) {
      if (entry.kind === 'audio') bytes += entry.bytes.length;
    }
    if (bytes !== this.#received) throw new Error('sound was lost or doubled');
    const [there, back] = [this.#story, this.#again].map(({ turns, resumeAt, toldOfOpenTurn }) =>
      JSON.stringify([turns, resumeAt, toldOfOpenTurn]),
    );
    if (there !== back) throw new Error('a session that is taken up tells another story');
  }

  #obey(asked: RealtimeClientEvent): void {
    switch (asked.type) {
      case 'input_audio_buffer.append': {
        const bytes = Buffer.from(asked.audio, 'base64');
        if (this.#received + bytes.length > longestBytes(this.#setup)) return;
        this.#received += bytes.length;
        this.#feed.audio(bytes);
        return this.#hear({ type: 'began', start: this.#sample(), position: this.#sample() }, 'text');
      }
      case 'input_audio_buffer.commit':
      case 'input_audio_buffer.clear': {
        const what = asked.type === 'input_audio_buffer.clear' ? 'clear' : 'commit';
        this.#feed.command(what);
        this.#feed.confirm(what);
        if (what === 'commit')
          this.#hear({ type: 'ended', delta: '.', words: [], end: this.#sample(), ...this.#place() });
        return this.#hear({ type: 'obeyed', what, empty: what === 'commit', resumeAt: this.#sample() });
      }
      case 'cordon.session.finish':
        return this.#hear({ type: 'heardAll', samples: this.#sample() });
      case 'session.update':
      case 'transcription_session.update':
        this.#setup = setupAsked(this.#setup, asked);
        if (!(bytesPerSecond(this.#setup) > 0)) throw new Error('a setup that nobody asked for');
    }
  }

  #hear(message: LiveMessage, then?: 'text'): void {
    for (const event of this.#story.take(message)) {
      const numbered = { number: ++this.#number, event };
      this.#again.recall(JSON.parse(JSON.stringify(numbered)) as typeof numbered);
      for (const wired of toWire({ session: SESSION, setup: this.#setup, model: 'auto' }, numbered)) {
        const place = placeOf(SESSION, wired.event_id);
        if (place?.number !== this.#number) throw new Error('an event id that does not lead back');
        JSON.stringify(wired);
      }
    }
    if (then === 'text') this.#hear({ type: 'text', delta: 'w ', position: this.#sample() });
  }

  #place() {
    return { resumeAt: this.#sample(), position: this.#sample() };
  }

  #sample(): number {
    return Math.floor(this.#received / 2);
  }
}
