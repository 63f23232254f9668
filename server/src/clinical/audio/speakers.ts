// Which channels carry a speaker of their own. A stereo file of one microphone must not be transcribed twice.
import type { Block } from './wav.ts';

/** Samples judged together (0.5 s at 16 kHz): fixed, so that the answer does not depend on how the bytes came. */
export const SPEAKER_BLOCK = 8000;

/** Energy left after the best scaled copy is taken away, as a share: −20 dB, what lossy stereo coding leaves and a second voice does not. */
const DIFFERENT_SHARE = 0.01;

/** Mean square under which a residue is noise, not another speaker: −70 dB of full scale. */
const NOISE_FLOOR = 1e-7;

/** Tells, block by block, which earlier channel each one copies. Once different from it they stay so. */
export class CopyDetector {
  /** Per channel the lower ones that it may still be a copy of. */
  readonly #candidates: number[][];

  constructor(channels: number) {
    this.#candidates = Array.from({ length: channels }, (_, channel) =>
      Array.from({ length: channel }, (_, lower) => lower),
    );
  }

  /** For each channel the lowest one it has copied in every block so far, or null. `block`: one Float32Array per channel. */
  judge(block: Block): readonly (number | null)[] {
    return this.#candidates.map((candidates, channel) => {
      const samples = block[channel] ?? new Float32Array(0);
      const left = candidates.filter((lower) => !differs(block[lower] ?? new Float32Array(0), samples));
      this.#candidates[channel] = left;
      return left[0] ?? null;
    });
  }
}

/** Whether `b` holds sound that no scaled copy of `a` explains. */
function differs(a: Float32Array, b: Float32Array): boolean {
  let aa = 0;
  let ab = 0;
  let bb = 0;
  for (let index = 0; index < a.length; index++) {
    const x = a[index] ?? 0;
    const y = b[index] ?? 0;
    aa += x * x;
    ab += x * y;
    bb += y * y;
  }
  const residue = aa === 0 ? bb : bb - (ab * ab) / aa;
  // Copies in opposite phase are copies too; a silent channel copies nothing but costs nothing to skip.
  return residue > DIFFERENT_SHARE * bb && residue > NOISE_FLOOR * a.length;
}
