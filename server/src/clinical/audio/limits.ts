// What audio we take, each limit with its unit and reason. Beyond them no engine gives a usable transcript, so we say so early.

/** Channels. One speaker each; a clinic's interface has at most eight, more is a mistaken export. */
export const MAX_CHANNELS = 8;

/** Hz. Telephony is 8,000; under it consonants are gone. */
export const MIN_SAMPLE_RATE = 8_000;

/** Hz. The highest rate any recorder writes; the resampler's filter grows with it. */
export const MAX_SAMPLE_RATE = 192_000;

/** Seconds. The shortest English word takes about 0.2 s; less is a slip of the record button. */
export const MIN_DURATION_SECONDS = 0.2;

/** Seconds. Memory does not grow with length; a day is where a forgotten recorder is likelier than a visit. */
export const MAX_DURATION_SECONDS = 24 * 3600;

/**
 * Samples of all channels per byte of the file, beyond the allowance below. Silence as encoders write it stays under it (measured: Opus 240,
 * FLAC 660 of two channels); files made to keep a processor busy do not (FLAC 15,400, Opus 3,840).
 */
export const MAX_SAMPLES_PER_BYTE = 1_024;

/**
 * Samples that any file may decode to however small it is: 46 minutes of 48 kHz. So a file costs what it weighs: to decode, a second or two
 * of a processor, and some ten per further megabyte (measured: FLAC 127 million samples per second, Opus 148).
 */
export const SAMPLES_ALLOWED = 2 ** 27;

/** Factor of full scale. Float files may overshoot by some dB; at 36 dB the numbers are not samples of sound. */
export const MAX_SAMPLE_MAGNITUDE = 64;

/** Hz, what every engine here takes. */
export const ENGINE_SAMPLE_RATE = 16_000;
