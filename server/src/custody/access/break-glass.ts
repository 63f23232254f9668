// Break-glass: a look at an encounter without a relation to it, for a reason, for an hour, reviewed afterwards
// (45 CFR 164.312(a)(2)(ii), emergency access). And the guard that asks for the relation in the first place.
import { ProblemError } from '@cordon/contract';
import { openJson, sealJson, sealedColumns } from '#custody/keys/sealed-json.ts';
import type { Binding } from '#custody/keys/sealer.ts';
import { recorded } from '#custody/ledger/recorded.ts';
import { newId } from '#kernel/ids.ts';
import type { TenantId } from '#kernel/ids.ts';
import { Phi } from '#kernel/phi.ts';
import { insertLook, isLookOpen, listLookRows, lockLook, markReviewed } from './break-glass.queries.ts';
import type { AccessContext } from './context.ts';
import type { PersonPrincipal, Principal } from './principal.ts';

/** Reasons as they stand in the header of the entry; the person's own words are sealed. */
export type BreakGlassReason = 'emergency' | 'covering-colleague' | 'patient-request' | 'safety-investigation';

export interface Look {
  readonly id: string;
  readonly personId: string;
  readonly encounterId: string;
  readonly reasonCode: BreakGlassReason;
  readonly reason: Phi<string>;
  readonly openedAt: Date;
  readonly until: Date;
  readonly reviewedBy: string | null;
  readonly verdict: 'justified' | 'unjustified' | null;
}

/** Long enough for an emergency, short enough that it does not become the way to work. */
const LOOK_MS = 3_600_000;
/** Looks in one list; more than this unreviewed is its own finding. */
const MOST_LISTED = 500;

/** Asks clinical whether the person belongs to the encounter. Wired where both are known. */
export type HasRelation = (tenant: TenantId, encounter: string, person: string) => Promise<boolean>;

/** `belong`: a look is not enough. Whoever looks for an hour must not give themselves, or a friend, more than the hour. */
export type Reach = 'look' | 'belong';

/**
 * A person sees encounters they have a relation to, or an open look at. Programs are limited by their key's scopes instead.
 * Without either the answer is that of a thing that does not exist. Errors: `not_found`.
 */
export function createPatientGuard(
  context: AccessContext,
  hasRelation: HasRelation,
): (principal: Principal, encounter: string, reach?: Reach) => Promise<void> {
  return async (principal, encounter, reach = 'look') => {
    if (principal.kind === 'key') return;
    const { tenant, personId } = principal;
    if (await hasRelation(tenant, encounter, personId)) return;
    if (reach === 'belong') throw new ProblemError('not_found');
    const now = context.clock.now();
    const open = await context.store.asTenant(tenant, (tx) => isLookOpen(tx, personId, encounter, now));
    if (!open) throw new ProblemError('not_found');
  };
}

/** Opens a look for an hour. In the ledger before it can be used. */
export async function openLook(
  context: AccessContext,
  principal: PersonPrincipal,
  request: { readonly encounterId: string; readonly reasonCode: BreakGlassReason; readonly reason: Phi<string> },
): Promise<{ readonly id: string; readonly until: Date }> {
  const { tenant, actor, personId: person } = principal;
  const { encounterId: encounter, reasonCode, reason } = request;
  const id = newId();
  const at = context.clock.now();
  const until = new Date(at.getTime() + LOOK_MS);
  const sealer = await context.keys.forTenant(tenant);
  const sealed = sealedColumns(sealJson(sealer, reasonBinding(tenant, id), 'clinical', { reason: reason.reveal() }));
  await recorded(context, tenant, async (tx, record) => {
    await insertLook(tx, { tenant, id, person, encounter, reasonCode, at, until, reason: sealed });
    await record({
      kind: 'access.broken-glass',
      actor,
      objects: [{ type: 'encounter', id: encounter }],
      detail: { look: id, reason: reasonCode, until: until.toISOString() },
      body: reason.map((words) => Buffer.from(words, 'utf8')),
    });
  });
  return { id, until };
}

/** Looks, oldest first; `unreviewed` gives those that still wait for the privacy officer. */
export async function listLooks(
  context: AccessContext,
  tenant: TenantId,
  unreviewed: boolean,
): Promise<readonly Look[]> {
  const rows = await context.store.asTenant(tenant, (tx) => listLookRows(tx, unreviewed, MOST_LISTED));
  const sealer = await context.keys.forTenant(tenant);
  return Promise.all(
    rows.map(async (row) => {
      const { reason } = await openJson<{ readonly reason: string }>(sealer, reasonBinding(tenant, row.id), row);
      return {
        id: row.id,
        personId: row.person,
        encounterId: row.encounter,
        reasonCode: row.reason_code,
        reason: Phi.of(reason),
        openedAt: row.opened_at,
        until: row.until,
        reviewedBy: row.reviewed_by,
        verdict: row.verdict,
      };
    }),
  );
}

/** Nobody reviews their own look; a review stands. Errors: `not_found`, `second_person_required`, `conflict`. */
export async function reviewLook(
  context: AccessContext,
  principal: PersonPrincipal,
  id: string,
  verdict: 'justified' | 'unjustified',
): Promise<void> {
  const { tenant, actor, personId: by } = principal;
  await recorded(context, tenant, async (tx, record) => {
    const look = await lockLook(tx, id);
    if (look === null) throw new ProblemError('not_found');
    if (look.person === by) throw new ProblemError('second_person_required');
    if (look.reviewed_at !== null) throw new ProblemError('conflict', { reason: 'reviewed' });
    await markReviewed(tx, id, { by, at: context.clock.now(), verdict });
    await record({ kind: 'access.reviewed', actor, detail: { look: id, verdict } });
  });
}

function reasonBinding(tenant: TenantId, id: string): Binding {
  return { tenant, kind: 'secret', id: `break-glass.${id}`, version: 1 };
}
