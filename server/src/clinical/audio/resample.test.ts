import { describe, expect, it } from 'vitest';
import { createResampler } from './resample.ts';

function run(from: number, to: number, samples: Float32Array, step: number): Float32Array {
  const resampler = createResampler(from, to);
  const parts: Float32Array[] = [];
  for (let at = 0; at < samples.length; at += step) parts.push(resampler.push(samples.slice(at, at + step)));
  parts.push(resampler.end());
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

function tone(rate: number, hertz: number, seconds = 1): Float32Array {
  return Float32Array.from({ length: rate * seconds }, (_, index) => Math.sin((2 * Math.PI * hertz * index) / rate));
}

/** Root mean square of the middle, in dB relative to a full-scale sine. */
function level(samples: Float32Array): number {
  const middle = samples.subarray(Math.floor(samples.length / 4), Math.floor((samples.length * 3) / 4));
  return 10 * Math.log10((2 * middle.reduce((sum, sample) => sum + sample * sample, 0)) / middle.length + 1e-20);
}

const RATES = [8_000, 11_025, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000];

describe('createResampler', () => {
  it.each(RATES)('passes speech from %d Hz unchanged, in time', (rate) => {
    const hertz = 1_000;
    const got = run(rate, 16_000, tone(rate, hertz), 4_096);
    expect(got).toHaveLength(16_000);
    const wanted = tone(16_000, hertz);
    for (let index = 2_000; index < 14_000; index++)
      expect(Math.abs((got[index] ?? 0) - (wanted[index] ?? 0))).toBeLessThan(0.001);
  });

  it.each(RATES)('is flat to 0.85 of the lower Nyquist frequency from %d Hz', (rate) => {
    const edge = 0.85 * Math.min(rate, 16_000) * 0.5;
    expect(Math.abs(level(run(rate, 16_000, tone(rate, edge), 4_096)))).toBeLessThan(0.02);
  });

  it.each(RATES.filter((rate) => rate > 17_000))('lets nothing above 8 kHz alias down from %d Hz', (rate) => {
    for (const hertz of [8_050, 9_000, Math.min(20_000, rate / 2 - 300)]) {
      expect(level(run(rate, 16_000, tone(rate, hertz), 4_096))).toBeLessThan(-80);
    }
  });

  it('leaves no image of telephone sound above 4 kHz', () => {
    const got = run(8_000, 16_000, tone(8_000, 3_000), 512);
    const image = got.map((sample, index) => sample * Math.cos((2 * Math.PI * 5_000 * index) / 16_000));
    const mean = image.subarray(4_000, 12_000).reduce((sum, sample) => sum + sample, 0) / 8_000;
    expect(20 * Math.log10(Math.abs(mean) + 1e-12)).toBeLessThan(-80);
  });

  it('gives the same whatever the chunks, and for rates that share no factor', () => {
    for (const rate of [44_100, 44_101, 191_999]) {
      const sound = tone(rate, 700, 0.2);
      expect(run(rate, 16_000, sound, 1_000_000)).toEqual(run(rate, 16_000, sound, 777));
    }
  });

  it('ends with the length that the rates ask for, for any length', () => {
    for (const length of [0, 1, 2, 100, 12_345]) {
      expect(run(44_100, 16_000, new Float32Array(length), 64)).toHaveLength(Math.round((length * 16_000) / 44_100));
    }
  });

  it('leaves images where they are asked for, faint, and the band below as it was', () => {
    const clean = run(8_000, 16_000, tone(8_000, 3_000), 4_096);
    const imaged = createResampler(8_000, 16_000, 0.1);
    const got = Float32Array.from([...imaged.push(tone(8_000, 3_000)), ...imaged.end()]);
    const rest = got.map((sample, index) => sample - (clean[index] ?? 0));
    // Linear interpolation weakens 3 kHz by 4 dB and leaves its image at 5 kHz 13 dB down: a tenth of both is some 30 dB under the voice.
    expect(level(got)).toBeGreaterThan(-0.5);
    expect(level(rest)).toBeGreaterThan(-36);
    expect(level(rest)).toBeLessThan(-26);
  });
});
