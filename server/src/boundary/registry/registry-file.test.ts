import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isProblem } from '@cordon/contract';
import { describe, expect, it } from 'vitest';
import { agreementTerms, serviceTerms } from './registry.samples.ts';
import { readAgreementsFile, readServicesFile, writeAgreementsFile, writeServicesFile } from './registry-file.ts';

const EXAMPLES = resolve(import.meta.dirname, '../../../../examples/registry');

async function* bytesOf(text: string | Buffer, size = 7): AsyncGenerator<Uint8Array> {
  const all = Buffer.from(text);
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
}

async function faults(text: string | Buffer): Promise<readonly string[]> {
  try {
    await readServicesFile(bytesOf(text, 4096));
    return [];
  } catch (error) {
    if (!isProblem(error) || error.code !== 'registry_invalid') throw error;
    return error.details['lines'] as readonly string[];
  }
}

describe('a registry file', () => {
  it('comes back as it was written, whatever the words in it', async () => {
    const notes = 'yes: no # not a comment\n- "quoted"\n\ttab ünï 👩‍⚕️ \u2028 0123 1e3 null ~';
    const services = [
      serviceTerms({ notes }),
      serviceTerms({ id: 'b', features: ['metadata'], retentionDays: 'unknown' }),
    ];
    expect(await readServicesFile(bytesOf(writeServicesFile(services)))).toEqual(services);
    const agreements = [agreementTerms({ notes }), agreementTerms({ name: 'open', expires: null })];
    expect(await readAgreementsFile(bytesOf(writeAgreementsFile(agreements)))).toEqual(agreements);
  });

  const good = writeServicesFile([serviceTerms()]);
  it.each([
    [
      'an unknown member',
      good.replace('    vendor:', '    vendro: x\n    vendor:'),
      'services.0.vendro: unknown member',
    ],
    ['a number that is no text', good.replace('model: large-2', 'model: 4'), 'services.0.model: string needed'],
    [
      'a word that is not one of ours',
      good.replace('stage: ga', 'stage: beta'),
      'services.0.stage: one of ga, preview, unknown',
    ],
    ['a member twice', good.replace('    vendor: Acme', '    vendor: Acme\n    vendor: Else'), 'line 4: DUPLICATE_KEY'],
    ['no YAML', '{ services: [', /^line 1: /],
    ['no member at all', '', 'object needed'],
    [
      'the region of this process itself',
      good.replace('inference: us', 'inference: in-process'),
      /services\.0\.regions\.inference/,
    ],
    [
      'an adapter of this installation',
      good.replace('adapter: openai', 'adapter: local-speech'),
      /^services\.0\.adapter: one of/,
    ],
    ['another scheme', good.replace('https://', 'file://'), /services\.0\.endpoint/],
    ['an agreement’s file', writeAgreementsFile([agreementTerms()]), 'agreements: unknown member'],
  ])('refuses %s and names where', async (_what, text, told) => {
    const lines = await faults(text);
    expect(
      lines.some((line) => (typeof told === 'string' ? line.includes(told) : told.test(line))),
      lines.join('\n'),
    ).toBe(true);
  });

  it('tells no value of what it refuses, and no name that could not be meant for ours', async () => {
    const lines = await faults(good.replace('    vendor:', '    "Jane Canary, 555-0142": x\n    vendor:'));
    expect(lines).toEqual(['services.0.…: unknown member']);
    expect((await faults(good.replace('stage: ga', 'stage: JaneCanary'))).join()).not.toContain('Jane');
  });

  it('refuses bombs, bytes that are no text and files beyond the limit, in time', async () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefghij'
        .split('')
        .map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[at]}`).join(',')}]`),
    ];
    const begun = performance.now();
    expect(await faults(bomb.join('\n'))).toEqual(['too many aliases']);
    expect(await faults(Buffer.from([0xff, 0xfe, 0x00]))).toEqual(['the file is not UTF-8']);
    await expect(readServicesFile(bytesOf(Buffer.alloc(4_194_305, 'a'), 65_536))).rejects.toMatchObject({
      code: 'payload_too_large',
    });
    expect(performance.now() - begun).toBeLessThan(2_000);
    expect(await faults('__proto__:\n  polluted: 1\nservices: []')).not.toEqual([]);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('every example is one', async () => {
    // Policy and planner have files of their own form there, and tests of their own.
    const names = readdirSync(EXAMPLES).filter((name) => /^(?:services|agreements)-.*\.yaml$/.test(name));
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) {
      const text = readFileSync(join(EXAMPLES, name), 'utf8');
      const read = name.startsWith('agreements') ? readAgreementsFile : readServicesFile;
      expect((await read(bytesOf(text, 4096))).length, name).toBeGreaterThan(0);
    }
  });
});
