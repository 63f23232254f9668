// Vorbis I, decoded here: no package of a permissive licence takes it packet by packet (docs/decisions/0046). Sections are those of
// the Vorbis I specification.
import type { Container } from '#clinical/audio/container.ts';
import { decoderMissing, refuseUnusable, unreadable } from '#clinical/audio/usable.ts';
import type { Block } from '#clinical/audio/wav.ts';
import { inWavOrder } from './channel-order.ts';
import type { Codec, PacketPlace } from './codec.ts';
import { createImdct } from './imdct.ts';
import { LsbBits } from './lsb-bits.ts';
import { bitLength } from './vorbis-codebook.ts';
import { applyFloor, decodeFloor } from './vorbis-floor.ts';
import { SetupRefused } from './vorbis-refused.ts';
import { decodeResidue } from './vorbis-residue.ts';
import { parseIdentity, parseSetup } from './vorbis-setup.ts';
import type { Mapping, VorbisIdentity, VorbisSetup } from './vorbis-setup.ts';

/**
 * `headers`: identification, comments (not looked at) and setup.
 * Errors: `audio_unreadable` {reason: 'header_invalid' | 'too_large'}, `audio_unusable`, `decoder_missing` for floors of type 0.
 */
export function openVorbis(headers: readonly Uint8Array[], { container, offset }: PacketPlace): Codec {
  const identity = parseIdentity(headers[0] ?? new Uint8Array(0));
  if (identity === null) throw unreadable(container, 'header_invalid', offset, 'vorbis');
  refuseUnusable(identity.channels, identity.sampleRate);
  return new Vorbis(identity, setupOf(headers[2] ?? new Uint8Array(0), identity, container, offset));
}

function setupOf(packet: Uint8Array, identity: VorbisIdentity, container: Container, offset: number): VorbisSetup {
  try {
    return parseSetup(packet, identity);
  } catch (error) {
    if (!(error instanceof SetupRefused)) throw error;
    if (error.reason === 'unsupported') throw decoderMissing(container, 'vorbis');
    throw unreadable(container, error.reason, offset, 'vorbis');
  }
}

/** How a packet begins (§4.3.1). */
interface PacketHead {
  readonly mapping: Mapping;
  /** 0: short, 1: long. */
  readonly size: 0 | 1;
  /** Whether the neighbours' windows are long ones; for a short window without meaning. */
  readonly before: boolean;
  readonly after: boolean;
}

class Vorbis implements Codec {
  readonly encoding = 'vorbis';
  readonly sampleRate: number;
  readonly channels: number;
  readonly #windows: readonly [number, number];
  readonly #setup: VorbisSetup;
  readonly #imdct;
  /** Rising halves of the window of each size. */
  readonly #slopes: readonly [Float32Array, Float32Array];
  /** The second half of the last packet's window per channel, windowed; null before the first. */
  #tail: Float32Array[] | null = null;

  constructor(identity: VorbisIdentity, setup: VorbisSetup) {
    this.sampleRate = identity.sampleRate;
    this.channels = identity.channels;
    this.#windows = identity.windows;
    this.#setup = setup;
    const [short, long] = identity.windows;
    this.#imdct = [createImdct(short), createImdct(long)] as const;
    this.#slopes = [slope(short / 2), slope(long / 2)];
  }

  count(packets: readonly Uint8Array[]): number {
    let last = this.#tail === null ? null : (this.#tail[0]?.length ?? 0) * 2;
    let sum = 0;
    for (const packet of packets) {
      const head = this.#readHead(new LsbBits(packet));
      if (head === null) continue;
      const window = this.#windows[head.size];
      if (last !== null) sum += (last + window) / 4;
      last = window;
    }
    return sum;
  }

  decode(packet: Uint8Array, { container, offset }: PacketPlace): Block {
    const bits = new LsbBits(packet);
    const head = this.#readHead(bits);
    if (head === null) throw unreadable(container, 'damaged', offset, 'vorbis');
    const spectra = this.#readSpectra(head, bits);
    const windowed = spectra.map((spectrum) => this.#toWindow(head, spectrum));
    const last = this.#tail;
    const half = this.#windows[head.size] / 2;
    this.#tail = windowed.map((samples) => samples.slice(half));
    if (last === null) return windowed.map(() => new Float32Array(0));
    const block = windowed.map((samples, channel) =>
      overlapped(last[channel] ?? new Float32Array(0), samples.subarray(0, half)),
    );
    return inWavOrder(block);
  }

  close(): void {
    this.#tail = null;
  }

  #readHead(bits: LsbBits): PacketHead | null {
    if (bits.read(1) !== 0) return null;
    const mode = this.#setup.modes[bits.read(bitLength(this.#setup.modes.length - 1))];
    const mapping = mode === undefined ? undefined : this.#setup.mappings[mode.mapping];
    if (mode === undefined || mapping === undefined) return null;
    const before = mode.long && bits.flag();
    const after = mode.long && bits.flag();
    return bits.exhausted ? null : { mapping, size: mode.long ? 1 : 0, before, after };
  }

  /** §4.3.2 to §4.3.6: floors, residues, decoupling, and their product. */
  #readSpectra({ mapping, size }: PacketHead, bits: LsbBits): Float32Array[] {
    const half = this.#windows[size] / 2;
    const floorOf = (channel: number) => this.#setup.floors[mapping.submaps[mapping.mux[channel] ?? 0]?.floor ?? 0];
    const spectra = Array.from({ length: this.channels }, () => new Float32Array(half));
    const curves = spectra.map((_, channel) => {
      const floor = floorOf(channel);
      const ys = floor === undefined ? null : decodeFloor(floor, bits);
      return floor === undefined || ys === null ? null : { floor, ys };
    });
    const silent = curves.map((curve) => curve === null);
    for (const [magnitude, angle] of mapping.couplings) {
      const both = silent[magnitude] === true && silent[angle] === true;
      silent[magnitude] = both;
      silent[angle] = both;
    }
    this.#addResidues(mapping, bits, spectra, silent);
    for (const [magnitude, angle] of mapping.couplings.toReversed()) decouple(spectra[magnitude], spectra[angle]);
    for (const [channel, curve] of curves.entries()) {
      const spectrum = spectra[channel] ?? new Float32Array(0);
      if (curve === null) spectrum.fill(0);
      else applyFloor(curve.floor, curve.ys, spectrum);
    }
    return spectra;
  }

  #addResidues(mapping: Mapping, bits: LsbBits, spectra: readonly Float32Array[], silent: readonly boolean[]): void {
    for (const [index, submap] of mapping.submaps.entries()) {
      const residue = this.#setup.residues[submap.residue];
      const mine = mapping.mux.flatMap((of, channel) => (of === index ? [channel] : []));
      if (residue === undefined || mine.length === 0) continue;
      decodeResidue(
        residue,
        bits,
        mine.flatMap((channel) => spectra[channel] ?? []),
        mine.map((channel) => silent[channel] === true),
      );
    }
  }

  /** §4.3.1, §4.3.7: the transform, and a window whose slopes fit those of its neighbours. Valid until the next packet of this size. */
  #toWindow({ size, before, after }: PacketHead, spectrum: Float32Array): Float32Array {
    const samples = this.#imdct[size].transform(spectrum).slice();
    const left = this.#slopes[size === 1 && before ? 1 : 0];
    const right = this.#slopes[size === 1 && after ? 1 : 0];
    const length = samples.length;
    shape(samples, length / 4 - left.length / 2, left);
    shapeDown(samples, (length * 3) / 4 - right.length / 2, right);
    return samples;
  }
}

/** §4.3.1: sin(π/2 sin²(…)), rising. */
function slope(length: number): Float32Array {
  return Float32Array.from({ length }, (_, index) =>
    Math.sin((Math.PI / 2) * Math.sin(((index + 0.5) / length) * (Math.PI / 2)) ** 2),
  );
}

/** Silence up to `from`, then the rising slope. */
function shape(samples: Float32Array, from: number, rising: Float32Array): void {
  samples.fill(0, 0, from);
  for (let index = 0; index < rising.length; index++) {
    samples[from + index] = (samples[from + index] ?? 0) * (rising[index] ?? 0);
  }
}

/** The falling slope from `from`, then silence. */
function shapeDown(samples: Float32Array, from: number, rising: Float32Array): void {
  const { length } = rising;
  for (let index = 0; index < length; index++) {
    samples[from + index] = (samples[from + index] ?? 0) * (rising[length - 1 - index] ?? 0);
  }
  samples.fill(0, from + length);
}

/** From the middle of the last window to the middle of this one (§4.3.8): both halves laid over each other where their slopes meet. */
function overlapped(last: Float32Array, first: Float32Array): Float32Array {
  const length = (last.length + first.length) / 2;
  const samples = new Float32Array(length);
  const shift = (first.length - last.length) / 2;
  for (let index = 0; index < length; index++) {
    const inFirst = index + shift;
    samples[index] = (last[index] ?? 0) + (inFirst < 0 ? 0 : (first[inFirst] ?? 0));
  }
  return samples;
}

/** §4.3.5: magnitude and angle back to two channels. */
function decouple(magnitudes: Float32Array | undefined, angles: Float32Array | undefined): void {
  if (magnitudes === undefined || angles === undefined) return;
  for (let index = 0; index < magnitudes.length; index++) {
    const magnitude = magnitudes[index] ?? 0;
    const angle = angles[index] ?? 0;
    const other = magnitude > 0 ? magnitude - Math.abs(angle) : magnitude + Math.abs(angle);
    magnitudes[index] = angle > 0 ? magnitude : other;
    angles[index] = angle > 0 ? other : magnitude;
  }
}
