// The Tracks element of Matroska (RFC 9559 §5.1.4): which track is the sound, and what its codec needs.
import { float, readElements, unsigned } from './ebml.ts';
import type { Element } from './ebml.ts';

export interface AudioTrack {
  readonly number: number;
  /** `A_OPUS`, `A_VORBIS`… */
  readonly codec: string;
  /** CodecPrivate; empty when there is none. */
  readonly setup: Uint8Array;
  /** Nanoseconds to drop at the start; null when not told. */
  readonly delay: number | null;
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
  /** Of a sample; 0 when not told. */
  readonly bits: number;
  /** Blocks are compressed or encrypted once more. */
  readonly encoded: boolean;
}

const ID = {
  entry: 0xae,
  number: 0xd7,
  type: 0x83,
  codec: 0x86,
  setup: 0x63a2,
  delay: 0x56aa,
  encodings: 0x6d80,
  audio: 0xe1,
  sampleRate: 0xb5,
  channels: 0x9f,
  bits: 0x6264,
} as const;

const TYPE_AUDIO = 2;

/** The first audio track; null when there is none, `malformed` when the element is. */
export function parseTracks(body: Uint8Array): AudioTrack | 'malformed' | null {
  const entries = readElements(body);
  if (entries === null) return 'malformed';
  for (const entry of entries.filter(({ id }) => id === ID.entry)) {
    const track = parseEntry(entry);
    if (track !== null) return track;
  }
  return null;
}

function parseEntry(entry: Element): AudioTrack | 'malformed' | null {
  const children = readElements(entry.body);
  if (children === null) return 'malformed';
  if (numberOf(children, ID.type, 0) !== TYPE_AUDIO) return null;
  const audio = readElements(bodyOf(children, ID.audio));
  if (audio === null) return 'malformed';
  const rate = bodyOf(audio, ID.sampleRate);
  const delay = children.some(({ id }) => id === ID.delay) ? numberOf(children, ID.delay, 0) : null;
  return {
    number: numberOf(children, ID.number, 0),
    codec: Buffer.from(bodyOf(children, ID.codec)).toString('latin1').replace(/\0+$/, ''),
    setup: bodyOf(children, ID.setup).slice(),
    delay,
    sampleRate: rate.length === 0 ? 8_000 : Math.round(float(rate)),
    channels: numberOf(audio, ID.channels, 1),
    bits: numberOf(audio, ID.bits, 0),
    encoded: children.some(({ id }) => id === ID.encodings),
  };
}

function bodyOf(elements: readonly Element[], wanted: number): Uint8Array {
  return elements.find(({ id }) => id === wanted)?.body ?? new Uint8Array(0);
}

function numberOf(elements: readonly Element[], wanted: number, otherwise: number): number {
  const found = elements.find(({ id }) => id === wanted);
  return found === undefined ? otherwise : unsigned(found.body);
}
