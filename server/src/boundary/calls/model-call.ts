// A call of a language or embedding model: what an OpenAI-shaped request asks of the spine (spec boundary §1.1, walks.md).
import { ProblemError } from '@cordon/contract';
import type { Door, ModelAdapter, ModelAnswer, ModelRequest, Usage } from '#boundary/egress/adapter.ts';
import type { Breakers } from '#boundary/egress/breaker.ts';
import { MAX_STREAMED_ANSWER_BYTES } from '#boundary/egress/limits.ts';
import type { Decision, Route } from '#boundary/policy/decision.ts';
import type { Intent } from '#boundary/policy/intent.ts';
import type { LiveRulebook } from '#boundary/rulebook/rulebooks.ts';
import type { Appended, ObjectRef } from '#custody/ledger/ledger.ts';
import type { TenantId } from '#kernel/ids.ts';
import { Phi } from '#kernel/phi.ts';
import { NOTHING, paid, type Spending, type Used } from '#boundary/limits/meter.ts';
import { attemptsDetail, carryWithin, type Attempt, type Carrying } from './attempts.ts';
import type { Asked, Call, PublicRecord, Released, Step, StreamCall } from './call.ts';
import { callModel, type SpineParts } from './spine.ts';
import { streamModel } from './stream.ts';

export interface ModelCallParts extends SpineParts {
  readonly breakers: Breakers;
  readonly doorOf: (tenant: TenantId) => Door;
  /** By the adapter's name in a service row. */
  readonly adapters: ReadonlyMap<string, ModelAdapter>;
  /** Integer nano-dollars for what a service measured; null where no price is known. */
  readonly costOf: (service: string, rulebook: LiveRulebook, usage: Usage) => number | null;
  /** The most that the request can cost there; null where nobody knows. */
  readonly mostCostOf: (service: string, rulebook: LiveRulebook, request: ModelRequest) => number | null;
  /** The most tokens that the request can be read and answered with, wherever it goes; null where nobody knows. */
  readonly mostTokensOf: (request: ModelRequest) => number | null;
}

export interface ModelCallWish {
  /** Id of the `call.intent` entry. */
  readonly id: string;
  /** False when an earlier attempt may have used the id. */
  readonly isNew: boolean;
  readonly intent: Intent;
  readonly request: ModelRequest;
  readonly objects: readonly ObjectRef[];
  readonly facts: PublicRecord;
  /** What the obligations of the decision ask for; throws to refuse. */
  readonly steps: (decision: Decision) => readonly Step<ModelRequest, Uint8Array>[];
  readonly lookAgain: (request: ModelRequest, route: Route) => void | Promise<void>;
  readonly prepare: NonNullable<Asked['prepare']>;
  /** Of the ways that the decision allows those that the content may take as it was shaped. */
  readonly ways: (decision: Decision) => Decision;
  /** Public counts of what the steps did, for the outcome. */
  readonly told: () => PublicRecord;
  /** What the call is paid from, attempt by attempt. */
  readonly spending: Spending;
  /** Aborted when the caller goes away or the server stops. */
  readonly signal: AbortSignal;
}

/** A whole answer in OpenAI's form; `status` is 200, or what the service refused the request with. */
export interface WholeAnswer {
  readonly status: number;
  readonly bytes: Uint8Array;
  readonly costNano: number | null;
  readonly used: Used;
  readonly detail: PublicRecord;
}

/** Errors: those of the spine, of the obligations, `upstream_…`. */
export function askModel(parts: ModelCallParts, wish: ModelCallWish): Promise<Released<WholeAnswer>> {
  const attempts: Attempt[] = [];
  const call: Call<ModelRequest, WholeAnswer> = {
    ...asked(wish, attempts),
    content: wish.request,
    steps: (decision) => wish.steps(decision).map(overWhole),
    lookAgain: wish.lookAgain,
    carry: async ({ decision, rulebook }, request) => {
      const { output } = await carryWithin({
        ...carryingOf(parts, wish, decision, attempts),
        carry: (way) =>
          paid(
            wish.spending,
            mostOf(parts, way, rulebook, request),
            async () => wholeOf(parts, rulebook, way, await send(parts, wish, rulebook, way, request)),
            ({ used }) => used,
          ),
        released: () => false,
      });
      return output;
    },
    describe: ({ bytes, detail }) => {
      return { detail: { ...attemptsDetail(attempts), ...detail, ...wish.told() }, body: Phi.of(bytes) };
    },
    keep: null,
  };
  return callModel(parts, call);
}

/** What is known of a streamed answer before its first segment, and how it ends. */
export interface StreamEnds {
  begun(decision: Decision, intent: Appended): void;
  /** The segment is durable: it may go to the caller. Resolves when the caller can take more; rejects when it went away. */
  release(segment: Uint8Array): Promise<void>;
  /** Instead of segments: the service refused the request (4xx), and this, which is durable, is its answer in OpenAI's error form. */
  refused(status: number, answer: Uint8Array): void;
}

/** Resolves when the outcome is in the ledger. */
export function streamFromModel(
  parts: ModelCallParts,
  wish: ModelCallWish,
  ends: StreamEnds,
): Promise<Released<StreamedAnswer>> {
  const attempts: Attempt[] = [];
  let refused: number | null = null;
  const call: StreamCall<ModelRequest, StreamedAnswer> = {
    ...asked(wish, attempts),
    content: wish.request,
    steps: wish.steps,
    lookAgain: wish.lookAgain,
    begun: ({ decision, intent }) => ends.begun(decision, intent),
    carry: async ({ decision, rulebook }, request, emit) => {
      let emitted = false;
      const once = async (way: Route): Promise<StreamedAnswer> => {
        const answer = await send(parts, wish, rulebook, way, request);
        if (answer.kind === 'refused') {
          refused = answer.status;
          await emit(answer.bytes);
          return { used: NOTHING, detail: refusalDetail(refused) };
        }
        if (answer.kind === 'whole') throw new ProblemError('upstream_invalid');
        let bytes = 0;
        for await (const segment of answer.segments) {
          bytes += segment.length;
          if (bytes > MAX_STREAMED_ANSWER_BYTES) throw new ProblemError('upstream_invalid', { reason: 'too_large' });
          emitted = true;
          await emit(segment);
        }
        const usage = answer.usage();
        const nano = parts.costOf(way.service, rulebook, usage);
        return { used: { nano, tokens: tokensOf(usage) }, detail: measured(usage, nano) };
      };
      const { output } = await carryWithin({
        ...carryingOf(parts, wish, decision, attempts),
        carry: (way) =>
          paid(
            wish.spending,
            mostOf(parts, way, rulebook, request),
            () => once(way),
            ({ used }) => used,
          ),
        released: () => emitted,
      });
      return output;
    },
    release: (segment) => (refused === null ? ends.release(segment) : ends.refused(refused, segment)),
    describe: ({ detail }) => ({ ...attemptsDetail(attempts), ...detail, ...wish.told() }),
    keep: () => Promise.resolve(),
  };
  return streamModel(parts, call);
}

export interface StreamedAnswer {
  readonly used: Used;
  readonly detail: PublicRecord;
}

function carryingOf(
  { breakers }: ModelCallParts,
  { intent, ways, signal }: ModelCallWish,
  decision: Decision,
  attempts: Attempt[],
): Omit<Carrying<never>, 'carry' | 'released'> {
  return { breakers, tenant: intent.tenant, decision: ways(decision), attempts, signal };
}

function asked(wish: ModelCallWish, attempts: readonly Attempt[]): Asked {
  const { id, isNew, intent, request, objects, facts, prepare, told } = wish;
  return {
    intentId: id,
    isNew,
    intent,
    request: request.bytes,
    objects,
    requestDetail: { api: request.api, stream: request.stream },
    facts,
    prepare,
    failed: () => ({ ...attemptsDetail(attempts), ...told() }),
  };
}

function mostOf(parts: ModelCallParts, { service }: Route, rulebook: LiveRulebook, request: ModelRequest): Used {
  return { nano: parts.mostCostOf(service, rulebook, request), tokens: parts.mostTokensOf(request) };
}

/** Those that the service read and wrote; null where it did not say. What embeds writes none. */
export function tokensOf({ inputTokens, outputTokens }: Usage): number | null {
  return inputTokens === null ? null : inputTokens + (outputTokens ?? 0);
}

/** The service's row is the one the decision was made of. */
async function send(
  parts: ModelCallParts,
  { intent, signal }: ModelCallWish,
  { snapshot, policy }: LiveRulebook,
  { service: id }: Route,
  request: ModelRequest,
): Promise<ModelAnswer> {
  const service = snapshot.services.find((row) => row.id === id);
  const adapter = service === undefined ? undefined : parts.adapters.get(service.adapter);
  if (service === undefined || adapter === undefined) throw new ProblemError('service_unknown');
  const target = { service, boundary: policy.settings.network };
  const answer = await adapter.send(parts.doorOf(intent.tenant), target, request, signal);
  if (answer.kind === 'refused') mustConcernCaller(answer.status);
  return answer;
}

function wholeOf(parts: ModelCallParts, rulebook: LiveRulebook, { service }: Route, answer: ModelAnswer): WholeAnswer {
  switch (answer.kind) {
    case 'whole': {
      const costNano = parts.costOf(service, rulebook, answer.usage);
      const used = { nano: costNano, tokens: tokensOf(answer.usage) };
      return { status: 200, bytes: answer.bytes, costNano, used, detail: measured(answer.usage, costNano) };
    }
    case 'refused':
      return {
        status: answer.status,
        bytes: answer.bytes,
        costNano: null,
        used: NOTHING,
        detail: refusalDetail(answer.status),
      };
    case 'stream':
      throw new ProblemError('upstream_invalid');
  }
}

/** What the caller wrote was wrong; every other refusal concerns our credential or account, of which the caller learns nothing. */
const CALLERS_FAULT: ReadonlySet<number> = new Set([400, 404, 413, 415, 422]);

/** The call is complete: the service's answer was a refusal. */
function refusalDetail(httpStatus: number): PublicRecord {
  return { code: 'upstream_refused', httpStatus };
}

/** Errors: `upstream_refused`. */
function mustConcernCaller(status: number): void {
  if (!CALLERS_FAULT.has(status)) throw new ProblemError('upstream_refused', { status });
}

/** Only what the service said: a figure that it did not give is left out, not made up. */
function measured(usage: Usage, costNano: number | null): PublicRecord {
  const { inputTokens, cachedInputTokens, outputTokens } = usage;
  const told = Object.entries({ inputTokens, cachedInputTokens, outputTokens, costNano });
  return Object.fromEntries(told.filter((entry): entry is [string, number] => entry[1] !== null));
}

function overWhole(step: Step<ModelRequest, Uint8Array>): Step<ModelRequest, WholeAnswer> {
  return {
    obligation: step.obligation,
    inbound: (request) => step.inbound(request),
    outbound: async (answer) => ({ ...answer, bytes: await step.outbound(answer.bytes) }),
  };
}
