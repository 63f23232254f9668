// Who speaks when, as the server sees it: the sound of one channel in, turns out. One recording each.
import { fileURLToPath } from 'node:url';
import { ProblemError } from '@cordon/contract';
import { EngineChild } from './engine-child.ts';
import type { ProcessOptions } from './engine-child.ts';
import { encodeFrame, FRAME, stretchOf } from './frames.ts';
import type { FrameType } from './frames.ts';
import type { ListenerProcess, SoundTaker } from './listener-process.ts';
import { MAX_SPEAKERS } from './messages.ts';
import type { SpeakerTurn, StretchClosed, StretchOpened, VoicesConfig } from './messages.ts';

export interface VoicesOptions extends ProcessOptions {
  /** The script of the child; tests put stand-ins here. */
  readonly script?: string;
}

/** Milliseconds that a window of five minutes may take: twice its length, on the slowest machine that would still be of use. */
const WINDOW_STALL_MS = 600_000;

const SCRIPT = fileURLToPath(new URL('voices.child.ts', import.meta.url));

export class VoicesProcess implements SoundTaker {
  readonly #child: EngineChild;
  /** The channel that is looked at. */
  #channel = 0;
  readonly #stretches = new Set<number>();
  /** Bytes given, and how many of them the child has dealt with. */
  #given = 0;
  #dealt = 0;
  #ended = false;

  /** Starts loading at once. `config` must have been checked: native code trusts it. */
  constructor(config: VoicesConfig, options: VoicesOptions) {
    const limits = { ...options.limits, stall: Math.max(options.limits.stall, WINDOW_STALL_MS) };
    this.#child = new EngineChild(options.script ?? SCRIPT, config, { ...options, limits });
  }

  get child(): EngineChild {
    return this.#child;
  }

  /**
   * Hears one channel of a recording through `listener`, from its beginning. Turns in order of their start; they may overlap. `audio` opens
   * the recording. Errors: `ChildLost` of either child; the listener's `ProblemError`; what `audio` throws.
   */
  async run(
    listener: ListenerProcess,
    channel: number,
    audio: () => AsyncIterable<Uint8Array>,
  ): Promise<readonly SpeakerTurn[]> {
    this.#channel = channel;
    await this.#child.ready();
    const told = this.#listen();
    told.catch(() => listener.child.stop());
    const listened = listener.run({ startAt: [] }, audio, this);
    listened.catch(() => undefined);
    // Whichever is lost first says why: the other one only ended with it.
    await Promise.race([listened, told]);
    await listened;
    this.#ended = true;
    await this.#give(FRAME.end, new Uint8Array(0));
    return told;
  }

  async open({ stretch, channel, start }: StretchOpened): Promise<void> {
    if (channel !== this.#channel) return;
    this.#stretches.add(stretch);
    await this.#give(FRAME.open, bodyOf({ start }));
  }

  async sound(body: Uint8Array): Promise<void> {
    if (this.#stretches.has(stretchOf(body))) await this.#give(FRAME.sound, body);
  }

  async close({ stretch }: StretchClosed): Promise<void> {
    if (this.#stretches.delete(stretch)) await this.#give(FRAME.close, bodyOf({}));
  }

  progress(): void {
    // What matters is how far the voices are, and that is known at the end.
  }

  /** Resolves when the pipe has room: nobody else waits for this listener. */
  async #give(type: FrameType, body: Uint8Array): Promise<void> {
    this.#given += body.length;
    this.#child.owes();
    await this.#child.write(encodeFrame(type, body));
  }

  async #listen(): Promise<readonly SpeakerTurn[]> {
    const turns: SpeakerTurn[] = [];
    for (;;) {
      const sent = await this.#child.nextOfHelp();
      if (sent.type === 'problem') throw new ProblemError(sent.code, sent.details);
      else if (sent.type === 'progress') this.#dealt = sent.bytes;
      else if (sent.type === 'turns') {
        for (const turn of sent.turns) turns.push(this.#checked(turn));
        if (sent.last) return turns.toSorted((a, b) => a.start - b.start || a.end - b.end);
      } else throw this.#child.broken();
      if (this.#dealt >= this.#given && !this.#ended) this.#child.isEven();
    }
  }

  /** Copied member by member: a child that says more than it should has not said it. */
  #checked({ start, end, speaker }: SpeakerTurn): SpeakerTurn {
    const times = Number.isFinite(start) && Number.isFinite(end) && start >= 0 && end >= start;
    if (!times || !Number.isInteger(speaker) || speaker < 0 || speaker >= MAX_SPEAKERS) throw this.#child.broken();
    return { start, end, speaker };
  }
}

function bodyOf(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value), 'utf8');
}
