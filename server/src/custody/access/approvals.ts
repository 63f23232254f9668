// Dual control: one person asks, a different one approves, then the act is carried out once (spec custody §1).
import { ProblemError } from '@cordon/contract';
import type { Permission } from '@cordon/contract';
import { openJson, sealJson, sealedColumns } from '#custody/keys/sealed-json.ts';
import type { Binding } from '#custody/keys/sealer.ts';
import { recorded } from '#custody/ledger/recorded.ts';
import { newId } from '#kernel/ids.ts';
import type { TenantId } from '#kernel/ids.ts';
import { Phi } from '#kernel/phi.ts';
import type { ApprovalRow } from './approvals.queries.ts';
import {
  insertApproval,
  listApprovalRows,
  lockApproval,
  markDecided,
  markDone,
  readApprovalRow,
} from './approvals.queries.ts';
import type { AccessContext } from './context.ts';
import type { PersonPrincipal } from './principal.ts';

/** Acts that need two people: the permission of the act itself, which the asking person holds. */
export type DualAct = Extract<
  Permission,
  'ledger.export_content' | 'ledger.reopen' | 'keys.rotate' | 'keys.rewrap' | 'keys.escrow' | 'policy.activate'
>;

export interface Approval {
  readonly id: string;
  readonly act: string;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  readonly state: 'waiting' | 'approved' | 'refused' | 'expired' | 'done';
  readonly decidedBy: string | null;
}

/** What is asked for, as the asking handler gave it: plain JSON that the carrying-out handler understands. */
export interface DualRequest {
  readonly parameters: unknown;
  readonly reason: string;
}

/** A request is answered within a working day; an approval is used within it too. */
const APPROVAL_MS = 24 * 3_600_000;

/** Puts the act before a second person. The reason is sealed: it is what a person typed. */
export async function requestApproval(
  context: AccessContext,
  principal: PersonPrincipal,
  act: DualAct,
  request: DualRequest,
): Promise<Approval> {
  const { tenant, actor, personId: by } = principal;
  const id = newId();
  const at = context.clock.now();
  const expiresAt = new Date(at.getTime() + APPROVAL_MS);
  const sealer = await context.keys.forTenant(tenant);
  const sealed = sealedColumns(sealJson(sealer, requestBinding(tenant, id), 'configuration', request));
  await recorded(context, tenant, async (tx, record) => {
    await insertApproval(tx, { tenant, id, act, by, at, expiresAt, request: sealed });
    const body = Phi.of<Uint8Array>(Buffer.from(request.reason, 'utf8'));
    await record({ kind: 'approval.requested', actor, detail: { act, approval: id }, body });
  });
  return readApproval(context, tenant, id);
}

/** Errors: `not_found`, `second_person_required` for one's own request, `conflict` when decided or expired. */
export async function decideApproval(
  context: AccessContext,
  principal: PersonPrincipal,
  id: string,
  decision: 'approve' | 'refuse',
): Promise<Approval> {
  const { tenant, actor, personId: by } = principal;
  await recorded(context, tenant, async (tx, record) => {
    const row = await lockApproval(tx, id);
    const at = context.clock.now();
    if (row === null) throw new ProblemError('not_found');
    if (row.requested_by === by) throw new ProblemError('second_person_required');
    if (row.state !== 'waiting' || row.expires_at <= at)
      throw new ProblemError('conflict', { reason: 'decided_or_expired' });
    await markDecided(tx, id, { state: decision === 'approve' ? 'approved' : 'refused', by, at });
    await record({ kind: 'approval.decided', actor, detail: { act: row.act, approval: id, decision } });
  });
  return readApproval(context, tenant, id);
}

/**
 * Takes an approved act for carrying out, once: what was asked for, and the two people. An act that fails afterwards is asked
 * for again. Errors: `second_person_required` unless approved and unexpired.
 */
export async function takeApproved(
  context: AccessContext,
  tenant: TenantId,
  id: string,
): Promise<{ readonly act: string; readonly request: DualRequest; readonly people: readonly [string, string] }> {
  const now = context.clock.now();
  const row = await context.store.asTenant(tenant, async (tx) =>
    (await markDone(tx, id, now)) ? readApprovalRow(tx, id) : null,
  );
  if (row === null || row.decided_by === null) throw new ProblemError('second_person_required');
  const sealer = await context.keys.forTenant(tenant);
  const request = await openJson<DualRequest>(sealer, requestBinding(tenant, id), row);
  return { act: row.act, request, people: [row.requested_by, row.decided_by] };
}

/** Errors: `not_found`, also for another tenant's. */
export async function readApproval(context: AccessContext, tenant: TenantId, id: string): Promise<Approval> {
  const row = await context.store.asTenant(tenant, (tx) => readApprovalRow(tx, id));
  if (row === null) throw new ProblemError('not_found');
  return shown(row, context.clock.now());
}

/** With what was asked for, as a second person must see it before deciding. Errors: as `readApproval`, and of opening. */
export async function readApprovalRequest(
  context: AccessContext,
  tenant: TenantId,
  id: string,
): Promise<{ readonly approval: Approval; readonly request: DualRequest }> {
  const row = await context.store.asTenant(tenant, (tx) => readApprovalRow(tx, id));
  if (row === null) throw new ProblemError('not_found');
  const sealer = await context.keys.forTenant(tenant);
  const request = await openJson<DualRequest>(sealer, requestBinding(tenant, id), row);
  return { approval: shown(row, context.clock.now()), request };
}

/** A page, newest first; `before` is the last id of the page before. */
export async function listApprovals(
  context: AccessContext,
  tenant: TenantId,
  page: { readonly before: string | null; readonly limit: number },
): Promise<readonly Approval[]> {
  const rows = await context.store.asTenant(tenant, (tx) => listApprovalRows(tx, page.before, page.limit));
  return rows.map((row) => shown(row, context.clock.now()));
}

function shown(row: ApprovalRow, now: Date): Approval {
  const open = row.state === 'waiting' || row.state === 'approved';
  return {
    id: row.id,
    act: row.act,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    expiresAt: row.expires_at,
    state: open && row.expires_at <= now ? 'expired' : row.state,
    decidedBy: row.decided_by,
  };
}

function requestBinding(tenant: TenantId, id: string): Binding {
  return { tenant, kind: 'secret', id: `approval.${id}`, version: 1 };
}
