// Consent records: made, withdrawn, and asked for by the gate before audio is let in (spec clinical §1).
import { ProblemError } from '@cordon/contract';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import { recorded, type RecordEntry } from '#custody/ledger/recorded.ts';
import { openJson, sealJson } from '#custody/keys/sealed-json.ts';
import type { Sealer } from '#custody/keys/sealer.ts';
import { newId, type TenantId } from '#kernel/ids.ts';
import { Phi } from '#kernel/phi.ts';
import type { Transaction } from '#platform/store/store.ts';
import { consentInForce, type ConsentManner } from './consent.ts';
import { mustFind, type ClinicalParts } from './encounters.ts';
import {
  consentsOf,
  insertConsent,
  quarantineRecordings,
  withdrawConsents,
  type ConsentRow,
} from './encounters.queries.ts';

/** Who consented, as the recorder wrote it, and which text was read or signed. PHI. */
export interface ConsentWords {
  readonly by: string | null;
  readonly textVersion: string | null;
}

export interface ConsentStatement extends ConsentWords {
  readonly manner: ConsentManner;
  /** Null: now. */
  readonly obtainedAt: Date | null;
  /** ISO 3166-2; null: unknown, so the strictest rule holds (everyone present agrees beforehand). */
  readonly jurisdiction: string | null;
}

export interface Consent {
  readonly id: string;
  readonly encounter: string;
  readonly manner: ConsentManner;
  readonly obtainedAt: Date;
  readonly jurisdiction: string | null;
  readonly withdrawnAt: Date | null;
  readonly words: Phi<ConsentWords>;
}

const DICTATION_STATEMENT: ConsentStatement = {
  manner: 'dictation',
  by: null,
  textVersion: null,
  obtainedAt: null,
  jurisdiction: null,
};

export async function recordConsent(
  parts: ClinicalParts,
  tenant: TenantId,
  actor: ActorRef,
  encounter: string,
  statement: ConsentStatement,
  id: string = newId(),
): Promise<Consent> {
  const sealer = await parts.keys.forTenant(tenant);
  await recorded(parts, tenant, async (tx, record) => {
    await mustFind(tx, encounter);
    await writeConsent(parts, { tx, record, sealer, tenant, actor }, encounter, statement, id);
  });
  return readConsent(parts, tenant, encounter, id);
}

/** Errors: `not_found`. */
export async function readConsent(
  parts: ClinicalParts,
  tenant: TenantId,
  encounter: string,
  id: string,
): Promise<Consent> {
  const all = await listConsents(parts, tenant, encounter);
  const found = all.find((consent) => consent.id === id);
  if (found === undefined) throw new ProblemError('not_found');
  return found;
}

/** Stops capture and quarantines what exists. Errors: `consent_missing` when there was none in force. */
export async function withdrawConsent(
  parts: ClinicalParts,
  tenant: TenantId,
  actor: ActorRef,
  encounter: string,
  reason: Phi<string> | null,
): Promise<void> {
  await recorded(parts, tenant, async (tx, record) => {
    await mustFind(tx, encounter);
    const withdrawn = await withdrawConsents(tx, encounter, parts.clock.now());
    if (withdrawn.length === 0) throw new ProblemError('consent_missing');
    await quarantineRecordings(tx, encounter);
    for (const consent of withdrawn)
      await record({
        kind: 'consent.withdrawn',
        actor,
        objects: [{ type: 'encounter', id: encounter }],
        detail: { consent, encounter },
        ...(reason === null ? {} : { body: reason.map((text) => Buffer.from(text)) }),
      });
  });
}

export async function listConsents(
  parts: ClinicalParts,
  tenant: TenantId,
  encounter: string,
): Promise<readonly Consent[]> {
  const sealer = await parts.keys.forTenant(tenant);
  const rows = await parts.store.asTenant(tenant, async (tx) => {
    await mustFind(tx, encounter);
    return consentsOf(tx, encounter, false);
  });
  return Promise.all(rows.map((row) => openConsent(sealer, tenant, row)));
}

/** What the gate needs of the transaction it stands in. */
export interface GateContext {
  readonly tx: Transaction;
  readonly record: RecordEntry;
  readonly sealer: Sealer;
  readonly tenant: TenantId;
  readonly actor: ActorRef;
}

/**
 * Lets audio of this encounter in, or refuses. Holds the consent still until the transaction ends, so that a withdrawal
 * waits for it or wins over it. A dictation leaves its own record. Returns the consent's id.
 */
export async function passGate(parts: ClinicalParts, context: GateContext, encounter: string): Promise<string> {
  const row = await mustFind(context.tx, encounter);
  const consents = await consentsOf(context.tx, encounter, true);
  const facts = consents.map(({ id, manner, withdrawn_at }) => ({ id, manner, withdrawnAt: withdrawn_at }));
  const answer = consentInForce(row.purpose, facts);
  return 'consent' in answer ? answer.consent : writeConsent(parts, context, encounter, DICTATION_STATEMENT, newId());
}

async function writeConsent(
  parts: ClinicalParts,
  { tx, record, sealer, tenant, actor }: GateContext,
  encounter: string,
  statement: ConsentStatement,
  id: string,
): Promise<string> {
  const recordedAt = parts.clock.now();
  const words: ConsentWords = { by: statement.by, textVersion: statement.textVersion };
  await insertConsent(tx, {
    id,
    encounter,
    manner: statement.manner,
    recordedBy: actor.id,
    obtainedAt: statement.obtainedAt ?? recordedAt,
    recordedAt,
    jurisdiction: statement.jurisdiction,
    sealed: sealJson(sealer, consentBinding(tenant, id), 'clinical', words),
  });
  await record({
    kind: 'consent.recorded',
    actor,
    objects: [
      { type: 'encounter', id: encounter },
      { type: 'consent', id },
    ],
    detail: { consent: id, encounter, method: statement.manner, jurisdiction: statement.jurisdiction },
  });
  return id;
}

async function openConsent(sealer: Sealer, tenant: TenantId, row: ConsentRow): Promise<Consent> {
  return {
    id: row.id,
    encounter: row.encounter,
    manner: row.manner,
    obtainedAt: row.obtained_at,
    jurisdiction: row.jurisdiction,
    withdrawnAt: row.withdrawn_at,
    words: Phi.of(await openJson<ConsentWords>(sealer, consentBinding(tenant, row.id), row)),
  };
}

function consentBinding(tenant: TenantId, id: string) {
  return { tenant, kind: 'consent', id, version: 1 } as const;
}
