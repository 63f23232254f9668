// Cuts sound to where it really begins and ends, while it passes.
import type { Block } from '#clinical/audio/wav.ts';

/** Counts are frames. */
export class Trim {
  /** Still to be dropped. */
  #skip: number;
  #passed = 0;

  constructor(skip: number) {
    this.#skip = skip;
  }

  /** Frames that came in, dropped ones too. */
  get passed(): number {
    return this.#passed;
  }

  /** More to drop at the start. */
  skip(frames: number): void {
    this.#skip += frames;
  }

  /** What remains of a block of which only the first `keep` frames are sound; null when nothing does. */
  pass(block: Block, keep = Number.POSITIVE_INFINITY): Block | null {
    const length = block[0]?.length ?? 0;
    this.#passed += length;
    const from = Math.min(this.#skip, length);
    this.#skip -= from;
    const to = Math.min(length, Math.max(0, keep));
    if (to <= from) return null;
    return from === 0 && to === length ? block : block.map((samples) => samples.subarray(from, to));
  }
}
