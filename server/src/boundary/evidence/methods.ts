// Method records (spec boundary §4.6, 45 CFR 164.514): begun, furnished with evidence, stated, revoked. Each step is a version with its entry
// in one transaction; the statement puts a record in force, and from there on it changes no more but by its end.
import {
  type Agreement,
  type MethodPart,
  type MethodRecord as ShownMethod,
  type MethodTerms,
  PERMISSIONS,
  ProblemError,
  type REVOKE_REASONS,
  STATEMENTS,
  type StatementId,
} from '@cordon/contract';
import type { Engine } from '@cordon/deid';
import type { EngineFacts } from '@cordon/deid/facts';
import { readStored } from '#boundary/policy/stored.ts';
import { readAgreement } from '#boundary/registry/agreements.ts';
import type { DocumentParts } from '#boundary/registry/documents.ts';
import { livePolicy, lockRegistry } from '#boundary/registry/registry.queries.ts';
import { countHolders } from '#boundary/rulebook/versions.queries.ts';
import type { Sealer } from '#custody/keys/sealer.ts';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import { recorded, type RecordEntry } from '#custody/ledger/recorded.ts';
import { newId, type TenantId } from '#kernel/ids.ts';
import type { Transaction } from '#platform/store/store.ts';
import { type HeldMethod, insertVersionOf, openMethod, showMethod } from './method-rows.ts';
import { newestMethods, storedMethods } from './methods.queries.ts';
import type { EngineNamed, MethodRow, MethodWords, Statement } from './rows.ts';
import { missingOf } from './standing.ts';

export interface MethodParts extends DocumentParts {
  /** What runs, by its digests. */
  readonly running: EngineFacts;
  /** Made when it is first asked for: it holds its model. */
  readonly engine: () => Engine;
  /** Whether this installation is one machine's own (spec surfaces §7): only there may a second person be waived. */
  readonly embedded: boolean;
}

/** In the order in which they were begun. Errors: `key_unavailable`, `sealed_object_invalid`, `content_destroyed`. */
export async function listMethods(parts: MethodParts, tenant: TenantId): Promise<ShownMethod[]> {
  const sealer = await parts.keys.forTenant(tenant);
  const rows = await parts.store.asTenant(tenant, (tx) => storedMethods(tx));
  const shown: ShownMethod[] = [];
  for (const row of rows) shown.push(await show(parts, tenant, await openMethod(sealer, tenant, row)));
  return shown;
}

/** Errors: `not_found`, and as `listMethods`. */
export async function readMethod(parts: MethodParts, tenant: TenantId, id: string): Promise<ShownMethod> {
  return show(parts, tenant, await findMethod(parts, tenant, id));
}

/** Errors: `not_found`, and as `listMethods`. */
export async function findMethod(parts: MethodParts, tenant: TenantId, id: string): Promise<HeldMethod> {
  const sealer = await parts.keys.forTenant(tenant);
  const [stored] = await parts.store.asTenant(tenant, (tx) => storedMethods(tx, id));
  if (stored === undefined) throw new ProblemError('not_found');
  return openMethod(sealer, tenant, stored);
}

/** Errors: `conflict` when one of that name has not ended; `registry_invalid`. */
export async function createMethod(
  parts: MethodParts,
  tenant: TenantId,
  actor: ActorRef,
  terms: MethodTerms,
): Promise<ShownMethod> {
  mustBeSound(terms, parts.clock.now());
  const id = newId();
  const sealer = await parts.keys.forTenant(tenant);
  await changing(parts, tenant, async (tx, record) => {
    const standing = (await newestMethods(tx)).filter(({ ended }) => ended === null);
    if (standing.some(({ name }) => name === terms.name)) throw new ProblemError('conflict');
    const runs = terms.kind !== 'limited-data-set';
    const row: MethodRow = {
      id,
      version: 1,
      kind: terms.kind,
      name: terms.name,
      services: runs ? terms.services : [],
      profile: runs ? terms.profile : null,
      fingerprint: runs ? parts.running.fingerprint : null,
      effective: null,
      expires: null,
      ended: null,
      document: null,
      agreement: runs ? null : terms.agreement,
    };
    const engine = runs ? named(parts.running) : null;
    const words = { terms, engine, measurement: null, review: null, risk: null, statement: null, sha256: null };
    await insertVersionOf(tx, sealer, tenant, row, words);
    await record({ kind: 'method.prepared', actor, detail: { id, step: 'begun', version: 1 } });
  });
  return readMethod(parts, tenant, id);
}

type Step = 'measured' | 'reviewed' | 'risk-measured' | 'documented';

/** What a step adds to a draft. */
interface Addition {
  readonly words: Partial<MethodWords>;
  readonly row?: Pick<MethodRow, 'document'>;
}

/** Adds evidence to a draft. Errors: `not_found`, `method_closed`, whatever `alongside` throws. */
export async function addEvidence(
  parts: MethodParts,
  tenant: TenantId,
  actor: ActorRef,
  step: { readonly id: string; readonly name: Step; readonly adds: Addition },
  alongside: (tx: Transaction) => Promise<void> = async () => undefined,
): Promise<ShownMethod> {
  const { id, name, adds } = step;
  const sealer = await parts.keys.forTenant(tenant);
  await changing(parts, tenant, async (tx, record) => {
    const { row, words } = await mustBeDraft(tx, sealer, tenant, id);
    await alongside(tx);
    const version = row.version + 1;
    const ran = row.fingerprint !== null && (name === 'measured' || name === 'reviewed');
    const engine = ran ? named(parts.running) : words.engine;
    const fingerprint = ran ? parts.running.fingerprint : row.fingerprint;
    const next = { ...row, ...adds.row, version, fingerprint };
    await insertVersionOf(tx, sealer, tenant, next, { ...words, engine, ...adds.words });
    const objects = adds.row?.document ? [{ type: 'document', id: adds.row.document.id }] : [];
    await record({ kind: 'method.prepared', actor, objects, detail: { id, step: name, version } });
  });
  return readMethod(parts, tenant, id);
}

/** Errors: `not_found`, `method_closed`. */
export async function mustBeOpen(parts: MethodParts, tenant: TenantId, id: string): Promise<HeldMethod> {
  const held = await findMethod(parts, tenant, id);
  if (!isDraft(held.row)) throw new ProblemError('method_closed');
  return held;
}

/**
 * The privacy officer states; from now on the record is in force. Errors: `not_found`, `version_mismatch`, `method_closed`, `method_incomplete`
 * {missing}, `second_person_required` when who reviewed the sample states about it, `invalid_request` for the statement of another kind.
 */
export async function stateMethod(
  parts: MethodParts,
  tenant: TenantId,
  actor: ActorRef,
  stating: { readonly id: string; readonly onVersion: number; readonly statement: StatementId },
): Promise<ShownMethod> {
  const { id, onVersion, statement } = stating;
  const found = await findMethod(parts, tenant, id);
  const agreement = await agreementOf(parts, tenant, found.row);
  const sealer = await parts.keys.forTenant(tenant);
  await changing(parts, tenant, async (tx, record) => {
    const { row, words } = await mustBeDraft(tx, sealer, tenant, id);
    if (row.version !== onVersion) throw new ProblemError('version_mismatch');
    if (!statement.startsWith(`${row.kind}@`)) throw new ProblemError('invalid_request', { field: 'statement' });
    const now = parts.clock.now();
    mustBeComplete(missingOf(row, words, { now, running: parts.running.fingerprint, agreement }));
    const secondPerson = await secondPersonOf(parts, tx, words, actor);
    const at = now.toISOString();
    const text = STATEMENTS[statement];
    const said: Statement = { by: actor.id, at, id: statement, text, version: onVersion, secondPerson };
    const version = row.version + 1;
    const next = { ...row, version, effective: at, expires: expiryOf(words.terms, now, agreement) };
    await insertVersionOf(tx, sealer, tenant, next, { ...words, statement: said });
    const { services, effective, expires } = next;
    await record({ kind: 'method.recorded', actor, detail: { id, version, services, effective, expires } });
  });
  return readMethod(parts, tenant, id);
}

/** Ends it at once, a draft too; ended already, it stays so. Errors: `not_found`. */
export async function revokeMethod(
  parts: MethodParts,
  tenant: TenantId,
  actor: ActorRef,
  ending: { readonly id: string; readonly reason: (typeof REVOKE_REASONS)[number] | 'engine_changed' },
): Promise<ShownMethod> {
  const { id, reason } = ending;
  const sealer = await parts.keys.forTenant(tenant);
  await changing(parts, tenant, async (tx, record) => {
    const { row, words } = await mustHold(tx, sealer, tenant, id);
    if (row.ended !== null) return;
    const ended = { reason, at: parts.clock.now().toISOString() };
    await insertVersionOf(tx, sealer, tenant, { ...row, version: row.version + 1, ended }, words);
    await record({ kind: 'method.ended', actor, detail: { id, reason, version: row.version + 1 } });
  });
  return readMethod(parts, tenant, id);
}

const MONTHS_OF_SAFE_HARBOR = 12; // spec boundary §4.6

function expiryOf(terms: MethodTerms, now: Date, agreement: Agreement | null): string | null {
  switch (terms.kind) {
    case 'safe-harbor': {
      const end = new Date(now);
      end.setUTCMonth(end.getUTCMonth() + MONTHS_OF_SAFE_HARBOR);
      return end.toISOString();
    }
    case 'expert-determination':
      return new Date(terms.expires).toISOString();
    case 'limited-data-set':
      return agreement?.expires === null || agreement === null ? null : new Date(agreement.expires).toISOString();
  }
}

/** Whoever looked for what is left does not also state that nothing is known of. */
async function secondPersonOf(
  parts: MethodParts,
  tx: Transaction,
  { terms, review }: MethodWords,
  actor: ActorRef,
): Promise<Statement['secondPerson']> {
  if (terms.kind !== 'safe-harbor') return 'not-needed';
  if (review?.by !== actor.id) return 'another';
  const policy = await livePolicy(tx);
  const alone = (await countHolders(tx, PERMISSIONS['method.review'].roles)) <= 1;
  const waives = policy !== null && readStored(policy).settings.secondPerson === 'waived';
  if (!parts.embedded || !waives || !alone) throw new ProblemError('second_person_required');
  return 'waived';
}

function mustBeComplete(missing: readonly MethodPart[]): void {
  const lacks = missing.filter((part) => part !== 'statement');
  if (lacks.length > 0) throw new ProblemError('method_incomplete', { missing: lacks });
}

/** What Safe Harbor does not let stay, and ends that lie behind. Errors: `registry_invalid`. */
function mustBeSound(terms: MethodTerms, now: Date): void {
  const lines: string[] = [];
  if (terms.kind === 'safe-harbor' && terms.profile.keeping.facilities)
    lines.push('profile.keeping.facilities: names of employers and places do not stay under Safe Harbor');
  if (terms.kind === 'expert-determination' && Date.parse(terms.expires) <= now.getTime())
    lines.push('expires: lies in the past');
  if (lines.length > 0) throw new ProblemError('registry_invalid', { lines });
}

async function show(parts: MethodParts, tenant: TenantId, held: HeldMethod): Promise<ShownMethod> {
  const agreement = await agreementOf(parts, tenant, held.row);
  return showMethod(held, parts.clock.now(), parts.running.fingerprint, agreement);
}

/** Null: none is named, or none is there. */
async function agreementOf(parts: MethodParts, tenant: TenantId, row: MethodRow): Promise<Agreement | null> {
  if (row.agreement === null) return null;
  try {
    return await readAgreement(parts, tenant, row.agreement);
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'not_found') return null;
    throw error;
  }
}

async function changing(
  parts: MethodParts,
  tenant: TenantId,
  work: (tx: Transaction, record: RecordEntry) => Promise<void>,
): Promise<void> {
  try {
    await recorded(parts, tenant, async (tx, record) => {
      await lockRegistry(tx);
      await work(tx, record);
    });
  } finally {
    parts.onChange(tenant); // also when its fate is unknown
  }
}

async function mustHold(tx: Transaction, sealer: Sealer, tenant: TenantId, id: string): Promise<HeldMethod> {
  const [stored] = await storedMethods(tx, id);
  if (stored === undefined) throw new ProblemError('not_found');
  return openMethod(sealer, tenant, stored);
}

async function mustBeDraft(tx: Transaction, sealer: Sealer, tenant: TenantId, id: string): Promise<HeldMethod> {
  const held = await mustHold(tx, sealer, tenant, id);
  if (!isDraft(held.row)) throw new ProblemError('method_closed');
  return held;
}

function isDraft({ effective, ended }: MethodRow): boolean {
  return effective === null && ended === null;
}

function named({ version, code, model, zipTable, fingerprint }: EngineFacts): EngineNamed {
  return { version, code, model, zipTable: `${zipTable.name}@${zipTable.digest}`, fingerprint };
}
