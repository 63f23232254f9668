// The key store: a directory apart from the database, in no database backup (spec custody §2, docs/formats/key-store.md).
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ProblemError } from '@cordon/contract';
import type { Clock } from '#kernel/clock.ts';
import { SYSTEM_TENANT } from '#kernel/ids.ts';
import type { TenantId } from '#kernel/ids.ts';
import { createRandomSource } from '#kernel/random.ts';
import type { AppendKeyEvent } from './events.ts';
import { KeyEvents } from './events.ts';
import { ensureDirectory, namesIn, sweepTemporaries } from './files.ts';
import type { Installation, SigningKey } from './installation.ts';
import { activateSigningKey, currentSigningKey, openInstallation, prepareSigningKey } from './installation.ts';
import type { Layout } from './layout.ts';
import { keyIds, layoutOf } from './layout.ts';
import type { RenewableRoot } from './root.ts';
import { openRootFile } from './root.ts';
import { FRESH_BYTES, sealerOf } from './seal.ts';
import type { Keys, Sealer } from './sealer.ts';
import { selfTest } from './self-test.ts';
import { TenantKeys } from './tenant-keys.ts';

export interface KeyStoreOptions {
  /** `CORDON_KEYS`. Created with mode 0700. */
  readonly directory: string;
  /** The root key file; by default `root.key` in the directory. */
  readonly rootFile?: string;
  readonly clock: Clock;
}

/** Others than the owner could read the directory. */
const LOOSE_MODE = 0o077;
/** Data keys and salts that lie in memory ahead of their use; they are wiped when used. */
const FRESH_AT_ONCE = 32;
/** Signing keys change rarely; another process's rotation is seen within this time. */
const SIGNING_CHECK_MS = 1000;

export class KeyStore implements Keys {
  readonly installation: Installation;
  readonly layout: Layout;
  readonly root: RenewableRoot;
  readonly events: KeyEvents;
  readonly clock: Clock;
  readonly #tenants = new Map<TenantId, Promise<TenantKeys>>();
  readonly #sealers = new WeakMap<TenantKeys, Sealer>();
  readonly #fresh = createRandomSource(FRESH_BYTES, FRESH_AT_ONCE);
  #signing: SigningKey;
  #signingCheckedAtMs: number;

  private constructor(parts: {
    readonly installation: Installation;
    readonly layout: Layout;
    readonly root: RenewableRoot;
    readonly events: KeyEvents;
    readonly clock: Clock;
    readonly signing: SigningKey;
  }) {
    this.installation = parts.installation;
    this.layout = parts.layout;
    this.root = parts.root;
    this.events = parts.events;
    this.clock = parts.clock;
    this.#signing = parts.signing;
    this.#signingCheckedAtMs = parts.clock.monotonicMs();
  }

  /** Opens or creates the key store. Does real cryptographic operations first (spec custody §2). Errors: `key_unavailable`. */
  static async open(options: KeyStoreOptions): Promise<KeyStore> {
    selfTest();
    const { directory, clock } = options;
    ensureDirectory(directory);
    if ((statSync(directory).mode & LOOSE_MODE) !== 0) {
      throw new ProblemError('key_unavailable', { reason: 'key_directory_mode' });
    }
    sweepTemporaries(directory, clock.now().getTime());
    const layout = layoutOf(directory);
    for (const path of [layout.tenants, layout.pending, layout.records, layout.signing]) ensureDirectory(path);
    const first = !existsSync(layout.installation) && namesIn(layout.tenants).length === 0;
    const rootFile = options.rootFile ?? join(directory, 'root.key');
    const root = openRootFile(rootFile, { mayCreate: first, nowMs: clock.now().getTime() });
    const events = new KeyEvents(layout.pending, () => clock.now().getTime());
    if (first) {
      const detail = { key: await root.id(), level: 'root' };
      events.announce({ tenant: SYSTEM_TENANT, kind: 'key.created', detail }, layout.installation);
    }
    const installation = await openInstallation(layout, root, clock.now());
    const signing = await currentSigningKey(layout, root, signingName(installation), clock.now());
    return new KeyStore({ installation, layout, root, events, clock, signing });
  }

  async forTenant(tenant: TenantId): Promise<Sealer> {
    const keys = await this.tenantKeys(tenant);
    const known = this.#sealers.get(keys);
    if (known !== undefined) return known;
    const made = sealerOf(keys, this.#fresh);
    this.#sealers.set(keys, made);
    return made;
  }

  /** The tenant's keys as this process holds them: for rotation, re-wrap and erasure. */
  async tenantKeys(tenant: TenantId): Promise<TenantKeys> {
    const loading = this.#tenants.get(tenant) ?? this.#load(tenant);
    const keys = await loading;
    await keys.refresh();
    return keys;
  }

  /** The key that signs now (docs/formats/checkpoint.md). A rotation by another process is seen within a second of calling `refreshSigningKey`. */
  signingKey(): SigningKey {
    return this.#signing;
  }

  /** Looks, at most once a second, whether another process changed the signing key. */
  async refreshSigningKey(): Promise<SigningKey> {
    const now = this.clock.monotonicMs();
    const due = now - this.#signingCheckedAtMs >= SIGNING_CHECK_MS;
    if (due && keyIds(namesIn(this.layout.signing)).at(-1) !== this.#signing.id) await this.#loadSigningKey();
    if (due) this.#signingCheckedAtMs = now;
    return this.#signing;
  }

  /** Step 1 of 2 of a rotation: the successor. The ledger records `log.key-changed` with both signatures, then calls `activateSigningKey`. */
  async prepareSigningKey(): Promise<SigningKey> {
    return prepareSigningKey(this.layout, this.root, signingName(this.installation), this.clock.now());
  }

  async activateSigningKey(id: string): Promise<void> {
    activateSigningKey(this.layout, id);
    await this.#loadSigningKey();
  }

  /** Sends what happened to keys to the ledger. Call at start and after key operations. */
  async recordEvents(append: AppendKeyEvent): Promise<number> {
    return this.events.drain(append);
  }

  /** Overwrites all keys in memory. */
  async close(): Promise<void> {
    const open = await Promise.allSettled(this.#tenants.values());
    for (const result of open) if (result.status === 'fulfilled') result.value.close();
    this.#tenants.clear();
  }

  async #loadSigningKey(): Promise<void> {
    const name = signingName(this.installation);
    this.#signing = await currentSigningKey(this.layout, this.root, name, this.clock.now());
  }

  async #load(tenant: TenantId): Promise<TenantKeys> {
    const { root, events, layout } = this;
    const loading = TenantKeys.load({ tenant, layout: layout.tenant(tenant), root, events, clock: this.clock });
    this.#tenants.set(tenant, loading);
    try {
      return await loading;
    } catch (error) {
      this.#tenants.delete(tenant);
      throw error;
    }
  }
}

function signingName(installation: Installation): string {
  return `cordon.local/${installation.id}`;
}
