// A transcript in the forms that OpenAI's API gives: json, text, srt, vtt, verbose_json, diarized_json. Pure.
import type { OpenAIDiarizedTranscription, OpenAITranscription, OpenAIVerboseTranscription } from '@cordon/contract';
import type { z } from 'zod';
import { speakerLetter, type Transcript, type TranscriptSegment, type TranscriptWord } from './transcript.ts';

type Json = z.infer<typeof OpenAITranscription>;
type VerboseJson = z.infer<typeof OpenAIVerboseTranscription>;
type DiarizedJson = z.infer<typeof OpenAIDiarizedTranscription>;

/** Characters of one subtitle: two lines of 42, what readers can follow (BBC Subtitle Guidelines §3). */
const MAX_CUE_CHARS = 84;

export function toJson(transcript: Transcript): Json {
  return { text: transcript.text, usage: usageOf(transcript) };
}

/** Plain text with a line end, as OpenAI's `text`. */
export function toText(transcript: Transcript): string {
  return `${transcript.text}\n`;
}

/** `granularities`: what `timestamp_granularities[]` asked for; OpenAI's default is segments. Figures that no engine here gives are null. */
export function toVerboseJson(
  transcript: Transcript,
  language: string,
  granularities: readonly ('word' | 'segment')[] = ['segment'],
): VerboseJson {
  const { duration, text } = transcript;
  return {
    task: 'transcribe',
    language,
    duration,
    text,
    ...(granularities.includes('word') ? { words: transcript.words.map(toVerboseWord) } : {}),
    ...(granularities.includes('segment') ? { segments: transcript.segments.map(toVerboseSegment) } : {}),
    usage: usageOf(transcript),
  };
}

/** Speakers are told apart by their channels (`A` is the first), or on a single channel by their voices where a model did. */
export function toDiarizedJson(transcript: Transcript): DiarizedJson {
  return {
    task: 'transcribe',
    duration: transcript.duration,
    text: transcript.text,
    segments: transcript.segments.map(({ id, start, end, text, channel, speaker }) => ({
      type: 'transcript.text.segment',
      id,
      start,
      end,
      text,
      speaker: speaker ?? speakerLetter(channel),
    })),
    usage: usageOf(transcript),
  };
}

export function toSrt(transcript: Transcript): string {
  const cues = cuesOf(transcript);
  return cues
    .map((cue, index) => `${String(index + 1)}\n${clock(cue.start, ',')} --> ${clock(cue.end, ',')}\n${cue.text}\n`)
    .join('\n');
}

export function toVtt(transcript: Transcript): string {
  const cues = cuesOf(transcript).map(
    (cue) => `\n${clock(cue.start, '.')} --> ${clock(cue.end, '.')}\n${escapeVtt(cue.text)}\n`,
  );
  return `WEBVTT\n${cues.join('')}`;
}

/** OpenAI bills whole seconds; the field is kept for clients that read it. */
function usageOf(transcript: Transcript): { readonly type: 'duration'; readonly seconds: number } {
  return { type: 'duration', seconds: Math.ceil(transcript.duration) };
}

function toVerboseWord(word: TranscriptWord): { word: string; start: number; end: number } {
  return { word: word.text, start: word.start, end: word.end };
}

function toVerboseSegment(segment: TranscriptSegment, id: number): NonNullable<VerboseJson['segments']>[number] {
  return {
    id,
    seek: 0,
    start: segment.start,
    end: segment.end,
    text: segment.text,
    tokens: [],
    temperature: 0,
    avg_logprob: null,
    compression_ratio: null,
    no_speech_prob: null,
  };
}

interface Cue {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function cuesOf(transcript: Transcript): readonly Cue[] {
  const { words, segments } = transcript;
  let at = 0;
  return segments.flatMap((segment) => {
    // Words come in the order of the segments, so each segment's are the next ones of its channel within its times.
    const own: TranscriptWord[] = [];
    for (let word = words[at]; word !== undefined && belongs(word, segment); word = words[at]) {
      own.push(word);
      at += 1;
    }
    return own.length === 0 ? [segment] : cut(own);
  });
}

function belongs(word: TranscriptWord, segment: TranscriptSegment): boolean {
  return word.channel === segment.channel && word.start >= segment.start && word.end <= segment.end;
}

function cut(words: readonly TranscriptWord[]): readonly Cue[] {
  const cues: Cue[] = [];
  let line: TranscriptWord[] = [];
  const flush = (): void => {
    const [first] = line;
    const last = line.at(-1);
    if (first !== undefined && last !== undefined) {
      cues.push({ start: first.start, end: last.end, text: line.map((word) => word.text).join(' ') });
    }
    line = [];
  };
  let length = 0;
  for (const word of words) {
    if (length + 1 + word.text.length > MAX_CUE_CHARS) {
      flush();
      length = 0;
    }
    line.push(word);
    length += (length === 0 ? 0 : 1) + word.text.length;
  }
  flush();
  return cues;
}

function clock(seconds: number, point: ',' | '.'): string {
  const total = Math.round(seconds * 1000);
  const part = (value: number, digits: number): string => String(value).padStart(digits, '0');
  const hours = Math.floor(total / 3_600_000);
  const minutes = Math.floor(total / 60_000) % 60;
  return `${part(hours, 2)}:${part(minutes, 2)}:${part(Math.floor(total / 1000) % 60, 2)}${point}${part(total % 1000, 3)}`;
}

/** WebVTT §4.2.2: these begin markup in cue text. */
function escapeVtt(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
