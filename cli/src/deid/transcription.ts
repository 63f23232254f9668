// Words without what identifies, as a transcript in Cordon's form, so that everything that reads transcripts reads this one.
import type { Transcription } from '@cordon/contract';
import type { TimedWord } from '@cordon/deid';
import type { BroughtTranscript } from './transcript.ts';

/** Times that the recogniser did not give are those of the segment; confidences that it did not give are 0. */
export function asTranscription(
  { segments, engine, model }: BroughtTranscript,
  words: readonly TimedWord[],
  duration: number,
): Transcription {
  const bySegment = Map.groupBy(words, (word) => word.segment);
  const spoken = segments.flatMap((segment, index) => {
    const own = (bySegment.get(index) ?? []).map((word) => wireWord(word, segment, duration));
    return own.length === 0 ? [] : [{ segment, own }];
  });
  const texts = spoken.map(({ own }) => own.map(({ text }) => text).join(' '));
  const spokenTexts = spoken.map(({ own }) => own.map((word) => word.spoken).join(' '));
  return {
    text: texts.join(' '),
    spokenText: spokenTexts.join(' '),
    words: spoken.flatMap(({ own }) => own),
    segments: spoken.map(({ segment, own }, index) => {
      const start = Math.min(...own.map((word) => word.start));
      return {
        id: `${segment.channel}-${Math.round(start * 1000)}`,
        start,
        end: Math.max(...own.map((word) => word.end)),
        channel: segment.channel,
        text: texts[index] ?? '',
        spokenText: spokenTexts[index] ?? '',
      };
    }),
    engine: engine ?? 'unknown',
    model: model ?? 'unknown',
    duration,
    realTimeFactor: 0,
  };
}

function wireWord(
  { text, spoken, start, end, confidence, channel }: TimedWord,
  segment: BroughtTranscript['segments'][number],
  duration: number,
): Transcription['words'][number] {
  const from = Math.max(0, start ?? segment.start ?? 0);
  const to = Math.max(from, end ?? segment.end ?? duration);
  return { text, spoken, start: from, end: to, confidence: Math.min(1, Math.max(0, confidence ?? 0)), channel };
}
