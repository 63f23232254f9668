// The network invariant of a deployment pattern (spec boundary §2), judged on the address that is connected to. Pure.
import type { Pattern } from '#boundary/policy/decision.ts';
import { isInNetworks, isMetadata, isPublic, namesExactly } from '#platform/outbound/addresses.ts';
import type { NetworkBoundary } from './adapter.ts';

export interface Endpoint {
  readonly pattern: Pattern;
  readonly boundary: NetworkBoundary;
  /** Lower-case, without the brackets of an IPv6 address. */
  readonly host: string;
  readonly secure: boolean;
}

/** Names of what does not hold; they are shown, and hold no address. */
export type Breach =
  | 'no_socket'
  | 'proxied'
  | 'tls_required'
  | 'metadata_address'
  | 'outside_boundary'
  | 'public_address'
  | 'private_address';

/** What is wrong before any name is looked up; null: nothing. */
export function endpointBreach({ pattern, secure }: Endpoint): Breach | null {
  return !secure && staysOutside(pattern) ? 'tls_required' : null;
}

/**
 * What is wrong with the endpoint at this address; null: nothing. A declared network holds whatever lies in it. A declared host holds
 * its private addresses alone: what a name means is said by whoever answers for it in DNS.
 */
export function addressBreach(endpoint: Endpoint, address: string): Breach | null {
  const { pattern, boundary, host, secure } = endpoint;
  const reachable = isPublic(address);
  const inside = isInNetworks(address, boundary.cidrs) || (!reachable && boundary.hosts.includes(host));
  if (isMetadata(address) && !namesExactly(address, boundary.cidrs)) return 'metadata_address';
  if (!secure && (staysOutside(pattern) || !inside)) return 'tls_required';
  switch (pattern) {
    case 'vpc':
      if (reachable) return 'public_address';
      return inside ? null : 'outside_boundary';
    case 'on-prem':
      return inside ? null : 'outside_boundary';
    case 'baa-cloud':
    case 'deid-cloud':
      return reachable || inside ? null : 'private_address';
  }
}

function staysOutside(pattern: Pattern): boolean {
  return pattern === 'baa-cloud' || pattern === 'deid-cloud';
}
