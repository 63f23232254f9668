// What was done to a recording and what cannot be vouched for: times, kinds and counts, never a word (docs/formats/deid.md, Audio).
import type { AudioPlan, Category, Stretch } from '@cordon/deid';
import type { Masked, Measured } from './sound.ts';
import type { BroughtTranscript } from './transcript.ts';

interface Told extends Stretch {
  readonly channel: number;
}

export interface AudioReport {
  readonly format: 'cordon-deid-audio/1';
  /** A voice identifies, and stays: 45 CFR 164.514(b)(2)(i)(P). */
  readonly label: 'minimised-phi';
  readonly because: string;
  readonly engineVersion: number;
  readonly audio: Omit<Measured, 'type' | 'loud'> & Pick<Masked, 'written' | 'exact'>;
  readonly transcript: {
    readonly engine: string | null;
    readonly model: string | null;
    readonly words: number;
    readonly lowAccuracy: boolean;
  };
  readonly method: {
    readonly fill: string;
    readonly padBefore: number;
    readonly padAfter: number;
    readonly doubtful: 'silenced' | 'kept';
  };
  /** What was silenced on all channels, padding and fades included. Every sample outside is as it was. */
  readonly silenced: readonly Stretch[];
  readonly silencedSeconds: number;
  /** What was said there, without padding. */
  readonly removed: readonly (Told & { readonly types: readonly Category[]; readonly words: number })[];
  readonly counts: Readonly<Partial<Record<Category, number>>>;
  readonly notAligned: {
    /** Silenced between the words around them, because their own have no usable times. */
    readonly placedAround: readonly (Told & { readonly types: readonly Category[] })[];
    readonly wordsBeyondTheEnd: number;
    /** Words that stay in the transcript and are silenced with their neighbours. */
    readonly wordsDrowned: number;
    readonly unsure: readonly (Told & { readonly words: number })[];
    readonly unsureBelow: number;
    /** Louder than the room, and no words: listen. */
    readonly soundWithoutWords: readonly Told[];
  };
}

const BECAUSE =
  'A voice print identifies its speaker (45 CFR 164.514(b)(2)(i)(P)); the voices are unchanged, so this is not de-identified.';

export function reportOf(
  transcript: BroughtTranscript,
  sound: Measured,
  { written, exact }: Masked,
  plan: AudioPlan,
  method: {
    readonly fill: string;
    readonly padBefore: number;
    readonly padAfter: number;
    readonly doubtful: boolean;
    readonly version: number;
    readonly unsureBelow: number;
  },
): AudioReport {
  const { container, encoding, sampleRate, channels, duration } = sound;
  const { engine, model, lowAccuracy, words } = transcript;
  const { fill, padBefore, padAfter } = method;
  const seconds = plan.silenced.reduce((sum, { start, end }) => sum + end - start, 0);
  return {
    format: 'cordon-deid-audio/1',
    label: 'minimised-phi',
    because: BECAUSE,
    engineVersion: method.version,
    audio: { container, encoding, sampleRate, channels, duration: rounded(duration), written, exact },
    transcript: { engine, model, words: words.length, lowAccuracy },
    method: { fill, padBefore, padAfter, doubtful: method.doubtful ? 'silenced' : 'kept' },
    silenced: plan.silenced.map(({ start, end }) => ({ start: rounded(start), end: rounded(end) })),
    silencedSeconds: rounded(seconds),
    removed: plan.removals.map(({ placing: _placing, ...removal }) => told(removal)),
    counts: countsOf(plan),
    notAligned: {
      placedAround: plan.removals
        .filter(({ placing }) => placing === 'around')
        .map(({ placing: _placing, words: _words, ...removal }) => told(removal)),
      wordsBeyondTheEnd: plan.outside,
      wordsDrowned: plan.drowned,
      unsure: plan.unsure.map(told),
      unsureBelow: method.unsureBelow,
      soundWithoutWords: plan.wordless.map(told),
    },
  };
}

function told<T extends Told>(stretch: T): T {
  return { ...stretch, start: rounded(stretch.start), end: rounded(stretch.end) };
}

function countsOf({ removals }: AudioPlan): AudioReport['counts'] {
  const counts: Partial<Record<Category, number>> = {};
  for (const { types } of removals) {
    const [type] = types;
    if (type !== undefined) counts[type] = (counts[type] ?? 0) + 1;
  }
  return counts;
}

/** To a ten-thousandth of a second: less than a sample of any telephone. */
function rounded(seconds: number): number {
  return Math.round(seconds * 10_000) / 10_000;
}
