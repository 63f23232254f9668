// Finished stretches of a recognition under way, sealed, so that a restart goes on where the last one stopped.
import { openJson, sealJson } from '#custody/keys/sealed-json.ts';
import type { Binding, Sealer } from '#custody/keys/sealer.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Store } from '#platform/store/store.ts';
import type { Stretch } from './engines/messages.ts';
import { insertSegment, segmentsOf } from './transcriptions.queries.ts';

export interface StretchKeeper {
  /** What earlier attempts finished. */
  readonly heard: readonly Stretch[];
  /** Durable when it resolves. */
  keep(stretch: Stretch): Promise<void>;
}

export async function keepStretches(
  parts: { readonly store: Store },
  tenant: TenantId,
  sealer: Sealer,
  transcription: string,
): Promise<StretchKeeper> {
  const rows = await parts.store.asTenant(tenant, (tx) => segmentsOf(tx, transcription));
  const heard: Stretch[] = [];
  for (const row of rows)
    heard.push(await openJson<Stretch>(sealer, stretchBinding(tenant, transcription, row.ordinal), row));
  let next = (rows.at(-1)?.ordinal ?? 0) + 1;
  return {
    heard,
    keep: async (stretch) => {
      const ordinal = next++;
      const sealed = sealJson(sealer, stretchBinding(tenant, transcription, ordinal), 'clinical', stretch);
      const endMs = stretch.resumeAt * 1000;
      await parts.store.asTenant(tenant, (tx) => insertSegment(tx, transcription, ordinal, endMs, sealed));
    },
  };
}

/** Stretches kept after the one numbered `after`, and the number of the last. */
export async function readStretches(
  parts: { readonly store: Store },
  tenant: TenantId,
  sealer: Sealer,
  transcription: string,
  after: number,
): Promise<{ readonly stretches: readonly Stretch[]; readonly last: number }> {
  const rows = await parts.store.asTenant(tenant, (tx) => segmentsOf(tx, transcription, after));
  const stretches = await Promise.all(
    rows.map((row) => openJson<Stretch>(sealer, stretchBinding(tenant, transcription, row.ordinal), row)),
  );
  return { stretches, last: rows.at(-1)?.ordinal ?? after };
}

function stretchBinding(tenant: TenantId, transcription: string, ordinal: number): Binding {
  return { tenant, kind: 'transcript', id: transcription, version: ordinal };
}
