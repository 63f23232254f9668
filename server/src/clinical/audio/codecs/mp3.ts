// MPEG layer III by minimp3 in WebAssembly (`minimp3-wasm`), one frame after another: its state (the bit reservoir, the overlap, the filter
// bank) stays in the module from call to call, so that the result is that of decoding the whole file at once.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Block } from '#clinical/audio/wav.ts';
import type { MpegFrame } from '#clinical/audio/containers/mpeg-frames.ts';
import { unreadable } from '#clinical/audio/usable.ts';

/** Samples of a frame of two channels, 16 bits each. */
const MAX_PCM_BYTES = 1_152 * 2 * 2;

/** What the module exports, as its author's own `minimp3-wasm.ts` uses it. Addresses are bytes into `memory`. */
interface Minimp3 {
  readonly memory: WebAssembly.Memory;
  decoder_init(): void;
  decoder_set_mp3_data_size(bytes: number): void;
  decoder_mp3_data_offset(): number;
  /** Negative: all there is. */
  decoder_decode(seconds: number): void;
  decoder_pcm_data_offset(): number;
  decode_results_num_channels(): number;
  /** Of all channels together. */
  decode_results_num_samples(): number;
}

export interface FrameDecoder {
  /** Errors: `audio_unreadable` {reason: 'damaged'}. A frame that needs bits from before the file's beginning is silent. */
  decode(frame: MpegFrame): Block;
  close(): void;
}

export function openMp3(): FrameDecoder {
  const require = createRequire(import.meta.url);
  const path = require.resolve('minimp3-wasm/dist/decoder.opt.wasm');
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(path)), {});
  const wasm = exports as unknown as Minimp3;
  wasm.decoder_init();
  return new Mp3(wasm);
}

class Mp3 implements FrameDecoder {
  #wasm: Minimp3 | null;

  constructor(wasm: Minimp3) {
    this.#wasm = wasm;
  }

  decode({ header, bytes, offset }: MpegFrame): Block {
    const wasm = this.#wasm;
    const decoded = wasm === null ? 0 : run(wasm, bytes);
    if (wasm === null || decoded !== header.samples * header.channels) {
      throw unreadable('mp3', 'damaged', offset, 'mp3');
    }
    const pcm = new Int16Array(wasm.memory.buffer, wasm.decoder_pcm_data_offset(), decoded);
    return Array.from({ length: header.channels }, (_, channel) => {
      const samples = new Float32Array(header.samples);
      for (let index = 0; index < samples.length; index++) {
        samples[index] = (pcm[index * header.channels + channel] ?? 0) / 0x8000;
      }
      return samples;
    });
  }

  /** The memory belongs to this instance of the module alone and goes with it. */
  close(): void {
    this.#wasm = null;
  }
}

/** Samples of all channels; 0 when it is no frame to minimp3. */
function run(wasm: Minimp3, bytes: Uint8Array): number {
  try {
    wasm.decoder_set_mp3_data_size(bytes.length);
    new Uint8Array(wasm.memory.buffer).set(bytes, wasm.decoder_mp3_data_offset());
    // A frame whose reservoir is missing is counted and not written: what lay there before must not be taken for sound.
    const at = wasm.decoder_pcm_data_offset();
    new Uint8Array(wasm.memory.buffer).fill(0, at, at + MAX_PCM_BYTES);
    wasm.decoder_decode(-1);
    return wasm.decode_results_num_samples();
  } catch {
    return 0;
  }
}
