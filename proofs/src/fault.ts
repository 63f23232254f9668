// What every reader here throws: a stable reason and, where it has meaning, the byte at which reading stopped.

/** `reason` is a stable code (docs/formats); `offset` counts bytes from the start of what was read. No value enters the message. */
export class FormatError extends Error {
  readonly reason: string;
  readonly offset: number | null;

  constructor(reason: string, offset: number | null = null) {
    super(reason);
    this.name = 'FormatError';
    this.reason = reason;
    this.offset = offset;
  }
}

/** Runs a reader and gives its fault instead of throwing it; anything that is no FormatError goes on. */
export function attempt<T>(read: () => T): { readonly value: T } | { readonly fault: FormatError } {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof FormatError) return { fault: error };
    throw error;
  }
}
