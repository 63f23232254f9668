// Blocks of Matroska (RFC 9559 §10): which track, and the frames that one block laces together.
import { readVint } from './ebml.ts';

/** Bytes that show the track and the lacing of any block. */
export const BLOCK_HEADER_BYTES = 11;

/** Of the track number; null when the block is malformed. */
export function trackOf(block: Uint8Array): number | null {
  return readVint(block, 0)?.value ?? null;
}

/** The frames of a whole block, or null when it is malformed. */
export function framesOf(block: Uint8Array): Uint8Array[] | null {
  const track = readVint(block, 0);
  if (track === null) return null;
  const flags = block[track.length + 2];
  const from = track.length + 3;
  if (flags === undefined) return null;
  const lacing = (flags >> 1) & 3;
  if (lacing === 0) return [block.subarray(from)];
  const count = (block[from] ?? 0) + 1;
  const sizes =
    lacing === 1
      ? xiphSizes(block, from + 1, count)
      : lacing === 3
        ? ebmlSizes(block, from + 1, count)
        : fixedSizes(block, from + 1, count);
  return sizes === null || from >= block.length ? null : cut(block, sizes);
}

interface Sizes {
  /** Bytes of every frame but the last. */
  readonly sizes: readonly number[];
  /** Where the frames begin. */
  readonly from: number;
}

function cut(block: Uint8Array, { sizes, from }: Sizes): Uint8Array[] | null {
  let at = from;
  const frames: Uint8Array[] = [];
  for (const size of sizes) {
    if (size < 0 || at + size > block.length) return null;
    frames.push(block.subarray(at, at + size));
    at += size;
  }
  return at > block.length ? null : [...frames, block.subarray(at)];
}

/** Sums of bytes up to one that is not 255. */
function xiphSizes(block: Uint8Array, start: number, count: number): Sizes | null {
  const sizes: number[] = [];
  let at = start;
  while (sizes.length < count - 1) {
    let size = 0;
    for (;;) {
      const byte = block[at++];
      if (byte === undefined) return null;
      size += byte;
      if (byte !== 255) break;
    }
    sizes.push(size);
  }
  return { sizes, from: at };
}

/** The first as a number, the others as differences, whose range lies around zero. */
function ebmlSizes(block: Uint8Array, start: number, count: number): Sizes | null {
  const sizes: number[] = [];
  let at = start;
  let last = 0;
  while (sizes.length < count - 1) {
    const next = readVint(block, at);
    if (next === null || next.value === null) return null;
    last = sizes.length === 0 ? next.value : last + next.value - (2 ** (7 * next.length - 1) - 1);
    sizes.push(last);
    at += next.length;
  }
  return { sizes, from: at };
}

function fixedSizes(block: Uint8Array, start: number, count: number): Sizes | null {
  const size = (block.length - start) / count;
  return Number.isInteger(size) ? { sizes: Array.from({ length: count - 1 }, () => size), from: start } : null;
}
