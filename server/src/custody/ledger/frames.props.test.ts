import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeRecords, encodeRecords, streamBytes } from './frames.ts';

const frame = fc.uint8Array({ minLength: 1, maxLength: 300 });
const record = fc.record({ streamId: fc.uuid(), number: fc.nat(), frame });

it('reads back the frames of a journal row', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 20 }), (records) => {
      const back = decodeRecords(encodeRecords(records));
      expect(back.map((one) => ({ ...one, frame: [...one.frame] }))).toEqual(
        records.map((one) => ({ ...one, frame: [...one.frame] })),
      );
    }),
  );
});

it('lays out stream bytes as docs/formats/stream.md says', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.uint8Array({ minLength: 72, maxLength: 72 }), fc.array(frame), (id, header, frames) => {
      const { summary, bytes } = streamBytes(id, header, frames);
      let at = 72;
      for (const one of frames) {
        expect(bytes.readUInt32BE(at)).toBe(one.length);
        expect([...bytes.subarray(at + 4, at + 4 + one.length)]).toEqual([...one]);
        at += 4 + one.length;
      }
      expect(bytes.length).toBe(at);
      const digest = createHash('sha256').update(bytes).digest('hex');
      expect(summary).toEqual({ bytes: at, digest, frames: frames.length, id });
    }),
  );
});
