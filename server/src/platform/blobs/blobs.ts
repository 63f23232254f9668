// Where sealed bytes that are too large for a row live. A blob store never sees plaintext: custody/keys seals first.

/** A sealed object being written. Nothing is visible under its name until `commit`, which is durable (fsync of file and directory). */
export interface BlobWriter {
  write(bytes: Uint8Array): Promise<void>;
  commit(): Promise<{ readonly bytes: number }>;
  /** Leaves nothing behind. Safe to call twice and after commit. */
  abort(): Promise<void>;
}

/** Names are opaque: `<tenant uuid>/<object uuid>`; anything else is refused. Errors: `storage_full`, `storage_unavailable`, `not_found`. */
export interface BlobStore {
  create(name: string): Promise<BlobWriter>;
  /** Bytes from `offset` (default 0), in chunks of bounded size. */
  read(name: string, offset?: number): AsyncIterable<Uint8Array>;
  size(name: string): Promise<number | null>;
  /** Idempotent. */
  remove(name: string): Promise<void>;
}
