// Encounters and their consents: what a recording, a transcript, a draft and a note belong to (spec clinical §1).
import { ProblemError } from '@cordon/contract';
import type { ActorRef, Ledger } from '#custody/ledger/ledger.ts';
import { recorded } from '#custody/ledger/recorded.ts';
import type { Keys, KeyWrap, Sealer } from '#custody/keys/sealer.ts';
import type { Clock } from '#kernel/clock.ts';
import { newId, type TenantId } from '#kernel/ids.ts';
import { Phi } from '#kernel/phi.ts';
import type { Store, Transaction } from '#platform/store/store.ts';
import { consentInForce, STRICTEST_JURISDICTION, type ConsentFact, type ConsentKind } from './consent.ts';
import {
  consentsOf,
  encounterById,
  hasRelation,
  insertConsent,
  insertEncounter,
  insertRelation,
  listEncounters,
  quarantineRecordings,
  withdrawConsents,
  type ConsentRow,
  type EncounterRow,
} from './encounters.queries.ts';

/** What the caller calls the visit and the patient: opaque references, PHI all the same. */
export interface EncounterReferences {
  readonly patient: string | null;
  readonly reference: string | null;
}

export interface Encounter {
  readonly id: string;
  readonly purpose: string;
  readonly demo: boolean;
  readonly state: 'open' | 'closed';
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly references: Phi<EncounterReferences>;
}

export interface Consent {
  readonly id: string;
  readonly kind: ConsentKind;
  readonly recordedAt: Date;
  readonly recordedBy: string;
  readonly jurisdiction: string;
  readonly textVersion: string;
  readonly withdrawnAt: Date | null;
  /** Who gave it, as the recorder wrote it. */
  readonly givenBy: Phi<string | null>;
}

export interface ConsentStatement {
  readonly kind: ConsentKind;
  readonly givenBy: string | null;
  readonly jurisdiction: string | null;
  readonly textVersion: string | null;
}

interface Parts {
  readonly store: Store;
  readonly keys: Keys;
  readonly ledger: Ledger;
  readonly clock: Clock;
}

export interface Encounters {
  create(
    tenant: TenantId,
    actor: ActorRef,
    wish: {
      readonly purpose: string;
      readonly demo: boolean;
      readonly references: EncounterReferences;
      readonly clinician: string | null;
    },
  ): Promise<Encounter>;
  /** Errors: `not_found`, also for another tenant's. */
  read(tenant: TenantId, id: string): Promise<Encounter>;
  list(
    tenant: TenantId,
    person: string | null,
    before: { at: Date; id: string } | null,
    limit: number,
  ): Promise<readonly Encounter[]>;
  share(
    tenant: TenantId,
    actor: ActorRef,
    encounter: string,
    person: string,
    relation: 'clinician' | 'reviewer',
  ): Promise<void>;
  isRelated(tenant: TenantId, encounter: string, person: string): Promise<boolean>;
  recordConsent(tenant: TenantId, actor: ActorRef, encounter: string, statement: ConsentStatement): Promise<Consent>;
  /** Stops capture and quarantines what exists. Errors: `consent_missing` when there was none. */
  withdrawConsent(tenant: TenantId, actor: ActorRef, encounter: string): Promise<void>;
  consents(tenant: TenantId, encounter: string): Promise<readonly Consent[]>;
  /** The gate, inside the caller's transaction; holds the consent still until it ends. Returns the consent's id, null where none is needed. */
  gate(
    tx: Transaction,
    encounter: string,
  ): Promise<{ readonly consent: string | null; readonly purpose: string; readonly demo: boolean }>;
}

export function createEncounters(parts: Parts): Encounters {
  return {
    create: (tenant, actor, wish) => create(parts, tenant, actor, wish),
    read: (tenant, id) => read(parts, tenant, id),
    list: (tenant, person, before, limit) => list(parts, tenant, person, before, limit),
    share: (tenant, actor, encounter, person, relation) => share(parts, tenant, actor, encounter, person, relation),
    isRelated: (tenant, encounter, person) => parts.store.asTenant(tenant, (tx) => hasRelation(tx, encounter, person)),
    recordConsent: (tenant, actor, encounter, statement) => recordConsent(parts, tenant, actor, encounter, statement),
    withdrawConsent: (tenant, actor, encounter) => withdrawConsent(parts, tenant, actor, encounter),
    consents: (tenant, encounter) => consents(parts, tenant, encounter),
    gate,
  };
}

async function create(
  parts: Parts,
  tenant: TenantId,
  actor: ActorRef,
  wish: Parameters<Encounters['create']>[2],
): Promise<Encounter> {
  const { keys, clock } = parts;
  const id = newId();
  const createdAt = clock.now();
  const sealer = await keys.forTenant(tenant);
  const { references } = wish;
  const sealed = sealer.seal(binding(tenant, 'encounter', id), 'clinical', Buffer.from(JSON.stringify(references)));
  await recorded(parts, tenant, async (tx, record) => {
    await insertEncounter(tx, {
      id,
      purpose: wish.purpose,
      demo: wish.demo,
      patientDigest: references.patient === null ? null : sealer.lookup('patient', references.patient),
      referenceDigest: references.reference === null ? null : sealer.lookup('encounter', references.reference),
      createdBy: actor.id,
      createdAt,
      sealed,
    });
    const person = wish.clinician ?? (actor.type === 'person' ? actor.id : null);
    if (person !== null) await insertRelation(tx, id, person, 'clinician', createdAt);
    const detail = { purpose: wish.purpose, demo: wish.demo };
    await record({
      kind: 'encounter.created',
      actor,
      objects: [{ type: 'encounter', id }],
      detail,
    });
  });
  return {
    id,
    purpose: wish.purpose,
    demo: wish.demo,
    state: 'open',
    createdAt,
    createdBy: actor.id,
    references: Phi.of(references),
  };
}

async function read({ store, keys }: Parts, tenant: TenantId, id: string): Promise<Encounter> {
  const row = await store.asTenant(tenant, (tx) => encounterById(tx, id));
  if (row === null) throw new ProblemError('not_found');
  return openEncounter(await keys.forTenant(tenant), tenant, row);
}

async function list(
  { store, keys }: Parts,
  tenant: TenantId,
  person: string | null,
  before: { at: Date; id: string } | null,
  limit: number,
): Promise<readonly Encounter[]> {
  const rows = await store.asTenant(tenant, (tx) => listEncounters(tx, person, before, limit));
  const sealer = await keys.forTenant(tenant);
  return Promise.all(rows.map((row) => openEncounter(sealer, tenant, row)));
}

async function share(
  parts: Parts,
  tenant: TenantId,
  actor: ActorRef,
  encounter: string,
  person: string,
  relation: 'clinician' | 'reviewer',
): Promise<void> {
  const { clock } = parts;
  await recorded(parts, tenant, async (tx, record) => {
    if ((await encounterById(tx, encounter)) === null) throw new ProblemError('not_found');
    await insertRelation(tx, encounter, person, relation, clock.now());
    const objects = [{ type: 'encounter', id: encounter }];
    await record({ kind: 'encounter.shared', actor, objects, detail: { person, relation } });
  });
}

async function recordConsent(
  parts: Parts,
  tenant: TenantId,
  actor: ActorRef,
  encounter: string,
  statement: ConsentStatement,
): Promise<Consent> {
  const { keys, clock } = parts;
  const id = newId();
  const recordedAt = clock.now();
  const jurisdiction = statement.jurisdiction ?? STRICTEST_JURISDICTION;
  const textVersion = statement.textVersion ?? 'unstated';
  const sealer = await keys.forTenant(tenant);
  const body = Buffer.from(JSON.stringify({ givenBy: statement.givenBy }));
  const sealed = sealer.seal(binding(tenant, 'consent', id), 'clinical', body);
  await recorded(parts, tenant, async (tx, record) => {
    if ((await encounterById(tx, encounter)) === null) throw new ProblemError('not_found');
    await insertConsent(tx, {
      id,
      encounter,
      kind: statement.kind,
      recordedBy: actor.id,
      recordedAt,
      jurisdiction,
      textVersion,
      sealed,
    });
    const objects = [
      { type: 'encounter', id: encounter },
      { type: 'consent', id },
    ];
    const detail = { consent: statement.kind, jurisdiction, textVersion };
    await record({ kind: 'consent.recorded', actor, objects, detail });
  });
  return {
    id,
    kind: statement.kind,
    recordedAt,
    recordedBy: actor.id,
    jurisdiction,
    textVersion,
    withdrawnAt: null,
    givenBy: Phi.of(statement.givenBy),
  };
}

async function withdrawConsent(parts: Parts, tenant: TenantId, actor: ActorRef, encounter: string): Promise<void> {
  const { clock } = parts;
  await recorded(parts, tenant, async (tx, record) => {
    if ((await encounterById(tx, encounter)) === null) throw new ProblemError('not_found');
    if (!(await withdrawConsents(tx, encounter, clock.now()))) throw new ProblemError('consent_missing');
    await quarantineRecordings(tx, encounter);
    const objects = [{ type: 'encounter', id: encounter }];
    await record({ kind: 'consent.withdrawn', actor, objects, detail: {} });
  });
}

async function consents({ store, keys }: Parts, tenant: TenantId, encounter: string): Promise<readonly Consent[]> {
  const rows = await store.asTenant(tenant, async (tx) => {
    if ((await encounterById(tx, encounter)) === null) throw new ProblemError('not_found');
    return consentsOf(tx, encounter, false);
  });
  const sealer = await keys.forTenant(tenant);
  return Promise.all(rows.map((row) => openConsent(sealer, tenant, row)));
}

async function gate(tx: Transaction, encounter: string): ReturnType<Encounters['gate']> {
  const row = await encounterById(tx, encounter);
  if (row === null) throw new ProblemError('not_found');
  const facts: ConsentFact[] = (await consentsOf(tx, encounter, true)).map((consent) => ({
    id: consent.id,
    kind: consent.kind,
    withdrawnAt: consent.withdrawn_at,
  }));
  return { consent: consentInForce(row.purpose, facts)?.id ?? null, purpose: row.purpose, demo: row.demo };
}

async function openEncounter(sealer: Sealer, tenant: TenantId, row: EncounterRow): Promise<Encounter> {
  const plain = await sealer.open(binding(tenant, 'encounter', row.id), {
    ciphertext: row.ciphertext,
    wrap: wrapOf(row),
  });
  const references = JSON.parse(Buffer.from(plain).toString()) as EncounterReferences;
  const { id, purpose, demo, state } = row;
  return {
    id,
    purpose,
    demo,
    state,
    createdAt: row.created_at,
    createdBy: row.created_by,
    references: Phi.of(references),
  };
}

async function openConsent(sealer: Sealer, tenant: TenantId, row: ConsentRow): Promise<Consent> {
  const plain = await sealer.open(binding(tenant, 'consent', row.id), {
    ciphertext: row.ciphertext,
    wrap: wrapOf(row),
  });
  const { givenBy } = JSON.parse(Buffer.from(plain).toString()) as { givenBy: string | null };
  return {
    id: row.id,
    kind: row.kind,
    recordedAt: row.recorded_at,
    recordedBy: row.recorded_by,
    jurisdiction: row.jurisdiction,
    textVersion: row.text_version,
    withdrawnAt: row.withdrawn_at,
    givenBy: Phi.of(givenBy),
  };
}

function binding<Kind extends 'encounter' | 'consent'>(tenant: TenantId, kind: Kind, id: string) {
  return { tenant, kind, id, version: 1 } as const;
}

function wrapOf(row: { readonly erasure_key: string; readonly wrap: Uint8Array }): KeyWrap {
  return { erasureKey: row.erasure_key, wrapped: row.wrap };
}
