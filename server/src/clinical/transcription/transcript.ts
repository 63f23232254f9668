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
  /** `A`, `B`, … in the order in which they are first heard, where the speakers of a single channel were told apart by their voices. */
  readonly speaker?: string;
}

/** Speech between two pauses on one channel. */
export interface TranscriptSegment {
  /** Stable over retries and resumption: the same recording, engine and settings give the same ids (`<channel>-<start in ms>`). */
  readonly id: string;
  readonly start: number;
  readonly end: number;
  readonly channel: number;
  /** As in its words: a segment has one speaker. */
  readonly speaker?: string;
  readonly text: string;
  readonly spokenText: string;
  /** Dictated: the text begins a new line or paragraph here. */
  readonly opens?: 'line' | 'paragraph';
}

/** A term of the tenant's vocabulary that may have been said where something else was heard. Never applied: a person decides. */
export interface TermCandidate {
  /** Id of the segment that the words stand in. */
  readonly segment: string;
  /** Indexes into `words`, both included, as a correction takes them. */
  readonly first: number;
  readonly last: number;
  /** The spoken words as recognised. */
  readonly heard: string;
  /** The term as it is written. */
  readonly term: string;
  /** 0 to 1: how near the sounds are, less where the term has doubles that sound or look alike. */
  readonly score: number;
  /** Another drug of the vocabulary, or one it is known to be mistaken for, is as near: choose from the audio, not from the score. */
  readonly lookalike: boolean;
}

/** What became of a model beside the recogniser. Where it `failed`, the transcript is as it would be without it. */
export interface Addition {
  readonly state: 'done' | 'failed';
  /** Model ids as in their `model.json`. */
  readonly models: readonly string[];
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
  /** Telling speakers apart by their voices; absent where it was not tried: several channels, a dictation, text told live, no models. */
  readonly diarization?: Addition;
  /** Marks and capitals by a model; absent where it was not tried, and then they are the engine's own or our rules'. */
  readonly punctuation?: Addition;
  /** Version of the tenant's vocabulary that was used, and what it suggests; absent where there was none. */
  readonly vocabularyVersion?: number;
  readonly candidates?: readonly TermCandidate[];
}

/** Code point of the first speaker's letter; there are at most sixteen speakers. */
const FIRST_LETTER = 65;

/** How the n-th speaker is called, from 0: `A`. */
export function speakerLetter(speaker: number): string {
  return String.fromCodePoint(FIRST_LETTER + speaker);
}

/** Segments' texts as one: dictated lines and paragraphs begin where they were dictated. */
export function joinSegments(segments: readonly Pick<TranscriptSegment, 'text' | 'opens'>[]): string {
  let joined = '';
  for (const { text, opens } of segments) {
    if (text === '') continue;
    const between = opens === 'paragraph' ? '\n\n' : opens === 'line' ? '\n' : ' ';
    joined += joined === '' ? text : `${between}${text}`;
  }
  return joined;
}

/** Under this a word is marked as uncertain. Chosen by measurement (docs/decisions/0044). */
export const LOW_CONFIDENCE = 0.4;

/** Ends `Transcript.engine` for an engine that gets too many words wrong for any confidence of its own to be believed. */
export const LOW_ACCURACY_MARK = '(low accuracy)';
