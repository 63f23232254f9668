// Where to cut a channel into stretches for the recogniser: at pauses, with some of the pause kept on both sides.
// Pure: one flag per window in, one decision out. The figures were found by measurement (docs/decisions/0041).

/** Samples per window: what Silero's detector judges at 16 kHz (32 ms). */
export const GATE_WINDOW = 512;

export interface GateOptions {
  /** Windows of sound kept before the first speech: onsets are soft and the detector needs some windows to be sure. */
  readonly before: number;
  /** Windows kept after the last speech. */
  readonly after: number;
  /** Windows of pause that end a stretch. */
  readonly pause: number;
  /** A stretch of at least `length` windows also ends at a pause of `pause` windows: ascending lengths, falling pauses. 0 cuts inside speech. */
  readonly patience: readonly { readonly length: number; readonly pause: number }[];
}

/**
 * What to do with the window just judged. `open`: begin a stretch with the held windows (this one included); `feed`: pass on the held
 * windows and this one; `hold`: keep it, it may be needed; `close`: end the stretch, `drop` the held windows but the last `before`.
 */
export type GateStep = 'idle' | 'open' | 'feed' | 'hold' | 'close';

export interface SpeechGate {
  step(speech: boolean): GateStep;
}

export function createSpeechGate(options: GateOptions): SpeechGate {
  let length = 0;
  let silence = 0;
  let open = false;
  const pauseNow = (): number => {
    const reached = options.patience.findLast((step) => length >= step.length);
    return reached === undefined ? options.pause : reached.pause;
  };
  return {
    step(speech) {
      if (!open) {
        if (!speech) return 'idle';
        open = true;
        length = 1;
        silence = 0;
        return 'open';
      }
      length += 1;
      silence = speech ? 0 : silence + 1;
      const pause = pauseNow();
      if (silence >= pause && (!speech || pause === 0)) {
        open = false;
        return 'close';
      }
      if (speech || silence <= options.after) return 'feed';
      return 'hold';
    },
  };
}

/** Seconds to whole windows, at least one. */
export function windows(seconds: number): number {
  return Math.max(1, Math.round((seconds * 16_000) / GATE_WINDOW));
}
