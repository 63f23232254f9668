// Where a channel is louder than its room: what a person might hear as speech, so that sound without words can be told.
// A judgement by level alone, without a model: it errs towards telling too much.
import type { Block } from '#clinical/audio/wav.ts';
import type { MaskedStretch } from './masker.ts';

/** Seconds of one look. A syllable takes five of them. */
const LOOK_SECONDS = 0.04;

/** Levels are kept as bytes: one a decibel down from full scale. 24 hours of eight channels are 17 MB. */
const FLOOR_DB = 120;

/** dB over the room that count as sound: speech across a table is 15 and more over it, and its quiet sounds are bridged. */
const OVER_ROOM_DB = 12;

/** dB relative to full scale under which nothing is speech, however quiet the room: hiss of converters. */
const LEAST_DB = -60;

/** Share of looks that are quieter than the room's level: people pause for more than a tenth of any recording. */
const ROOM_SHARE = 0.1;

/** dB relative to full scale. A recording without a pause has no quiet tenth: what is as loud as this is sound whatever the room. */
const SURELY_SOUND_DB = -35;

/** Seconds between two sounds that are one utterance. */
const BRIDGED = 0.3;

/** Seconds. A shorter sound is a click. */
const LEAST_SOUND = 0.12;

export class Loudness {
  readonly #length: number;
  readonly #seconds: number;
  #levels: Uint8Array[] = [];
  #squares: number[] = [];
  #inLook = 0;
  #looks = 0;

  constructor(sampleRate: number) {
    this.#length = Math.max(1, Math.round(LOOK_SECONDS * sampleRate));
    this.#seconds = this.#length / sampleRate;
  }

  hear(block: Block): void {
    const frames = block[0]?.length ?? 0;
    if (this.#levels.length === 0) {
      this.#levels = block.map(() => new Uint8Array(1024));
      this.#squares = block.map(() => 0);
    }
    for (let at = 0; at < frames;) {
      const take = Math.min(frames - at, this.#length - this.#inLook);
      for (const [channel, samples] of block.entries()) {
        let sum = 0;
        for (let index = at; index < at + take; index += 1) sum += (samples[index] ?? 0) ** 2;
        this.#squares[channel] = (this.#squares[channel] ?? 0) + sum;
      }
      at += take;
      this.#inLook += take;
      if (this.#inLook === this.#length) this.#close();
    }
  }

  /** Per channel, sorted. */
  loud(): readonly (readonly MaskedStretch[])[] {
    return this.#levels.map((levels) => this.#stretches(levels.subarray(0, this.#looks)));
  }

  #close(): void {
    for (const [channel, levels] of this.#levels.entries()) {
      const kept = this.#looks < levels.length ? levels : grown(levels);
      const mean = (this.#squares[channel] ?? 0) / this.#length;
      kept[this.#looks] = mean === 0 ? FLOOR_DB : Math.min(FLOOR_DB, Math.max(0, Math.round(-10 * Math.log10(mean))));
      this.#levels[channel] = kept;
      this.#squares[channel] = 0;
    }
    this.#looks += 1;
    this.#inLook = 0;
  }

  #stretches(levels: Uint8Array): readonly MaskedStretch[] {
    const over = Math.min(SURELY_SOUND_DB, Math.max(LEAST_DB, roomDb(levels) + OVER_ROOM_DB));
    const found: { start: number; end: number }[] = [];
    for (const [look, level] of levels.entries()) {
      if (-level < over) continue;
      const [start, end] = [look * this.#seconds, (look + 1) * this.#seconds];
      const last = found.at(-1);
      if (last !== undefined && start - last.end <= BRIDGED) last.end = end;
      else found.push({ start, end });
    }
    return found.filter(({ start, end }) => end - start >= LEAST_SOUND);
  }
}

function roomDb(levels: Uint8Array): number {
  const counts = new Uint32Array(FLOOR_DB + 1);
  for (const level of levels) counts[level] = (counts[level] ?? 0) + 1;
  let quieter = 0;
  for (let level = FLOOR_DB; level >= 0; level -= 1) {
    quieter += counts[level] ?? 0;
    if (quieter >= levels.length * ROOM_SHARE) return -level;
  }
  return -FLOOR_DB;
}

function grown(levels: Uint8Array): Uint8Array<ArrayBuffer> {
  const longer = new Uint8Array(levels.length * 2);
  longer.set(levels);
  return longer;
}
