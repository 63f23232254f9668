// A tunnel through a proxy that the installation declares (RFC 9110 §9.3.6, docs/decisions/0141). The proxy learns a host and a port and
// carries sealed bytes: TLS is made through it, with the service's own name and verified as always.
import { once } from 'node:events';
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { join } from 'node:path';
import { isProblem, ProblemError } from '@cordon/contract';
import { readSecret } from './secrets.ts';

export interface EgressProxy {
  readonly host: string;
  readonly port: number;
  /** TLS to the proxy itself. */
  readonly secure: boolean;
  /** `here`: the name of a service is looked up and judged here, and the tunnel goes to the judged address; `proxy`: the proxy looks it up. */
  readonly names: 'here' | 'proxy';
  /** Ids of services; null: all that stand in a cloud. */
  readonly services: readonly string[] | null;
  /** Directory of `egress-proxy` (user:password) and `egress-proxy.ca` (PEM), both optional. */
  readonly secrets: string;
}

export interface TunnelWish {
  readonly proxy: EgressProxy;
  /** Name or address, and port, of the service. */
  readonly host: string;
  readonly port: number;
  /** Milliseconds for everything until the tunnel stands. */
  readonly connectMs: number;
  /** Judges the proxy's own addresses. */
  readonly lookup: LookupFunction;
}

/** Bytes of a proxy's answer to CONNECT. */
const MAX_HEAD_BYTES = 16_384;

/**
 * Errors: `upstream_unavailable` {reason: proxy, status?}, `upstream_timeout` {reason: connect}, `pattern_invariant_failed` for the proxy's own
 * address, `credential_unusable` for files that others may read.
 */
export async function openTunnel(wish: TunnelWish): Promise<Socket> {
  const { proxy, connectMs } = wish;
  const authorization = authorizationOf(proxy);
  const socket = dial(wish);
  const { promise: broken, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new ProblemError('upstream_timeout', { reason: 'connect' })), connectMs);
  // What the proxy says of itself is not repeated; what judged its address is.
  socket.on('error', (error) => reject(isProblem(error) ? error : failed()));
  socket.on('close', () => reject(failed()));
  try {
    const status = await Promise.race([broken, askFor(socket, wish, authorization)]);
    if (status < 200 || status > 299) throw failed(status);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function askFor(socket: Socket, wish: TunnelWish, authorization: string | null): Promise<number> {
  await once(socket, wish.proxy.secure ? 'secureConnect' : 'connect');
  socket.write(requestOf(wish, authorization));
  return readHead(socket);
}

function dial({ proxy, lookup }: TunnelWish): Socket {
  const { host, port, secure, secrets } = proxy;
  if (!secure) return connect({ host, port, lookup });
  const ca = readSecret(join(secrets, 'egress-proxy.ca')) ?? undefined;
  const named = isIP(host) === 0 ? { servername: host } : {};
  const trust = ca === undefined ? {} : { ca };
  return connectTls({ host, port, lookup, ...named, ...trust, rejectUnauthorized: true, minVersion: 'TLSv1.2' });
}

function requestOf({ host, port }: TunnelWish, authorization: string | null): string {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const login = authorization === null ? '' : `Proxy-Authorization: ${authorization}\r\n`;
  return `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${login}\r\n`;
}

function authorizationOf({ secrets }: EgressProxy): string | null {
  const login = readSecret(join(secrets, 'egress-proxy'))?.trim() ?? '';
  return login === '' ? null : `Basic ${Buffer.from(login).toString('base64')}`;
}

/** The status; what follows it is the service's alone. */
function readHead(socket: Socket): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  let head = '';
  const take = (chunk: Buffer): void => {
    head += chunk.toString('latin1');
    const end = head.indexOf('\r\n\r\n');
    if (end === -1 && head.length <= MAX_HEAD_BYTES) return;
    socket.off('data', take);
    socket.pause();
    const [, status] = /^HTTP\/1\.[01] (\d{3})(?: |\r\n)/.exec(head) ?? [];
    // In TLS the client speaks first: whatever comes behind the head is not from the service.
    const sound = status !== undefined && end !== -1 && (status !== '200' || end + 4 === head.length);
    if (sound) resolve(Number(status));
    else reject(failed());
  };
  socket.on('data', take);
  return promise;
}

function failed(status?: number): ProblemError {
  return new ProblemError('upstream_unavailable', { reason: 'proxy', ...(status === undefined ? {} : { status }) });
}
