import { describe, expect, it } from 'vitest';
import { createSpeechGate } from './speech-gate.ts';

const OPTIONS = {
  before: 2,
  after: 2,
  pause: 4,
  patience: [
    { length: 10, pause: 2 },
    { length: 20, pause: 0 },
  ],
};

/** `x` speech, `.` none; the answer as one letter per window. */
function steps(windows: string): string {
  const gate = createSpeechGate(OPTIONS);
  return Array.from(windows)
    .map((window) => gate.step(window === 'x').charAt(0))
    .join('');
}

describe('createSpeechGate', () => {
  it('opens at speech, feeds a little of the pause, holds the rest, closes when it is long enough', () => {
    expect(steps('..xx....x')).toBe('iiofffhco');
  });

  it('feeds what it held when speech comes again', () => {
    expect(steps('xx...xx')).toBe('offfhff');
  });

  it('cuts a long stretch at a shorter pause, a very long one anywhere', () => {
    expect(steps('xxxxxxxxxx..')).toBe(`o${'f'.repeat(10)}c`);
    expect(steps('x'.repeat(21))).toBe(`o${'f'.repeat(18)}co`);
  });

  it('never opens on silence', () => {
    expect(steps('.'.repeat(50))).toBe('i'.repeat(50));
  });
});
