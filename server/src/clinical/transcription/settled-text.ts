// The text of a recording while it is being recognised: of what is finished, as much as later stretches cannot change. Pure.
import { segmentsOf } from './assemble.ts';
import type { Stretch } from './engines/messages.ts';

/** Where a sentence ends, a segment's text ends with one of these (text/sentences.ts). */
const SENTENCE_END = /[.?]$/;

/**
 * A beginning of the transcript's text that stays. A channel's last sentence may go on in its next stretch, and sentences of all channels
 * stand in the order in which they begin: so nothing is settled from where any channel is still open.
 */
export function settledText(stretches: readonly Stretch[], channels: number): string {
  const perChannel = Array.from({ length: channels }, (_, channel) =>
    settledOf(
      channel,
      stretches.filter((one) => one.channel === channel),
    ),
  );
  const open = Math.min(...perChannel.map(({ openFrom }) => openFrom));
  return perChannel
    .flatMap(({ segments }) => segments)
    .filter(({ start }) => start < open)
    .toSorted((a, b) => a.start - b.start || a.channel - b.channel)
    .map(({ text }) => text)
    .join(' ');
}

interface Settled {
  readonly segments: readonly { readonly start: number; readonly channel: number; readonly text: string }[];
  /** Seconds from which anything may still come. */
  readonly openFrom: number;
}

function settledOf(channel: number, stretches: readonly Stretch[]): Settled {
  const segments = segmentsOf(channel, stretches).map(({ segment }) => segment);
  const last = segments.slice(0, -1).findLastIndex(({ text }) => SENTENCE_END.test(text));
  const heardTo = Math.max(0, ...stretches.map(({ resumeAt }) => resumeAt));
  return { segments: segments.slice(0, last + 1), openFrom: segments[last + 1]?.start ?? heardTo };
}
