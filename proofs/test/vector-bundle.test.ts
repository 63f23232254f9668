// The bundle of the vectors, byte for byte: what was written then must verify for ever, with the same report.
import { describe, expect, it } from 'vitest';

import { fromBase64, verifyBundle } from '#proofs/index.ts';
import { utf8 } from '#proofs/bytes.ts';
import vector from '#vectors/bundle.json' with { type: 'json' };

import { MemoryBundle } from './sample-log.ts';

describe('the bundle of the vectors', () => {
  it('verifies with the report that is written beside it', async () => {
    const bundle = new MemoryBundle();
    for (const { path, base64 } of vector.files) bundle.set({ path, bytes: fromBase64(base64) });
    const anchors = vector.anchors.map(({ name, note }) => ({ name, bytes: utf8(note) }));
    const report = await verifyBundle(bundle, { vkeys: vector.vkeys, anchors, strict: true });
    expect(report).toEqual(vector.report);
    expect(report.result).toBe('verified');
  });
});
