import { describe, expect, it } from 'vitest';
import { drain, MeasuredReader } from './measured.ts';
import type { RecordingFacts } from './measured.ts';
import { WavDecoder } from './wav-decoder.ts';
import { writeWav } from './wav-writer.ts';

async function measure(samples: readonly Float32Array[], encoding: 'pcm' | 'float' = 'float'): Promise<RecordingFacts> {
  const reader = new MeasuredReader(new WavDecoder());
  await drain(reader.push(writeWav(samples, { encoding, bytes: encoding === 'pcm' ? 2 : 4, sampleRate: 16_000 })));
  await drain(reader.end());
  return reader.facts();
}

const seconds = (length: number, value: number): Float32Array => new Float32Array(length * 16_000).fill(value);
const refused = (details: object): Error =>
  expect.objectContaining({
    code: 'audio_unusable',
    details: expect.objectContaining(details) as object,
  }) as Error;

describe('MeasuredReader', () => {
  it('says how loud each channel is', async () => {
    const half = seconds(1, 0.5);
    const facts = await measure([half, seconds(1, 0), seconds(1, 1)]);
    expect(facts).toMatchObject({
      container: 'wav',
      encoding: 'float32',
      sampleRate: 16_000,
      channels: 3,
      duration: 1,
    });
    expect(facts.levels).toEqual([
      { peakDb: -6, rmsDb: -6, clipped: 0 },
      { peakDb: -200, rmsDb: -200, clipped: 0 },
      { peakDb: 0, rmsDb: 0, clipped: 1 },
    ]);
  });

  it('clamps what overshoots a little, refuses what is not sound', async () => {
    const reader = new MeasuredReader(new WavDecoder());
    const blocks = reader.push(
      writeWav([Float32Array.of(0.1, 1.5, -3)], { encoding: 'float', bytes: 4, sampleRate: 16_000 }),
    );
    const block = (await blocks.next()).value ?? [];
    expect([...(block[0] ?? [])]).toEqual([expect.closeTo(0.1), 1, -1]);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 32_768]) {
      const sound = seconds(1, 0.1);
      sound[1234] = bad;
      await expect(measure([seconds(1, 0), sound])).rejects.toThrow(
        refused({ reason: 'invalid_samples', channel: 1, frame: 1234 }),
      );
    }
  });

  it('refuses a tenth of a second', async () => {
    await expect(measure([seconds(0.1, 0.1)])).rejects.toThrow(refused({ reason: 'too_short', milliseconds: 100 }));
    await expect(measure([])).rejects.toThrow(expect.objectContaining({ code: 'audio_unreadable' }) as Error);
  });
});
