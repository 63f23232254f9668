// What the parts of one live session share: who it belongs to and under which epoch it is held.
import { isProblem, ProblemError, type ProblemCode } from '@cordon/contract';
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
  /** Errors unless `isHeld`: `consent_withdrawn`, `live_session_taken` when another process took it up, `conflict` when it was closed. */
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
      if (row?.state === 'quarantined' || row?.state === 'deleted') throw new ProblemError('consent_withdrawn');
      throw new ProblemError(row?.state === 'open' ? 'live_session_taken' : 'conflict');
    },
  };
}

const LOST: ReadonlySet<ProblemCode> = new Set(['consent_withdrawn', 'live_session_taken', 'conflict']);

/** Whether it is an error of `mustHold`: the session is somebody else's or nobody's. */
export function isLost(error: unknown): error is ProblemError {
  return isProblem(error) && LOST.has(error.code);
}
