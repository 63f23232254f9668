// Services as records (spec boundary §1.1): registered, changed, stopped, imported. Each change is a new version with its ledger entry
// in one transaction.
import { ProblemError, type RegistryChanges, type Service as ShownService, type ServiceTerms } from '@cordon/contract';
import { openJson, sealJson } from '#custody/keys/sealed-json.ts';
import type { Binding, Keys, Sealer } from '#custody/keys/sealer.ts';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import { recorded, type RecordEntry, type RecordingParts } from '#custody/ledger/recorded.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Transaction } from '#platform/store/store.ts';
import { type Change, differences, same } from './changes.ts';
import { contradicted } from './projection.ts';
import { insertVersion, lockRegistry, storedServices, type StoredRow } from './registry.queries.ts';
import type { ServiceRow, ServiceWords } from './rows.ts';

export interface RegistryParts extends RecordingParts {
  readonly keys: Keys;
  /** Called when something was recorded: what was read before is old. */
  readonly onChange: (tenant: TenantId) => void;
}

/** A service with its words opened. */
interface HeldService {
  readonly row: ServiceRow;
  readonly words: ServiceWords;
  readonly version: number;
  readonly recordedAt: Date;
}

const NO_WORDS: ServiceWords = { retentionProof: null, notes: null };
const NO_ASSURANCE: ShownService['assurance'] = { reports: [], auditTrail: 'unknown', auditFormat: null };

/** In the order of their ids. Errors: `key_unavailable`, `sealed_object_invalid`, `content_destroyed`. */
export async function listServices(parts: RegistryParts, tenant: TenantId): Promise<ShownService[]> {
  const sealer = await parts.keys.forTenant(tenant);
  const rows = await parts.store.asTenant(tenant, (tx) => storedServices(tx));
  return Promise.all(rows.map(async (row) => shown(await opened(sealer, tenant, row))));
}

/** Errors: `not_found`, and as `listServices`. */
export async function readService(parts: RegistryParts, tenant: TenantId, id: string): Promise<ShownService> {
  const sealer = await parts.keys.forTenant(tenant);
  const held = await parts.store.asTenant(tenant, (tx) => heldService(tx, sealer, tenant, id));
  if (held === null) throw new ProblemError('not_found');
  return shown(held);
}

/** Errors: `conflict` when there is one of that id; `registry_invalid`. */
export async function createService(
  parts: RegistryParts,
  tenant: TenantId,
  actor: ActorRef,
  terms: ServiceTerms,
): Promise<ShownService> {
  mustBeSound([terms]);
  await changing(parts, tenant, async (tx, record, sealer) => {
    if ((await heldService(tx, sealer, tenant, terms.id)) !== null) throw new ProblemError('conflict');
    await write({ tx, record, sealer, tenant, actor }, terms, null);
  });
  return readService(parts, tenant, terms.id);
}

/**
 * A new version on top of `onVersion`; the same terms again make none, so that a repeated request is harmless.
 * Errors: `not_found`, `version_mismatch`, `registry_invalid`, `service_kept` for one that the installation keeps itself.
 */
export async function replaceService(
  parts: RegistryParts,
  tenant: TenantId,
  actor: ActorRef,
  change: { readonly id: string; readonly onVersion: number; readonly terms: ServiceTerms },
): Promise<ShownService> {
  const { id, onVersion, terms } = change;
  await changing(parts, tenant, async (tx, record, sealer) => {
    const held = await heldService(tx, sealer, tenant, id);
    if (held === null) throw new ProblemError('not_found');
    mustBeOurs(held.row);
    if (terms.id !== id) throw new ProblemError('registry_invalid', { lines: ['id is that of another service'] });
    mustBeSound([terms]);
    const unchanged = same(termsOf(held), terms);
    if (unchanged && (held.version === onVersion || held.version === onVersion + 1)) return;
    if (held.version !== onVersion) throw new ProblemError('version_mismatch');
    await write({ tx, record, sealer, tenant, actor }, terms, held);
  });
  return readService(parts, tenant, id);
}

/** Stops it at once, whatever version was seen. Errors: `not_found`, `service_kept`. */
export async function disableService(
  parts: RegistryParts,
  tenant: TenantId,
  actor: ActorRef,
  id: string,
): Promise<ShownService> {
  await changing(parts, tenant, async (tx, record, sealer) => {
    const held = await heldService(tx, sealer, tenant, id);
    if (held === null) throw new ProblemError('not_found');
    mustBeOurs(held.row);
    if (held.row.enabled)
      await write({ tx, record, sealer, tenant, actor }, { ...termsOf(held), enabled: false }, held);
  });
  return readService(parts, tenant, id);
}

/** All of them or none, in one transaction. `dryRun`: what would change. Errors: `registry_invalid`, `service_kept`. */
export async function applyServices(
  parts: RegistryParts,
  tenant: TenantId,
  actor: ActorRef,
  wanted: readonly ServiceTerms[],
  dryRun: boolean,
): Promise<RegistryChanges> {
  mustBeSound(wanted);
  mustBeDistinct(wanted.map(({ id }) => id));
  const changes = await changing(parts, tenant, async (tx, record, sealer) => {
    const made: Change[] = [];
    for (const terms of wanted) {
      const held = await heldService(tx, sealer, tenant, terms.id);
      if (held !== null) mustBeOurs(held.row);
      const change = changeOf(held, terms);
      if (!dryRun && change.change !== 'unchanged') await write({ tx, record, sealer, tenant, actor }, terms, held);
      made.push(change);
    }
    return made;
  });
  return { applied: !dryRun, changes };
}

/** What an import takes; the installation's own are left out. */
export async function exportServices(parts: RegistryParts, tenant: TenantId): Promise<ServiceTerms[]> {
  const sealer = await parts.keys.forTenant(tenant);
  const rows = await parts.store.asTenant(tenant, (tx) => storedServices(tx));
  const held = await Promise.all(rows.map((row) => opened(sealer, tenant, row)));
  return held.filter(({ row }) => !isOwn(row)).map(termsOf);
}

/** Records what a probe saw. Returns the members that it contradicts, null when nothing is new. */
export function recordObservation(
  parts: RegistryParts,
  tenant: TenantId,
  actor: ActorRef,
  id: string,
  observed: NonNullable<ServiceRow['observed']>,
): Promise<ReturnType<typeof contradicted> | null> {
  return changing(parts, tenant, async (tx, record, sealer) => {
    const held = await heldService(tx, sealer, tenant, id);
    if (held === null || sees(held.row.observed, observed)) return null;
    const row = { ...held.row, observed };
    await insert({ tx, record, sealer, tenant, actor }, row, held.words, held.version + 1);
    return contradicted(row);
  });
}

/** The same finding at another time is no news. */
function sees(before: ServiceRow['observed'], now: NonNullable<ServiceRow['observed']>): boolean {
  if (before === undefined || before === null) return false;
  return before.retentionDays === now.retentionDays && before.trainsOnContent === now.trainsOnContent;
}

interface Writing {
  readonly tx: Transaction;
  readonly record: RecordEntry;
  readonly sealer: Sealer;
  readonly tenant: TenantId;
  readonly actor: ActorRef;
}

async function changing<T>(
  parts: RegistryParts,
  tenant: TenantId,
  work: (tx: Transaction, record: RecordEntry, sealer: Sealer) => Promise<T>,
): Promise<T> {
  const sealer = await parts.keys.forTenant(tenant);
  try {
    return await recorded(parts, tenant, async (tx, record) => {
      await lockRegistry(tx);
      return work(tx, record, sealer);
    });
  } finally {
    parts.onChange(tenant); // also when its fate is unknown
  }
}

async function write(writing: Writing, terms: ServiceTerms, held: HeldService | null): Promise<void> {
  const version = (held?.version ?? 0) + 1;
  const { retentionProof, notes, ...clear } = terms;
  const row: ServiceRow = { ...clear, version, observed: held?.row.observed ?? null };
  await insert(writing, row, { retentionProof, notes }, version);
}

async function insert(writing: Writing, row: ServiceRow, words: ServiceWords, version: number): Promise<void> {
  const { tx, record, sealer, tenant, actor } = writing;
  const typed = words.notes !== null || words.retentionProof !== null;
  const sealed = typed ? sealJson(sealer, bindingOf(tenant, row.id, version), 'configuration', words) : null;
  const whole = { ...row, version };
  await insertVersion(tx, 'registry_service', whole, sealed);
  const { id, pattern, adapter, enabled } = row;
  const against = contradicted(whole);
  await record({
    kind: 'service.recorded',
    actor,
    detail: { service: id, version, pattern, adapter, enabled, contradicted: against },
  });
}

async function heldService(tx: Transaction, sealer: Sealer, tenant: TenantId, id: string): Promise<HeldService | null> {
  const [row] = await storedServices(tx, id);
  return row === undefined ? null : opened(sealer, tenant, row);
}

async function opened(sealer: Sealer, tenant: TenantId, stored: StoredRow<ServiceRow>): Promise<HeldService> {
  const { id, version, row, recorded_at: recordedAt, ciphertext, erasure_key, wrap } = stored;
  if (ciphertext === null || erasure_key === null || wrap === null)
    return { row, words: NO_WORDS, version, recordedAt };
  const words = await openJson<ServiceWords>(sealer, bindingOf(tenant, id, version), { ciphertext, erasure_key, wrap });
  return { row, words, version, recordedAt };
}

function bindingOf(tenant: TenantId, id: string, version: number): Binding {
  return { tenant, kind: 'registry', id: `service.${id}`, version };
}

function changeOf(held: HeldService | null, terms: ServiceTerms): Change {
  const { id } = terms;
  if (held === null) return { id, change: 'created', version: 1, fields: differences({}, terms) };
  const before = termsOf(held);
  if (same(before, terms)) return { id, change: 'unchanged', version: held.version, fields: [] };
  return { id, change: 'changed', version: held.version + 1, fields: differences(before, terms) };
}

/** What a person wrote, of a row that a person wrote. */
function termsOf(held: HeldService): ServiceTerms {
  const { version: _, recordedAt: _at, observed: _seen, contradicted: _against, ...terms } = shown(held);
  return terms as ServiceTerms; // `mustBeOurs` or `isOwn` came first: it was parsed as such when it was written
}

function shown({ row, words, version, recordedAt }: HeldService): ShownService {
  const wire = structuredClone(row) as unknown as ShownService; // written from the wire's own form, or by this installation
  return {
    ...wire,
    account: row.account ?? null,
    credential: row.credential ?? null,
    vendorManagesWeightsOnly: row.vendorManagesWeightsOnly ?? false,
    prices: wire.prices ?? [],
    assurance: wire.assurance ?? NO_ASSURANCE,
    observed: wire.observed ?? null,
    ...words,
    version,
    recordedAt: recordedAt.toISOString(),
    contradicted: contradicted(row),
  };
}

/** Rows of in-process services follow from the engine that runs; a person's version of one would be undone at the next start. */
function isOwn(row: ServiceRow): boolean {
  return row.adapter.startsWith('local-');
}

function mustBeOurs(row: ServiceRow): void {
  if (isOwn(row)) throw new ProblemError('service_kept');
}

/** What single members cannot say: how they fit together. */
function mustBeSound(wanted: readonly ServiceTerms[]): void {
  const lines = wanted.flatMap((terms) => faultsOf(terms).map((fault) => `${terms.id}: ${fault}`));
  if (lines.length > 0) throw new ProblemError('registry_invalid', { lines });
}

function faultsOf({ endpoint, pattern, prices }: ServiceTerms): string[] {
  const address = new URL(endpoint);
  const faults: string[] = [];
  if (address.username !== '' || address.password !== '') faults.push('endpoint holds a credential');
  if (address.search !== '' || address.hash !== '') faults.push('endpoint has a query or fragment');
  // What leaves the house is encrypted on its way (45 CFR 164.312(e)); inside, the declared boundary is checked at connect.
  if (address.protocol === 'http:' && pattern !== 'on-prem' && pattern !== 'vpc') faults.push('endpoint is not https');
  for (const [at, price] of prices.entries()) {
    if (price.to !== null && price.to <= price.from) faults.push(`prices.${at} ends before it begins`);
  }
  return faults;
}

export function mustBeDistinct(ids: readonly string[]): void {
  const twice = ids.filter((id, at) => ids.indexOf(id) !== at);
  if (twice.length > 0)
    throw new ProblemError('registry_invalid', { lines: twice.map((id) => `${id}: twice in the file`) });
}
