import { describe, expect, it } from 'vitest';

import base64 from '#vectors/base64.json' with { type: 'json' };
import canonical from '#vectors/canonical.json' with { type: 'json' };

import { fromBase64, toBase64 } from './base64.ts';
import { fromHex, toHex, utf8 } from './bytes.ts';
import { encodeCanonical, parseCanonical } from './canonical.ts';
import type { Json } from './canonical.ts';
import { FormatError } from './fault.ts';

describe('canonical JSON', () => {
  it.each(canonical.accepted)('reads and writes %s', (text) => {
    const value = parseCanonical(utf8(text));
    expect(value).toEqual(JSON.parse(text));
    expect(encodeCanonical(value)).toEqual(Uint8Array.from(utf8(text)));
  });

  it.each(canonical.refused)('refuses $why', ({ hex }) => {
    expect(() => parseCanonical(fromHex(hex))).toThrow(FormatError);
  });

  it('writes members in order whatever order they were given in', () => {
    expect(Buffer.from(encodeCanonical({ b: 1, a: { d: [], c: null }, B: 'x' })).toString()).toBe(
      '{"B":"x","a":{"c":null,"d":[]},"b":1}',
    );
  });

  const unwritable: readonly unknown[] = [
    1.5,
    -0,
    Number.NaN,
    Infinity,
    2 ** 53,
    '\ud800',
    undefined,
    { a: undefined },
    { '1': 1 },
    { '': 1 },
    1n,
  ];
  it.each(unwritable.map((value) => ({ value })))('does not write $value', ({ value }) => {
    expect(() => encodeCanonical(value as Json)).toThrow(FormatError);
  });

  it('says at which byte it stopped', () => {
    expect(() => parseCanonical(utf8('{"a":1,"a":2}'))).toThrow(
      expect.objectContaining({ reason: 'json_order', offset: 7 }),
    );
  });
});

describe('strict base64', () => {
  it.each(base64.accepted)('reads and writes "$text"', ({ text, hex }) => {
    expect(toHex(fromBase64(text))).toBe(hex);
    expect(toBase64(fromHex(hex))).toBe(text);
  });

  it.each(base64.refused)('refuses %j', (text) => {
    expect(() => fromBase64(text)).toThrow('base64_malformed');
  });
});
