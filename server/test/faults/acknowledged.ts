// The memory of everything that the server said was done. Each of it must be true at the end, and true once.

/** What a caller received as text from one call of the engine. */
export interface Received {
  readonly transcript: string | null;
  readonly text: string;
  /** Index of the outcome in the ledger; null where the answer does not name it. */
  readonly outcome: number | null;
}

export interface Acknowledged {
  /** Reference that the caller gave → id that the server answered. */
  readonly encounters: Map<string, string>;
  /** Recording → its encounter and job. */
  readonly recordings: Map<string, { readonly encounter: string; readonly job: string | null }>;
  readonly received: Received[];
  /** Draft → the document as it was answered. */
  readonly drafts: Map<string, unknown>;
  /** Note → the document as it was answered when it was signed. */
  readonly signed: Map<string, SignedNote>;
  /** Signed checkpoints that were read: the log may never contradict one. */
  readonly checkpoints: string[];
  readonly ledgerReads: { count: number };
  /** The server said that it cannot know whether the act was done; by idempotency key or reference. */
  readonly unresolved: Set<string>;
  /** Answers that were neither success nor "come again": each is a fault. */
  readonly wrong: { readonly path: string; readonly status: number; readonly code: string }[];
}

export interface SignedNote {
  readonly state: string;
  readonly versionSeen: string;
  readonly sections: unknown;
  readonly signature: { readonly receipt: { readonly index: number } };
}

export function nothingYet(): Acknowledged {
  return {
    encounters: new Map(),
    recordings: new Map(),
    received: [],
    drafts: new Map(),
    signed: new Map(),
    checkpoints: [],
    ledgerReads: { count: 0 },
    unresolved: new Set(),
    wrong: [],
  };
}
