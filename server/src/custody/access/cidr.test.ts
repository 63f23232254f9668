import { expect, test } from 'vitest';
import { isInNetworks, isNetwork } from './cidr.ts';

test.each([
  ['10.1.2.3', '10.0.0.0/8', true],
  ['11.1.2.3', '10.0.0.0/8', false],
  ['192.168.1.7', '192.168.1.7/32', true],
  ['192.168.1.8', '192.168.1.7/32', false],
  ['1.2.3.4', '0.0.0.0/0', true],
  ['::ffff:10.1.2.3', '10.0.0.0/8', true],
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
  for (const address of ['', 'localhost', '10.0.0', '10.0.0.0.1', 'fe80::1%eth0']) {
    expect(isInNetworks(address, ['0.0.0.0/0', '::/0'])).toBe(false);
  }
});
