// Anchors against the database: a tenant whose tree is behind its newest anchor was restored or cut off and becomes read-only;
// one that does not contain what was anchored has diverged and stops. The others go on (spec custody §3).
import { EMPTY_ROOT, logName, originOf, verifyCheckpoint } from '@cordon/proofs';
import type { Checkpoint, VerifierKey } from '@cordon/proofs';
import type { TenantId } from '#kernel/ids.ts';
import type { Store } from '#platform/store/store.ts';
import type { Anchor, Anchors } from './anchors.ts';
import { createHeads } from './batch.queries.ts';
import type { Head, LedgerState } from './batch.queries.ts';
import { readHead, setState } from './checkpoint.queries.ts';
import type { Signing } from './signing.ts';
import { rootAt } from './tree.ts';

export interface GuardParts {
  readonly store: Store;
  readonly installation: string;
  readonly anchors: Anchors;
  readonly signing: Signing;
}

/** A tenant that must not go on. */
export interface Finding {
  readonly tenant: TenantId;
  readonly state: Exclude<LedgerState, 'open'>;
  readonly anchored: { readonly epoch: number; readonly size: number };
  readonly held: number;
}

/** Compares every tenant that has an anchor. Findings are stored in the heads, so that every process obeys. Errors: those of the store. */
export async function compareWithAnchors(parts: GuardParts): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const tenant of await parts.anchors.tenants()) {
    const finding = await compareTenant(parts, tenant);
    if (finding !== null) findings.push(finding);
  }
  return findings;
}

/** Null when the tenant may go on. The anchor is read before the head, which only grows. */
export async function compareTenant(parts: GuardParts, tenant: TenantId): Promise<Finding | null> {
  const anchor = await parts.anchors.newest(tenant);
  if (anchor === null) return null;
  const { store } = parts;
  await store.asLedger((tx) => createHeads(tx, [tenant], EMPTY_ROOT));
  const head = await store.asLedger((tx) => readHead(tx, tenant));
  if (head === null) return null;
  const checkpoint = readAnchored(
    anchor,
    await parts.signing.everyKey(tenant),
    originOf(logName(parts.installation, tenant), anchor.epoch),
  );
  const state = checkpoint === null ? 'diverged' : await judge(store, head, anchor, checkpoint);
  if (head.state !== state) await store.asLedger((tx) => setState(tx, tenant, state));
  if (state === 'open') return null;
  return { tenant, state, anchored: { epoch: anchor.epoch, size: anchor.size }, held: head.size };
}

async function judge(store: Store, head: Head, anchor: Anchor, checkpoint: Checkpoint): Promise<LedgerState> {
  if (head.state === 'diverged') return 'diverged';
  if (head.epoch < anchor.epoch || head.size < anchor.size) {
    // After a reopening the newest anchor of the epoch before may lie inside the declared gap.
    return head.epoch > anchor.epoch ? head.state : 'read_only';
  }
  if (head.epoch > anchor.epoch) return head.state;
  const root = await store.asLedger((tx) => rootAt(tx, head.tenant, anchor.size));
  // A tenant that was behind and is not any more, because a newer copy was restored, goes on.
  return Buffer.compare(root, checkpoint.root) === 0 ? 'open' : 'diverged';
}

/** An anchor that is not a checkpoint of this log, signed by its key, says that somebody was at work. */
function readAnchored(anchor: Anchor, keys: readonly VerifierKey[], origin: string): Checkpoint | null {
  try {
    const checkpoint = verifyCheckpoint(anchor.note, keys, { unknown: 'refuse' });
    return checkpoint.origin === origin && checkpoint.size === anchor.size ? checkpoint : null;
  } catch {
    return null;
  }
}
