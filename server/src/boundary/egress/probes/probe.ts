// What a vendor's own interface says is configured (spec boundary §1.2), asked through the door. Only interfaces that the vendor documents;
// which of them there are, and of whom there is none: docs/formats/adapters.md, Probes.
import type { Door, OutboundRequest, Target } from '#boundary/egress/adapter.ts';
import { problemOfStatus } from '#boundary/egress/openai/refusal.ts';
import { parseObject, readWhole } from '#boundary/egress/whole.ts';

/** A member that the interface does not state is left out. */
export interface Finding {
  readonly retentionDays?: number | 'unknown';
  readonly trainsOnContent?: 'never' | 'opt-out' | 'unknown';
}

/** Nothing is stated, or there is nobody to ask. */
export const SILENT: Finding = {};

export type VendorProbe = (door: Door, target: Target, signal: AbortSignal) => Promise<Finding>;

/** Bytes of a configuration. */
const MAX_BYTES = 262_144;

/** Errors: those of the door; `upstream_refused` {status}, `upstream_unavailable`, `upstream_invalid`. */
export async function readConfiguration(
  door: Door,
  target: Target,
  request: Pick<OutboundRequest, 'path' | 'headers'>,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const sent = { ...request, method: 'GET', headers: { accept: 'application/json', ...request.headers }, body: null };
  const inbound = await door.send(target, sent as OutboundRequest, signal);
  if (inbound.status !== 200) throw await problemOfStatus(inbound);
  return parseObject(await readWhole(inbound, MAX_BYTES));
}
