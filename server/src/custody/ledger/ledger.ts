// The ledger as the rest of the house sees it (spec custody §3, docs/formats/entry.md).
import type { SharedKey } from '#custody/keys/sealer.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Phi } from '#kernel/phi.ts';
import type { Transaction } from '#platform/store/store.ts';

export type ActorRef =
  | { readonly type: 'person'; readonly id: string }
  | { readonly type: 'key'; readonly id: string }
  | { readonly type: 'system'; readonly id: string };

/** `type` is a noun of the domain (encounter, recording, transcript, draft, note…); `id` a UUID; never a name. */
export interface ObjectRef {
  readonly type: string;
  readonly id: string;
  readonly version?: number;
}

/** Public JSON: goes into the header, is exported and is never PHI. Integers only, no floats. */
export type PublicJson =
  | string
  | number
  | boolean
  | null
  | readonly PublicJson[]
  | { readonly [key: string]: PublicJson };

export interface AppendRequest {
  readonly tenant: TenantId;
  /** Dotted kind from the closed list in proofs (`call.intent`, `call.outcome`, `note.signed`…). */
  readonly kind: string;
  readonly actor: ActorRef;
  /** For whom the actor says it acts; only `proven` means anything (docs/formats/entry.md §1). */
  readonly onBehalfOf?: { readonly id: string; readonly proven: boolean };
  readonly objects?: readonly ObjectRef[];
  /** Kind-specific public members (decision, service, agreement, audio metadata…), per docs/formats/entry.md. */
  readonly detail?: { readonly [key: string]: PublicJson };
  /** Projection for simulation, blast radius, monitoring: patient pseudonym, purpose, class, tags, zone, application. */
  readonly facts?: { readonly [key: string]: PublicJson };
  /** Sealed under the entry's own key. Free text that a person typed goes here and nowhere else. */
  readonly body?: Phi<Uint8Array>;
  /** Seals the body; by default a key of its own. Of the two entries of one call, and of nothing else (docs/decisions/0137). */
  readonly bodyKey?: SharedKey;
  /** Given to make a retry safe: a second append with the same id is the first one. By default a new id. */
  readonly entryId?: string;
  /** The id was made for this request and was given to nobody before: no entry can stand under it, and none is looked for. */
  readonly fresh?: true;
}

export interface Appended {
  readonly entryId: string;
  readonly index: number;
  /** RFC 3339, UTC, milliseconds. */
  readonly time: string;
}

/** Bytes that leave as a stream: durable frames first, one outcome entry at the end (docs/formats/stream.md). */
export interface LedgerStream {
  /** Resolves when the bytes are durable; only then may they be released. */
  write(bytes: Uint8Array): Promise<void>;
  /** Appends the outcome entry that commits to all frames in order. */
  close(
    status: 'complete' | 'aborted' | 'failed',
    outcome: Omit<AppendRequest, 'tenant' | 'kind' | 'body'>,
  ): Promise<Appended>;
}

/** Errors: `ledger_unavailable`, `ledger_read_only`, `ledger_diverged`, `clock_behind`. Nothing is released on any of them. */
export interface Ledger {
  /** Durable and sequenced when it resolves. Requests of all callers share a group commit. */
  append(request: AppendRequest): Promise<Appended>;
  /** Puts the entry into the caller's transaction: it is recorded exactly if the state it speaks of is. Sequenced after commit. */
  enqueue(tx: Transaction, request: AppendRequest): Promise<{ readonly entryId: string }>;
  /** Waits until an enqueued entry has its index. Call after the transaction committed. */
  settle(tenant: TenantId, entryId: string): Promise<Appended>;
  /**
   * The intent or the outcome of a call could not be recorded, or that is not known: once the storage answers again the call is
   * closed as `interrupted`, unless it has its outcome after all or was never begun.
   */
  abandon(tenant: TenantId, intentId: string): void;
  openStream(request: { readonly tenant: TenantId; readonly intentId: string }): Promise<LedgerStream>;
}
