// Words of one channel that one person says in a row. Whatever is written of them (sentences, numbers, marks) is written of one run at a
// time, so nothing is joined across a change of speaker. Pure.
import type { SpeakerTurn, SpokenWord, Stretch } from './engines/messages.ts';
import { SURE_PAUSE } from './text/sentences.ts';

export interface Run {
  readonly channel: number;
  /** Zero-based, in the order in which they are first heard; null where nobody told speakers apart. */
  readonly speaker: number | null;
  readonly words: readonly SpokenWord[];
}

/** Seconds. A word that lies in no turn belongs to the nearest one within this; further off it goes on with whoever spoke before it. */
const NEAR = 5;

/** Words that a punctuation model is given at once. */
const MAX_PORTION = 200;

/** One run per channel, its words in order of time. */
export function runsOf(stretches: readonly Stretch[]): readonly Run[] {
  const channels = [...new Set(stretches.map((stretch) => stretch.channel))].toSorted((a, b) => a - b);
  return channels.map((channel) => {
    const own = stretches.filter((stretch) => stretch.channel === channel);
    const words = own.flatMap((stretch) => stretch.words).toSorted((a, b) => a.start - b.start);
    return { channel, speaker: null, words };
  });
}

/** The same words, cut where the speaker changes. `turns`: of this channel, in order of their start; they may overlap. */
export function cutAtSpeakers(run: Run, turns: readonly SpeakerTurn[]): readonly Run[] {
  const heard = speakersOf(run.words, turns);
  const numbers = new Map<number, number>();
  const runs: { channel: number; speaker: number | null; words: SpokenWord[] }[] = [];
  for (const [index, word] of run.words.entries()) {
    const who = heard[index] ?? null;
    if (who !== null && !numbers.has(who)) numbers.set(who, numbers.size);
    const speaker = who === null ? null : (numbers.get(who) ?? null);
    const last = runs.at(-1);
    if (last?.speaker === speaker) last.words.push(word);
    else runs.push({ channel: run.channel, speaker, words: [word] });
  }
  return runs;
}

/** Cut where its speaker stops, and where it is too long at its longest pause: each part is as much as one sentence can reach. */
export function portionsOf(run: Run): readonly Run[] {
  const { words } = run;
  const portions: Run[] = [];
  let from = 0;
  for (let at = 1; at <= words.length; at++) {
    let to = at;
    if (at < words.length && gapBefore(words, at) < SURE_PAUSE) {
      if (at - from < MAX_PORTION) continue;
      to = longestPause(words, from + MAX_PORTION / 2, at);
    }
    portions.push({ ...run, words: words.slice(from, to) });
    from = to;
  }
  return portions;
}

/** The index of the word before which it is longest, from `from` to `to`, both included. */
function longestPause(words: readonly SpokenWord[], from: number, to: number): number {
  let best = to;
  for (let at = from; at < to; at++) if (gapBefore(words, at) > gapBefore(words, best)) best = at;
  return best;
}

function gapBefore(words: readonly SpokenWord[], at: number): number {
  return (words[at]?.start ?? 0) - (words[at - 1]?.end ?? 0);
}

/** For each word whose turn it shares most time with. */
function speakersOf(words: readonly SpokenWord[], turns: readonly SpeakerTurn[]): readonly (number | null)[] {
  let first = 0;
  let before: number | null = null;
  return words.map((word) => {
    for (let turn = turns[first]; turn !== undefined && turn.end < word.start - NEAR; turn = turns[first]) first += 1;
    let best: { readonly speaker: number; readonly shared: number } | null = null;
    for (let at = first; at < turns.length; at++) {
      const turn = turns[at];
      if (turn === undefined || turn.start > word.end + NEAR) break;
      // Negative where they do not meet: the nearest is the greatest then too.
      const shared = Math.min(turn.end, word.end) - Math.max(turn.start, word.start);
      if (shared > -NEAR && shared > (best?.shared ?? Number.NEGATIVE_INFINITY))
        best = { speaker: turn.speaker, shared };
    }
    before = best?.speaker ?? before;
    return before;
  });
}
