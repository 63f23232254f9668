// What the parts of one live session share: who it belongs to and under which epoch it is held.
import { ProblemError } from '@cordon/contract';
import type { TranscriptionParts } from '#clinical/transcription/transcriptions.ts';
import type { Sealer } from '#custody/keys/sealer.ts';
import type { TenantId } from '#kernel/ids.ts';
import { sessionById, type Held } from './live.queries.ts';

export interface Desk {
  readonly parts: TranscriptionParts;
  readonly tenant: TenantId;
  readonly sealer: Sealer;
  readonly session: string;
  readonly held: Held;
  /** Errors unless `isHeld`: `consent_withdrawn`, or `conflict` when the session was closed or taken up elsewhere. */
  mustHold(isHeld: boolean): Promise<void>;
}

export async function createDesk(
  parts: TranscriptionParts,
  tenant: TenantId,
  session: string,
  epoch: number,
): Promise<Desk> {
  const sealer = await parts.keys.forTenant(tenant);
  return {
    parts,
    tenant,
    sealer,
    session,
    held: { session, epoch },
    mustHold: async (isHeld) => {
      if (isHeld) return;
      const row = await parts.store.asTenant(tenant, (tx) => sessionById(tx, session));
      throw new ProblemError(row?.state === 'quarantined' ? 'consent_withdrawn' : 'conflict');
    },
  };
}
