// What is given damaged files: every reader of ours, and the codecs behind them.
import { isProblem } from '@cordon/contract';
import { openMp3 } from '#clinical/audio/codecs/mp3.ts';
import { openOpus } from '#clinical/audio/codecs/opus.ts';
import { parseOpusHead } from '#clinical/audio/codecs/opus-packet.ts';
import { openVorbis } from '#clinical/audio/codecs/vorbis.ts';
import { crc8, crc16, crc32 } from '#clinical/audio/containers/crc.ts';
import { FlacDecoder } from '#clinical/audio/containers/flac-stream.ts';
import { Matroska } from '#clinical/audio/containers/matroska.ts';
import { Mp4Boxes } from '#clinical/audio/containers/mp4-boxes.ts';
import { moveChunks, soundCodec } from '#clinical/audio/containers/mp4-index.ts';
import { MpegFrames } from '#clinical/audio/containers/mpeg-frames.ts';
import { parseEncoderTag } from '#clinical/audio/containers/mpeg-header.ts';
import { kindOf, OggHeaders } from '#clinical/audio/containers/ogg-headers.ts';
import { OggPackets } from '#clinical/audio/containers/ogg-packets.ts';
import { OggPages } from '#clinical/audio/containers/ogg-pages.ts';
import { createDecoder } from '#clinical/audio/decoder.ts';
import { WavReader } from '#clinical/audio/wav.ts';
import { disorder, readLive } from './live.ts';
import type { Random } from './mutate.ts';
import { vorbisHeaders } from './seeds.ts';

/** Reads the pieces of one input; what it throws is judged. */
type Read = (pieces: readonly Uint8Array[]) => void | Promise<void>;

export interface Target {
  /** Makes a damaged file right where a check sum would end everything too early. */
  readonly repair?: (bytes: Buffer, random: Random) => void;
  /** Puts something else in its place now and then. */
  readonly disorder?: (bytes: Buffer, random: Random) => Buffer;
  /** Ready to read; what takes time is done once. */
  readonly open: () => Promise<Read>;
}

/** By name. Those of readers alone need no codec and are the fast ones. */
export const TARGETS: Readonly<Record<string, Target>> = {
  wav: { open: () => steady(readWav) },
  ogg: { repair: repairOgg, open: () => steady(readOgg) },
  matroska: { open: () => steady(readMatroska) },
  flac: { repair: repairFlac, open: () => steady(readFlac) },
  mpeg: { open: () => steady(readMpeg) },
  mp4: { open: () => steady(readMp4) },
  live: { disorder, open: () => steady(readLive) },
  vorbis: { open: () => steady(readVorbis) },
  'vorbis-packets': { open: () => steady(readVorbisPackets()) },
  opus: { open: openOpusTarget },
  'ogg-sound': { repair: repairOgg, open: () => steady(readWhole) },
  'matroska-sound': { open: () => steady(readWhole) },
  'mpeg-sound': { open: () => steady(readMpegSound()) },
};

/** The seeds of a target that has none of its own name. */
export function seedsOf(target: string): string {
  return target.replace(/-sound$/, '');
}

function steady(read: Read): Promise<Read> {
  return Promise.resolve(read);
}

function drop(values: Iterable<unknown>): void {
  for (const value of values) void value;
}

const readWav: Read = (pieces) => {
  const reader = new WavReader();
  for (const piece of pieces) drop(reader.push(piece));
  reader.end();
};

const readOgg: Read = (pieces) => {
  const pages = new OggPages();
  const streams = new Map<number, OggPackets>();
  for (const piece of pieces) {
    for (const page of pages.push(piece)) {
      const stream = streams.get(page.serial) ?? new OggPackets();
      if (streams.size < 16) streams.set(page.serial, stream);
      const headers = new OggHeaders(kindOf(page.body) ?? 'flac');
      for (const packet of stream.add(page)) headers.take(packet);
    }
  }
  pages.end();
};

const readMatroska: Read = (pieces) => {
  const reader = new Matroska();
  for (const piece of pieces) drop(reader.push(piece));
  drop(reader.end());
};

const readFlac: Read = (pieces) => {
  const reader = new FlacDecoder();
  for (const piece of pieces) drop(reader.push(piece));
  drop(reader.end());
};

const readMpeg: Read = (pieces) => {
  const reader = new MpegFrames();
  for (const piece of pieces) for (const { header, bytes } of reader.push(piece)) parseEncoderTag(bytes, header);
  reader.end();
};

const readMp4: Read = (pieces) => {
  const indexes: Uint8Array[] = [];
  const reader = new Mp4Boxes((moov) => indexes.push(moov.slice()));
  for (const piece of pieces) drop(reader.push(piece));
  for (const moov of indexes) {
    soundCodec(moov);
    moveChunks(moov, 0, 1_000_000, moov.length);
  }
  reader.end();
};

const PLACE = { container: 'ogg', offset: 0 } as const;

/** Packets behind their lengths, as the seeds have them; a damaged length cuts them differently. */
function packetsOf(bytes: Uint8Array): Uint8Array[] {
  const packets: Uint8Array[] = [];
  for (let at = 0; at + 2 <= bytes.length;) {
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    packets.push(bytes.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return packets;
}

const readVorbis: Read = (pieces) => {
  const packets = packetsOf(Buffer.concat(pieces));
  const codec = openVorbis(packets.slice(0, 3), PLACE);
  codec.count(packets.slice(3));
  for (const packet of packets.slice(3)) codec.decode(packet, PLACE);
};

/** Headers as they were, so that every input comes to the decoding itself. */
function readVorbisPackets(): Read {
  const codec = openVorbis(vorbisHeaders(), PLACE);
  return (pieces) => {
    const packets = packetsOf(Buffer.concat(pieces));
    codec.count(packets);
    for (const packet of packets) codec.decode(packet, PLACE);
  };
}

/** libopus keeps its state from one input to the next, as it does from packet to packet. */
async function openOpusTarget(): Promise<Read> {
  const head = parseOpusHead(Buffer.concat([Buffer.from('OpusHead\u0001\u0002'), Buffer.alloc(9)]));
  if (head === null || head === 'unknown') throw new Error('no header');
  const codec = await openOpus(head);
  return (pieces) => {
    const [first = new Uint8Array(0), , ...sound] = packetsOf(Buffer.concat(pieces));
    parseOpusHead(first);
    codec.count(sound);
    for (const packet of sound) codec.decode(packet, PLACE);
  };
}

/** minimp3 keeps its state too. */
function readMpegSound(): Read {
  const mp3 = openMp3();
  return (pieces) => {
    const reader = new MpegFrames();
    for (const piece of pieces) for (const frame of reader.push(piece)) mp3.decode(frame);
    reader.end();
  };
}

/** Everything together, as a recording is read. */
const readWhole: Read = async (pieces) => {
  const decoder = createDecoder();
  try {
    for (const piece of pieces) for await (const block of decoder.push(piece)) void block;
    for await (const block of decoder.end()) void block;
  } finally {
    decoder.close();
  }
};

/** Nine in ten get the right check sum on every page that can be found. */
function repairOgg(bytes: Buffer, random: Random): void {
  if (random() < 0.1) return;
  for (let at = bytes.indexOf('OggS'); at !== -1; at = bytes.indexOf('OggS', at + 4)) {
    const header = at + 27 + (bytes[at + 26] ?? 0);
    if (header > bytes.length) return;
    const size = bytes.subarray(at + 27, header).reduce((sum, piece) => sum + piece, 0);
    const page = bytes.subarray(at, header + size);
    page.fill(0, 22, 26);
    page.writeUInt32LE(crc32(page), 22);
  }
}

/** Half get the right check sums on a first frame whose header is shaped like one. */
function repairFlac(bytes: Buffer, random: Random): void {
  const at = bytes.indexOf(Buffer.from([0xff, 0xf8]));
  if (at === -1 || random() < 0.5) return;
  for (let length = 6; length < 16; length++) {
    if (random() < 0.3 && at + length < bytes.length) {
      bytes[at + length - 1] = crc8(bytes, at, at + length - 1);
      break;
    }
  }
  if (random() < 0.5) bytes.writeUInt16BE(crc16(bytes, at, bytes.length - 2), bytes.length - 2);
}

/** The reason of a refusal in our own terms; null when it is no such refusal. */
export function reasonOf(error: unknown): string | null {
  if (!isProblem(error)) return null;
  const { reason } = error.details;
  if (!['audio_unreadable', 'audio_unusable', 'decoder_missing'].includes(error.code)) return null;
  return typeof reason === 'string' ? `${error.code}: ${reason}` : error.code;
}
