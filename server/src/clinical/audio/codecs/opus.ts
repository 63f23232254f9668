// Opus by libopus in WebAssembly (`opus-decoder`). Its memory is fixed when it is compiled, so nothing a packet says makes it grow.
import { OpusDecoder } from 'opus-decoder';
import { unreadable } from '#clinical/audio/usable.ts';
import type { Block } from '#clinical/audio/wav.ts';
import type { Codec, PacketPlace } from './codec.ts';
import { MAX_OPUS_FRAMES, opusFrames, OPUS_RATE } from './opus-packet.ts';
import type { OpusHead } from './opus-packet.ts';

/** Bytes of the longest packet of one stream: 48 frames of 2.5 ms at 1,275 bytes, and their lengths (RFC 6716 §3.2.5). */
const MAX_STREAM_BYTES = 48 * (1_275 + 2) + 2;

/** What lies below the package's own interface, checked against 0.7.12: libopus itself. */
interface OpusInside {
  readonly _common: { readonly wasm: OpusModule };
  /** Address of the decoder's state. */
  readonly _decoder: number;
}

interface OpusModule {
  readonly HEAP: ArrayBuffer;
  malloc(bytes: number): number;
  /** Frames, or a negative error. */
  opus_frame_decode_float_deinterleaved(state: number, input: number, length: number, output: number): number;
}

export async function openOpus(head: OpusHead): Promise<Codec> {
  const { channels, streams, coupled, mapping } = head;
  const decoder = new OpusDecoder({
    sampleRate: OPUS_RATE,
    channels,
    streamCount: streams,
    coupledStreamCount: coupled,
    channelMappingTable: [...mapping],
    // Dropped by whoever knows the container's rules: RFC 7845 §4.2, RFC 9559 CodecDelay.
    preSkip: 0,
  });
  await decoder.ready;
  return new Opus(head, decoder as unknown as OpusInside);
}

class Opus implements Codec {
  readonly encoding = 'opus';
  readonly sampleRate = OPUS_RATE;
  readonly channels: number;
  readonly #head: OpusHead;
  readonly #state: number;
  #wasm: OpusModule | null;
  readonly #input: number;
  readonly #output: number;

  constructor(head: OpusHead, decoder: OpusInside) {
    this.#head = head;
    this.channels = head.channels;
    this.#state = decoder._decoder;
    // The package's own `decodeFrame` prints to the console when a packet is damaged, and takes packets of 256 kbit/s at most.
    const wasm = decoder._common.wasm;
    this.#wasm = wasm;
    this.#input = wasm.malloc(MAX_STREAM_BYTES * head.streams);
    this.#output = wasm.malloc(MAX_OPUS_FRAMES * head.channels * 4);
  }

  count(packets: readonly Uint8Array[]): number {
    return packets.reduce((sum, packet) => sum + (this.#frames(packet) ?? 0), 0);
  }

  decode(packet: Uint8Array, place: PacketPlace): Block {
    const wasm = this.#wasm;
    const expected = this.#frames(packet);
    if (wasm === null || expected === null || packet.length > MAX_STREAM_BYTES * this.#head.streams) {
      throw damaged(place);
    }
    new Uint8Array(wasm.HEAP, this.#input, packet.length).set(packet);
    const frames = this.#run(wasm, packet.length);
    if (frames !== expected) throw damaged(place);
    const all = new Float32Array(wasm.HEAP, this.#output, frames * this.channels);
    const block = Array.from({ length: this.channels }, (_, channel) =>
      all.slice(channel * frames, (channel + 1) * frames),
    );
    if (this.#head.gain !== 1) for (const samples of block) amplify(samples, this.#head.gain);
    return block;
  }

  /** The memory belongs to this instance of the module alone and goes with it. (The package's `free` frees its state twice.) */
  close(): void {
    this.#wasm = null;
  }

  #frames(packet: Uint8Array): number | null {
    return opusFrames(packet, this.#head.streams > 1);
  }

  #run(wasm: OpusModule, length: number): number {
    try {
      return wasm.opus_frame_decode_float_deinterleaved(this.#state, this.#input, length, this.#output);
    } catch {
      // A trap inside WebAssembly: the sandbox held, the packet did it.
      return -1;
    }
  }
}

function amplify(samples: Float32Array, gain: number): void {
  for (let index = 0; index < samples.length; index++) samples[index] = (samples[index] ?? 0) * gain;
}

function damaged({ container, offset }: PacketPlace): Error {
  return unreadable(container, 'damaged', offset, 'opus');
}
