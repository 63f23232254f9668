// From a bearer token to a principal: the door of every request.
import { timingSafeEqual } from 'node:crypto';
import { isInNetworks } from '#platform/outbound/addresses.ts';
import { keyPrincipal } from './api-keys.ts';
import { findApiKey, markApiKeyUsed } from './api-keys.queries.ts';
import type { AccessContext } from './context.ts';
import { findTenants } from './locators.queries.ts';
import type { FailureReason } from './failures.ts';
import type { KnownKey } from './key-cache.ts';
import { KEY_CACHE_MS } from './key-cache.ts';
import type { Principal } from './principal.ts';
import type { Sender } from './sessions.ts';
import { resumeSession, unauthenticated } from './sessions.ts';

export interface Authenticator {
  /** `token`: an API key or a session's token. Errors: `unauthenticated`, the same for every reason. */
  authenticate(token: string, sender: Sender): Promise<Principal>;
}

/** `last_used_at` is written at most this often per key. */
const USED_MS = 60_000;
/** 32 bytes in base64url. The lengths tell the two apart: a key's random part could begin with `s_`. */
const SESSION_TOKEN = /^cordon_s_[A-Za-z0-9_-]{43}$/;
const API_KEY = /^cordon_[A-Za-z0-9_-]{43}$/;

/** Keys whose use was noted lately; more cost a write each. */
const MOST_NOTED = 10_000;

export function createAuthenticator(context: AccessContext): Authenticator {
  const usedAtMs = new Map<string, number>();
  return {
    authenticate: async (token, sender) => {
      if (SESSION_TOKEN.test(token)) return bySession(context, token, sender);
      if (API_KEY.test(token)) return byKey(context, usedAtMs, token, sender);
      return refuse(context, 'unknown-credential');
    },
  };
}

async function bySession(context: AccessContext, token: string, sender: Sender): Promise<Principal> {
  const digest = context.digests.of('session', token);
  const [tenant] = await context.store.asAccess((tx) => findTenants(tx, 'session', digest));
  if (tenant === undefined) return refuse(context, 'unknown-credential');
  return (await resumeSession(context, tenant, digest, sender)) ?? refuse(context, 'expired-credential');
}

async function byKey(
  context: AccessContext,
  usedAtMs: Map<string, number>,
  token: string,
  sender: Sender,
): Promise<Principal> {
  const found = await findKey(context, context.digests.of('api-key', token));
  if (found === null) return refuse(context, 'unknown-credential');
  const { row } = found;
  if (row.expires_at !== null && row.expires_at <= context.clock.now()) return refuse(context, 'expired-credential');
  const { cidrs } = row.scopes;
  if (cidrs.length > 0 && !isInNetworks(sender.address, cidrs)) return refuse(context, 'network-not-allowed');
  await noteUse(context, usedAtMs, found);
  return found.principal;
}

async function findKey(context: AccessContext, digest: Buffer): Promise<KnownKey | null> {
  const { keyCache, store } = context;
  const now = context.clock.monotonicMs();
  const known = keyCache.get(digest);
  if (known !== null && now - known.readAtMs < KEY_CACHE_MS) return known;
  const { generation } = keyCache;
  const tenant = known?.tenant ?? (await store.asAccess((tx) => findTenants(tx, 'api-key', digest)))[0];
  const row = tenant === undefined ? null : await store.asTenant(tenant, (tx) => findApiKey(tx, digest));
  if (tenant === undefined || row === null || !timingSafeEqual(row.digest, digest)) {
    keyCache.drop(digest);
    return null;
  }
  const read = { tenant, row, principal: keyPrincipal(tenant, row), readAtMs: now };
  keyCache.keep(digest, read, generation);
  return read;
}

async function noteUse(context: AccessContext, usedAtMs: Map<string, number>, key: KnownKey): Promise<void> {
  const now = context.clock.monotonicMs();
  const last = usedAtMs.get(key.row.id);
  if (last !== undefined && now - last < USED_MS) return;
  usedAtMs.set(key.row.id, now);
  if (usedAtMs.size > MOST_NOTED) usedAtMs.delete(usedAtMs.keys().next().value ?? '');
  await context.store.asTenant(key.tenant, (tx) => markApiKeyUsed(tx, key.row.id, context.clock.now()));
}

async function refuse(context: AccessContext, reason: FailureReason): Promise<never> {
  await context.failures.record(reason);
  throw unauthenticated();
}
