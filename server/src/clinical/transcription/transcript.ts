// What speech becomes: words with times, segments, and the two texts (as spoken, as written).
// The shape is the fixed interface of `cordon transcribe --json` and of everything that cites a moment of a recording.

/** One written word. Times are seconds from the start of the recording. */
export interface TranscriptWord {
  /** As written: "10", "mg", "Lisinopril.", with punctuation that belongs to it. */
  readonly text: string;
  /** The words as recognised, lower case, that `text` stands for: "ten", "milligrams". May be several: "one twenty over eighty". */
  readonly spoken: string;
  readonly start: number;
  readonly end: number;
  /** 0 to 1; the least certain of the spoken words; 1 only for what a person wrote. Below `LOW_CONFIDENCE` a reader should look twice. */
  readonly confidence: number;
  /** Zero-based channel of the recording: one speaker each when a recording has several. */
  readonly channel: number;
}

/** Speech between two pauses on one channel. */
export interface TranscriptSegment {
  /** Stable over retries and resumption: the same recording, engine and settings give the same ids (`<channel>-<start in ms>`). */
  readonly id: string;
  readonly start: number;
  readonly end: number;
  readonly channel: number;
  readonly text: string;
  readonly spokenText: string;
}

/** The whole recording. `words` and `segments` are ordered by start, then channel. Silence gives empty texts and lists. */
export interface Transcript {
  /** Formatted: sentence case, numbers, units. */
  readonly text: string;
  /** Words as recognised, lower case, no punctuation. */
  readonly spokenText: string;
  readonly words: readonly TranscriptWord[];
  readonly segments: readonly TranscriptSegment[];
  /** Engine and version: `sherpa-onnx 1.13.8`, `pocketsphinx`. */
  readonly engine: string;
  /** Model id as in its `model.json`. */
  readonly model: string;
  /** Seconds of audio. */
  readonly duration: number;
  /** Wall time of recognition divided by duration; 0 for empty audio. */
  readonly realTimeFactor: number;
}

/** Under this a word is marked as uncertain. Chosen by measurement (docs/decisions/0044). */
export const LOW_CONFIDENCE = 0.4;

/** Ends `Transcript.engine` for an engine that gets too many words wrong for any confidence of its own to be believed. */
export const LOW_ACCURACY_MARK = '(low accuracy)';
