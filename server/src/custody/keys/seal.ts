// The Sealer: one data key per object, sealed here, wrapped by the erasure key of its class and month.
import { createHmac, createSecretKey } from 'node:crypto';
import type { RandomSource } from '#kernel/random.ts';
import { KEY_BYTES, SALT_BYTES } from './derive.ts';
import { ChunkSealer, FrameSealer, openChunks, openFrames, openWhole, sealWhole } from './envelope.ts';
import type { Binding, KeyWrap, RetentionClass, Sealed, Sealer, SealingFrames, SealingStream } from './sealer.ts';
import { KeptKey, type DataKey } from './shared-key.ts';
import type { ErasureKey, TenantKeys } from './tenant-keys.ts';
import { unwrapKey, wrapKey } from './wrap.ts';

/** Data key, salt of the object, salt of the wrap. */
export const FRESH_BYTES = KEY_BYTES + 2 * SALT_BYTES;

interface FreshKey extends DataKey {
  readonly salt: Buffer;
}

/** `fresh`: pieces of FRESH_BYTES. */
export function sealerOf(keys: TenantKeys, fresh: RandomSource): Sealer {
  return {
    seal: (binding, retention, plaintext, shared) =>
      shared instanceof KeptKey
        ? sealShared(keys, fresh, retention, shared, binding, plaintext)
        : seal(freshKey(keys, fresh, retention), binding, plaintext),
    sealStream: (binding, retention) => sealStream(freshKey(keys, fresh, retention), binding),
    sealFrames: (binding, retention) => sealFrames(freshKey(keys, fresh, retention), binding),
    open: async (binding, sealed) => {
      const dataKey = await dataKeyOf(keys, sealed.wrap);
      return wiping(dataKey, () => openWhole(dataKey, binding, sealed.ciphertext));
    },
    openStream: (binding, wrap, ciphertext) => openStream(keys, binding, wrap, ciphertext),
    openFrames: async (binding, sealed) => {
      const dataKey = await dataKeyOf(keys, sealed.wrap);
      return wiping(dataKey, () => openFrames(dataKey, binding, sealed.ciphertext));
    },
    dataKey: (wrap) => dataKeyOf(keys, wrap),
    lookup: (domain, value) =>
      createHmac('sha256', createSecretKey(keys.lookupKey)).update(`${domain}\n`).update(value).digest(),
  };
}

function seal({ dataKey, salt, wrap }: FreshKey, binding: Binding, plaintext: Uint8Array): Sealed {
  return wiping(dataKey, () => ({ ciphertext: sealWhole(dataKey, binding, plaintext, salt), wrap }));
}

/** Under the key that is kept, or under a fresh one that is kept from now on. */
function sealShared(
  keys: TenantKeys,
  fresh: RandomSource,
  retention: RetentionClass,
  kept: KeptKey,
  binding: Binding,
  plaintext: Uint8Array,
): Sealed {
  const current = keys.current(retention);
  const known = kept.under(current);
  if (known !== null) {
    const salt = fresh().subarray(0, SALT_BYTES);
    return { ciphertext: sealWhole(known.dataKey, binding, plaintext, salt), wrap: known.wrap };
  }
  const made = freshKeyUnder(current, fresh);
  kept.keep(made, current);
  return { ciphertext: sealWhole(made.dataKey, binding, plaintext, made.salt), wrap: made.wrap };
}

function sealStream({ dataKey, salt, wrap }: FreshKey, binding: Binding): SealingStream {
  const sealer = wiping(dataKey, () => new ChunkSealer(dataKey, binding, salt));
  return { wrap, push: (plaintext) => sealer.push(plaintext), end: () => sealer.end() };
}

function sealFrames({ dataKey, salt, wrap }: FreshKey, binding: Binding): SealingFrames {
  const sealer = wiping(dataKey, () => new FrameSealer(dataKey, binding, salt));
  return { wrap, header: sealer.header, seal: (plaintext) => sealer.seal(plaintext) };
}

async function* openStream(
  keys: TenantKeys,
  binding: Binding,
  wrap: KeyWrap,
  ciphertext: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  const dataKey = await dataKeyOf(keys, wrap);
  try {
    yield* openChunks(dataKey, binding, ciphertext);
  } finally {
    dataKey.fill(0);
  }
}

function freshKey(keys: TenantKeys, fresh: RandomSource, retention: RetentionClass): FreshKey {
  return freshKeyUnder(keys.current(retention), fresh);
}

function freshKeyUnder(erasureKey: ErasureKey, fresh: RandomSource): FreshKey {
  const bytes = fresh();
  const dataKey = bytes.subarray(0, KEY_BYTES);
  const salt = bytes.subarray(KEY_BYTES, KEY_BYTES + SALT_BYTES);
  const wrapped = wrapKey(erasureKey.key, 'data', erasureKey.context, dataKey, bytes.subarray(KEY_BYTES + SALT_BYTES));
  return { dataKey, salt, wrap: { erasureKey: erasureKey.id, wrapped } };
}

async function dataKeyOf(keys: TenantKeys, wrap: KeyWrap): Promise<Buffer> {
  await keys.refresh();
  const erasureKey = keys.find(wrap.erasureKey);
  return unwrapKey(erasureKey.key, 'data', erasureKey.context, wrap.wrapped);
}

/** The data key does not outlive its use. */
function wiping<T>(dataKey: Buffer, work: () => T): T {
  try {
    return work();
  } finally {
    dataKey.fill(0);
  }
}
