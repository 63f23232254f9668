// What both the live child and the server behind it need to know.
import { ENGINE_SAMPLE_RATE } from '#clinical/audio/limits.ts';

/** Samples heard before the point of resumption, so that the detector is in the state it would have been in: 10 s. */
export const LIVE_WARM_UP_SAMPLES = 10 * ENGINE_SAMPLE_RATE;
