// The text of a recording while it is being recognised: of what is finished, as much as later stretches cannot change. Pure.
import { segmentsOf, type TextRules } from './assemble.ts';
import type { Stretch } from './engines/messages.ts';
import { DECIDING_WORDS } from './text/dictation.ts';
import { longestOf } from './text/written.ts';
import { joinSegments, type TranscriptSegment } from './transcript.ts';

/** Where a sentence ends, a segment's text ends with one of these (text/sentences.ts); the last may be dictated. */
const SENTENCE_END = /[.?!]$/;

/** How the text of a recording is written. */
export interface SettledWriting {
  readonly channels: number;
  readonly rules: TextRules;
  /** Words that must follow a sentence before nothing that comes can be written together with it. */
  readonly deciding: number;
}

/** A name may begin in one sentence and end in the next, a dictated mark belongs to the word before it. */
export function settledWriting(channels: number, rules: TextRules): SettledWriting {
  const names = Math.max(0, longestOf(rules.names.keys()) - 1);
  return { channels, rules, deciding: Math.max(names, rules.dictation ? DECIDING_WORDS : 0) };
}

/**
 * A beginning of the transcript's text that stays. A channel's last sentence may go on in its next stretch, and sentences of all channels
 * stand in the order in which they begin: so nothing is settled from where any channel is still open.
 */
export function settledText(stretches: readonly Stretch[], writing: SettledWriting): string {
  const perChannel = Array.from({ length: writing.channels }, (_, channel) =>
    settledOf(
      channel,
      stretches.filter((one) => one.channel === channel),
      writing,
    ),
  );
  const open = Math.min(...perChannel.map(({ openFrom }) => openFrom));
  const settled = perChannel
    .flatMap(({ segments }) => segments)
    .filter(({ start }) => start < open)
    .toSorted((a, b) => a.start - b.start || a.channel - b.channel);
  return joinSegments(settled);
}

interface Settled {
  readonly segments: readonly TranscriptSegment[];
  /** Seconds from which anything may still come. */
  readonly openFrom: number;
}

function settledOf(
  channel: number,
  stretches: readonly Stretch[],
  { rules, deciding }: Pick<SettledWriting, 'rules' | 'deciding'>,
): Settled {
  const segments = segmentsOf(channel, stretches, rules).map(({ segment }) => segment);
  const ends = stretches.flatMap((stretch) => stretch.words.map(({ end }) => end)).toSorted((a, b) => a - b);
  const decidedTo = ends.at(-1 - deciding) ?? 0;
  const last = segments.slice(0, -1).findLastIndex(({ text, end }) => SENTENCE_END.test(text) && end <= decidedTo);
  const heardTo = Math.max(0, ...stretches.map(({ resumeAt }) => resumeAt));
  return { segments: segments.slice(0, last + 1), openFrom: segments[last + 1]?.start ?? heardTo };
}
