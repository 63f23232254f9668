// What two people agreed on, carried out: key rotation, re-wrapping, reopening a ledger, activating a policy (spec custody §1, §2, §3).
import { isProblem, ProblemError } from '@cordon/contract';
import type { DualAct } from '#custody/access/approvals.ts';
import type { KeyStore } from '#custody/keys/keystore.ts';
import { RETENTION_CLASSES } from '#custody/keys/layout.ts';
import { maintainKeys } from '#custody/keys/maintain.ts';
import { rewrap, type WrapTable } from '#custody/keys/rewrap.ts';
import { rotateRoot, rotateTenantKey } from '#custody/keys/rotate.ts';
import type { LedgerAdmin } from '#custody/ledger/create.ts';
import type { Ledger } from '#custody/ledger/ledger.ts';
import { SYSTEM_TENANT, type TenantId } from '#kernel/ids.ts';
import { Phi } from '#kernel/phi.ts';
import type { Store } from '#platform/store/store.ts';

export interface ApprovedAct {
  readonly act: DualAct;
  /** As the request gave them; parsed again here. */
  readonly parameters: unknown;
  readonly reason: string;
  /** Who asked and who approved: two different people. */
  readonly people: readonly [string, string];
}

export interface ActParts {
  readonly store: Store;
  readonly keys: KeyStore;
  readonly ledger: Ledger & LedgerAdmin;
  readonly wrapTables: readonly WrapTable[];
  readonly activatePolicy: (
    tenant: TenantId,
    version: number,
    people: { readonly askedBy: string; readonly approvedBy: string },
  ) => Promise<void>;
}

export async function carryOut(parts: ActParts, tenant: TenantId, approved: ApprovedAct): Promise<void> {
  switch (approved.act) {
    case 'ledger.reopen':
      return reopen(parts, tenant, approved);
    case 'keys.rotate':
      await rotate(parts, tenant, textOf(approved.parameters, 'level'));
      break;
    case 'keys.rewrap':
      await rewrapUnderSuccessor(parts, tenant, textOf(approved.parameters, 'erasureKey'));
      break;
    case 'policy.activate': {
      const [askedBy, approvedBy] = approved.people;
      return parts.activatePolicy(tenant, numberOf(approved.parameters, 'policyVersion'), { askedBy, approvedBy });
    }
    case 'keys.escrow':
    case 'ledger.export_content':
      throw new ProblemError('internal'); // neither is carried out from an approval
  }
  await maintainKeys(parts.keys, (request) => parts.ledger.append(request));
}

/** The installation's own ledger is behind its anchor after the same restore; whoever reopens theirs reopens it too. */
async function reopen({ ledger }: ActParts, tenant: TenantId, { reason, people }: ApprovedAct): Promise<void> {
  const request = { reason: Phi.of(reason), approvers: people };
  await ledger.reopen({ tenant, ...request });
  try {
    await ledger.reopen({ tenant: SYSTEM_TENANT, ...request });
  } catch (error) {
    if (!isProblem(error) || error.code !== 'conflict') throw error; // it was not behind
  }
}

async function rotate({ keys, ledger }: ActParts, tenant: TenantId, level: string): Promise<void> {
  switch (level) {
    case 'root':
      await rotateRoot(keys);
      return;
    case 'tenant':
      await rotateTenantKey(keys, tenant);
      return;
    case 'erasure':
      return rotateErasure(keys, tenant);
    case 'signing': {
      const old = keys.signingKey();
      const next = await keys.prepareSigningKey();
      await ledger.recordKeyChange(old, next);
      await keys.activateSigningKey(next.id);
      return;
    }
    default:
      throw new ProblemError('invalid_request', { field: 'level' });
  }
}

/** New objects of every class are sealed under a new generation from now on; what is sealed stays where it is. */
async function rotateErasure(keys: KeyStore, tenant: TenantId): Promise<void> {
  const held = await keys.tenantKeys(tenant);
  for (const retention of RETENTION_CLASSES) held.succeed(held.current(retention).id);
}

async function rewrapUnderSuccessor(parts: ActParts, tenant: TenantId, erasureKey: string): Promise<void> {
  const held = await parts.keys.tenantKeys(tenant);
  const to = held.succeed(held.find(erasureKey).id);
  const { store, keys, wrapTables: tables, ledger } = parts;
  await rewrap({ store, keys, tenant, from: erasureKey, to, tables, append: (request) => ledger.append(request) });
}

function numberOf(parameters: unknown, name: string): number {
  const value = memberOf(parameters, name);
  if (typeof value !== 'number') throw new ProblemError('invalid_request', { field: name });
  return value;
}

function textOf(parameters: unknown, name: string): string {
  const value = memberOf(parameters, name);
  if (typeof value !== 'string') throw new ProblemError('invalid_request', { field: name });
  return value;
}

function memberOf(parameters: unknown, name: string): unknown {
  return typeof parameters === 'object' && parameters !== null ? Reflect.get(parameters, name) : undefined;
}
