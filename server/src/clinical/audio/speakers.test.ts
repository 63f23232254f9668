import { describe, expect, it } from 'vitest';
import { CopyDetector, SPEAKER_BLOCK } from './speakers.ts';

const noise = (seed: number, gain = 0.1): Float32Array => {
  let state = seed;
  return Float32Array.from({ length: SPEAKER_BLOCK }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return (state / 1_073_741_824 - 1) * gain;
  });
};
const silence = new Float32Array(SPEAKER_BLOCK);
const mixed = (a: Float32Array, b: Float32Array, share: number): Float32Array =>
  a.map((sample, index) => sample + share * (b[index] ?? 0));

describe('CopyDetector', () => {
  it('knows a copy, also scaled, inverted, silent or through a lossy codec', () => {
    const voice = noise(1);
    for (const other of [
      voice,
      voice.map((sample) => sample * 0.3),
      voice.map((sample) => -sample),
      silence,
      mixed(voice, noise(2), 0.05),
    ]) {
      expect(new CopyDetector(2).judge([voice, other])).toEqual([null, 0]);
    }
  });

  it('knows another voice, also beside crosstalk or where the first is silent', () => {
    const voice = noise(1);
    for (const other of [noise(2), mixed(noise(2), voice, 0.8)])
      expect(new CopyDetector(2).judge([voice, other])).toEqual([null, null]);
    expect(new CopyDetector(2).judge([silence, noise(2)])).toEqual([null, null]);
  });

  it('does not take it back', () => {
    const detector = new CopyDetector(2);
    expect(detector.judge([noise(1), noise(1)])).toEqual([null, 0]);
    expect(detector.judge([noise(1), noise(2)])).toEqual([null, null]);
    expect(detector.judge([noise(1), noise(1)])).toEqual([null, null]);
  });

  it('finds pairs among many', () => {
    expect(new CopyDetector(4).judge([noise(1), noise(2), noise(1), noise(2)])).toEqual([null, null, 0, 1]);
  });
});
