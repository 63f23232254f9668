// What came of a session whose consent was withdrawn: sealed pieces of sound and events that nobody may read any more. They wait a while for
// whoever must still decide about them, then they are deleted, and the ledger says so (docs/decisions/0093).
import { recorded } from '#custody/ledger/recorded.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { ClinicalParts } from '#clinical/encounters/encounters.ts';
import { deleteContent, markDeleted, withdrawnSessions } from './live.queries.ts';

/** Milliseconds: a week, as for recordings after sign-off and for copies of the key store (spec custody §2, §4). */
const KEPT_MS = 7 * 24 * 3_600_000;

const ACTOR = { type: 'system', id: 'live' } as const;

/** Returns how many sessions there were. */
export async function deleteWithdrawn(parts: ClinicalParts, tenant: TenantId): Promise<number> {
  const before = new Date(parts.clock.now().getTime() - KEPT_MS);
  const rows = await parts.store.asTenant(tenant, (tx) => withdrawnSessions(tx, before));
  for (const { id, encounter } of rows) {
    await recorded(parts, tenant, async (tx, record) => {
      if (!(await markDeleted(tx, id, parts.clock.now()))) return; // another process was faster
      const { pieces, bytes, events } = await deleteContent(tx, id);
      await record({
        kind: 'encounter.changed',
        actor: ACTOR,
        objects: [
          { type: 'encounter', id: encounter },
          { type: 'live-session', id },
        ],
        detail: { encounter, change: 'withdrawn-sound-deleted', session: id, pieces, bytes, events },
      });
    });
  }
  return rows.length;
}
