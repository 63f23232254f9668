// The key inventory: counts and dates, never a key. For doctor, the console and the evidence pack.
import type { TenantId } from '#kernel/ids.ts';
import { liveCopies } from './copies.ts';
import type { EscrowStatus } from './escrow.ts';
import { escrowStatus } from './escrow.ts';
import { namesIn, readIfThere } from './files.ts';
import { parseKeyFile } from './keyfile.ts';
import type { KeyStore } from './keystore.ts';
import { generationOf, keyIds } from './layout.ts';

export interface KeyInventory {
  readonly root: { readonly provider: string; readonly id: string; readonly rotationUnderWay: boolean };
  readonly tenant: { readonly version: number; readonly since: string };
  readonly erasure: { readonly live: number; readonly erased: number };
  readonly signing: { readonly id: string; readonly name: string };
  readonly copies: { readonly live: number; readonly lastExpires: string | null };
  readonly escrow: EscrowStatus;
}

/** Errors: `key_unavailable`. */
export async function keyInventory(store: KeyStore, tenant: TenantId): Promise<KeyInventory> {
  const keys = await store.tenantKeys(tenant);
  const layout = store.layout.tenant(tenant);
  const erasure = namesIn(layout.erasure);
  const copies = liveCopies(store);
  const { id, name } = store.signingKey();
  return {
    root: {
      provider: store.root.provider,
      id: await store.root.id(),
      rotationUnderWay: (await store.root.underWay()) !== null,
    },
    tenant: { version: generationOf(keys.active), since: createdAt(layout.key(keys.active)) },
    erasure: { live: keyIds(erasure).length, erased: keyIds(erasure, '.gone').length },
    signing: { id, name },
    copies: {
      live: copies.length,
      lastExpires:
        copies
          .map((copy) => copy.expires)
          .toSorted()
          .at(-1) ?? null,
    },
    escrow: await escrowStatus(store),
  };
}

function createdAt(path: string): string {
  const text = readIfThere(path);
  return text === null ? '' : parseKeyFile(text).created;
}
