// Small whole files to damage: some hundred bytes to some kilobytes each, so that thousands can be read in a second.
import { OggPackets } from '#clinical/audio/containers/ogg-packets.ts';
import { OggPages } from '#clinical/audio/containers/ogg-pages.ts';
import { writeWav } from '#clinical/audio/wav-writer.ts';
import { encode, voices } from '#test/sound.ts';
import { liveSeeds } from './live.ts';

const mono = voices(1, 8_000, 0.06);
const stereo = voices(2, 16_000, 0.05);

const made = (samples: readonly Float32Array[], extension: string, ...args: readonly string[]): Buffer =>
  encode(samples, samples === mono ? 8_000 : 16_000, extension, '-map_metadata', '-1', '-bitexact', ...args);

/** By the name of a target in `targets.ts`. */
export const SEEDS: Readonly<Record<string, () => readonly Uint8Array[]>> = {
  wav: () => [
    writeWav(mono, { encoding: 'pcm', bytes: 2, sampleRate: 8_000, after: [['LIST', Buffer.from('INFO')]] }),
    writeWav(stereo, {
      encoding: 'float',
      bytes: 4,
      sampleRate: 16_000,
      extensible: true,
      before: [['bext', Buffer.alloc(33)]],
    }),
    writeWav(mono, { encoding: 'mulaw', bytes: 1, sampleRate: 8_000, claimedSize: 0xffff_ffff }),
  ],
  ogg: () => [made(mono, 'opus', '-c:a', 'libopus', '-b:a', '16k'), made(stereo, 'oga', '-c:a', 'flac'), vorbis()],
  matroska: () => [
    made(mono, 'webm', '-c:a', 'libopus', '-b:a', '16k'),
    made(stereo, 'webm', '-c:a', 'libopus', '-b:a', '16k', '-live', '1'),
    made(stereo, 'mka', '-c:a', 'flac'),
    lacedMatroska(),
  ],
  flac: () => [made(mono, 'flac'), made(stereo, 'flac', '-sample_fmt', 's32', '-compression_level', '8')],
  mpeg: () => [
    made(mono, 'mp3', '-b:a', '16k'),
    made(stereo, 'mp3', '-q:a', '9'),
    made(mono, 'mp3', '-b:a', '8k', '-write_xing', '0'),
  ],
  mp4: () => [
    made(mono, 'm4a', '-c:a', 'aac', '-b:a', '16k'),
    made(mono, 'm4a', '-c:a', 'aac', '-b:a', '16k', '-movflags', '+faststart'),
    made(mono, 'mp4', '-c:a', 'aac', '-b:a', '16k', '-movflags', 'frag_keyframe+empty_moov'),
  ],
  live: liveSeeds,
  vorbis: () => [behindLengths(packetsOf(vorbis()))],
  'vorbis-packets': () => [
    behindLengths(packetsOf(vorbis()).slice(3)),
    behindLengths(packetsOf(vorbisStereo()).slice(3)),
  ],
  opus: () => [
    behindLengths(packetsOf(made(mono, 'opus', '-c:a', 'libopus', '-b:a', '12k'))),
    behindLengths(packetsOf(made(stereo, 'opus', '-c:a', 'libopus', '-b:a', '64k'))),
  ],
};

function vorbis(): Buffer {
  return made(mono, 'ogg', '-c:a', 'libvorbis', '-q:a', '0');
}

function vorbisStereo(): Buffer {
  return made(voices(2, 16_000, 0.3), 'ogg', '-c:a', 'libvorbis', '-q:a', '2');
}

/** The headers of a stream of two channels, whose packets are among the seeds of `vorbis-packets`. */
export function vorbisHeaders(): readonly Uint8Array[] {
  return packetsOf(vorbisStereo()).slice(0, 3);
}

function packetsOf(file: Uint8Array): Buffer[] {
  const assembler = new OggPackets();
  return [...new OggPages().push(file)].flatMap((page) => assembler.add(page).map((packet) => Buffer.from(packet)));
}

/** Each packet behind its length in two bytes. */
function behindLengths(packets: readonly Buffer[]): Buffer {
  return Buffer.concat(
    packets.flatMap((packet) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(packet.length);
      return [length, packet];
    }),
  );
}

/** PCM in blocks of all lacings, as no common muxer writes them. */
export function lacedMatroska(): Buffer {
  const element = (id: string, ...body: readonly Uint8Array[]): Buffer => {
    const bytes = Buffer.concat(body);
    const size = Buffer.alloc(4);
    size.writeUInt32BE(0x1000_0000 + bytes.length);
    return Buffer.concat([Buffer.from(id, 'hex'), size, bytes]);
  };
  const hex = (text: string): Buffer => Buffer.from(text, 'hex');
  const samples = (count: number): Buffer => Buffer.alloc(count * 2, 0x11);
  const rate = Buffer.alloc(4);
  rate.writeFloatBE(8_000);
  const audio = element('e1', element('b5', rate), element('9f', hex('01')), element('6264', hex('10')));
  const codec = element('86', Buffer.from('A_PCM/INT/LIT'));
  const track = element('ae', element('d7', hex('01')), element('83', hex('02')), codec, audio);
  const block = (flags: string, ...body: readonly Uint8Array[]): Buffer =>
    Buffer.concat([hex(`810000${flags}`), ...body]);
  return Buffer.concat([
    element('1a45dfa3', element('4282', Buffer.from('matroska'))),
    hex('1853806701ffffffffffffff'),
    element('1654ae6b', track),
    hex('1f43b675ff'),
    element('a3', block('00', samples(400))),
    element('a3', block('02', hex('02'), hex('ff01'), hex('08'), samples(128 + 4 + 400))),
    element('a3', block('06', hex('02'), hex('4010'), hex('bf'), samples(8 + 8 + 400))),
    element('a3', block('04', hex('03'), samples(400))),
    element('ec', Buffer.alloc(9)),
    hex('1f43b675ff'),
    element('a0', element('a1', block('00', samples(400))), element('75a2', hex('01312d00'))),
  ]);
}
