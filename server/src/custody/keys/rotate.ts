// Rotation without downtime. First the new key, then every wrap under it, and only after a grace time, when no process
// can hold the old one for something new, a last look and the old key goes. Each step can be repeated after a crash.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ProblemError } from '@cordon/contract';
import { SYSTEM_TENANT, parseTenantId } from '#kernel/ids.ts';
import type { TenantId } from '#kernel/ids.ts';
import { KEY_BYTES } from './derive.ts';
import { createOnce, destroy, namesIn, readIfThere, writeDurably } from './files.ts';
import { parseKeyFile, printKeyFile } from './keyfile.ts';
import type { KeyStore } from './keystore.ts';
import { generationOf, keyIds } from './layout.ts';

/** A process looks for new tenant keys every second; one that was suspended longer than this finds its old key refused. */
const GRACE_MS = 10 * 60_000;

export interface Rotation {
  readonly key: string;
  readonly replaces: string;
  /** Keys that were put under the new one by this call. */
  readonly renewed: number;
}

/** A new tenant key; all erasure keys go under it. A rotation that is under way is continued. Data keys and rows do not change. */
export async function rotateTenantKey(store: KeyStore, tenant: TenantId): Promise<Rotation> {
  const keys = await store.tenantKeys(tenant);
  await keys.refresh(true);
  const layout = store.layout.tenant(tenant);
  const before = keyIds(namesIn(layout.keys));
  if (before.length === 1) await createNextTenantKey(store, tenant, keys.active);
  await keys.refresh(true);
  const renewed = await renewTenant(store, tenant);
  return { key: keys.active, replaces: before[0] ?? '', renewed };
}

/** A new root key; tenant keys, installation secret and signing keys go under it. For a root that Cordon keeps itself. */
export async function rotateRoot(store: KeyStore): Promise<Rotation> {
  const key = await store.root.begin(store.clock.now().getTime());
  const renewed = await renewUnderRoot(store, key);
  const replaced = (await store.root.underWay())?.replaced ?? [];
  return { key, replaces: replaced[0] ?? '', renewed };
}

/** Ends rotations whose grace time is over: last look, then the old keys are destroyed. Call at start and daily. */
export async function finishRotations(store: KeyStore, graceMs: number = GRACE_MS): Promise<readonly string[]> {
  const finished: string[] = [];
  for (const tenant of tenantsOf(store)) finished.push(...(await finishTenant(store, tenant, graceMs)));
  const underWay = await store.root.underWay();
  if (underWay === null || store.clock.now().getTime() - underWay.begunAtMs < graceMs) return finished;
  const key = await store.root.id();
  await renewUnderRoot(store, key);
  for (const replaces of underWay.replaced) {
    const detail = { key, level: 'root', replaces };
    store.events.announce({ tenant: SYSTEM_TENANT, kind: 'key.rotated', detail }, store.layout.installation);
  }
  await store.root.finish();
  return [...finished, ...underWay.replaced];
}

/** Every tenant that has keys. */
function tenantsOf(store: KeyStore): TenantId[] {
  return namesIn(store.layout.tenants).flatMap((name) => parseTenantId(name) ?? []);
}

async function createNextTenantKey(store: KeyStore, tenant: TenantId, replaces: string): Promise<void> {
  const layout = store.layout.tenant(tenant);
  const id = `tenant.${generationOf(replaces) + 1}`;
  const place = { level: 'tenant', of: id, tenant, by: await store.root.id() } as const;
  const secret = randomBytes(KEY_BYTES);
  const wrapped = await store.root.wrap(place, secret);
  secret.fill(0);
  const detail = { key: id, level: 'tenant', replaces };
  store.events.announce({ tenant, kind: 'key.rotated', detail }, layout.key(id));
  createOnce(layout.key(id), printKeyFile({ place, created: store.clock.now().toISOString(), wrapped }));
}

async function renewTenant(store: KeyStore, tenant: TenantId): Promise<number> {
  const keys = await store.tenantKeys(tenant);
  const layout = store.layout.tenant(tenant);
  keys.renew({ level: 'lookup', of: 'lookup' }, layout.lookup);
  const ids = keyIds(namesIn(layout.erasure));
  for (const id of ids) {
    if (existsSync(layout.gone(id))) continue;
    keys.renew({ level: 'erasure', of: id }, layout.erasureKey(id));
    // It may have been erased between reading and writing: the mark stands first, so it is seen here or at the next load.
    if (existsSync(layout.gone(id))) destroy(layout.erasureKey(id));
  }
  return ids.length;
}

async function finishTenant(store: KeyStore, tenant: TenantId, graceMs: number): Promise<readonly string[]> {
  const layout = store.layout.tenant(tenant);
  const ids = keyIds(namesIn(layout.keys));
  const newest = ids.at(-1);
  if (newest === undefined || ids.length === 1) return [];
  const text = readIfThere(layout.key(newest));
  const begun = text === null ? Number.NaN : Date.parse(parseKeyFile(text).created);
  if (!(store.clock.now().getTime() - begun >= graceMs)) return [];
  await (await store.tenantKeys(tenant)).refresh(true);
  await renewTenant(store, tenant);
  const replaced = ids.slice(0, -1);
  for (const id of replaced) destroy(layout.key(id));
  await (await store.tenantKeys(tenant)).refresh(true);
  return replaced;
}

async function renewUnderRoot(store: KeyStore, key: string): Promise<number> {
  const { layout } = store;
  const paths = [
    layout.installation,
    ...namesIn(layout.signing).map((name) => join(layout.signing, name)),
    ...tenantsOf(store).flatMap((tenant) => {
      const { keys } = layout.tenant(tenant);
      return namesIn(keys).map((name) => join(keys, name));
    }),
  ];
  for (const path of paths) await renewFile(store, path, key);
  return paths.length;
}

async function renewFile(store: KeyStore, path: string, by: string): Promise<void> {
  const text = readIfThere(path);
  if (text === null) return;
  const file = parseKeyFile(text);
  if (file.place.by === by) return;
  const place = { ...file.place, by };
  const secret = await opened(store, file.place, file.wrapped);
  const wrapped = await store.root.wrap(place, secret);
  secret.fill(0);
  writeDurably(path, printKeyFile({ ...file, place, wrapped }));
}

async function opened(
  store: KeyStore,
  place: Parameters<KeyStore['root']['unwrap']>[0],
  wrapped: Uint8Array,
): Promise<Buffer> {
  try {
    return await store.root.unwrap(place, wrapped);
  } catch (error) {
    throw new ProblemError('key_unavailable', { reason: 'key_file_invalid' }, error);
  }
}
