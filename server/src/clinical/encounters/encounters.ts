// Encounters: what a recording, a transcript, a draft and a note belong to. The record system's own identifiers are PHI:
// sealed, and looked up by keyed digest.
import { ProblemError } from '@cordon/contract';
import type { ActorRef, Ledger } from '#custody/ledger/ledger.ts';
import { recorded } from '#custody/ledger/recorded.ts';
import { openJson, sealJson } from '#custody/keys/sealed-json.ts';
import type { Keys, Sealer } from '#custody/keys/sealer.ts';
import type { Clock } from '#kernel/clock.ts';
import type { TenantId } from '#kernel/ids.ts';
import { Phi } from '#kernel/phi.ts';
import type { Store, Transaction } from '#platform/store/store.ts';
import { consentStatus, type ConsentStatus } from './consent.ts';
import {
  consentsOf,
  encounterById,
  encounterByReference,
  hasRelation,
  insertEncounter,
  insertRelation,
  listEncounters,
  type EncounterRow,
} from './encounters.queries.ts';

/** What identifies patient and visit elsewhere, and when it took place (RFC 3339). PHI. */
export interface VisitIdentity {
  readonly patient: string;
  readonly reference: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

export interface Encounter {
  readonly id: string;
  readonly purpose: string;
  readonly demo: boolean;
  readonly state: 'open' | 'closed';
  readonly consent: ConsentStatus;
  readonly clinician: string | null;
  readonly createdAt: Date;
  readonly identity: Phi<VisitIdentity>;
}

export interface NewVisit {
  readonly id: string;
  readonly purpose: string;
  readonly demo: boolean;
  readonly clinician: string | null;
  readonly identity: VisitIdentity;
}

export interface ClinicalParts {
  readonly store: Store;
  readonly keys: Keys;
  readonly ledger: Ledger;
  readonly clock: Clock;
}

export interface EncounterQuery {
  readonly person: string | null;
  readonly state: 'open' | 'closed' | null;
  readonly before: { readonly at: Date; readonly id: string } | null;
  readonly limit: number;
}

export async function createEncounter(
  parts: ClinicalParts,
  tenant: TenantId,
  actor: ActorRef,
  visit: NewVisit,
): Promise<Encounter> {
  const { id } = visit;
  const createdAt = parts.clock.now();
  const sealer = await parts.keys.forTenant(tenant);
  const { patient, reference } = visit.identity;
  await recorded(parts, tenant, async (tx, record) => {
    await insertEncounter(tx, {
      id,
      purpose: visit.purpose,
      demo: visit.demo,
      patientDigest: sealer.lookup('patient', patient),
      referenceDigest: reference === null ? null : sealer.lookup('encounter', reference),
      createdBy: actor.id,
      clinician: visit.clinician,
      createdAt,
      sealed: sealJson(sealer, encounterBinding(tenant, id), 'clinical', visit.identity),
    });
    if (visit.clinician !== null) await insertRelation(tx, id, visit.clinician, 'clinician', createdAt);
    await record({
      kind: 'encounter.created',
      actor,
      objects: [{ type: 'encounter', id }],
      detail: { encounter: id, purpose: visit.purpose, demo: visit.demo },
    });
  });
  return readEncounter(parts, tenant, id);
}

/** Errors: `not_found`, also for another tenant's (row-level security makes the two one case). */
export async function readEncounter(parts: ClinicalParts, tenant: TenantId, id: string): Promise<Encounter> {
  const sealer = await parts.keys.forTenant(tenant);
  return parts.store.asTenant(tenant, async (tx) => openEncounter(tx, sealer, tenant, await mustFind(tx, id)));
}

export async function findEncounters(
  parts: ClinicalParts,
  tenant: TenantId,
  query: EncounterQuery,
): Promise<readonly Encounter[]> {
  const sealer = await parts.keys.forTenant(tenant);
  return parts.store.asTenant(tenant, async (tx) => {
    const rows = await listEncounters(tx, query);
    const found: Encounter[] = [];
    for (const row of rows) found.push(await openEncounter(tx, sealer, tenant, row));
    return found;
  });
}

/** The newest encounter with the caller's own reference; null when there is none. */
export async function findByReference(
  parts: ClinicalParts,
  tenant: TenantId,
  reference: string,
): Promise<Encounter | null> {
  const sealer = await parts.keys.forTenant(tenant);
  return parts.store.asTenant(tenant, async (tx) => {
    const row = await encounterByReference(tx, sealer.lookup('encounter', reference));
    return row === null ? null : openEncounter(tx, sealer, tenant, row);
  });
}

/** A colleague sees the encounter from now on; sharing it again changes nothing. Errors: `not_found`. */
export async function shareEncounter(
  parts: ClinicalParts,
  tenant: TenantId,
  actor: ActorRef,
  id: string,
  share: { readonly person: string; readonly relation: 'clinician' | 'reviewer' },
): Promise<void> {
  await recorded(parts, tenant, async (tx, record) => {
    await mustFind(tx, id);
    await insertRelation(tx, id, share.person, share.relation, parts.clock.now());
    await record({
      kind: 'encounter.changed',
      actor,
      objects: [
        { type: 'encounter', id },
        { type: 'person', id: share.person },
      ],
      detail: { change: 'shared', encounter: id, relation: share.relation },
    });
  });
}

export function isRelated(parts: ClinicalParts, tenant: TenantId, encounter: string, person: string): Promise<boolean> {
  return parts.store.asTenant(tenant, (tx) => hasRelation(tx, encounter, person));
}

/** The row, or `not_found`. */
export async function mustFind(tx: Transaction, id: string): Promise<EncounterRow> {
  const row = await encounterById(tx, id);
  if (row === null) throw new ProblemError('not_found');
  return row;
}

async function openEncounter(tx: Transaction, sealer: Sealer, tenant: TenantId, row: EncounterRow): Promise<Encounter> {
  const consents = await consentsOf(tx, row.id, false);
  const facts = consents.map(({ id, manner, withdrawn_at }) => ({ id, manner, withdrawnAt: withdrawn_at }));
  return {
    id: row.id,
    purpose: row.purpose,
    demo: row.demo,
    state: row.state,
    consent: consentStatus(row.purpose, facts),
    clinician: row.clinician,
    createdAt: row.created_at,
    identity: Phi.of(await openJson<VisitIdentity>(sealer, encounterBinding(tenant, row.id), row)),
  };
}

function encounterBinding(tenant: TenantId, id: string) {
  return { tenant, kind: 'encounter', id, version: 1 } as const;
}
