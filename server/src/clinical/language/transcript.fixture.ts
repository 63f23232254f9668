// Transcripts for tests: each turn is a segment, each word lasts 0.3 s.
import type { Transcript, TranscriptSegment, TranscriptWord } from '#clinical/transcription/transcript.ts';

/** What a word well heard has; one that is 1 was corrected by a person. */
const SURE = 0.9;

/** `turns`: [channel, text]. A bare string is one dictated segment on channel 0. */
export function spoken(
  turns: string | readonly (readonly [number, string])[],
  confidence: (word: string) => number = () => SURE,
): Transcript {
  const list = typeof turns === 'string' ? [[0, turns] as const] : turns;
  const words: TranscriptWord[] = [];
  const segments: TranscriptSegment[] = [];
  let clock = 0;
  for (const [channel, text] of list) {
    const start = clock;
    for (const word of text.split(' ').filter((part) => part !== '')) {
      words.push({
        text: word,
        spoken: word.toLowerCase(),
        start: clock,
        end: clock + 0.3,
        confidence: confidence(word),
        channel,
      });
      clock += 0.3;
    }
    segments.push({
      id: `${String(channel)}-${String(Math.round(start * 1000))}`,
      start,
      end: clock,
      channel,
      text,
      spokenText: text.toLowerCase(),
    });
    clock += 0.5;
  }
  const text = list.map(([, part]) => part).join(' ');
  return {
    text,
    spokenText: text.toLowerCase(),
    words,
    segments,
    engine: 'test',
    model: 'test',
    duration: clock,
    realTimeFactor: 0,
  };
}
