import { expect, test } from 'vitest';
import { isInNetworks, isMetadata, isNetwork, isPublic } from './addresses.ts';

test.each([
  ['10.1.2.3', '10.0.0.0/8', true],
  ['11.1.2.3', '10.0.0.0/8', false],
  ['192.168.1.7', '192.168.1.7/32', true],
  ['192.168.1.8', '192.168.1.7/32', false],
  ['1.2.3.4', '0.0.0.0/0', true],
  ['::ffff:10.1.2.3', '10.0.0.0/8', true],
  ['::ffff:a01:203', '10.0.0.0/8', true],
  ['64:ff9b::10.1.2.3', '10.0.0.0/8', true],
  ['2001:db8::1', '2001:db8::/32', true],
  ['2001:db9::1', '2001:db8::/32', false],
  ['::1', '::1/128', true],
  ['fe80::1:2:3:4', 'fe80::/10', true],
  ['10.1.2.3', '::/0', false],
  ['::1', '0.0.0.0/0', false],
])('%s in %s: %s', (address, network, expected) => {
  expect(isNetwork(network)).toBe(true);
  expect(isInNetworks(address, [network])).toBe(expected);
});

test.each([
  '10.0.0.0',
  '10.0.0/8',
  '10.0.0.0/33',
  '010.0.0.0/8',
  '256.0.0.0/8',
  '1::2::3/64',
  '12345::/16',
  '::/129',
  '/8',
  '10.0.0.0/8/8',
  '::/-1',
  '',
])('malformed %j matches nothing', (network) => {
  expect(isNetwork(network)).toBe(false);
  expect(isInNetworks('10.0.0.1', [network])).toBe(false);
});

test('an address that is none is in no network', () => {
  for (const address of [
    '',
    'localhost',
    '10.0.0',
    '10.0.0.0.1',
    'fe80::1%',
    '0x7f.1',
    '2130706433',
    '0177.0.0.1',
    '::ffff:1.2.3',
    '1.2.3.4::',
  ]) {
    expect(isInNetworks(address, ['0.0.0.0/0', '::/0'])).toBe(false);
  }
});

test.each([
  '8.8.8.8',
  '1.1.1.1',
  '172.32.0.1',
  '100.128.0.1',
  '198.20.0.1',
  '2606:4700:4700::1111',
  '::ffff:8.8.8.8',
  '64:ff9b::808:808',
])('%s is routed in the public internet', (address) => {
  expect(isPublic(address)).toBe(true);
});

test.each([
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.2.1',
  '192.168.0.1',
  '198.18.0.1',
  '198.51.100.7',
  '203.0.113.9',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:169.254.169.254',
  '64:ff9b::7f00:1',
  '64:ff9b::10.0.0.1',
  '64:ff9b:1::1',
  '100::1',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::',
  '3fff::1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  'not an address',
])('%s is not', (address) => {
  expect(isPublic(address)).toBe(false);
});

test.each([
  ['169.254.169.254', true],
  ['::ffff:a9fe:a9fe', true],
  ['fd00:ec2::254', true],
  ['168.63.129.16', true],
  ['169.254.169.253', false],
  ['10.0.0.1', false],
])('%s answers with credentials of a machine: %s', (address, expected) => {
  expect(isMetadata(address)).toBe(expected);
});
