// Keys, escrow and acts of two people over HTTP (spec custody §1–2). An approved act is carried out at once.
import { isDeepStrictEqual } from 'node:util';
import {
  ApprovalRequest,
  parseOrRefuse,
  ProblemError,
  type Approval as WireApproval,
  type KeyStatus,
} from '@cordon/contract';
import type { Handlers } from '#api/routing/handler.ts';
import { readIdCursor, toIdPage } from '#api/routing/page.ts';
import {
  decideApproval,
  listApprovals,
  readApproval,
  readApprovalRequest,
  requestApproval,
  takeApproved,
  type Approval,
  type DualAct,
} from '#custody/access/approvals.ts';
import type { AccessContext } from '#custody/access/context.ts';
import type { PersonPrincipal, Principal } from '#custody/access/principal.ts';
import { mustRunInstallation } from '#custody/access/tenants.ts';
import { escrowStatus, makeEscrow, tryEscrow } from '#custody/keys/escrow.ts';
import { keyInventory } from '#custody/keys/inventory.ts';
import type { KeyStore } from '#custody/keys/keystore.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { ApprovedAct } from './approved-acts.ts';

type CustodyHandlers = Pick<
  Handlers,
  | 'getKeyStatus'
  | 'rotateKey'
  | 'rewrapKeys'
  | 'escrowKeys'
  | 'tryEscrow'
  | 'listApprovals'
  | 'getApproval'
  | 'decideApproval'
  | 'reopenLedger'
>;

const EXPORT = 'ledger.export_content' satisfies DualAct;

export interface CustodyApiParts {
  readonly access: AccessContext;
  readonly keys: KeyStore;
  /** Carries out what two people agreed on. */
  readonly carryOut: (tenant: TenantId, act: ApprovedAct) => Promise<void>;
}

export function custodyHandlers(parts: CustodyApiParts): CustodyHandlers {
  return { ...keyHandlers(parts), ...approvalHandlers(parts) };
}

function keyHandlers({
  access,
  keys,
}: CustodyApiParts): Pick<CustodyHandlers, 'getKeyStatus' | 'rotateKey' | 'rewrapKeys' | 'escrowKeys' | 'tryEscrow'> {
  return {
    async getKeyStatus(_input, { principal }) {
      return { json: await showKeys(keys, principal.tenant) };
    },

    async rotateKey({ body }, { principal }) {
      if (INSTALLATION_LEVELS.has(body.level)) await mustRunInstallation(access, principal.tenant);
      return ask(access, principal, 'keys.rotate', { level: body.level }, body.reason);
    },

    async rewrapKeys({ body }, { principal }) {
      return ask(access, principal, 'keys.rewrap', { erasureKey: body.erasureKey }, body.reason);
    },

    // The first copy is made by whoever sets the installation up; a further one is a second way to every key.
    async escrowKeys({ body }, { principal }) {
      const { recipients, approval, reason = '' } = body;
      await mustRunInstallation(access, principal.tenant);
      const first = (await escrowStatus(keys)).made === null;
      if (!first && approval === undefined)
        return { status: 202, ...(await ask(access, principal, 'keys.escrow', { recipients }, reason)) };
      if (!first) await useApproval(access, principal, approval, { act: 'keys.escrow', parameters: { recipients } });
      const append = (request: Parameters<typeof access.ledger.append>[0]) => access.ledger.append(request);
      const sealed = await makeEscrow(keys, { recipients, actor: principal.actor, append });
      return { json: { sealed: Buffer.from(sealed).toString('base64') } };
    },

    async tryEscrow({ body }, { principal }) {
      await mustRunInstallation(access, principal.tenant);
      await tryEscrow(keys, Buffer.from(body.sealed, 'base64'), body.identity);
      return { json: await showKeys(keys, principal.tenant) };
    },
  };
}

function approvalHandlers({
  access,
  carryOut,
}: CustodyApiParts): Pick<CustodyHandlers, 'listApprovals' | 'getApproval' | 'decideApproval' | 'reopenLedger'> {
  return {
    async listApprovals({ query }, { principal }) {
      const page = { before: readIdCursor(query.cursor), limit: query.limit + 1 };
      return { json: toIdPage(await listApprovals(access, principal.tenant, page), query.limit, showApproval) };
    },

    async getApproval({ params }, { principal }) {
      const { approval, request } = await readApprovalRequest(access, principal.tenant, params.id);
      const parameters = parseOrRefuse(ApprovalRequest.shape.parameters, request.parameters, 'body');
      return { json: { ...showApproval(approval), reason: request.reason, parameters } };
    },

    async decideApproval({ params, body }, { principal }) {
      const { tenant } = principal;
      const decided = await decideApproval(access, principal, params.id, body.decision);
      if (decided.state !== 'approved' || USED_BY_ASKER.has(decided.act)) return { json: showApproval(decided) };
      const { act, request, people } = await takeApproved(access, tenant, params.id);
      await carryOut(tenant, { act: act as DualAct, parameters: request.parameters, reason: request.reason, people });
      return { json: showApproval(await readApproval(access, tenant, params.id)) };
    },

    async reopenLedger({ body }, { principal }) {
      return ask(access, principal, 'ledger.reopen', {}, body.reason);
    },
  };
}

/** Levels of keys that all tenants share. */
const INSTALLATION_LEVELS: ReadonlySet<string> = new Set(['root', 'signing']);

/** Carried out by whoever asked, who gives the approval with the request; the other acts are carried out at once. */
const USED_BY_ASKER: ReadonlySet<string> = new Set(['ledger.export_content', 'keys.escrow'] satisfies DualAct[]);

async function ask(
  access: AccessContext,
  principal: PersonPrincipal,
  act: DualAct,
  parameters: object,
  reason: string,
) {
  return { json: showApproval(await requestApproval(access, principal, act, { parameters, reason })) };
}

/** What an export takes out. */
export interface ExportScope {
  readonly withFacts: boolean;
  readonly withContent: boolean;
  readonly from?: number;
  readonly to?: number;
}

/**
 * Uses up an approval by the person who asked for it; what was approved and what is done must be the same to the letter.
 * Errors: `second_person_required`, `not_found`.
 */
async function useApproval(
  access: AccessContext,
  principal: Principal,
  approval: string | undefined,
  wanted: { readonly act: DualAct; readonly parameters: object },
): Promise<void> {
  if (approval === undefined) throw new ProblemError('second_person_required');
  const { approval: held, request } = await readApprovalRequest(access, principal.tenant, approval);
  const own = principal.kind === 'person' && held.requestedBy === principal.personId;
  if (held.act !== wanted.act || !own || !isDeepStrictEqual(request.parameters, wanted.parameters))
    throw new ProblemError('second_person_required');
  await takeApproved(access, principal.tenant, approval);
}

/** Errors: as `useApproval`. */
export function useExportApproval(
  access: AccessContext,
  principal: Principal,
  approval: string,
  scope: ExportScope,
): Promise<void> {
  return useApproval(access, principal, approval, { act: EXPORT, parameters: { ...scope } });
}

/** Puts an export before a second person. Errors: `person_required`, those of the store and the ledger. */
export async function requestExport(
  access: AccessContext,
  principal: Principal,
  scope: ExportScope,
  reason: string,
): Promise<WireApproval> {
  if (principal.kind !== 'person') throw new ProblemError('person_required');
  return showApproval(await requestApproval(access, principal, EXPORT, { parameters: scope, reason }));
}

/** Puts the activation of a policy before a second person. Errors: those of the store and the ledger. */
export async function requestActivation(
  access: AccessContext,
  principal: PersonPrincipal,
  version: number,
  policy: string,
  reason: string,
): Promise<WireApproval> {
  const parameters = { policy, policyVersion: version };
  return showApproval(await requestApproval(access, principal, 'policy.activate', { parameters, reason }));
}

async function showKeys(keys: KeyStore, tenant: TenantId): Promise<KeyStatus> {
  const { root, tenant: tenantKey, erasure, signing, copies, escrow } = await keyInventory(keys, tenant);
  return {
    root: { backend: root.provider, id: root.id, rotationUnderWay: root.rotationUnderWay },
    tenant: { ...tenantKey },
    erasure: { ...erasure },
    signing: { ...signing },
    copies: { ...copies },
    escrow: { recipients: escrow.recipients, writtenAt: escrow.made, covered: escrow.covered, tried: escrow.tried },
  };
}

function showApproval(approval: Approval): WireApproval {
  const { id, act, requestedBy, requestedAt, expiresAt, state, decidedBy } = approval;
  return {
    id,
    act,
    requestedBy,
    requestedAt: requestedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    state,
    decidedBy,
  };
}
