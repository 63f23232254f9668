// A recording measured while it arrives, or once it is stored. The inspectors here stand in for children.
import { describe, expect, it } from 'vitest';
import { ArrivingSound } from './arriving.ts';
import type { Inspect, MeasuredSound } from './arriving.ts';
import { writeWav } from './wav-writer.ts';

const FLAC = Buffer.concat([Buffer.from('fLaC'), Buffer.alloc(100_000, 7)]);
const FACTS: MeasuredSound = { container: 'flac', encoding: 'flac16', sampleRate: 16_000, channels: 1, duration: 3 };

async function bytesOf(audio: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const chunk of audio) bytes += chunk.length;
  return bytes;
}

/** Reads everything `times` times and tells how many bytes there were. */
function reader(seen: string[], { places = 1, times = 1 } = {}): Inspect {
  const read = async (how: string, audio: () => AsyncIterable<Uint8Array>): Promise<MeasuredSound> => {
    for (let time = 0; time < times; time += 1) seen.push(`${how} ${String(await bytesOf(audio()))}`);
    return FACTS;
  };
  return {
    arriving: (audio) => (places > 0 ? read('arriving', audio) : null),
    stored: (audio) => read('stored', audio),
  };
}

async function* stored(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(FLAC);
}

async function arrive(sound: ArrivingSound, bytes: Uint8Array, step: number): Promise<void> {
  for (let at = 0; at < bytes.length; at += step) await sound.push(bytes.subarray(at, at + step));
  await sound.end();
}

describe('ArrivingSound', () => {
  it.each([1, 7, 65_536])('hands on everything in pieces of %d bytes, once', async (step) => {
    const seen: string[] = [];
    const sound = new ArrivingSound(reader(seen), stored);
    await arrive(sound, FLAC.subarray(0, 2_000), step);
    expect(await sound.measured()).toEqual(FACTS);
    expect(seen).toEqual(['arriving 2000']);
  });

  it('lets a recording be read again once it is stored', async () => {
    const seen: string[] = [];
    const sound = new ArrivingSound(reader(seen, { times: 2 }), stored);
    await arrive(sound, FLAC, 10_000);
    expect(await sound.measured()).toEqual(FACTS);
    expect(seen).toEqual([`arriving ${String(FLAC.length)}`, `arriving ${String(FLAC.length)}`]);
  });

  it.each([1, 7, 65_536])(
    'leaves a WAV of compressed samples to the child that has ffmpeg, in pieces of %d bytes',
    async (step) => {
      const seen: string[] = [];
      const sound = new ArrivingSound(reader(seen), stored);
      const adpcm = writeWav([new Float32Array(1_000)], { encoding: 'pcm', bytes: 2, sampleRate: 16_000 });
      adpcm.writeUInt16LE(2, 20);
      await arrive(sound, adpcm, step);
      expect(seen).toEqual([]);
      expect(await sound.measured()).toEqual(FACTS);
      expect(seen).toEqual([`stored ${String(FLAC.length)}`]);
    },
  );

  it('holds nobody up where all places are taken: it is inspected when it is stored', async () => {
    const seen: string[] = [];
    const sound = new ArrivingSound(reader(seen, { places: 0 }), stored);
    await arrive(sound, FLAC, 10_000);
    expect(seen).toEqual([]);
    expect(await sound.measured()).toEqual(FACTS);
    expect(seen).toEqual([`stored ${String(FLAC.length)}`]);
  });

  it('refuses as soon as the inspector does, and tells it when the upload ends', async () => {
    const refusing: Inspect = {
      arriving: async (audio) => {
        for await (const _first of audio()) throw new Error('undecodable');
        return FACTS;
      },
      stored: () => Promise.resolve(FACTS),
    };
    const sound = new ArrivingSound(refusing, stored);
    await expect(arrive(sound, FLAC, 1_000)).rejects.toThrow('undecodable');
    const seen: string[] = [];
    const broken = new ArrivingSound(reader(seen), stored);
    await broken.push(FLAC.subarray(0, 500));
    const end = expect(broken.measured()).rejects.toThrow('connection lost');
    broken.abort(new Error('connection lost'));
    await end;
    expect(seen).toEqual([]);
  });

  it('measures WAV itself, and says what is no recording at all', async () => {
    const wav = writeWav([new Float32Array(16_000)], { encoding: 'pcm', bytes: 2, sampleRate: 16_000 });
    const sound = new ArrivingSound(reader([], { places: 0 }), stored);
    await arrive(sound, wav, 1_000);
    expect(await sound.measured()).toMatchObject({ container: 'wav', encoding: 'pcm16', duration: 1 });
    for (const bytes of [Buffer.alloc(0), Buffer.from('abc'), Buffer.from('nothing that sounds')]) {
      const none = new ArrivingSound(reader([]), stored);
      await expect(arrive(none, bytes, 5)).rejects.toThrow(
        expect.objectContaining({ code: 'audio_unreadable' }) as Error,
      );
    }
  });
});
