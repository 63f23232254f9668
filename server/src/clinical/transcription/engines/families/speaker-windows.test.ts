// Windows and voices with models that are arithmetic: a sample's value is who speaks, and a print has a one in that place.
import { describe, expect, it } from 'vitest';
import { ProblemError } from '@cordon/contract';
import { MAX_SPEAKERS } from '../messages.ts';
import type { SpeakerTurn } from '../messages.ts';
import { KnownVoices } from './known-voices.ts';
import { SpeakerWindows, WINDOW_SECONDS } from './speaker-windows.ts';

const SECOND = 16_000;

/** Numbers voices as they come in this window, as clustering does, so that only prints can tell who is who in the next. */
function turnsIn(samples: Float32Array): readonly SpeakerTurn[] {
  const turns: { start: number; end: number; speaker: number }[] = [];
  const numbers = new Map<number, number>();
  for (let at = 0; at < samples.length; at += SECOND / 10) {
    const who = samples[at] ?? 0;
    if (who === 0) continue;
    if (!numbers.has(who)) numbers.set(who, numbers.size);
    const speaker = numbers.get(who) ?? 0;
    const end = Math.min(samples.length, at + SECOND / 10) / SECOND;
    const last = turns.at(-1);
    if (last?.speaker === speaker && Math.abs(last.end - at / SECOND) < 0.001) last.end = end;
    else turns.push({ start: at / SECOND, end, speaker });
  }
  return turns;
}

function hearing(lengths: number[] = []): SpeakerWindows {
  return new SpeakerWindows(
    {
      turns: (samples) => {
        lengths.push(samples.length / SECOND);
        return turnsIn(samples);
      },
    },
    {
      print: (samples) => {
        if (samples[0] === 9) throw new ProblemError('audio_unusable', { reason: 'too_short' });
        return Float32Array.from({ length: 8 }, (_, index) => (index === samples[0] ? 1 : 0));
      },
    },
    0.5,
  );
}

/** Stretches `[start, seconds, who]` through the windows, in small pieces. */
function hear(windows: SpeakerWindows, stretches: readonly (readonly [number, number, number])[]): SpeakerTurn[] {
  const turns: SpeakerTurn[] = [];
  for (const [start, seconds, who] of stretches) {
    windows.open(start * SECOND);
    for (let left = seconds * SECOND; left > 0; left -= 8_000)
      turns.push(...windows.sound(new Float32Array(Math.min(8_000, left)).fill(who)));
    turns.push(...windows.close());
  }
  return [...turns, ...windows.end()];
}

describe('SpeakerWindows', () => {
  it('gives turns at the times of the recording, whatever silence was left out', () => {
    const turns = hear(hearing(), [
      [5, 2, 1],
      [60, 3, 2],
      [600, 1, 1],
    ]);
    expect(turns).toEqual([
      { start: 5, end: 7, speaker: 0 },
      { start: 60, end: 63, speaker: 1 },
      { start: 600, end: 601, speaker: 0 },
    ]);
  });

  it('calls a voice the same in every window, though each numbers its own anew', () => {
    const lengths: number[] = [];
    const turns = hear(hearing(lengths), [
      [0, 20, 1],
      [20, WINDOW_SECONDS, 2],
      [400, 30, 3],
      [500, 40, 2],
      [600, WINDOW_SECONDS, 1],
      [1000, 10, 2],
    ]);
    // The long stretch that fills the second window goes on in the third.
    expect(turns.map(({ speaker }) => speaker)).toEqual([0, 1, 2, 1, 0, 0, 1]);
    expect(lengths).toHaveLength(3);
  });

  it('holds no more than one window, also of a stretch without end', () => {
    const lengths: number[] = [];
    const turns = hear(hearing(lengths), [[10, 1_000, 4]]);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(WINDOW_SECONDS + 60);
    expect(turns.reduce((sum, { start, end }) => sum + end - start, 0)).toBeCloseTo(1_000, 3);
    expect(turns[0]?.start).toBe(10);
    expect(turns.at(-1)?.end).toBe(1_010);
    expect(new Set(turns.map(({ speaker }) => speaker))).toEqual(new Set([0]));
  });

  it('names nobody of whom too little was heard', () => {
    const turns = hear(hearing(), [
      [0, 2, 9],
      [2, 0.2, 3],
      [3, 2, 1],
    ]);
    expect(turns).toEqual([{ start: 3, end: 5, speaker: 0 }]);
    expect(hear(hearing(), [])).toEqual([]);
  });
});

describe('KnownVoices', () => {
  const print = (...values: number[]): Float32Array => {
    const length = Math.hypot(...values);
    return Float32Array.from(values, (value) => value / length);
  };

  it('makes the surest pairs first, and two voices of one window two people', () => {
    const known = new KnownVoices(0.5);
    expect(known.recognise([{ print: print(1, 0), seconds: 9 }])).toEqual([0]);
    const pair = known.recognise([
      { print: print(1, 0.9), seconds: 5 },
      { print: print(1, 0.1), seconds: 5 },
    ]);
    expect(pair).toEqual([1, 0]);
  });

  it('lets short hearings change little of what it knows', () => {
    const known = new KnownVoices(0.8);
    known.recognise([{ print: print(1, 0), seconds: 60 }]);
    for (let time = 0; time < 20; time++) known.recognise([{ print: print(1, 0.6), seconds: 0.5 }]);
    expect(known.recognise([{ print: print(1, 0), seconds: 1 }])).toEqual([0]);
    expect(known.recognise([{ print: print(0, 1), seconds: 1 }])).toEqual([1]);
  });

  it('knows no more people than there may be', () => {
    const known = new KnownVoices(0.99);
    const numbers = Array.from({ length: 40 }, (_, index) =>
      known.recognise([{ print: print(Math.cos(index / 8), Math.sin(index / 8)), seconds: 1 }]),
    ).flat();
    expect(Math.max(...numbers.map((number) => number ?? -1))).toBe(MAX_SPEAKERS - 1);
    expect(numbers).not.toContain(null);
  });
});
