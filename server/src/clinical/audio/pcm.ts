// Interleaved sample bytes to one Float32Array per channel, full scale ±1. Little-endian, as RIFF is.

export type SampleEncoding = 'pcm' | 'float' | 'alaw' | 'mulaw';

/** How one sample lies in the bytes. `bytes` is the container of a sample: valid bits are at its top (multimedia reference, WAVEFORMATEXTENSIBLE). */
export interface SampleLayout {
  readonly encoding: SampleEncoding;
  readonly bytes: number;
  readonly channels: number;
}

/** Whether `decodeFrames` can read it. */
export function isDecodable(layout: SampleLayout): boolean {
  switch (layout.encoding) {
    case 'pcm':
      return layout.bytes >= 1 && layout.bytes <= 4;
    case 'float':
      return layout.bytes === 4 || layout.bytes === 8;
    case 'alaw':
    case 'mulaw':
      return layout.bytes === 1;
  }
}

/** `data` holds whole frames only. Returns one array per channel, equally long. */
export function decodeFrames(data: Uint8Array, layout: SampleLayout): Float32Array[] {
  const frames = data.length / (layout.bytes * layout.channels);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const read = reader(view, layout);
  const channels = Array.from({ length: layout.channels }, () => new Float32Array(frames));
  for (const [channel, samples] of channels.entries()) {
    const stride = layout.bytes * layout.channels;
    let at = channel * layout.bytes;
    for (let frame = 0; frame < frames; frame++, at += stride) samples[frame] = read(at);
  }
  return channels;
}

function reader(view: DataView, layout: SampleLayout): (at: number) => number {
  switch (layout.encoding) {
    case 'pcm':
      return pcmReader(view, layout.bytes);
    case 'float':
      return layout.bytes === 8 ? (at) => view.getFloat64(at, true) : (at) => view.getFloat32(at, true);
    case 'alaw':
      return (at) => ALAW[view.getUint8(at)] ?? 0;
    case 'mulaw':
      return (at) => MULAW[view.getUint8(at)] ?? 0;
  }
}

/** 8-bit samples are unsigned, wider ones signed (RIFF MCI §3, "Data Format of the Samples"). */
function pcmReader(view: DataView, bytes: number): (at: number) => number {
  if (bytes === 1) return (at) => (view.getUint8(at) - 128) / 0x80;
  if (bytes === 2) return (at) => view.getInt16(at, true) / 0x8000;
  if (bytes === 3) return (at) => ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 0x80_0000;
  return (at) => view.getInt32(at, true) / 0x8000_0000;
}

/** ITU-T G.711 µ-law, 14 significant bits. */
function mulawValue(code: number): number {
  const inverted = ~code & 0xff;
  const exponent = (inverted >> 4) & 0x07;
  const magnitude = (((inverted & 0x0f) << 3) + 0x84) << exponent;
  const value = magnitude - 0x84;
  return ((inverted & 0x80) === 0 ? value : -value) / 0x8000;
}

/** ITU-T G.711 A-law, 13 significant bits. */
function alawValue(code: number): number {
  const inverted = code ^ 0x55;
  const exponent = (inverted >> 4) & 0x07;
  const mantissa = (inverted & 0x0f) << 4;
  const magnitude = exponent === 0 ? mantissa + 8 : (mantissa + 0x108) << (exponent - 1);
  return ((inverted & 0x80) === 0 ? -magnitude : magnitude) / 0x8000;
}

const codes = Array.from({ length: 256 }, (_, code) => code);
const MULAW = Float32Array.from(codes, mulawValue);
const ALAW = Float32Array.from(codes, alawValue);
