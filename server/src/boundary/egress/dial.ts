// How the door connects: the name is looked up once, every address is judged, and the socket goes to a judged address and no other,
// so that nothing that DNS says later matters (rebinding). TLS is always verified.
import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import { ProblemError } from '@cordon/contract';
import { buildConnector } from 'undici';
import { isPublic } from '#platform/outbound/addresses.ts';
import { addressBreach, type Breach, type Endpoint } from './invariant.ts';
import type { TlsMaterial } from './secrets.ts';
import { openTunnel, type EgressProxy } from './tunnel.ts';

/** Every address of a name, both families. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export const systemResolve: Resolve = async (host) =>
  (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address);

export interface Dialling {
  readonly endpoint: Endpoint;
  /** Read at each connect, so that a renewed certificate is in use without a restart. */
  readonly tls: () => TlsMaterial;
  readonly connectMs: number;
  readonly resolve: Resolve;
  /** Nothing in the public internet is connected to, whatever is declared. */
  readonly airGapped: boolean;
  /** HTTP/2 is spoken where the service offers it. */
  readonly http2: boolean;
  /** Null: the socket goes straight to the service. */
  readonly proxy: EgressProxy | null;
}

/** TLS sessions to resume per service; a handshake less is a round trip less. */
const CACHED_SESSIONS = 16;

export function createConnector(dialling: Dialling): buildConnector.connector {
  let built: { readonly tls: TlsMaterial; readonly connect: buildConnector.connector } | null = null;
  return (options, callback) => {
    const literal = isIP(options.hostname) === 0 ? null : breachOf(dialling, options.hostname);
    if (literal !== null) {
      callback(refusal(literal), null);
      return;
    }
    const tls = dialling.tls();
    if (built === null || !isSame(built.tls, tls)) built = { tls, connect: connectorWith(dialling, tls) };
    if (dialling.proxy !== null) {
      void throughProxy(dialling, dialling.proxy, built.connect, options, callback);
      return;
    }
    const socket = built.connect(options, callback) as unknown as Socket;
    socket.prependOnceListener('connect', () => {
      const breach = breachOf(dialling, socket.remoteAddress ?? '');
      if (breach !== null) socket.destroy(refusal(breach));
    });
  };
}

/** The socket is the proxy's, so what is judged is where the tunnel is told to lead (docs/decisions/0141). */
async function throughProxy(
  dialling: Dialling,
  proxy: EgressProxy,
  connect: buildConnector.connector,
  options: buildConnector.Options,
  callback: buildConnector.Callback,
): Promise<void> {
  const { connectMs } = dialling;
  const lookup = judgedLookup({ ...dialling, endpoint: proxyEndpoint(proxy) });
  const port = Number(options.port || HTTPS_PORT);
  let httpSocket: Socket;
  try {
    const hosts = await tunnelHosts(dialling, proxy, options.hostname);
    httpSocket = await firstOf(hosts, (host) => openTunnel({ proxy, host, port, connectMs, lookup }));
  } catch (error) {
    callback(error instanceof Error ? error : new ProblemError('internal'), null);
    return;
  }
  const secured = connect({ ...options, httpSocket }, callback) as unknown as Socket;
  secured.once('close', () => httpSocket.destroy());
  httpSocket.once('close', () => secured.destroy());
}

const HTTPS_PORT = 443;

/** A declared proxy may stand anywhere but where a cloud hands out credentials. */
function proxyEndpoint({ host }: EgressProxy): Endpoint {
  return { pattern: 'baa-cloud', boundary: { cidrs: ['0.0.0.0/0', '::/0'], hosts: [host] }, host, secure: true };
}

/** Errors: the last one's. */
async function firstOf<T>(hosts: readonly string[], attempt: (host: string) => Promise<T>): Promise<T> {
  let last: unknown = Object.assign(new Error('no address'), { code: 'ENOTFOUND' });
  for (const host of hosts) {
    try {
      return await attempt(host);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

/** The judged addresses, or the name where the proxy looks it up: then only what a name says of itself can be judged. */
async function tunnelHosts(dialling: Dialling, { names }: EgressProxy, hostname: string): Promise<readonly string[]> {
  const bare = hostname.replace(/^\[|\]$/g, '');
  if (isIP(bare) !== 0) return [bare]; // judged before
  if (names === 'proxy') {
    if (isInternalName(bare)) throw refusal('private_address');
    return [bare];
  }
  const addresses = await dialling.resolve(bare);
  const breach = addresses.map((address) => breachOf(dialling, address)).find((each) => each !== null) ?? null;
  if (breach !== null) throw refusal(breach);
  return addresses;
}

/** Names that mean something inside a house alone (RFC 6761, RFC 6762, RFC 8375, ICANN's `.internal`), and those without a dot. */
function isInternalName(host: string): boolean {
  return !host.includes('.') || /\.(?:localhost|local|internal|intranet|lan|home\.arpa|test|invalid)\.?$/i.test(host);
}

function connectorWith(dialling: Dialling, { ca, cert, key }: TlsMaterial): buildConnector.connector {
  return buildConnector({
    timeout: dialling.connectMs,
    maxCachedSessions: CACHED_SESSIONS,
    allowH2: dialling.http2,
    autoSelectFamily: true,
    lookup: judgedLookup(dialling),
    // Verification cannot be switched off from outside: NODE_TLS_REJECT_UNAUTHORIZED changes only the default.
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
  });
}

function isSame(a: TlsMaterial, b: TlsMaterial): boolean {
  return a.ca === b.ca && a.cert === b.cert && a.key === b.key;
}

/** One address outside is enough to refuse: which of them a connection takes is chance. */
function judgedLookup(dialling: Dialling): LookupFunction {
  return (host, { all }, answer) => {
    const give = (addresses: readonly string[]): void => {
      const found = addresses.map((address) => ({ address, family: isIP(address) }));
      const breach = found.map(({ address }) => breachOf(dialling, address)).find((each) => each !== null) ?? null;
      const [first] = found;
      if (breach !== null) answer(refusal(breach), []);
      else if (first === undefined) answer(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), []);
      else if (all === true) answer(null, found);
      else answer(null, first.address, first.family);
    };
    dialling.resolve(host).then(give, (error: unknown) => answer(error as NodeJS.ErrnoException, []));
  };
}

function breachOf({ endpoint, airGapped }: Dialling, address: string): Breach | null {
  return airGapped && isPublic(address) ? 'public_address' : addressBreach(endpoint, address);
}

export function refusal(breach: Breach): ProblemError {
  return new ProblemError('pattern_invariant_failed', { invariant: breach });
}
