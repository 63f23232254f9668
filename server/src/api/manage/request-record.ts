// What became of a call, from the two entries that speak of it: facts of their public headers, nothing computed beyond a difference of times.
import { z } from 'zod';
import { Pattern, type RequestRecord } from '@cordon/contract';
import { dollarText } from '#boundary/costs/money.ts';
import type { LedgerEntry } from '#custody/ledger/reader.ts';

const STATUSES = ['complete', 'refused', 'failed', 'aborted', 'interrupted', 'unknown'] as const;

/** A member that an entry of another version lacks, or has in another form, is not known. */
const token = z.string().nullable().catch(null);
const count = z.number().int().min(0).nullable().catch(null);
const tokens = z.array(z.string()).catch([]);

const IntentDetail = z.object({
  code: z.string().catch('unknown'),
  policy: token,
  registry: token,
  capability: token,
  obligations: tokens,
  routes: z.array(z.object({ service: z.string(), pattern: Pattern })).catch([]),
});

const OutcomeDetail = z.object({
  status: z.enum(STATUSES).catch('unknown'),
  code: z.string().catch('unknown'),
  service: token,
  httpStatus: count,
  attempts: z.array(z.object({ service: z.string(), code: z.string(), ms: z.number().int().min(0) })).catch([]),
  inputTokens: count,
  cachedInputTokens: count,
  outputTokens: count,
  audioMs: count,
  costNano: count,
});

/** `outcome` null: the call is under way. */
export function requestRecord({ header }: LedgerEntry, outcome: LedgerEntry | null): RequestRecord {
  const { code, policy, registry, capability, obligations, routes } = IntentDetail.parse(header.detail);
  const [first] = routes;
  return {
    id: header.id,
    decision: code,
    service: first?.service ?? null,
    pattern: first?.pattern ?? null,
    capability,
    policy,
    registry,
    obligations,
    routes,
    startedAt: header.time,
    intentIndex: header.index,
    outcome: outcome === null ? null : outcomeOf(outcome, Date.parse(header.time)),
  };
}

function outcomeOf({ header }: LedgerEntry, startedMs: number): NonNullable<RequestRecord['outcome']> {
  const { status, code, service, httpStatus, attempts, costNano, ...used } = OutcomeDetail.parse(header.detail);
  const { inputTokens, cachedInputTokens, outputTokens, audioMs } = used;
  const { stream } = header;
  return {
    status,
    code,
    service,
    httpStatus,
    index: header.index,
    endedAt: header.time,
    ms: Math.max(0, Date.parse(header.time) - startedMs),
    attempts,
    usage: { inputTokens, cachedInputTokens, outputTokens, audioMs },
    cost: costNano === null ? null : dollarText(BigInt(costNano)),
    stream: stream === undefined ? null : { frames: stream.frames, bytes: stream.bytes },
  };
}
