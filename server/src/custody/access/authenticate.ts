// From a bearer token to a principal: the door of every request.
import { timingSafeEqual } from 'node:crypto';
import type { TenantId } from '#kernel/ids.ts';
import { keyPrincipal } from './api-keys.ts';
import type { ApiKeyRow } from './api-keys.queries.ts';
import { findApiKey, markApiKeyUsed } from './api-keys.queries.ts';
import { isInNetworks } from './cidr.ts';
import type { AccessContext } from './context.ts';
import { findTenants } from './locators.queries.ts';
import type { FailureReason } from './failures.ts';
import type { Principal } from './principal.ts';
import type { Sender } from './sessions.ts';
import { resumeSession, unauthenticated } from './sessions.ts';

export interface Authenticator {
  /** `token`: an API key or a session's token. Errors: `unauthenticated`, the same for every reason. */
  authenticate(token: string, sender: Sender): Promise<Principal>;
  /** Forgets a key in this process at once: call after revoking. */
  forgetKey(id: string): void;
}

/** For so long a process may still accept a key that another process revoked: measured time to revocation, with one read of the row. */
export const KEY_CACHE_MS = 1000;
/** Keys in use at one time in one process; more cost a read each. */
const MOST_CACHED = 10_000;
/** `last_used_at` is written at most this often per key. */
const USED_MS = 60_000;
/** 32 bytes in base64url. The lengths tell the two apart: a key's random part could begin with `s_`. */
const SESSION_TOKEN = /^cordon_s_[A-Za-z0-9_-]{43}$/;
const API_KEY = /^cordon_[A-Za-z0-9_-]{43}$/;

interface CachedKey {
  readonly tenant: TenantId;
  readonly row: ApiKeyRow;
  readonly readAtMs: number;
}

export function createAuthenticator(context: AccessContext): Authenticator {
  const cache = new Map<string, CachedKey>();
  const usedAtMs = new Map<string, number>();
  return {
    authenticate: async (token, sender) => {
      if (SESSION_TOKEN.test(token)) return bySession(context, token, sender);
      if (API_KEY.test(token)) return byKey(context, { cache, usedAtMs }, token, sender);
      return refuse(context, 'unknown-credential');
    },
    forgetKey: (id) => {
      for (const [digest, cached] of cache) if (cached.row.id === id) cache.delete(digest);
    },
  };
}

async function bySession(context: AccessContext, token: string, sender: Sender): Promise<Principal> {
  const digest = context.digests.of('session', token);
  const [tenant] = await context.store.asAccess((tx) => findTenants(tx, 'session', digest));
  if (tenant === undefined) return refuse(context, 'unknown-credential');
  return (await resumeSession(context, tenant, digest, sender)) ?? refuse(context, 'expired-credential');
}

interface KeyMemory {
  readonly cache: Map<string, CachedKey>;
  readonly usedAtMs: Map<string, number>;
}

async function byKey(context: AccessContext, memory: KeyMemory, token: string, sender: Sender): Promise<Principal> {
  const digest = context.digests.of('api-key', token);
  const found = await findKey(context, memory.cache, digest);
  if (found === null) return refuse(context, 'unknown-credential');
  const { tenant, row } = found;
  if (row.expires_at !== null && row.expires_at <= context.clock.now()) return refuse(context, 'expired-credential');
  const { cidrs } = row.scopes;
  if (cidrs.length > 0 && !isInNetworks(sender.address, cidrs)) return refuse(context, 'network-not-allowed');
  await noteUse(context, memory.usedAtMs, found);
  return keyPrincipal(tenant, row);
}

async function findKey(
  context: AccessContext,
  cache: Map<string, CachedKey>,
  digest: Buffer,
): Promise<CachedKey | null> {
  const name = digest.toString('base64');
  const now = context.clock.monotonicMs();
  const cached = cache.get(name);
  if (cached !== undefined && now - cached.readAtMs < KEY_CACHE_MS) return cached;
  const tenant = cached?.tenant ?? (await context.store.asAccess((tx) => findTenants(tx, 'api-key', digest)))[0];
  const row = tenant === undefined ? null : await context.store.asTenant(tenant, (tx) => findApiKey(tx, digest));
  cache.delete(name);
  if (tenant === undefined || row === null || !timingSafeEqual(row.digest, digest)) return null;
  const fresh = { tenant, row, readAtMs: now };
  cache.set(name, fresh);
  if (cache.size > MOST_CACHED) cache.delete(cache.keys().next().value ?? '');
  return fresh;
}

async function noteUse(context: AccessContext, usedAtMs: Map<string, number>, key: CachedKey): Promise<void> {
  const now = context.clock.monotonicMs();
  const last = usedAtMs.get(key.row.id);
  if (last !== undefined && now - last < USED_MS) return;
  usedAtMs.set(key.row.id, now);
  if (usedAtMs.size > MOST_CACHED) usedAtMs.delete(usedAtMs.keys().next().value ?? '');
  await context.store.asTenant(key.tenant, (tx) => markApiKeyUsed(tx, key.row.id, context.clock.now()));
}

async function refuse(context: AccessContext, reason: FailureReason): Promise<never> {
  await context.failures.record(reason);
  throw unauthenticated();
}
