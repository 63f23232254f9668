// Envelope encryption as the rest of the house sees it (spec custody §2, docs/formats/envelope.md).
// One data key per object; the wrap that opens it stands in a column beside the object and is no part of the ciphertext.
import type { TenantId } from '#kernel/ids.ts';

/** What kinds of object are sealed; bound into the associated data. */
export type ObjectKind =
  | 'recording'
  | 'transcript'
  | 'draft'
  | 'note'
  | 'review'
  | 'encounter'
  | 'consent'
  | 'call'
  | 'stream'
  | 'entry'
  | 'vault-map'
  | 'document'
  | 'vocabulary'
  | 'registry'
  | 'fhir'
  | 'secret';

/** Retention classes: each has its own erasure keys, one per month, so that a class can be destroyed as a whole. */
export type RetentionClass = 'audio' | 'clinical' | 'call' | 'ledger' | 'identity' | 'configuration';

/** Names one sealed object. Two objects never share a binding, so a swapped ciphertext fails to open. */
export interface Binding {
  readonly tenant: TenantId;
  readonly kind: ObjectKind;
  readonly id: string;
  /** 1, 2, 3… for objects that are written again under one id. */
  readonly version: number;
}

/** A data key wrapped by an erasure key. PostgreSQL holds it; it opens nothing once the erasure key is gone. */
export interface KeyWrap {
  readonly erasureKey: string;
  readonly wrapped: Uint8Array;
}

export interface Sealed {
  readonly ciphertext: Uint8Array;
  readonly wrap: KeyWrap;
}

/** Chunked sealing for streams: order and end are protected; memory is one chunk (1 MiB). */
export interface SealingStream {
  readonly wrap: KeyWrap;
  /** Bytes ready to be stored; may be empty. */
  push(plaintext: Uint8Array): Uint8Array;
  /** The last bytes. After it the stream is complete; a stream without it fails to open. */
  end(): Uint8Array;
}

/** A stream of frames under one data key (docs/formats/stream.md): each frame opens alone; its place is protected. */
export interface SealingFrames {
  readonly wrap: KeyWrap;
  /** The 72 bytes that stand before the first frame (envelope.md §2, mode 0x03). */
  readonly header: Uint8Array;
  /** The next frame: ciphertext and tag. `plaintext` is 1 byte to 1 MiB. */
  seal(plaintext: Uint8Array): Uint8Array;
}

/**
 * A data key that several objects share because they live and die together: the two bodies of a call (docs/decisions/0137). Empty until
 * the first of them is sealed; its owner wipes it. Each object still has a salt, a key and a binding of its own (envelope.md §1).
 */
export interface SharedKey {
  wipe(): void;
}

/** Keys of one tenant, loaded; sealing and opening are synchronous. Get it from `Keys.forTenant` per unit of work. */
export interface Sealer {
  /** `shared`: of `newSharedKey`; a key of the object's own when left out, or once the erasure key above it is no longer the newest. */
  seal(binding: Binding, retention: RetentionClass, plaintext: Uint8Array, shared?: SharedKey): Sealed;
  sealStream(binding: Binding, retention: RetentionClass): SealingStream;
  /** Errors: `content_destroyed` when the erasure key is gone, `sealed_object_invalid` on any mismatch. */
  open(binding: Binding, sealed: Sealed): Promise<Uint8Array>;
  openStream(binding: Binding, wrap: KeyWrap, ciphertext: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array>;
  sealFrames(binding: Binding, retention: RetentionClass): SealingFrames;
  /** `sealed.ciphertext`: the stream bytes of docs/formats/stream.md; gives the plaintext of all frames in order. Errors as `open`. */
  openFrames(binding: Binding, sealed: Sealed): Promise<Uint8Array>;
  /**
   * The data key itself, for an export with content (docs/formats/bundle.md): whoever gets it opens that one object and, where it is of a
   * call, the other body of the same call; no other.
   * Errors: `content_destroyed`.
   */
  dataKey(wrap: KeyWrap): Promise<Uint8Array>;
  /** Keyed digest (HMAC-SHA-256 under a tenant key) for equality look-up of what must not stand in clear (MRN, e-mail). */
  lookup(domain: string, value: string): Uint8Array;
}

export interface Keys {
  /** Creates the tenant key on first use. Errors: `key_unavailable`. */
  forTenant(tenant: TenantId): Promise<Sealer>;
}
