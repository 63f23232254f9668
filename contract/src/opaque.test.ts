import { describe, expect, it } from 'vitest';
import { OpaqueReference, personLikeness } from './opaque.ts';

describe('what looks like a person', () => {
  it.each([
    ['123-45-6789', 'ssn'],
    ['123456789', 'ssn'],
    ['987-65-4321', 'ssn'],
    ['pt-123-45-6789', 'ssn'],
    ['123.45.6789', 'ssn'],
    ['617-555-0142', 'phone'],
    ['(617) 555-0142', 'phone'],
    ['6172555014', 'phone'],
    ['16172555014', 'phone'],
    ['+49 30 901820', 'phone'],
    ['tel:+4930901820', 'phone'],
    ['call.617.555.0142', 'phone'],
    ['jane.doe@example.org', 'email'],
    ['jane@localhost', 'email'],
    ['1980-02-14', 'birth-date'],
    ['02/14/1980', 'birth-date'],
    ['14.2.1980', 'birth-date'],
    ['Jane Doe', 'name'],
    ['DOE^JANE', 'name'],
    ['DOE^JANE^1980', 'name'],
    ['Doe, Jane', 'name'],
    ['Doe,Jane80', 'name'],
    ['jane', 'name'],
    ['JaneDoe', 'name'],
    ['JaneDoe80', 'name'],
    ['Jane-Doe-80', 'name'],
    ['jane.doe80', 'name'],
    ['Zoë-Müller-3', 'name'],
    ["Mary-O'Brien-7", 'name'],
  ])('%s is taken for %s', (value, kind) => {
    expect(personLikeness(value)).toBe(kind);
    expect(OpaqueReference.safeParse(value).error?.issues[0]).toMatchObject({ params: { problem: 'phi_in_header' } });
  });

  it.each([
    '018f3a5e-7c1d-7b3a-9f00-1a2b3c4d5e6f',
    'mrn-0042-7731',
    'MRN:00427731',
    'urn:oid:1.2.36.146.595.217.0.1|12345',
    'pt-7f3a',
    'enc-2026-000815',
    'visit-2026-11-22-3',
    'Encounter/8815',
    'A1',
    'patient~4711',
    '20261122',
    '000-12-3456',
    '0171234567',
    'd41d8cd98f00b204e9800998ecf8427e',
  ])('%s may pass', (value) => {
    expect(personLikeness(value)).toBeNull();
    expect(OpaqueReference.safeParse(value).success).toBe(true);
  });

  it.each([
    '',
    '-a1',
    'a 1',
    "a1'; drop table encounter",
    '../../etc/passwd1',
    'a1\r\nx: y',
    'a1\u0000',
    'x'.repeat(128) + '1',
  ])('refuses the form of %j', (value) => {
    expect(OpaqueReference.safeParse(value).success).toBe(false);
  });

  it('costs nothing to refuse a megabyte', () => {
    const texts = ['Aa'.repeat(500_000), '+1 '.repeat(300_000), '6175'.repeat(250_000), `Aa${'-'.repeat(1_000_000)}`];
    const started = performance.now();
    expect(texts.filter((text) => OpaqueReference.safeParse(text).success)).toEqual([]);
    expect(performance.now() - started).toBeLessThan(500);
  });

  it('never puts the value into an issue', () => {
    const error = OpaqueReference.safeParse('Jane Canary').error;
    expect(JSON.stringify(error?.issues)).not.toContain('Canary');
  });
});
