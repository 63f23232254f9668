import { describe, expect, it } from 'vitest';

import checkpoint from '#vectors/checkpoint.json' with { type: 'json' };
import vectors from '#vectors/note.json' with { type: 'json' };

import { toHex, utf8 } from './bytes.ts';
import { anchorPath, checkpointText, parseCheckpointText, parseOrigin } from './checkpoint.ts';
import { FormatError } from './fault.ts';
import { makeVkey, parseNote, parseVkey, signNote, verifyNote } from './note.ts';

const key = parseVkey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k');
const valid = vectors.accepted[0]!.note;
const stranger =
  '\u2014 example.com/bar Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';

describe('signed notes', () => {
  it.each(vectors.accepted)('verifies $vkey', ({ vkey, note, text }) => {
    const verified = verifyNote(utf8(note), [parseVkey(vkey)], { unknown: 'refuse' });
    expect(verified.text).toBe(text);
    expect(verified.signers.map((signer) => signer.vkey)).toEqual([vkey]);
    expect(makeVkey(key.name, key.publicKey)).toBe(vkey);
  });

  it.each(vectors.refused)('refuses: $why', ({ note }) => {
    expect(() => verifyNote(utf8(note), [key], { unknown: 'ignore' })).toThrow(FormatError);
  });

  it.each(vectors.refusedVkeys)('refuses the vkey "%s"', (vkey) => {
    expect(() => parseVkey(vkey)).toThrow(FormatError);
  });

  it('leaves out lines of unknown keys, or refuses them when asked', () => {
    const both = utf8(valid + stranger);
    expect(verifyNote(both, [key], { unknown: 'ignore' }).signers).toHaveLength(1);
    expect(() => verifyNote(both, [key], { unknown: 'refuse' })).toThrow('signature_unknown');
  });

  it('parts text and signatures at the last empty line, and takes no other text for the signed one', async () => {
    const text = 'first\n\nsecond\n';
    const note = await signNote(text, { vkey: key.vkey, sign: () => new Uint8Array(64) });
    expect(parseNote(note).text).toBe(text);
    expect(() => verifyNote(note, [key], { unknown: 'ignore' })).toThrow('signature_invalid');
  });

  it('takes at least sixteen signatures and at most sixty-four', () => {
    const lines = (count: number) => utf8(valid + stranger.repeat(count - 1));
    expect(verifyNote(lines(64), [key], { unknown: 'ignore' }).signers).toHaveLength(1);
    expect(() => verifyNote(lines(65), [key], { unknown: 'ignore' })).toThrow('note_malformed');
  });
});

describe('checkpoints', () => {
  it.each(checkpoint.accepted)('reads size $size', ({ text, origin, size, rootHex }) => {
    const read = parseCheckpointText(text);
    expect({ ...read, root: toHex(read.root) }).toEqual({ origin, size, root: rootHex });
    expect(checkpointText(read)).toBe(text);
    expect(parseOrigin(origin).log).toBe(origin.slice(0, origin.lastIndexOf('/')));
  });

  it.each(checkpoint.refused)('refuses: $why', ({ text }) => {
    expect(() => parseCheckpointText(text)).toThrow(FormatError);
  });

  it('orders anchors by name as by age', () => {
    const names = [
      [0, 9],
      [0, 10],
      [0, 123_456],
      [1, 5],
    ].map(([epoch, size]) => anchorPath('t', epoch!, size!));
    expect(names.toSorted()).toEqual(names);
  });
});
