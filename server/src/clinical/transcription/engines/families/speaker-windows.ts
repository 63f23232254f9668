// Who speaks when in a recording of any length: stretches of sound go into a window of some minutes, each window is taken apart by itself,
// and its voices are known again among those of the windows before. Memory is that of one window (docs/decisions/0076).
import { isProblem } from '@cordon/contract';
import { ENGINE_SAMPLE_RATE } from '#clinical/audio/limits.ts';
import type { SpeakerTurn } from '../messages.ts';
import { KnownVoices } from './known-voices.ts';
import type { Diarizer, VoicePrinter } from './speakers.ts';

/** Seconds of sound in a window: long enough for everybody in a visit to say something, short enough for two to be held (40 MB). */
export const WINDOW_SECONDS = 300;

/** Seconds that a window may go on for the stretch under way to end. */
const OVERTIME_SECONDS = 60;

/** Samples of silence between two stretches, however long the pause was: nobody has to look through it. */
const GAP = 0.3 * ENGINE_SAMPLE_RATE;

/** Seconds of one voice that its print is made of, from its longest turns; more says nothing new. */
const PRINT_SECONDS = 30;

/** Seconds under which a print says little about who it was. */
const LEAST_PRINT_SECONDS = 0.5;

/** Part of a stretch as it lies in the window. Sample indexes. */
interface Piece {
  readonly at: number;
  /** Of its first sample in the recording. */
  readonly start: number;
  length: number;
}

export class SpeakerWindows {
  readonly #diarizer: Diarizer;
  readonly #printer: VoicePrinter;
  readonly #known: KnownVoices;
  readonly #window = new Float32Array((WINDOW_SECONDS + OVERTIME_SECONDS) * ENGINE_SAMPLE_RATE);
  #length = 0;
  #pieces: Piece[] = [];
  /** Index in the recording of the next sample of the open stretch. */
  #position = 0;

  /** `alike`: from which likeness of two prints on they are one voice. */
  constructor(diarizer: Diarizer, printer: VoicePrinter, alike: number) {
    this.#diarizer = diarizer;
    this.#printer = printer;
    this.#known = new KnownVoices(alike);
  }

  /** A stretch begins; `start`: sample index in the recording. Those of a channel come one after the other. */
  open(start: number): void {
    this.#position = start;
    this.#begin();
  }

  /** Turns that will not change any more, where this filled a window. */
  sound(samples: Float32Array): readonly SpeakerTurn[] {
    const turns: SpeakerTurn[] = [];
    for (let at = 0; at < samples.length;) {
      const some = samples.subarray(at, at + this.#window.length - this.#length);
      this.#window.set(some, this.#length);
      this.#length += some.length;
      this.#position += some.length;
      at += some.length;
      const piece = this.#pieces.at(-1);
      if (piece !== undefined) piece.length += some.length;
      if (this.#length < this.#window.length) continue;
      turns.push(...this.#takeApart());
      this.#begin();
    }
    return turns;
  }

  close(): readonly SpeakerTurn[] {
    return this.#length < WINDOW_SECONDS * ENGINE_SAMPLE_RATE ? [] : this.#takeApart();
  }

  /** The recording is over. */
  end(): readonly SpeakerTurn[] {
    return this.#length === 0 ? [] : this.#takeApart();
  }

  #begin(): void {
    const gap = this.#pieces.length === 0 ? 0 : Math.min(GAP, this.#window.length - this.#length);
    this.#window.fill(0, this.#length, this.#length + gap);
    this.#length += gap;
    this.#pieces.push({ at: this.#length, start: this.#position, length: 0 });
  }

  #takeApart(): readonly SpeakerTurn[] {
    const sound = this.#window.subarray(0, this.#length);
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#length = 0;
    const turns = this.#diarizer.turns(sound);
    const voices = Math.max(-1, ...turns.map((turn) => turn.speaker)) + 1;
    const heard = Array.from({ length: voices }, (_, voice) => this.#hear(sound, turns, voice));
    const numbers = this.#known.recognise(heard);
    return turns.flatMap((turn) => {
      const speaker = numbers[turn.speaker] ?? null;
      return speaker === null ? [] : pieces.flatMap((piece) => inRecording(turn, speaker, piece));
    });
  }

  #hear(
    sound: Float32Array,
    turns: readonly SpeakerTurn[],
    voice: number,
  ): { print: Float32Array | null; seconds: number } {
    const alone = turns.filter((turn) => turn.speaker === voice && !turns.some((other) => talksOver(turn, other)));
    // One who is never heard alone is known by what there is.
    const own = alone.length > 0 ? alone : turns.filter((turn) => turn.speaker === voice);
    const longest = own.toSorted((a, b) => b.end - b.start - (a.end - a.start));
    const samples = gathered(sound, longest);
    const seconds = samples.length / ENGINE_SAMPLE_RATE;
    return { print: seconds < LEAST_PRINT_SECONDS ? null : this.#print(samples), seconds };
  }

  /** Null where the model finds it too short, or gives what is no number. */
  #print(samples: Float32Array): Float32Array | null {
    try {
      const print = this.#printer.print(samples);
      return print.every((value) => Number.isFinite(value)) ? print : null;
    } catch (error) {
      if (isProblem(error) && error.code === 'audio_unusable') return null;
      throw error;
    }
  }
}

function talksOver(turn: SpeakerTurn, other: SpeakerTurn): boolean {
  return other.speaker !== turn.speaker && other.start < turn.end && turn.start < other.end;
}

/** Up to `PRINT_SECONDS` of the window's sound. */
function gathered(sound: Float32Array, turns: readonly SpeakerTurn[]): Float32Array {
  const print = new Float32Array(PRINT_SECONDS * ENGINE_SAMPLE_RATE);
  let length = 0;
  for (const { start, end } of turns) {
    const from = Math.round(start * ENGINE_SAMPLE_RATE);
    const to = Math.min(Math.round(end * ENGINE_SAMPLE_RATE), from + print.length - length);
    const some = sound.subarray(from, Math.max(from, to));
    print.set(some, length);
    length += some.length;
  }
  return print.subarray(0, length);
}

/** The part of a window's turn that lies in this piece, as a turn of the recording. */
function inRecording(turn: SpeakerTurn, speaker: number, { at, start, length }: Piece): readonly SpeakerTurn[] {
  const from = Math.max(turn.start * ENGINE_SAMPLE_RATE, at);
  const to = Math.min(turn.end * ENGINE_SAMPLE_RATE, at + length);
  if (to <= from) return [];
  return [{ start: seconds(start + from - at), end: seconds(start + to - at), speaker }];
}

/** Milliseconds are more than any model knows. */
function seconds(samples: number): number {
  return Math.round(samples / (ENGINE_SAMPLE_RATE / 1000)) / 1000;
}
