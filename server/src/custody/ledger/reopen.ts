// Reopening after a lawful restore: a new epoch whose first entry declares what was lost (docs/formats/checkpoint.md, Reopening).
import { ProblemError } from '@cordon/contract';
import { toBase64 } from '@cordon/proofs';
import { isUuid } from '#kernel/ids.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Phi } from '#kernel/phi.ts';
import type { Anchors } from './anchors.ts';
import { commitAtHead } from './batch.ts';
import type { PlacingParts } from './batch.ts';
import { draftEntry } from './draft.ts';
import type { DraftParts } from './draft.ts';
import type { Appended } from './ledger.ts';

export interface ReopenParts extends DraftParts, PlacingParts {
  readonly anchors: Anchors;
}

export interface ReopenRequest {
  readonly tenant: TenantId;
  /** Free text of a person: sealed. */
  readonly reason: Phi<string>;
  /** Ids of two different people; that they may is the caller's to check (permission `ledger.reopen`). */
  readonly approvers: readonly [string, string];
}

export interface Reopened extends Appended {
  readonly held: number;
  readonly lost: { readonly from: number; readonly to: number };
}

/**
 * Errors: `conflict` when the tenant is not read-only because of an anchor ahead of it, `invalid_request`, those of the ledger.
 * Destructions inside the gap must have been replayed from the anchored certificates before: no key is used here but the tenant's own.
 */
export async function reopenLedger(parts: ReopenParts, request: ReopenRequest): Promise<Reopened> {
  const { tenant, approvers, reason } = request;
  if (!approvers.every(isUuid) || approvers[0] === approvers[1]) {
    throw new ProblemError('invalid_request', { field: 'approvers' });
  }
  const anchor = await parts.anchors.newest(tenant);
  if (anchor === null) throw new ProblemError('conflict');
  const appended = await commitAtHead(parts, tenant, async (head) => {
    if (head.state !== 'read_only' || anchor.epoch !== head.epoch || anchor.size <= head.size) {
      throw new ProblemError('conflict', { anchorEpoch: anchor.epoch, anchorSize: anchor.size, held: head.size });
    }
    const draft = await draftEntry(parts, {
      tenant,
      kind: 'ledger.reopened',
      actor: { type: 'person', id: approvers[0] },
      detail: {
        held: head.size,
        lost: { from: head.size, to: anchor.size - 1 },
        checkpoint: toBase64(anchor.note),
        people: [...approvers],
      },
      body: reason.map((text) => Buffer.from(text)),
    });
    return { draft, head: { ...head, epoch: head.epoch + 1, state: 'open' } };
  });
  return { ...appended, held: appended.index, lost: { from: appended.index, to: anchor.size - 1 } };
}
