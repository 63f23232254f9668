// Claims (spec boundary §1.2): what is said about vendors. The starter catalogue ships with the program; a tenant's own are sealed, in
// versions. Policy never reads them.
import { type Claim, type ClaimTerms, ProblemError } from '@cordon/contract';
import { openJson, sealJson } from '#custody/keys/sealed-json.ts';
import type { Binding, Sealer } from '#custody/keys/sealer.ts';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import { recorded } from '#custody/ledger/recorded.ts';
import { newId, type TenantId } from '#kernel/ids.ts';
import { isUuid } from '#kernel/ids.ts';
import type { Transaction } from '#platform/store/store.ts';
import type { AgreementParts } from './agreements.ts';
import { same } from './changes.ts';
import { type ClaimRow, insertClaim, lockRegistry, storedClaims } from './registry.queries.ts';
import { STARTER_CLAIMS } from './starter-claims.ts';

type ClaimParts = Omit<AgreementParts, 'onChange'>;

/** What is known of a claim before it is looked at beside the others. */
type HeldClaim = Omit<Claim, 'state' | 'disputedBy'>;

/** Starter claims and the tenant's own, by id. Errors: `key_unavailable`, `sealed_object_invalid`, `content_destroyed`. */
export async function listClaims(parts: ClaimParts, tenant: TenantId): Promise<Claim[]> {
  const sealer = await parts.keys.forTenant(tenant);
  const rows = await parts.store.asTenant(tenant, (tx) => storedClaims(tx));
  const own = await Promise.all(rows.map((row) => opened(sealer, tenant, row)));
  return judged([...starters(), ...own], parts.clock.now()).toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** Errors: `not_found`, and as `listClaims`. */
export async function readClaim(parts: ClaimParts, tenant: TenantId, id: string): Promise<Claim> {
  const found = (await listClaims(parts, tenant)).find((claim) => claim.id === id);
  if (found === undefined) throw new ProblemError('not_found');
  return found;
}

/** Errors: `registry_invalid` for a claim that disputes one that is not there. */
export async function createClaim(
  parts: ClaimParts,
  tenant: TenantId,
  actor: ActorRef,
  terms: ClaimTerms,
): Promise<Claim> {
  await mustKnow(parts, tenant, terms);
  const id = newId();
  await write(parts, tenant, actor, { id, terms, held: async () => null });
  return readClaim(parts, tenant, id);
}

/** A new version on top of `onVersion`; the same terms again make none. Errors: `not_found`, `version_mismatch`, `registry_invalid`. */
export async function replaceClaim(
  parts: ClaimParts,
  tenant: TenantId,
  actor: ActorRef,
  change: { readonly id: string; readonly onVersion: number; readonly terms: ClaimTerms },
): Promise<Claim> {
  const { id, onVersion, terms } = change;
  if (!isUuid(id)) throw new ProblemError('not_found');
  await mustKnow(parts, tenant, terms);
  const sealer = await parts.keys.forTenant(tenant);
  await write(parts, tenant, actor, {
    id,
    terms,
    held: async (tx) => {
      const [row] = await storedClaims(tx, id);
      if (row === undefined) throw new ProblemError('not_found');
      const claim = await opened(sealer, tenant, row);
      const unchanged = same(termsOf(claim), terms);
      if (unchanged && (row.version === onVersion || row.version === onVersion + 1)) return 'unchanged';
      if (row.version !== onVersion) throw new ProblemError('version_mismatch');
      return row.version;
    },
  });
  return readClaim(parts, tenant, id);
}

interface ClaimChange {
  readonly id: string;
  readonly terms: ClaimTerms;
  /** The version that stands; null for none. */
  readonly held: (tx: Transaction) => Promise<number | 'unchanged' | null>;
}

async function write(parts: ClaimParts, tenant: TenantId, actor: ActorRef, change: ClaimChange): Promise<void> {
  const sealer = await parts.keys.forTenant(tenant);
  await recorded(parts, tenant, async (tx, record) => {
    await lockRegistry(tx);
    const held = await change.held(tx);
    if (held === 'unchanged') return;
    const version = (held ?? 0) + 1;
    const sealed = sealJson(sealer, bindingOf(tenant, change.id, version), 'configuration', change.terms);
    await insertClaim(tx, change.id, version, sealed);
    await record({ kind: 'claim.recorded', actor, detail: { claim: change.id, version } });
  });
}

async function mustKnow(parts: ClaimParts, tenant: TenantId, { disputes }: ClaimTerms): Promise<void> {
  if (disputes.length === 0) return;
  const known = new Set((await listClaims(parts, tenant)).map(({ id }) => id));
  const unknown = disputes.filter((id) => !known.has(id));
  if (unknown.length > 0)
    throw new ProblemError('registry_invalid', { lines: unknown.map((id) => `disputes: there is no claim ${id}`) });
}

function starters(): HeldClaim[] {
  return STARTER_CLAIMS.map((claim) => ({ ...claim, version: 1, origin: 'starter', recordedAt: null }));
}

async function opened(sealer: Sealer, tenant: TenantId, row: ClaimRow): Promise<HeldClaim> {
  const { id, version, recorded_at: recordedAt } = row;
  const terms = await openJson<ClaimTerms>(sealer, bindingOf(tenant, id, version), row);
  return { ...terms, id, version, origin: 'tenant', recordedAt: recordedAt.toISOString() };
}

function termsOf({ id: _id, version: _version, origin: _origin, recordedAt: _at, ...terms }: HeldClaim): ClaimTerms {
  return terms;
}

/** A claim is disputed while another that is neither withdrawn nor stale contradicts it; one that wants another look says so first. */
export function judged(claims: readonly HeldClaim[], now: Date): Claim[] {
  const today = now.toISOString().slice(0, 10);
  const counts = (claim: HeldClaim): boolean => !claim.withdrawn && claim.expires > today;
  const against = claims.filter((claim) => claim.stance === 'disputes' && counts(claim));
  return claims.map((claim) => {
    const disputedBy = against.filter(({ disputes }) => disputes.includes(claim.id)).map(({ id }) => id);
    const state = claim.withdrawn
      ? 'withdrawn'
      : !counts(claim)
        ? 'stale'
        : disputedBy.length > 0
          ? 'disputed'
          : 'active';
    return { ...claim, state, disputedBy };
  });
}

function bindingOf(tenant: TenantId, id: string, version: number): Binding {
  return { tenant, kind: 'registry', id: `claim.${id}`, version };
}
