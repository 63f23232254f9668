// What an adapter is: it speaks one vendor's wire format to one service, through the door (spec boundary §1.1). OpenAI's chat form
// goes in and comes out, whatever the vendor speaks; adapters never retry, never log, and hold nothing between calls.
import type { Service } from '#boundary/policy/snapshot.ts';
import type { Phi } from '#kernel/phi.ts';

/** Addresses that a tenant declares as its own: what `vpc` and `on-prem` services must resolve into (spec boundary §2). */
export interface NetworkBoundary {
  /** CIDR blocks, IPv4 or IPv6. */
  readonly cidrs: readonly string[];
  readonly hosts: readonly string[];
}

/** The service a decision chose, at the version it chose, and where it may stand. */
export interface Target {
  readonly service: Service;
  readonly boundary: NetworkBoundary;
}

/** What a service measured; null where it did not say. Tokens, milliseconds of sound. */
export interface Usage {
  readonly inputTokens: number | null;
  readonly cachedInputTokens: number | null;
  readonly outputTokens: number | null;
  readonly audioMs: number | null;
}

/** One request on its way out. Headers are lower-case; credentials are added by the adapter, never by the caller. */
export interface OutboundRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Path and query below the service's endpoint, beginning with a slash; or an absolute address on its own host or its token host. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | null;
}

export interface Inbound {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * The only way out to AI services (spec boundary §5). Resolves and pins addresses, checks the pattern's network invariant at connect,
 * TLS with verification, follows no redirect to another host, limits of time and bytes. Errors: `upstream_unavailable`,
 * `upstream_timeout`, `upstream_invalid`, `pattern_invariant_failed`; none carries content.
 */
export interface Door {
  send(target: Target, request: OutboundRequest, signal: AbortSignal): Promise<Inbound>;
  /** The same door in the form that vendors' libraries take; it refuses any address but the target's own. */
  fetchFor(target: Target, signal: AbortSignal): typeof globalThis.fetch;
  /** The secret that the service's row names; never logged, never part of an error. Null: the row names none. */
  secret(target: Target): Promise<string | null>;
}

/** A call of a model that makes text or vectors: the request in OpenAI's form, as bytes and parsed once. */
export interface ModelRequest {
  readonly api: 'chat' | 'responses' | 'embeddings';
  /** `model` in it is the caller's word; the adapter puts the service row's own. */
  readonly bytes: Phi<Uint8Array>;
  readonly parsed: Phi<Readonly<Record<string, unknown>>>;
  readonly stream: boolean;
  /** The content is not PHI and the service is cleared for `stored_state`: the caller's `store` goes on. Else `store: false` is sent. */
  readonly mayStore?: boolean;
}

/** An answer in OpenAI's form. `usage` of a stream is known once it has ended. */
export type ModelAnswer =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array; readonly usage: Usage; readonly headers: Inbound['headers'] }
  | {
      readonly kind: 'stream';
      /** Server-sent events, each segment any number of whole events, `data: [DONE]` last. */
      readonly segments: AsyncIterable<Uint8Array>;
      usage(): Usage;
      readonly headers: Inbound['headers'];
    }
  /** The service refused the request itself (4xx): its answer in OpenAI's error form, without what it echoed of the request. */
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly bytes: Uint8Array;
      readonly headers: Inbound['headers'];
    };

export interface ModelAdapter {
  /** Features that the request would need of the service (spec boundary §1.1). */
  send(door: Door, target: Target, request: ModelRequest, signal: AbortSignal): Promise<ModelAnswer>;
}

/** Sound on its way to a remote recogniser: one mono or two-channel recording, WAV PCM s16le at its own rate unless said otherwise. */
export interface SpeechRequest {
  readonly audio: AsyncIterable<Uint8Array>;
  readonly contentType: string;
  /** Bytes in all; known before the first is sent. */
  readonly length: number;
  readonly channels: number;
  readonly durationMs: number;
  /** BCP 47. */
  readonly language: string;
  readonly hints: Phi<readonly string[]>;
}

/** A word as a service heard it. Seconds from the beginning of the recording. */
export interface HeardWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** 0 to 1; null: the service does not say. */
  readonly confidence: number | null;
  /** 0 or 1; null: the service mixed the channels. */
  readonly channel: number | null;
  /** The service's own word for a speaker; null: not told apart. */
  readonly speaker: string | null;
}

export interface HeardText {
  readonly words: Phi<readonly HeardWord[]>;
  readonly usage: Usage;
  /** What the service says it ran. */
  readonly model: string | null;
}

export interface SpeechAdapter {
  transcribe(door: Door, target: Target, request: SpeechRequest, signal: AbortSignal): Promise<HeardText>;
}
