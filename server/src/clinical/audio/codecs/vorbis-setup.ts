// The headers of a Vorbis stream (Vorbis I §4.2): what it is, and every table its packets are decoded with.
import { LsbBits } from './lsb-bits.ts';
import { bitLength, fullBudget, readCodebook } from './vorbis-codebook.ts';
import type { Codebook } from './vorbis-codebook.ts';
import { readFloor } from './vorbis-floor.ts';
import type { Floor } from './vorbis-floor.ts';
import { must, SetupRefused } from './vorbis-refused.ts';
import { readResidue } from './vorbis-residue.ts';
import type { Residue } from './vorbis-residue.ts';

export interface VorbisIdentity {
  readonly channels: number;
  /** Hz. */
  readonly sampleRate: number;
  /** Samples of a short and of a long window. */
  readonly windows: readonly [short: number, long: number];
}

export interface Mapping {
  /** Pairs of channels that were written as magnitude and angle. */
  readonly couplings: readonly (readonly [magnitude: number, angle: number])[];
  /** Submap of each channel. */
  readonly mux: readonly number[];
  readonly submaps: readonly { readonly floor: number; readonly residue: number }[];
}

export interface Mode {
  readonly long: boolean;
  readonly mapping: number;
}

export interface VorbisSetup {
  readonly codebooks: readonly Codebook[];
  readonly floors: readonly Floor[];
  readonly residues: readonly Residue[];
  readonly mappings: readonly Mapping[];
  readonly modes: readonly Mode[];
}

/** Whether this is header number 1, 3 or 5. */
export function isVorbisHeader(packet: Uint8Array, number: number): boolean {
  return packet[0] === number && Buffer.from(packet.subarray(1, 7)).toString('latin1') === 'vorbis';
}

/** Null when it is no identification header (§4.2.2). */
export function parseIdentity(packet: Uint8Array): VorbisIdentity | null {
  if (!isVorbisHeader(packet, 1) || packet.length < 30) return null;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const sizes = view.getUint8(28);
  const windows = [2 ** (sizes & 15), 2 ** (sizes >> 4)] as const;
  const [short, long] = windows;
  const valid = short >= 64 && long >= short && long <= 8_192 && (view.getUint8(29) & 1) === 1;
  const channels = view.getUint8(11);
  const sampleRate = view.getUint32(12, true);
  if (view.getUint32(7, true) !== 0 || !valid || channels === 0 || sampleRate === 0) return null;
  return { channels, sampleRate, windows };
}

/** §4.2.4. Throws `SetupRefused`. */
export function parseSetup(packet: Uint8Array, { channels }: VorbisIdentity): VorbisSetup {
  if (!isVorbisHeader(packet, 5)) throw new SetupRefused('header_invalid');
  const bits = new LsbBits(packet, 7);
  const codebooks = readCodebooks(bits);
  times(bits, bits.read(6) + 1, () => must(bits.read(16) === 0));
  const floors = times(bits, bits.read(6) + 1, () => readFloor(bits, codebooks));
  const residues = times(bits, bits.read(6) + 1, () => readResidue(bits, codebooks));
  const mappings = times(bits, bits.read(6) + 1, () => readMapping(bits, channels, floors.length, residues.length));
  const modes = times(bits, bits.read(6) + 1, () => readMode(bits, mappings.length));
  must(bits.flag() && !bits.exhausted);
  return { codebooks, floors, residues, mappings, modes };
}

function readCodebooks(bits: LsbBits): Codebook[] {
  const budget = fullBudget();
  return times(bits, bits.read(8) + 1, () => {
    const book = readCodebook(bits, budget);
    if (book === 'too_large') throw new SetupRefused('too_large');
    if (book === null) throw new SetupRefused('header_invalid');
    return book;
  });
}

function readMapping(bits: LsbBits, channels: number, floors: number, residues: number): Mapping {
  must(bits.read(16) === 0);
  const submapCount = bits.flag() ? bits.read(4) + 1 : 1;
  const width = bitLength(channels - 1);
  const couplings = bits.flag()
    ? times(bits, bits.read(8) + 1, () => {
        const pair = [bits.read(width), bits.read(width)] as const;
        must(pair[0] !== pair[1] && pair[0] < channels && pair[1] < channels);
        return pair;
      })
    : [];
  must(bits.read(2) === 0);
  const mux = Array.from({ length: channels }, () => (submapCount > 1 ? bits.read(4) : 0));
  must(mux.every((submap) => submap < submapCount));
  const submaps = times(bits, submapCount, () => {
    bits.read(8);
    const submap = { floor: bits.read(8), residue: bits.read(8) };
    must(submap.floor < floors && submap.residue < residues);
    return submap;
  });
  return { couplings, mux, submaps };
}

function readMode(bits: LsbBits, mappings: number): Mode {
  const long = bits.flag();
  must(bits.read(16) === 0 && bits.read(16) === 0);
  const mapping = bits.read(8);
  must(mapping < mappings);
  return { long, mapping };
}

/** Reads so many of one kind, and stops at once when the header is over. */
function times<T>(bits: LsbBits, count: number, read: () => T): T[] {
  return Array.from({ length: count }, () => {
    must(!bits.exhausted);
    return read();
  });
}
