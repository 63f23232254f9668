// Agreements and attestations as records (spec boundary §1.2): recorded, changed, ended, imported. Each change is a new version with
// its ledger entry in one transaction; only these records authorise.
import {
  type Agreement as ShownAgreement,
  type AgreementTerms,
  type Checklist,
  ProblemError,
  type RegistryChanges,
} from '@cordon/contract';
import type { Sealer } from '#custody/keys/sealer.ts';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import { recorded, type RecordEntry } from '#custody/ledger/recorded.ts';
import type { Clock } from '#kernel/clock.ts';
import { newId, type TenantId } from '#kernel/ids.ts';
import { IN_PROCESS } from '#boundary/policy/zones.ts';
import type { Transaction } from '#platform/store/store.ts';
import { type HeldAgreement, insertAgreement, openAgreement, showAgreement } from './agreement-rows.ts';
import { type Change, differences, same } from './changes.ts';
import { checklistOf } from './findings.ts';
import { ledgerType } from './projection.ts';
import { agreementDetail } from './registry.ts';
import { lockRegistry, newestServices, storedAgreements } from './registry.queries.ts';
import type { AgreementRow, DocumentFacts } from './rows.ts';
import { mustBeDistinct, type RegistryParts } from './services.ts';

export interface AgreementParts extends RegistryParts {
  readonly clock: Clock;
}

/** Why a contract ended before its time. */
export type EndReason = 'expired' | 'breach' | 'replaced' | 'withdrawn' | 'other';

/** In the order in which they were first recorded. Errors: `key_unavailable`, `sealed_object_invalid`, `content_destroyed`. */
export async function listAgreements(parts: AgreementParts, tenant: TenantId): Promise<ShownAgreement[]> {
  const sealer = await parts.keys.forTenant(tenant);
  const { rows, registered } = await parts.store.asTenant(tenant, async (tx) => ({
    rows: await storedAgreements(tx),
    registered: await registeredServices(tx),
  }));
  const held = await Promise.all(rows.map((row) => openAgreement(sealer, tenant, row)));
  return held.map((one) => showAgreement(one, parts.clock.now(), registered));
}

/** Errors: `not_found`, and as `listAgreements`. */
export async function readAgreement(parts: AgreementParts, tenant: TenantId, id: string): Promise<ShownAgreement> {
  const { held, registered } = await findAgreement(parts, tenant, id);
  return showAgreement(held, parts.clock.now(), registered);
}

/** Errors: `not_found`, and as `listAgreements`. */
export async function readChecklist(parts: AgreementParts, tenant: TenantId, id: string): Promise<Checklist> {
  const { held } = await findAgreement(parts, tenant, id);
  return checklistOf(held.words.terms, id, held.version);
}

/** Errors: `conflict` when there is one of that name; `registry_invalid`. */
export async function createAgreement(
  parts: AgreementParts,
  tenant: TenantId,
  actor: ActorRef,
  terms: AgreementTerms,
): Promise<ShownAgreement> {
  mustBeSound([terms]);
  const id = newId();
  await changing(parts, tenant, actor, async (writing) => {
    if ((await heldBy(writing, 'name', terms.name)) !== null) throw new ProblemError('conflict');
    await write(writing, terms, null, id);
  });
  return readAgreement(parts, tenant, id);
}

/**
 * A new version on top of `onVersion`; the same terms again make none. Errors: `not_found`, `version_mismatch`, `conflict` for the name
 * of another, `registry_invalid`, `service_kept` for the installation's own.
 */
export async function replaceAgreement(
  parts: AgreementParts,
  tenant: TenantId,
  actor: ActorRef,
  change: { readonly id: string; readonly onVersion: number; readonly terms: AgreementTerms },
): Promise<ShownAgreement> {
  const { id, onVersion, terms } = change;
  await changing(parts, tenant, actor, async (writing) => {
    const held = await mustHold(writing, id);
    mustBeSound([terms]);
    if (terms.name !== held.words.terms.name && (await heldBy(writing, 'name', terms.name)) !== null)
      throw new ProblemError('conflict');
    const unchanged = same(held.words.terms, terms);
    if (unchanged && (held.version === onVersion || held.version === onVersion + 1)) return;
    if (held.version !== onVersion) throw new ProblemError('version_mismatch');
    await write(writing, terms, held, id);
  });
  return readAgreement(parts, tenant, id);
}

/** Ends it at once, whatever version was seen; ended already, it stays so. Errors: `not_found`, `service_kept`. */
export async function terminateAgreement(
  parts: AgreementParts,
  tenant: TenantId,
  actor: ActorRef,
  ending: { readonly id: string; readonly reason: EndReason },
): Promise<ShownAgreement> {
  await changing(parts, tenant, actor, async (writing) => {
    const held = await mustHold(writing, ending.id);
    if (!held.row.terminated)
      await write(writing, { ...held.words.terms, terminated: true }, held, held.id, ending.reason);
  });
  return readAgreement(parts, tenant, ending.id);
}

/** All of them or none, by name, in one transaction. `dryRun`: what would change. Errors: `registry_invalid`, `service_kept`. */
export async function applyAgreements(
  parts: AgreementParts,
  tenant: TenantId,
  actor: ActorRef,
  wanted: readonly AgreementTerms[],
  dryRun: boolean,
): Promise<RegistryChanges> {
  mustBeSound(wanted);
  mustBeDistinct(wanted.map(({ name }) => name));
  const changes = await changing(parts, tenant, actor, async (writing) => {
    const made: Change[] = [];
    for (const terms of wanted) {
      const held = await heldBy(writing, 'name', terms.name);
      if (held !== null) mustBeOurs(held.row);
      const change = changeOf(held, terms);
      if (!dryRun && change.change !== 'unchanged') await write(writing, terms, held, held?.id ?? newId());
      made.push(change);
    }
    return made;
  });
  return { applied: !dryRun, changes };
}

/** What an import takes; the installation's own is left out. */
export async function exportAgreements(parts: AgreementParts, tenant: TenantId): Promise<AgreementTerms[]> {
  const sealer = await parts.keys.forTenant(tenant);
  const rows = await parts.store.asTenant(tenant, (tx) => storedAgreements(tx));
  const held = await Promise.all(rows.map((row) => openAgreement(sealer, tenant, row)));
  return held.filter(({ row }) => !isOwn(row)).map(({ words }) => words.terms);
}

/** A new version that names the document. Errors: `not_found`, `service_kept`, whatever `alongside` throws. */
export async function nameDocument(
  parts: AgreementParts,
  tenant: TenantId,
  actor: ActorRef,
  named: { readonly agreement: string; readonly document: DocumentFacts; readonly sha256: string },
  alongside: (tx: Transaction) => Promise<void>,
): Promise<void> {
  await changing(parts, tenant, actor, async (writing) => {
    const held = await mustHold(writing, named.agreement);
    await alongside(writing.tx);
    const version = held.version + 1;
    const { document, sha256 } = named;
    const { terms } = held.words;
    const made = { id: held.id, version, terms, document, sha256 };
    const row = await insertAgreement(writing.tx, writing.sealer, tenant, made);
    await recordChange(writing, row, false, 'other');
  });
}

/** Errors: `not_found`. */
export async function findAgreement(
  parts: AgreementParts,
  tenant: TenantId,
  id: string,
): Promise<{ readonly held: HeldAgreement; readonly registered: ReadonlySet<string> }> {
  const sealer = await parts.keys.forTenant(tenant);
  const { stored, registered } = await parts.store.asTenant(tenant, async (tx) => ({
    stored: (await storedAgreements(tx, id))[0],
    registered: await registeredServices(tx),
  }));
  if (stored === undefined) throw new ProblemError('not_found');
  return { held: await openAgreement(sealer, tenant, stored), registered };
}

interface Writing {
  readonly tx: Transaction;
  readonly record: RecordEntry;
  readonly sealer: Sealer;
  readonly tenant: TenantId;
  readonly actor: ActorRef;
}

async function changing<T>(
  parts: AgreementParts,
  tenant: TenantId,
  actor: ActorRef,
  work: (writing: Writing) => Promise<T>,
): Promise<T> {
  const sealer = await parts.keys.forTenant(tenant);
  try {
    return await recorded(parts, tenant, async (tx, record) => {
      await lockRegistry(tx);
      return work({ tx, record, sealer, tenant, actor });
    });
  } finally {
    parts.onChange(tenant); // also when its fate is unknown
  }
}

async function write(
  writing: Writing,
  terms: AgreementTerms,
  held: HeldAgreement | null,
  id: string,
  reason: EndReason = 'other',
): Promise<void> {
  // Under one id the ledger knows one kind; the other's window would stay open in it.
  if (held !== null && held.row.kind !== terms.kind)
    throw new ProblemError('registry_invalid', { lines: [`${terms.name}: kind stays; record another agreement`] });
  const version = (held?.version ?? 0) + 1;
  const document = held?.row.document ?? null;
  const made = { id, version, terms, document, sha256: held?.words.sha256 ?? null };
  const row = await insertAgreement(writing.tx, writing.sealer, writing.tenant, made);
  await recordChange(writing, row, terms.terminated && held?.row.terminated === false, reason);
}

/**
 * An end is an entry of its own kind: from there on a verifier accepts no call under it (docs/formats/entry.md §4.4). `endsNow`: nothing but the
 * end is new. Any other version of what is ended is recorded and ended again, since a verifier takes what is recorded for in force.
 */
async function recordChange(
  { record, actor }: Writing,
  row: AgreementRow,
  endsNow: boolean,
  reason: EndReason,
): Promise<void> {
  const type = ledgerType(row.kind);
  const { id, version, terminated, document = null } = row;
  const objects = document === null ? [] : [{ type: 'document', id: document.id }];
  if (!endsNow) await record({ kind: `${type}.recorded`, actor, objects, detail: agreementDetail(row) });
  if (terminated) await record({ kind: `${type}.ended`, actor, detail: { id, reason, version } });
}

async function heldBy(
  { tx, sealer, tenant }: Writing,
  by: 'id' | 'name',
  value: string,
): Promise<HeldAgreement | null> {
  const rows = await storedAgreements(tx, by === 'id' ? value : null);
  const stored = by === 'id' ? rows[0] : rows.find(({ row }) => row.name === value);
  return stored === undefined ? null : openAgreement(sealer, tenant, stored);
}

async function mustHold(writing: Writing, id: string): Promise<HeldAgreement> {
  const held = await heldBy(writing, 'id', id);
  if (held === null) throw new ProblemError('not_found');
  mustBeOurs(held.row);
  return held;
}

async function registeredServices(tx: Transaction): Promise<ReadonlySet<string>> {
  return new Set((await newestServices(tx)).map(({ id }) => id));
}

function changeOf(held: HeldAgreement | null, terms: AgreementTerms): Change {
  const id = terms.name;
  if (held === null) return { id, change: 'created', version: 1, fields: differences({}, terms) };
  const before = held.words.terms;
  if (same(before, terms)) return { id, change: 'unchanged', version: held.version, fields: [] };
  return { id, change: 'changed', version: held.version + 1, fields: differences(before, terms) };
}

/** The statement of this installation about what runs inside itself. */
function isOwn(row: AgreementRow): boolean {
  return row.regions.includes(IN_PROCESS);
}

function mustBeOurs(row: AgreementRow): void {
  if (isOwn(row)) throw new ProblemError('service_kept');
}

/** What single members cannot say: how they fit together. */
function mustBeSound(wanted: readonly AgreementTerms[]): void {
  const lines = wanted.flatMap((terms) => faultsOf(terms).map((fault) => `${terms.name}: ${fault}`));
  if (lines.length > 0) throw new ProblemError('registry_invalid', { lines });
}

function faultsOf(terms: AgreementTerms): string[] {
  const { effective, expires, kind, form, termsUrl } = terms;
  const faults: string[] = [];
  if (expires !== null && Date.parse(expires) <= Date.parse(effective)) faults.push('expires before it is effective');
  if ((form === 'internal') !== (kind === 'attestation'))
    faults.push('form: an attestation is internal, a contract is not');
  if (form === 'incorporated' && termsUrl === null) faults.push('termsUrl is missing: the terms stand there');
  for (const [element, reading] of Object.entries(terms.clauses)) {
    const dated =
      (reading?.reviewer ?? terms.reviewed?.by) !== undefined && (reading?.date ?? terms.reviewed?.on) !== undefined;
    if (!dated) faults.push(`clauses.${element}: no reviewer and date, and no reviewed for all`);
  }
  return faults;
}
