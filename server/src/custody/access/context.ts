// What the parts of identity work with, and the keyed digests under which credentials are stored.
import { createHmac, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import type { Keys } from '#custody/keys/sealer.ts';
import type { Ledger } from '#custody/ledger/ledger.ts';
import type { Clock } from '#kernel/clock.ts';
import type { Store } from '#platform/store/store.ts';
import type { FailureRecorder } from './failures.ts';
import { failureRecorder } from './failures.ts';
import { KeyCache } from './key-cache.ts';
import type { Passwords } from './passwords.ts';
import { passwordsWith } from './passwords.ts';

/** Derives a key from the installation secret; the same purpose always gives the same bytes. `KeyStore.installation.derive`. */
type Derive = (purpose: string, length?: number) => Uint8Array;

export interface AccessContext {
  readonly store: Store;
  readonly keys: Keys;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly digests: Digests;
  readonly passwords: Passwords;
  readonly failures: FailureRecorder;
  readonly keyCache: KeyCache;
  /** Sessions hold only from the network address that opened them. Off by default: mobile networks change addresses. */
  readonly bindAddress: boolean;
}

export interface AccessOptions {
  readonly store: Store;
  readonly keys: Keys;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly derive: Derive;
  readonly bindAddress?: boolean;
}

export function accessContext(options: AccessOptions): AccessContext {
  const { store, keys, ledger, clock, derive, bindAddress = false } = options;
  return {
    store,
    keys,
    ledger,
    clock,
    bindAddress,
    digests: digestsOf(derive),
    passwords: passwordsWith(derive('access password pepper v1')),
    failures: failureRecorder({ ledger, clock }),
    keyCache: new KeyCache(),
  };
}

type CredentialKind = 'email' | 'session' | 'api-key' | 'invitation' | 'recovery' | 'address';

/** HMAC-SHA-256 under a key derived per kind: a database without the key store tells nothing about any credential. */
export interface Digests {
  of(kind: CredentialKind, value: string): Buffer;
}

const TOKEN_BYTES = 32;

function digestsOf(derive: Derive): Digests {
  // KeyObjects: node:crypto takes 10 µs to find out that a Buffer is none.
  const keys = new Map<CredentialKind, KeyObject>();
  const keyOf = (kind: CredentialKind): KeyObject => {
    const key = keys.get(kind) ?? createSecretKey(derive(`access digest v1 ${kind}`));
    keys.set(kind, key);
    return key;
  };
  return { of: (kind, value) => createHmac('sha256', keyOf(kind)).update(value).digest() };
}

/** 256 random bits behind a prefix that says what it is, so that a leaked one is recognised by scanners. */
export function newToken(prefix: 'cordon_' | 'cordon_s_' | 'cordon_i_'): string {
  return `${prefix}${randomBytes(TOKEN_BYTES).toString('base64url')}`;
}

/** One address has one digest: case and composition do not count (RFC 5321 lets only the local part's owner say otherwise). */
export function emailDigest(digests: Digests, email: string): Buffer {
  return digests.of('email', email.trim().normalize('NFKC').toLowerCase());
}
