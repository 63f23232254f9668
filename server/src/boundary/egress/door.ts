// The door to AI services: the only way out to them (spec boundary §5). One pool of connections per endpoint, keep-alive, never two
// requests on one connection at once. What may be reached, and how, stands in `dial.ts` and `invariant.ts`; here is who may ask what.
import { ProblemError } from '@cordon/contract';
import { Pool } from 'undici';
import type { Pattern } from '#boundary/policy/decision.ts';
import type { Service } from '#boundary/policy/snapshot.ts';
import type { Clock } from '#kernel/clock.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Door, Inbound, NetworkBoundary, OutboundRequest, Target } from './adapter.ts';
import { createConnector, refusal, systemResolve, type Resolve } from './dial.ts';
import { Exchange } from './exchange.ts';
import { leaving } from './failure.ts';
import { createFetch } from './fetch.ts';
import { endpointBreach } from './invariant.ts';
import { limitsFor, MAX_REQUEST_BYTES, MAX_STREAMED_REQUEST_BYTES, type DoorLimits, type LimitsOf } from './limits.ts';
import { Secrets, type TlsMaterial } from './secrets.ts';
import { tokenOrigins } from './token-hosts.ts';
import type { EgressProxy } from './tunnel.ts';

export interface EgressOptions {
  /** Directory of secrets, one directory per tenant in it. */
  readonly secrets: string;
  readonly airGapped: boolean;
  readonly clock: Clock;
  /** Limits that were set for a service; the rest are the defaults. */
  readonly limitsOf?: LimitsOf;
  /** By default the system's. */
  readonly resolve?: Resolve;
  /** Declared for services in a cloud; variables of the environment declare nothing. */
  readonly proxy?: EgressProxy | null;
}

/** Milliseconds after which a pool that nobody used is closed: its address or certificate may have changed hands. */
const POOL_IDLE_MS = 300_000;

/** Milliseconds that a connection serves at most, so that a service that moved in DNS is followed and judged again. */
const CONNECTION_LIFE_MS = 300_000;

/** Milliseconds that an idle connection is kept: below the idle time of common servers, or a request meets a closing one. */
const KEEP_ALIVE_MS = 4_000;
const KEEP_ALIVE_MOST_MS = 30_000;

/** Adapters whose exchanges go both ways at once, which HTTP/1.1 has no place for. */
const HTTP2: ReadonlySet<string> = new Set(['aws-transcribe']);

/** One endpoint under one boundary: its connections and how many requests are under way. */
interface Line {
  readonly pool: Pool;
  readonly limits: DoorLimits;
  underWay: number;
  usedAt: number;
  closed: boolean;
}

/** Doors of all tenants; none sees another's secrets or connections. */
export class Egress {
  readonly #options: EgressOptions;
  readonly #doors = new Map<TenantId, TenantDoor>();

  constructor(options: EgressOptions) {
    this.#options = options;
  }

  doorOf(tenant: TenantId): Door {
    let door = this.#doors.get(tenant);
    if (door === undefined) {
      door = new TenantDoor(this.#options, tenant);
      this.#doors.set(tenant, door);
    }
    return door;
  }

  /** Closes every connection; what is under way fails with `shutting_down`. */
  async close(): Promise<void> {
    await Promise.all([...this.#doors.values()].map((door) => door.close()));
    this.#doors.clear();
  }
}

class TenantDoor implements Door {
  readonly #options: EgressOptions;
  readonly #secrets: Secrets;
  readonly #lines = new Map<string, Line>();
  /** Rows of one version of the registry are the same objects: their endpoints are parsed once. */
  readonly #addresses = new WeakMap<Service, Address>();

  constructor(options: EgressOptions, tenant: TenantId) {
    this.#options = options;
    this.#secrets = new Secrets(options.secrets, tenant, options.clock);
  }

  send = async (target: Target, request: OutboundRequest, signal: AbortSignal): Promise<Inbound> => {
    if (signal.aborted) throw leaving(signal);
    checkSize(request);
    const address = this.#addressOf(target.service);
    const { origin, path } = this.#way(target, address, request.path);
    const line = this.#lineTo(target, origin, address);
    if (line.underWay >= line.limits.concurrency) throw new ProblemError('upstream_unavailable', { reason: 'busy' });
    line.underWay += 1;
    const exchange = new Exchange(signal, line.limits.totalMs, () => (line.underWay -= 1));
    line.pool.dispatch(
      {
        method: request.method,
        path,
        headers: { 'accept-encoding': 'identity', ...request.headers },
        body: bodyOf(request) as Uint8Array | null,
        headersTimeout: line.limits.firstByteMs,
        bodyTimeout: line.limits.idleMs,
      },
      exchange,
    );
    return exchange.answered;
  };

  fetchFor = (target: Target, signal: AbortSignal): typeof globalThis.fetch =>
    createFetch((request, callSignal) => this.send(target, request, callSignal), signal);

  secret = async (target: Target): Promise<string | null> => {
    const { credential } = target.service;
    return await Promise.resolve(credential === null ? null : this.#secrets.secret(credential));
  };

  async close(): Promise<void> {
    const lines = [...this.#lines.values()];
    this.#lines.clear();
    await Promise.all(lines.map(({ pool }) => pool.destroy(new ProblemError('shutting_down'))));
  }

  #addressOf(service: Service): Address {
    const known = this.#addresses.get(service);
    if (known !== undefined) return known;
    const address = parseEndpoint(service);
    this.#addresses.set(service, address);
    return address;
  }

  /** Where a request goes: below the endpoint, or to an absolute address on its host or on one declared for tokens. */
  #way({ service }: Target, address: Address, path: string): { readonly origin: string; readonly path: string } {
    if (path.startsWith('/')) return { origin: address.origin, path: `${address.prefix}${path}` };
    const url = URL.parse(path);
    if (url === null || url.username !== '' || url.password !== '') throw refusal('outside_boundary');
    const known = url.origin === address.origin || this.#tokenOrigins(service).includes(url.origin);
    if (!known) throw refusal('outside_boundary');
    return { origin: url.origin, path: `${url.pathname}${url.search}` };
  }

  #tokenOrigins({ adapter, credential }: Service): readonly string[] {
    return [...tokenOrigins(adapter), ...(credential === null ? [] : this.#secrets.origins(credential))];
  }

  #lineTo({ service, boundary }: Target, origin: string, address: Address): Line {
    const now = this.#options.clock.monotonicMs();
    const last = address.last;
    if (last !== null && last.boundary === boundary && last.origin === origin && !last.line.closed) {
      last.line.usedAt = now;
      return last.line;
    }
    const key = keyOf(service, boundary, origin);
    let line = this.#lines.get(key);
    if (line === undefined) {
      this.#closeIdle(now);
      line = { ...this.#open(service, boundary, origin, address), underWay: 0, usedAt: now, closed: false };
      this.#lines.set(key, line);
    }
    line.usedAt = now;
    address.last = { boundary, origin, line };
    return line;
  }

  #open(service: Service, boundary: NetworkBoundary, origin: string, address: Address): Pick<Line, 'pool' | 'limits'> {
    const url = new URL(origin);
    const own = origin === address.origin;
    // A host that gives tokens sees no content; it stands wherever the vendor has it, and is held to what a cloud is held to.
    const pattern = own ? service.pattern : 'baa-cloud';
    const endpoint = { pattern, boundary, host: bareHost(url), secure: url.protocol === 'https:' };
    const breach = endpointBreach(endpoint);
    if (breach !== null) throw refusal(breach);
    const limits = limitsFor(service, this.#options.limitsOf ?? (() => ({})));
    const tls = this.#tlsFor(service, origin, own);
    tls(); // What cannot be used is said before anything is connected to.
    const { airGapped, resolve = systemResolve } = this.#options;
    const http2 = HTTP2.has(service.adapter);
    const proxy = this.#proxyFor(service, pattern);
    const pool = new Pool(url.origin, {
      connect: createConnector({ endpoint, tls, connectMs: limits.connectMs, resolve, airGapped, http2, proxy }),
      connections: limits.concurrency,
      pipelining: 1,
      clientTtl: CONNECTION_LIFE_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MOST_MS,
      allowH2: http2,
    });
    return { pool, limits };
  }

  /** A service inside the house's boundary is never reached by way of another machine. Errors: `pattern_invariant_failed` where it is to be. */
  #proxyFor({ id, pattern: own }: Service, pattern: Pattern): EgressProxy | null {
    const { proxy = null } = this.#options;
    if (proxy === null) return null;
    const inCloud = (each: Pattern): boolean => each === 'baa-cloud' || each === 'deid-cloud';
    const named = proxy.services?.includes(id) ?? null;
    if (named === true && !inCloud(own)) throw refusal('proxied');
    return named === false || !inCloud(pattern) || !inCloud(own) ? null : proxy;
  }

  /** Files of the credential are for the service; a token host that is declared beside it may have the same authority. */
  #tlsFor({ credential }: Service, origin: string, own: boolean): () => TlsMaterial {
    if (credential === null) return () => NO_TLS_FILES;
    if (own) return () => this.#secrets.tls(credential);
    if (!this.#secrets.origins(credential).includes(origin)) return () => NO_TLS_FILES;
    return () => ({ ...NO_TLS_FILES, ca: this.#secrets.tls(credential).ca });
  }

  #closeIdle(now: number): void {
    for (const [key, line] of this.#lines) {
      if (line.underWay > 0 || now - line.usedAt < POOL_IDLE_MS) continue;
      this.#lines.delete(key);
      line.closed = true;
      void line.pool.destroy();
    }
  }
}

const NO_TLS_FILES: TlsMaterial = { ca: undefined, cert: undefined, key: undefined };

/** A service's endpoint taken apart. `prefix` has no slash at its end. */
interface Address {
  readonly origin: string;
  readonly prefix: string;
  /** The line used last, so that the next request under the same boundary finds it without building its key. */
  last: { readonly boundary: NetworkBoundary; readonly origin: string; readonly line: Line } | null;
}

function parseEndpoint({ endpoint }: Service): Address {
  if (endpoint === null) throw refusal('no_socket');
  const url = URL.parse(endpoint);
  const sound = url !== null && (url.protocol === 'https:' || url.protocol === 'http:');
  if (!sound || url.username !== '' || url.password !== '') throw refusal('outside_boundary');
  return { origin: url.origin, prefix: url.pathname.replace(/\/+$/, ''), last: null };
}

/** Whatever decides how a connection is made: two targets that differ in it never share one. */
function keyOf(service: Service, { cidrs, hosts }: NetworkBoundary, origin: string): string {
  return [
    service.id,
    service.version,
    service.pattern,
    service.credential ?? '',
    origin,
    cidrs.join(),
    hosts.join(),
  ].join(' ');
}

function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').toLowerCase();
}

function checkSize({ body }: OutboundRequest): void {
  if (body instanceof Uint8Array && body.length > MAX_REQUEST_BYTES) throw new ProblemError('payload_too_large');
}

function bodyOf({ body }: OutboundRequest): Uint8Array | AsyncIterable<Uint8Array> | null {
  return body === null || body instanceof Uint8Array ? body : counted(body);
}

async function* counted(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let sent = 0;
  for await (const chunk of body) {
    sent += chunk.length;
    if (sent > MAX_STREAMED_REQUEST_BYTES) throw new ProblemError('payload_too_large');
    yield chunk;
  }
}
