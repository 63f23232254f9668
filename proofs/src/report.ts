// What verification says (docs/formats/bundle.md §3), and how a fault keeps its place on the way there.
import { FormatError } from './fault.ts';

export interface BadPlace {
  readonly file: string;
  /** Byte in the file, where that has meaning. */
  readonly offset: number | null;
  /** Index of the entry, where one is concerned. */
  readonly index: number | null;
  /** Stable code. */
  readonly reason: string;
}

export interface AnchorReport {
  readonly name: string;
  readonly origin: string;
  readonly size: number;
  /** Base64. */
  readonly rootHash: string;
  readonly status: CheckpointStatus;
}

/** `not checkable`: of an older epoch, and the entry that ended that epoch is not in the export. */
export type CheckpointStatus = 'in tree' | 'in declared gap' | 'not checkable';

export interface DestroyedReport {
  readonly certificate: string;
  readonly destruction: string;
  readonly on: string;
  readonly count: number;
  readonly entries: readonly { readonly from: number; readonly to: number }[];
  readonly status: 'complete' | 'pending_backup_expiry';
}

export interface VerifyReport {
  readonly result: 'verified' | 'failed';
  readonly origin: string | null;
  readonly treeSize: number | null;
  /** Base64. */
  readonly rootHash: string | null;
  readonly pinned: boolean;
  readonly anchors: readonly AnchorReport[];
  readonly firstBad: BadPlace | null;
  readonly destroyed: readonly DestroyedReport[];
  readonly gaps: readonly { readonly epoch: number; readonly from: number; readonly to: number }[];
  readonly warnings: readonly string[];
}

/** A fault in a bundle, with its place. */
export class BundleFault extends Error {
  readonly place: BadPlace;

  constructor(
    file: string,
    reason: string,
    at: { readonly offset?: number | null; readonly index?: number | null } = {},
  ) {
    super(reason);
    this.name = 'BundleFault';
    this.place = { file, offset: at.offset ?? null, index: at.index ?? null, reason };
  }
}

/** Runs a reader of one file; its FormatError becomes a fault in that file. */
export function within<T>(file: string, index: number | null, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof FormatError) throw new BundleFault(file, error.reason, { offset: error.offset, index });
    throw error;
  }
}
