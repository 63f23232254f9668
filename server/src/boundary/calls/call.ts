// One AI call, as its asker describes it and as the spine takes it (spec walks.md, docs/formats/decision.md).
import type { Decision, Obligation, Route } from '#boundary/policy/decision.ts';
import type { Intent } from '#boundary/policy/intent.ts';
import type { LiveRulebook } from '#boundary/rulebook/rulebooks.ts';
import type { Appended, ObjectRef, PublicJson } from '#custody/ledger/ledger.ts';
import type { RecordEntry } from '#custody/ledger/recorded.ts';
import type { Phi } from '#kernel/phi.ts';
import type { Transaction } from '#platform/store/store.ts';

export type PublicRecord = { readonly [key: string]: PublicJson };

/**
 * A small two-way step that fulfils an obligation: `inbound` shapes what leaves, `outbound` what comes back. Steps run
 * in order and then in reverse. An error in either is a refusal with its own outcome entry (I3).
 */
export interface Step<Content, Output> {
  readonly obligation: Obligation['kind'];
  inbound(content: Content): Content | Promise<Content>;
  outbound(output: Output): Output | Promise<Output>;
}

/** What a call leaves behind in its outcome entry. */
export interface OutcomeRecord {
  /** Public: usage, engine, model digest, durations. Never content. */
  readonly detail: PublicRecord;
  /** The output itself; sealed. */
  readonly body: Phi<Uint8Array>;
}

/** The outcome's transaction and what is known of the call in it. */
export interface KeepContext {
  readonly tx: Transaction;
  readonly record: RecordEntry;
  readonly intent: Appended;
  /** Id of the outcome entry; its index is known once it is settled. */
  readonly outcomeId: string;
  readonly decision: Decision;
}

/** A request as it leaves, and what the record says beside it: plain JSON. */
export interface Prepared {
  readonly bytes: Uint8Array;
  readonly [member: string]: unknown;
}

/** What is asked, whatever the answer will look like. */
export interface Asked {
  readonly intent: Intent;
  /** Id of the `call.intent` entry, by which the caller can ask what became of it; a new one when left out. */
  readonly intentId?: string;
  /** That id was made for this call and names nothing else. */
  readonly isNew?: boolean;
  /** What is asked, as canonical bytes; sealed in `call.intent`. Audio stands in its own sealed object and is named here. */
  readonly request: Phi<Uint8Array>;
  readonly objects: readonly ObjectRef[];
  /** Public facts about the request: audio duration, codec, channels. */
  readonly requestDetail: PublicRecord;
  /** Projection for monitoring and blast radius; not in the public header. */
  readonly facts: PublicRecord;
  /**
   * Of an allowed call: what its obligations make of the content before anything leaves, worked out here so that it is sealed with the
   * intent; null: nothing. Never rejects: what went wrong is thrown by the step (docs/decisions/0125).
   */
  readonly prepare?: (made: Decided) => Promise<Phi<Prepared> | null>;
  /** Public members of the outcome of a call that failed: what was tried. */
  readonly failed?: () => PublicRecord;
}

export interface Call<Content, Output> extends Asked {
  readonly content: Content;
  /** The steps that the decision's obligations ask for, in order. */
  steps(decision: Decision): readonly Step<Content, Output>[];
  /** An independent look at what is about to leave; throws to refuse (spec boundary §4.4). */
  lookAgain(content: Content, route: Route): void | Promise<void>;
  /** Carries the content to a service that the decision allows: an adapter of egress, or an in-process model. */
  carry(made: Decided, content: Content): Promise<Output>;
  describe(output: Output): OutcomeRecord;
  /**
   * Stores the state that the outcome speaks of, in the outcome entry's own transaction; `record` adds entries about it. Null: there is
   * none, the outcome is all that stays.
   */
  readonly keep: ((context: KeepContext, output: Output) => Promise<void>) | null;
}

/** A call with state of its own beside its record. */
export type KeptCall<Content, Output> = Call<Content, Output> & {
  readonly keep: (context: KeepContext, output: Output) => Promise<void>;
};

/** A decision that allows, its first choice, and the very rows it was made of. */
export interface Decided {
  readonly decision: Decision;
  readonly route: Route;
  readonly rulebook: LiveRulebook;
}

/** What the spine gives back; only now may the output go on. */
export interface Released<Output> {
  readonly output: Output;
  readonly decision: Decision;
  readonly intent: Appended;
  readonly outcome: Appended;
}

/** A segment of an answer on its way out. Resolves when it is durable and was handed on. */
export type Emit = (segment: Uint8Array) => Promise<void>;

/** What is known of a streamed call once its outcome is in the ledger. */
export interface StreamKeepContext {
  readonly intent: Appended;
  readonly outcome: Appended;
  readonly decision: Decision;
}

/** An AI call whose answer leaves in segments while it is made: live transcription, streamed chat. */
export interface StreamCall<Content, Output> extends Asked {
  readonly content: Content;
  /** Outbound steps see each segment. */
  steps(decision: Decision): readonly Step<Content, Uint8Array>[];
  lookAgain(content: Content, route: Route): void | Promise<void>;
  /** The call is allowed and its intent recorded, nothing was sent yet: what may be said of it before the first segment. */
  begun?(context: Omit<StreamKeepContext, 'outcome'>): void | Promise<void>;
  /** Carries the content to a service that the decision allows and emits what comes back. Ends when the answer does. */
  carry(made: Decided, content: Content, emit: Emit): Promise<Output>;
  /** The segment is durable: now it may go on. */
  release(segment: Uint8Array): void | Promise<void>;
  /** Public members of the outcome: usage, engine, durations. Never content: that stands in the frames. */
  describe(output: Output): PublicRecord;
  /** Stores the state that the outcome speaks of. The outcome stands already; what is stored here is taken up again by its owner after a crash. */
  keep(context: StreamKeepContext, output: Output): Promise<void>;
}
