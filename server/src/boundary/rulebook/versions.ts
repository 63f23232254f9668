// The life of a policy: recorded as a version, looked at, run in the shadow, activated by two people (spec boundary §3.3, custody §1). Every
// step is a row that stays and an entry in the same transaction.
import { isDeepStrictEqual } from 'node:util';
import { PERMISSIONS, ProblemError, type Policy, type PolicyDocument } from '@cordon/contract';
import { readStored } from '#boundary/policy/stored.ts';
import type { Registry } from '#boundary/registry/registry.ts';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import { recorded, type RecordingParts } from '#custody/ledger/recorded.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Transaction } from '#platform/store/store.ts';
import {
  countHolders,
  insertChoice,
  insertPolicy,
  listVersionRows,
  lockPolicies,
  newestPolicy,
  policyOfVersion,
  type VersionRow,
} from './versions.queries.ts';

export interface PolicyParts extends RecordingParts {
  readonly registry: Registry;
  /** Whether this installation is one machine's own (spec surfaces §7): only there may a second person be waived. */
  readonly embedded: boolean;
}

/** Records a version, unless the newest says the same already. It decides nothing yet. */
export async function recordPolicy(
  { store, ledger }: PolicyParts,
  tenant: TenantId,
  actor: ActorRef,
  document: PolicyDocument,
): Promise<{ readonly policy: Policy; readonly isNew: boolean }> {
  return recorded({ store, ledger }, tenant, async (tx, record) => {
    await lockPolicies(tx);
    const newest = await newestPolicy(tx);
    if (newest !== null && 'format' in newest && isDeepStrictEqual({ ...document, version: newest.version }, newest))
      return { policy: newest, isNew: false };
    const policy = { ...document, version: (newest?.version ?? 0) + 1 };
    await insertPolicy(tx, policy);
    await record({ kind: 'policy.recorded', actor, detail: { policy: nameOf(policy) } });
    return { policy, isNew: true };
  });
}

/** Errors: `not_found`. */
export async function readPolicy({ store }: PolicyParts, tenant: TenantId, version: number): Promise<Policy> {
  return store.asTenant(tenant, (tx) => mustFind(tx, version));
}

export async function listPolicies(
  { store }: PolicyParts,
  tenant: TenantId,
  before: number | null,
  limit: number,
): Promise<readonly VersionRow[]> {
  return store.asTenant(tenant, (tx) => listVersionRows(tx, before, limit));
}

/** Whose act it is: both people, or the one whom nobody could have approved. */
export type Activators =
  | { readonly askedBy: string; readonly approvedBy: string }
  | { readonly askedBy: string; readonly waived: true };

/** The version is live when it resolves. Errors: `not_found`; `second_person_required` where a waiver does not hold. */
export async function activatePolicy(
  parts: PolicyParts,
  tenant: TenantId,
  version: number,
  people: Activators,
): Promise<Policy> {
  const { store, ledger, registry } = parts;
  const waived = 'waived' in people;
  const approvedBy = waived ? null : people.approvedBy;
  try {
    return await recorded({ store, ledger }, tenant, async (tx, record) => {
      await lockPolicies(tx);
      const policy = await mustFind(tx, version);
      if (waived && !(await mayWaive(parts, tx, policy))) throw new ProblemError('second_person_required');
      await insertChoice(tx, { role: 'live', policy, askedBy: people.askedBy, approvedBy, waived });
      const both = [people.askedBy, ...(approvedBy === null ? [] : [approvedBy])];
      await record({
        kind: 'policy.activated',
        actor: { type: 'person', id: approvedBy ?? people.askedBy },
        detail: { policy: nameOf(policy), people: both, secondPerson: waived ? 'waived' : 'approved' },
      });
      return policy;
    });
  } finally {
    registry.changed(tenant);
  }
}

/** As two people's approved act is carried out. */
export function activateBy(parts: PolicyParts) {
  return async (tenant: TenantId, version: number, people: Activators): Promise<void> => {
    await activatePolicy(parts, tenant, version, people);
  };
}

/** Whether the policy waives the second person and nobody else is there who could be it. */
export async function isWaived(parts: PolicyParts, tenant: TenantId, version: number): Promise<boolean> {
  return parts.store.asTenant(tenant, async (tx) => mayWaive(parts, tx, await mustFind(tx, version)));
}

async function mayWaive({ embedded }: PolicyParts, tx: Transaction, policy: Policy): Promise<boolean> {
  if (!embedded || policy.settings.secondPerson !== 'waived') return false;
  return (await countHolders(tx, PERMISSIONS['approval.decide'].roles)) <= 1;
}

/** Null: none from now on. Errors: `not_found`. */
export async function chooseShadow(
  { store, ledger, registry }: PolicyParts,
  tenant: TenantId,
  actor: ActorRef,
  version: number | null,
): Promise<void> {
  try {
    await recorded({ store, ledger }, tenant, async (tx, record) => {
      await lockPolicies(tx);
      const policy = version === null ? null : await mustFind(tx, version);
      await insertChoice(tx, { role: 'shadow', policy, askedBy: actor.id, approvedBy: null, waived: false });
      await record({
        kind: 'policy.shadow-chosen',
        actor,
        detail: { policy: policy === null ? null : nameOf(policy) },
      });
    });
  } finally {
    registry.changed(tenant);
  }
}

async function mustFind(tx: Transaction, version: number): Promise<Policy> {
  const stored = await policyOfVersion(tx, version);
  if (stored === null) throw new ProblemError('not_found');
  return readStored(stored);
}

function nameOf({ id, version }: Policy): string {
  return `${id}@${version}`;
}
