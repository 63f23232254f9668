// Digital silence inside a recording (a muted channel, an edited pause) is nothing a recogniser was trained on: it hears words in it.
// Where a window is quieter than any microphone, it gets the faint noise that a microphone would have given.

/** Full scale. −66 dB: under the quietest room on tape, over what made the model invent words (docs/decisions/0041). */
const FLOOR = 0.0005;

/** Starts the same for each stretch, so that the same sound always gives the same words. */
const SEED = 3;

/** Changes the window in place where it is too quiet. */
export function createNoiseFloor(): (window: Float32Array) => void {
  let state = SEED;
  const next = (): number => {
    // Numerical Recipes' linear congruential generator: quality does not matter, being the same everywhere does.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2_147_483_648 - 1;
  };
  return (window) => {
    if (window.some((sample) => Math.abs(sample) >= FLOOR)) return;
    for (let index = 0; index < window.length; index++) {
      window[index] = (window[index] ?? 0) + ((next() + next()) * FLOOR) / 2;
    }
  };
}
