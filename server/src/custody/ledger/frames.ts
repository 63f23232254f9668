// How frames stand in a journal row, and how frames make up stream bytes (docs/formats/stream.md).
import { createHash } from 'node:crypto';
import type { StreamSummary } from './frames.queries.ts';

/** One sealed frame of one stream. */
export interface FrameRecord {
  readonly streamId: string;
  /** 0, 1, 2… within its stream. */
  readonly number: number;
  readonly frame: Uint8Array;
}

const RECORD_HEAD_BYTES = 24; // stream id, number, length

/** Stream id, u32 number, u32 length, frame; one after the other. */
export function encodeRecords(records: readonly FrameRecord[]): Buffer {
  return Buffer.concat(
    records.flatMap(({ streamId, number, frame }) => {
      const head = Buffer.alloc(RECORD_HEAD_BYTES);
      head.write(streamId.replaceAll('-', ''), 0, 'hex');
      head.writeUInt32BE(number, 16);
      head.writeUInt32BE(frame.length, 20);
      return [head, frame];
    }),
  );
}

export function decodeRecords(row: Uint8Array): FrameRecord[] {
  const bytes = Buffer.from(row.buffer, row.byteOffset, row.byteLength);
  const records: FrameRecord[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + RECORD_HEAD_BYTES + bytes.readUInt32BE(at + 20);
    records.push({
      streamId: uuidText(bytes.toString('hex', at, at + 16)),
      number: bytes.readUInt32BE(at + 16),
      frame: bytes.subarray(at + RECORD_HEAD_BYTES, end),
    });
    at = end;
  }
  return records;
}

function uuidText(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Header, then u32 length and bytes of each frame; and what the outcome entry says of them. */
export function streamBytes(
  id: string,
  header: Uint8Array,
  frames: readonly Uint8Array[],
): { readonly summary: StreamSummary; readonly bytes: Buffer } {
  const bytes = Buffer.concat([
    header,
    ...frames.flatMap((frame) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(frame.length);
      return [length, frame];
    }),
  ]);
  const digest = createHash('sha256').update(bytes).digest('hex');
  return { summary: { bytes: bytes.length, digest, frames: frames.length, id }, bytes };
}
