// Addresses and networks (RFC 4632, RFC 4291 §2.3): which network an address lies in, and whether the world can reach it.
// Pure; anything malformed matches nothing and is not public.

interface Address {
  readonly value: bigint;
  readonly bits: 32 | 128;
}

/**
 * What is not routed in the public internet: IANA's special-purpose registries (RFC 6890), 6to4's anycast (RFC 7526) and multicast.
 * Of IPv6 only 2000::/3 is (RFC 4291 §2.4), so the rest needs no list.
 */
const SPECIAL_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
const UNICAST_V6 = '2000::/3';
/** Protocol assignments with Teredo, documentation, 6to4 (an IPv4 address in disguise), documentation. */
const SPECIAL_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

/** Addresses at which clouds hand a machine its credentials: AWS, Google, Azure and others; AWS in IPv6; Azure's host; Alibaba; Oracle. */
const METADATA = [
  '169.254.169.254/32',
  '169.254.170.2/32',
  'fd00:ec2::254/128',
  '168.63.129.16/32',
  '100.100.100.200/32',
  '192.0.0.192/32',
];

/** An IPv4 address mapped into IPv6 (RFC 4291 §2.5.5.2) or carried by NAT64 (RFC 6052) counts as that IPv4 address. */
const CARRIES_V4 = [0xffffn, 0x64ff9b0000000000000000n];

/** Whether the address lies in one of the networks. */
export function isInNetworks(address: string, networks: readonly string[]): boolean {
  const parsed = parseAddress(address);
  return parsed !== null && networks.some((network) => contains(network, parsed));
}

export function isNetwork(text: string): boolean {
  return parseNetwork(text) !== null;
}

/** Whether packets to the address leave for the public internet. */
export function isPublic(address: string): boolean {
  const parsed = parseAddress(address);
  if (parsed === null) return false;
  const special = parsed.bits === 32 ? SPECIAL_V4 : SPECIAL_V6;
  if (parsed.bits === 128 && !contains(UNICAST_V6, parsed)) return false;
  return !special.some((network) => contains(network, parsed));
}

/** Whether a cloud's machine gets its credentials there: nothing else has business with it. */
export function isMetadata(address: string): boolean {
  return isInNetworks(address, METADATA);
}

/** Whether the list names this one address, not a network around it. */
export function namesExactly(address: string, networks: readonly string[]): boolean {
  const single = networks.filter((network) => parseNetwork(network)?.prefix === parseNetwork(network)?.bits);
  return isInNetworks(address, single);
}

function contains(network: string, address: Address): boolean {
  const parsed = parseNetwork(network);
  if (parsed === null || parsed.bits !== address.bits) return false;
  const shift = BigInt(parsed.bits - parsed.prefix);
  return parsed.value >> shift === address.value >> shift;
}

function parseNetwork(text: string): (Address & { readonly prefix: number }) | null {
  const [head = '', tail, ...rest] = text.split('/');
  const address = head.includes(':') ? parseV6(head) : parseV4(head);
  if (address === null || tail === undefined || rest.length > 0 || !/^\d{1,3}$/.test(tail)) return null;
  const prefix = Number(tail);
  return prefix <= address.bits ? { ...address, prefix } : null;
}

/** A zone (RFC 4007 §11) says which link, not which address. */
function parseAddress(text: string): Address | null {
  if (!text.includes(':')) return parseV4(text);
  const parsed = parseV6(text.replace(/%[\w.-]+$/, ''));
  if (parsed === null || !CARRIES_V4.includes(parsed.value >> 32n)) return parsed;
  return { value: parsed.value & 0xffff_ffffn, bits: 32 };
}

/** Four decimal numbers and nothing else: forms that resolvers disagree about (octal, hexadecimal, fewer parts) are none. */
function parseV4(text: string): Address | null {
  const parts = text.split('.');
  const sound = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
  if (!sound) return null;
  return { value: parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n), bits: 32 };
}

function parseV6(text: string): Address | null {
  const plain = withoutDots(text);
  const halves = plain.split('::');
  if (halves.length > 2) return null;
  const [front = [], back = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - front.length - back.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...front, ...Array.from({ length: missing }, () => '0'), ...back];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return { value: groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n), bits: 128 };
}

/** `::ffff:1.2.3.4` with its last part as two groups (RFC 4291 §2.2). */
function withoutDots(text: string): string {
  const at = text.lastIndexOf(':') + 1;
  const last = text.slice(at).includes('.') ? parseV4(text.slice(at)) : null;
  if (last === null) return text;
  return `${text.slice(0, at)}${(last.value >> 16n).toString(16)}:${(last.value & 0xffffn).toString(16)}`;
}
