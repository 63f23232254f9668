// Networks in CIDR form (RFC 4632, RFC 4291 §2.3). Pure; anything malformed matches nothing.

interface Address {
  readonly value: bigint;
  readonly bits: 32 | 128;
}

/** Whether the address lies in one of the networks. An IPv4 address mapped into IPv6 (`::ffff:a.b.c.d`) counts as IPv4. */
export function isInNetworks(address: string, networks: readonly string[]): boolean {
  const parsed = parseAddress(address);
  return parsed !== null && networks.some((network) => contains(network, parsed));
}

export function isNetwork(text: string): boolean {
  return parseNetwork(text) !== null;
}

function contains(network: string, address: Address): boolean {
  const parsed = parseNetwork(network);
  if (parsed === null || parsed.bits !== address.bits) return false;
  const shift = BigInt(parsed.bits - parsed.prefix);
  return parsed.value >> shift === address.value >> shift;
}

function parseNetwork(text: string): (Address & { readonly prefix: number }) | null {
  const [head = '', tail, ...rest] = text.split('/');
  const address = parseAddress(head);
  if (address === null || tail === undefined || rest.length > 0 || !/^\d{1,3}$/.test(tail)) return null;
  const prefix = Number(tail);
  return prefix <= address.bits ? { ...address, prefix } : null;
}

function parseAddress(text: string): Address | null {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(text)?.[1];
  if (mapped !== undefined) return parseV4(mapped);
  return text.includes(':') ? parseV6(text) : parseV4(text);
}

function parseV4(text: string): Address | null {
  const parts = text.split('.');
  const sound = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
  if (!sound) return null;
  return { value: parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n), bits: 32 };
}

function parseV6(text: string): Address | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [front = [], back = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - front.length - back.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...front, ...Array.from({ length: missing }, () => '0'), ...back];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return { value: groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n), bits: 128 };
}
