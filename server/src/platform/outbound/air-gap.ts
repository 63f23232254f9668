// `air_gapped: true`, held twice (spec boundary §2): the process refuses to connect outside, and the operating system must refuse too,
// which is tried before anything starts. Neither trusts the other.
import { createSocket, Socket as UdpSocket, type SocketType } from 'node:dgram';
import { lookup as systemLookup, setServers } from 'node:dns';
import { connect, isIP, Socket, type LookupFunction } from 'node:net';
import { ProblemError } from '@cordon/contract';
import { isPublic } from './addresses.ts';

/** An address in the public internet and a TCP port that is open there. */
export interface Outside {
  readonly address: string;
  readonly port: number;
}

/** Public resolvers: of all addresses those that answer most surely, whatever the network. Two vendors, both families. */
const OUTSIDE: readonly Outside[] = [
  { address: '1.1.1.1', port: 443 },
  { address: '8.8.8.8', port: 53 },
  { address: '2606:4700:4700::1111', port: 443 },
  { address: '2001:4860:4860::8888', port: 53 },
];

/** Milliseconds to wait for an answer: thrice around the world. */
const ANSWER_MS = 2_000;

/** What the system says at once when it lets nothing out: no route in the namespace, or denied by its filter. */
const HELD = new Set(['ENETUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL', 'EPERM', 'EACCES']);

/**
 * Resolves when the system lets nothing out. An empty datagram is offered for each address, and a connection tried: where the system
 * takes the datagram, nothing but luck keeps the content in. Errors: `air_gap_open` {reason: answered | not_held}.
 */
export async function proveAirGap(outside: readonly Outside[] = OUTSIDE): Promise<void> {
  const [answers, held] = await Promise.all([Promise.all(outside.map(isAnswered)), Promise.all(outside.map(isHeld))]);
  if (answers.includes(true)) throw new ProblemError('air_gap_open', { reason: 'answered' });
  if (held.includes(false)) throw new ProblemError('air_gap_open', { reason: 'not_held' });
}

/** A refusal is an answer too: somebody was reached who could say it. */
function isAnswered({ address, port }: Outside): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: ANSWER_MS });
    const end = (answered: boolean): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      end(error.code === 'ECONNREFUSED' || error.code === 'ECONNRESET'),
    );
  });
}

function isHeld({ address, port }: Outside): Promise<boolean> {
  const type: SocketType = isIP(address) === 6 ? 'udp6' : 'udp4';
  return new Promise((resolve) => {
    const socket = createSocket(type);
    const end = (error: NodeJS.ErrnoException | null): void => {
      socket.close();
      resolve(error !== null && HELD.has(error.code ?? ''));
    };
    socket.once('error', end);
    socket.send(Buffer.alloc(0), port, address, (error) => {
      socket.off('error', end);
      end(error);
    });
  });
}

type Connect = (this: Socket, ...args: unknown[]) => Socket;
interface ConnectOptions {
  host?: string;
  port?: number;
  path?: string | null;
  lookup?: LookupFunction;
}

/**
 * From now on no socket of this process is connected to a public address, whoever opens it, and nothing is sent by UDP. Returns what
 * lifts it, for tests. A connection that is refused fails with `air_gapped`.
 */
export function guardProcess(): () => void {
  const prototype = Socket.prototype as unknown as { connect: Connect };
  const { connect: originalConnect } = prototype;
  const datagrams = UdpSocket.prototype as unknown as Record<'send' | 'connect', unknown>;
  const { send, connect: connectUdp } = datagrams;
  prototype.connect = function guarded(...args) {
    const { options, listener } = normalised(args);
    if (options === null || typeof options.path === 'string') return originalConnect.apply(this, args);
    const host = options.host ?? 'localhost';
    // An address is not looked up: it is refused as a name would be, so that the error takes the way that callers listen on.
    const refused = isIP(host) !== 0 && isPublic(host);
    const lookup = refused ? refuseLookup : guardedLookup(options.lookup ?? systemLookup);
    return originalConnect.call(
      this,
      { ...options, ...(refused ? { host: 'refused.invalid' } : {}), lookup },
      ...listener,
    );
  };
  const refuse = (): never => {
    throw new ProblemError('air_gapped');
  };
  Object.assign(datagrams, { send: refuse, connect: refuse });
  setServers(['127.0.0.1']); // the resolver that asks by itself, without the system, has nobody else to ask
  return () => {
    prototype.connect = originalConnect;
    Object.assign(datagrams, { send, connect: connectUdp });
  };
}

/** The forms that `connect` takes: (options), (port, host), (path), and the list that Node itself makes of them. */
function normalised(args: readonly unknown[]): {
  readonly options: ConnectOptions | null;
  readonly listener: unknown[];
} {
  const [first, ...rest] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  const listener = rest.filter((each) => typeof each === 'function').slice(0, 1);
  if (typeof first === 'object' && first !== null) return { options: first, listener };
  const port = Number(first);
  if (!Number.isInteger(port)) return { options: null, listener };
  return { options: typeof rest[0] === 'string' ? { port, host: rest[0] } : { port }, listener };
}

const refuseLookup: LookupFunction = (_host, _options, answer) => answer(new ProblemError('air_gapped'), '');

function guardedLookup(lookup: LookupFunction): LookupFunction {
  return (host, options, answer) =>
    lookup(host, options, (error, found, family) => {
      const addresses = typeof found === 'string' ? [found] : (found ?? []).map(({ address }) => address);
      if (error === null && addresses.some(isPublic)) answer(new ProblemError('air_gapped'), '');
      else answer(error, found, family);
    });
}
