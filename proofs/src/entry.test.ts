import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import certificate from '#vectors/certificate.json' with { type: 'json' };
import vectors from '#vectors/entry.json' with { type: 'json' };

import { fromBase64 } from './base64.ts';
import { binary, toHex, utf8 } from './bytes.ts';
import { verifyCertificate } from './certificate.ts';
import { sha256Hex } from './crypto.ts';
import { encodeEntry, encodeFacts, parseEntry, parseFacts } from './entry.ts';
import { FormatError } from './fault.ts';
import { KINDS } from './kinds.ts';
import { leafHash } from './merkle.ts';
import { parseVkey } from './note.ts';

describe('entry headers', () => {
  it.each(vectors.accepted)('reads and writes $leaf', ({ header, leaf }) => {
    const entry = parseEntry(utf8(header));
    expect(entry).toEqual(JSON.parse(header));
    expect(binary(encodeEntry(entry))).toBe(header);
    expect(toHex(leafHash(utf8(header)))).toBe(leaf);
  });

  it.each(vectors.refused)('refuses: $why', ({ header }) => {
    expect(() => parseEntry(utf8(header))).toThrow(FormatError);
  });

  it('takes members that a kind does not require', () => {
    const entry = parseEntry(utf8(vectors.accepted[4]!.header));
    const more = { ...entry, detail: { ...entry.detail, aaa: [1, { b: null }], zzz: -7, costs: { microUsd: 12 } } };
    expect(parseEntry(encodeEntry(more))).toEqual(more);
  });

  it('has the kinds and members that the format page lists', () => {
    const page = readFileSync(new URL('../../docs/formats/entry.md', import.meta.url), 'utf8');
    const table = page.slice(page.indexOf('<!-- kinds:'), page.indexOf('<!-- /kinds -->'));
    const rows = table.split('\n').filter((line) => line.startsWith('| `'));
    const written = Object.entries(KINDS).map(([kind, members]) => {
      const cells = Object.entries(members).map(([name, type]) => `\`${name}\` ${type.replaceAll('|', '\\|')}`);
      return `| \`${kind}\` | ${cells.join(', ')} |`;
    });
    expect(rows).toEqual(written);
  });

  it('keeps required members in ascending order, as the scanner meets them', () => {
    for (const members of Object.values(KINDS)) {
      expect(Object.keys(members)).toEqual(Object.keys(members).toSorted());
    }
  });
});

describe('facts', () => {
  const salt = new Uint8Array(32).fill(3);

  it('are committed to with their salt', () => {
    const { document, digest } = encodeFacts({ patient: 'Grüße 患者' }, salt);
    expect(parseFacts(document)).toEqual({ patient: 'Grüße 患者' });
    expect(digest).toBe(sha256Hex(document));
    expect(encodeFacts({ patient: 'Grüße 患者' }, new Uint8Array(32)).digest).not.toBe(digest);
  });

  it('need a whole salt', () => {
    expect(() => encodeFacts({}, salt.subarray(1))).toThrow('facts_malformed');
    expect(() => parseFacts(utf8('{"facts":{},"salt":""}'))).toThrow('facts_malformed');
    expect(() => parseFacts(utf8('{"facts":[],"salt":""}'))).toThrow('facts_malformed');
  });
});

describe('certificate', () => {
  it('verifies with the key of the log and with no other', () => {
    const bytes = fromBase64(certificate.certificate);
    const verified = verifyCertificate(bytes, [parseVkey(certificate.vkey)]);
    expect(verified).toMatchObject({ digest: certificate.digest, index: certificate.index });
    const other = parseVkey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k');
    expect(() => verifyCertificate(bytes, [other])).toThrow('signature_unknown');
  });
});
