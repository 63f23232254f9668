// The keys of one tenant in memory: tenant key generations, the look-up key, erasure keys as they are needed.
// What was erased by another process is noticed within ERASURE_CHECK_MS and wiped from this one's memory.
import { existsSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { ProblemError } from '@cordon/contract';
import type { Clock } from '#kernel/clock.ts';
import type { TenantId } from '#kernel/ids.ts';
import { KEY_BYTES } from './derive.ts';
import type { KeyEvents } from './events.ts';
import { createOnce, destroy, ensureDirectory, namesIn, readIfThere, writeDurably } from './files.ts';
import { parseKeyFile, printKeyFile } from './keyfile.ts';
import { erasureKeyId, generationOf, keyIds, parseErasureKeyId } from './layout.ts';
import type { TenantLayout } from './layout.ts';
import type { RootKey } from './root.ts';
import type { RetentionClass } from './sealer.ts';
import type { WrapPlace } from './wrap.ts';
import { unwrapKey, wrapContext, wrapKey } from './wrap.ts';

/** The longest time for which a process may still use an erasure key that another one destroyed: one stat per key and second. */
const ERASURE_CHECK_MS = 1000;

export interface ErasureKey {
  readonly id: string;
  readonly key: Buffer;
  /** Context of a data key wrapped by this key (docs/formats/envelope.md §3). */
  readonly context: Buffer;
}

interface Cached extends ErasureKey {
  checkedAtMs: number;
}

export interface TenantKeysOptions {
  readonly tenant: TenantId;
  readonly layout: TenantLayout;
  readonly root: RootKey;
  readonly clock: Clock;
  readonly events: KeyEvents;
}

export class TenantKeys {
  readonly #options: TenantKeysOptions;
  readonly #generations = new Map<string, Buffer>();
  readonly #erasure = new Map<string, Cached>();
  readonly #current = new Map<RetentionClass, { readonly month: string; readonly id: string }>();
  #active = '';
  #lookup: Buffer = Buffer.alloc(0);
  #loadedAtMs = Number.NEGATIVE_INFINITY;

  private constructor(options: TenantKeysOptions) {
    this.#options = options;
  }

  /** Loads the tenant's keys; creates them on first use. Errors: `key_unavailable`. */
  static async load(options: TenantKeysOptions): Promise<TenantKeys> {
    const keys = new TenantKeys(options);
    await keys.refresh();
    keys.#completeErasures();
    return keys;
  }

  /** Id of the tenant key that wraps new erasure keys. */
  get active(): string {
    return this.#active;
  }

  get lookupKey(): Uint8Array {
    return this.#lookup;
  }

  /** Sees what other processes did to the tenant's keys; does nothing within a second of the last look unless told to. */
  async refresh(force = false): Promise<void> {
    const now = this.#options.clock.monotonicMs();
    if (!force && now - this.#loadedAtMs < ERASURE_CHECK_MS) return;
    await this.#loadGenerations();
    if (this.#lookup.length === 0) this.#lookup = this.#loadLookup();
    this.#loadedAtMs = now;
  }

  /** The key that seals new objects of this class now. Made on first use in a month. */
  current(retention: RetentionClass): ErasureKey {
    const month = this.#options.clock.now().toISOString().slice(0, 7);
    const known = this.#current.get(retention);
    const cached = known?.month === month ? this.#cached(known.id, true) : null;
    if (cached !== null) return cached;
    const id = this.#selectOrCreate(retention, month);
    this.#current.set(retention, { month, id });
    return this.find(id);
  }

  /** Errors: `content_destroyed` when the key was erased, `key_unavailable` when it is missing without having been. */
  find(id: string): ErasureKey {
    const cached = this.#cached(id, false);
    if (cached !== null) return cached;
    const { layout, clock, tenant } = this.#options;
    if (parseErasureKeyId(id) === null) throw new ProblemError('key_unavailable', { reason: 'key_id' });
    if (existsSync(layout.gone(id))) throw new ProblemError('content_destroyed');
    const key = this.#unwrapped(layout.erasureKey(id), { level: 'erasure', of: id, tenant });
    const context = wrapContext({ level: 'data', by: id, of: null, tenant });
    const found: Cached = { id, key, context, checkedAtMs: clock.monotonicMs() };
    this.#erasure.set(id, found);
    return found;
  }

  /** Makes the next generation after `id`, which no longer seals from then on. Returns the successor's id; repeatable. */
  succeed(id: string): string {
    const name = parseErasureKeyId(id);
    if (name === null) throw new ProblemError('key_unavailable', { reason: 'key_id' });
    const next = erasureKeyId({ ...name, generation: name.generation + 1 });
    this.#create(next, id);
    this.#current.delete(name.retention);
    return next;
  }

  /** Puts the wrap of an erasure key, or of the look-up key, under the active tenant key. Repeatable. */
  renew(place: Omit<WrapPlace, 'by' | 'tenant'>, path: string): void {
    const text = readIfThere(path);
    if (text === null || parseKeyFile(text).place.by === this.#active) return;
    const { tenant } = this.#options;
    const secret = this.#unwrapped(path, { ...place, tenant });
    const renewed = { level: place.level, of: place.of ?? '', tenant, by: this.#active };
    const wrapped = wrapKey(this.#generation(this.#active), place.level, wrapContext(renewed), secret);
    secret.fill(0);
    writeDurably(path, printKeyFile({ ...parseKeyFile(text), place: renewed, wrapped }));
  }

  /** Overwrites the key in memory. */
  forget(id: string): void {
    this.#erasure.get(id)?.key.fill(0);
    this.#erasure.delete(id);
  }

  /** Overwrites everything in memory; load again afterwards. */
  close(): void {
    for (const id of this.#erasure.keys()) this.forget(id);
    for (const key of this.#generations.values()) key.fill(0);
    this.#lookup.fill(0);
    this.#generations.clear();
    this.#current.clear();
  }

  /** A process died between the mark and the deletion, or a rotation wrote a key that was being erased. */
  #completeErasures(): void {
    const { layout } = this.#options;
    for (const id of keyIds(namesIn(layout.erasure), '.gone')) {
      if (existsSync(layout.erasureKey(id))) destroy(layout.erasureKey(id));
    }
  }

  #cached(id: string, mustBeNewest: boolean): ErasureKey | null {
    const cached = this.#erasure.get(id);
    if (cached === undefined) return null;
    const now = this.#options.clock.monotonicMs();
    if (now - cached.checkedAtMs < ERASURE_CHECK_MS) return cached;
    const { layout } = this.#options;
    if (existsSync(layout.gone(id)) || !existsSync(layout.erasureKey(id))) {
      this.forget(id);
      return null;
    }
    if (mustBeNewest && this.#hasSuccessor(id)) return null;
    cached.checkedAtMs = now;
    return cached;
  }

  #hasSuccessor(id: string): boolean {
    const name = parseErasureKeyId(id);
    if (name === null) return false;
    const next = erasureKeyId({ ...name, generation: name.generation + 1 });
    return existsSync(this.#options.layout.erasureKey(next)) || existsSync(this.#options.layout.gone(next));
  }

  #selectOrCreate(retention: RetentionClass, month: string): string {
    const { layout } = this.#options;
    const names = namesIn(layout.erasure).filter((name) => name.startsWith(`${retention}.${month}.`));
    const gone = new Set(keyIds(names, '.gone'));
    const newest = [...keyIds(names), ...gone].toSorted((a, b) => generationOf(a) - generationOf(b)).at(-1);
    if (newest !== undefined && !gone.has(newest)) return newest;
    const generation = newest === undefined ? 1 : generationOf(newest) + 1;
    const id = erasureKeyId({ retention, month, generation });
    this.#create(id, null);
    return id;
  }

  /** Of several processes one creates; the others find its key. */
  #create(id: string, replaces: string | null): void {
    const { layout, tenant, events, clock } = this.#options;
    const path = layout.erasureKey(id);
    if (existsSync(path)) return;
    const by = this.#active;
    const detail = { key: id, level: 'erasure', ...(replaces === null ? {} : { replaces }) };
    events.announce({ tenant, kind: replaces === null ? 'key.created' : 'key.rotated', detail }, path);
    const place = { level: 'erasure', of: id, tenant, by } as const;
    const key = randomBytes(KEY_BYTES);
    const wrapped = wrapKey(this.#generation(by), place.level, wrapContext(place), key);
    key.fill(0);
    const made = createOnce(path, printKeyFile({ place, created: clock.now().toISOString(), wrapped }));
    // A rotation that ended meanwhile could have deleted the tenant key this was wrapped by: then nothing may be sealed with it.
    if (made && !existsSync(layout.key(by))) {
      destroy(path);
      throw new ProblemError('key_unavailable', { reason: 'tenant_key_rotated' });
    }
  }

  async #loadGenerations(): Promise<void> {
    const { layout, root } = this.#options;
    // Where the whole key store is away (not mounted), nothing is made in its place: without its root nothing is.
    if (!existsSync(layout.keys)) await root.id();
    ensureDirectory(layout.keys);
    ensureDirectory(layout.erasure);
    let ids = keyIds(namesIn(layout.keys));
    if (ids.length === 0) {
      await this.#createFirstGeneration();
      ids = keyIds(namesIn(layout.keys));
    }
    for (const id of ids) {
      if (!this.#generations.has(id)) this.#generations.set(id, await this.#openGeneration(id));
    }
    for (const [id, key] of this.#generations) {
      if (ids.includes(id)) continue;
      key.fill(0);
      this.#generations.delete(id);
    }
    this.#active = ids.at(-1) ?? '';
  }

  async #createFirstGeneration(): Promise<void> {
    const { layout, tenant, root, clock, events } = this.#options;
    const id = 'tenant.1';
    // Erasure keys without any tenant key: the key store is damaged, and a new tenant key would only hide it.
    if (keyIds(namesIn(layout.erasure)).length > 0)
      throw new ProblemError('key_unavailable', { reason: 'tenant_key_missing' });
    const place = { level: 'tenant', of: id, tenant, by: await root.id() } as const;
    const key = randomBytes(KEY_BYTES);
    const wrapped = await root.wrap(place, key);
    events.announce({ tenant, kind: 'key.created', detail: { key: id, level: 'tenant' } }, layout.key(id));
    createOnce(layout.key(id), printKeyFile({ place, created: clock.now().toISOString(), wrapped }));
    key.fill(0);
  }

  async #openGeneration(id: string): Promise<Buffer> {
    const { layout, tenant, root } = this.#options;
    const text = readIfThere(layout.key(id));
    if (text === null) throw new ProblemError('key_unavailable', { reason: 'tenant_key_missing' });
    const file = parseKeyFile(text);
    return unavailableUnless(() => root.unwrap({ level: 'tenant', of: id, tenant, by: file.place.by }, file.wrapped));
  }

  #loadLookup(): Buffer {
    const { layout, tenant, clock } = this.#options;
    if (!existsSync(layout.lookup)) {
      const place = { level: 'lookup', of: 'lookup', tenant, by: this.#active } as const;
      const wrapped = wrapKey(this.#generation(place.by), place.level, wrapContext(place), randomBytes(KEY_BYTES));
      createOnce(layout.lookup, printKeyFile({ place, created: clock.now().toISOString(), wrapped }));
    }
    return this.#unwrapped(layout.lookup, { level: 'lookup', of: 'lookup', tenant });
  }

  #unwrapped(path: string, expected: Omit<WrapPlace, 'by'>): Buffer {
    const text = readIfThere(path);
    if (text === null) throw new ProblemError('key_unavailable', { reason: 'key_missing' });
    const file = parseKeyFile(text);
    const place: WrapPlace = { ...expected, by: file.place.by };
    try {
      return unwrapKey(this.#generation(place.by), place.level, wrapContext(place), file.wrapped);
    } catch (error) {
      throw new ProblemError('key_unavailable', { reason: 'key_file_invalid' }, error);
    }
  }

  #generation(id: string): Buffer {
    const key = this.#generations.get(id);
    // A Sealer held across the end of a rotation: the caller's next `forTenant` loads the new generation.
    if (key === undefined) throw new ProblemError('key_unavailable', { reason: 'tenant_key_unknown' });
    return key;
  }
}

async function unavailableUnless(open: () => Promise<Buffer>): Promise<Buffer> {
  try {
    return await open();
  } catch (error) {
    throw new ProblemError('key_unavailable', { reason: 'key_file_invalid' }, error);
  }
}
