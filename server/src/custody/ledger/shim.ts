import { encodeCanonical, type Json } from '@cordon/proofs';
export type EntryHeader = Record<string, unknown> & { kind: string; id: string; v: 1; epoch: number; index: number; time: string };
export function encodeEntry(h: object): Uint8Array { return encodeCanonical(h as Json); }
