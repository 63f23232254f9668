// Cryptographic erasure: the erasure key's file is destroyed, and with it everything sealed under it, wherever copies of
// rows and ciphertext may lie (NIST SP 800-88; spec custody §2, §4).
import { existsSync } from 'node:fs';
import { ProblemError } from '@cordon/contract';
import type { TenantId } from '#kernel/ids.ts';
import { createOnce, destroy, readIfThere } from './files.ts';
import { parseKeyFile } from './keyfile.ts';
import type { KeyStore } from './keystore.ts';
import { erasureKeyId, parseErasureKeyId } from './layout.ts';
import type { TenantLayout } from './layout.ts';

/**
 * The longest time that may pass between sealing something and committing its row: a long recording, a stuck transaction,
 * clocks of several machines. Within it a key that no longer seals may still be in use somewhere.
 */
const QUIET_MS = 24 * 3_600_000;

/** Another process may use the key for at most `ERASURE_CHECK_MS` after this resolves. */
export interface Erased {
  readonly key: string;
  /** RFC 3339: when the mark was made. */
  readonly at: string;
}

/**
 * Destroys an erasure key. It must no longer seal: its month is over, or `succeed` made a successor, and `quietMs` passed
 * since. Survivors are re-wrapped before. Repeatable after a crash. Errors: `conflict` with `reason` `key_in_use`.
 */
export async function eraseKey(
  store: KeyStore,
  tenant: TenantId,
  id: string,
  quietMs: number = QUIET_MS,
): Promise<Erased> {
  const layout = store.layout.tenant(tenant);
  const now = store.clock.now();
  if (!existsSync(layout.gone(id))) {
    refuseInUse(layout, id, now.getTime() - quietMs);
    store.events.announce({ tenant, kind: 'key.erased', detail: { key: id, level: 'erasure' } }, layout.gone(id));
    createOnce(layout.gone(id), `${JSON.stringify({ format: 'cordon-erased/1', key: id, at: now.toISOString() })}\n`);
  }
  destroy(layout.erasureKey(id));
  const keys = await store.tenantKeys(tenant);
  keys.forget(id);
  readBack(() => keys.find(id));
  return { key: id, at: markedAt(layout, id) };
}

/** Erases again what the ledger says was destroyed: after a restore, before any key is used (spec custody §8). */
export async function replayErasures(store: KeyStore, tenant: TenantId, ids: readonly string[]): Promise<void> {
  const layout = store.layout.tenant(tenant);
  for (const id of ids) {
    if (parseErasureKeyId(id) === null) throw new ProblemError('key_unavailable', { reason: 'key_id' });
    const at = store.clock.now().toISOString();
    createOnce(layout.gone(id), `${JSON.stringify({ format: 'cordon-erased/1', key: id, at })}\n`);
    await eraseKey(store, tenant, id);
  }
}

function refuseInUse(layout: TenantLayout, id: string, quietSinceMs: number): void {
  const retired = retiredAtMs(layout, id);
  if (retired === null || retired > quietSinceMs) throw new ProblemError('conflict', { reason: 'key_in_use' });
}

/** When the key stopped sealing: the successor's birth, or the end of its month. Null when it has not. */
function retiredAtMs(layout: TenantLayout, id: string): number | null {
  const name = parseErasureKeyId(id);
  if (name === null) throw new ProblemError('key_unavailable', { reason: 'key_id' });
  if (!existsSync(layout.erasureKey(id))) throw new ProblemError('not_found');
  const successor = readIfThere(layout.erasureKey(erasureKeyId({ ...name, generation: name.generation + 1 })));
  if (successor !== null) return Date.parse(parseKeyFile(successor).created);
  const [year = 0, month = 0] = name.month.split('-').map(Number);
  return Date.UTC(year, month);
}

function readBack(find: () => unknown): void {
  try {
    find();
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'content_destroyed') return;
    throw error;
  }
  throw new ProblemError('key_unavailable', { reason: 'still_there' });
}

function markedAt(layout: TenantLayout, id: string): string {
  const mark: unknown = JSON.parse(readIfThere(layout.gone(id)) ?? '{}');
  return typeof mark === 'object' && mark !== null && 'at' in mark && typeof mark.at === 'string' ? mark.at : '';
}
