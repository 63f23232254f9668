// How the door connects: the name is looked up once, every address is judged, and the socket goes to a judged address and no other,
// so that nothing that DNS says later matters (rebinding). TLS is always verified.
import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import { ProblemError } from '@cordon/contract';
import { buildConnector } from 'undici';
import { isPublic } from '#platform/outbound/addresses.ts';
import { addressBreach, type Breach, type Endpoint } from './invariant.ts';
import type { TlsMaterial } from './secrets.ts';

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
    const socket = built.connect(options, callback) as unknown as Socket;
    socket.prependOnceListener('connect', () => {
      const breach = breachOf(dialling, socket.remoteAddress ?? '');
      if (breach !== null) socket.destroy(refusal(breach));
    });
  };
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
