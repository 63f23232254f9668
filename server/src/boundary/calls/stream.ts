// The spine for answers that leave while they are made: the same order as `callModel`, but each segment is durable, sealed, in the
// ledger's stream before it goes on, and the outcome commits to all of them (docs/formats/stream.md; I1, I2, I3).
import { isProblem } from '@cordon/contract';
import type { Decision } from '#boundary/policy/decision.ts';
import type { Appended, LedgerStream } from '#custody/ledger/ledger.ts';
import { outcomeIdOf } from '#custody/ledger/outcome-ids.ts';
import type { Emit, Released, Step, StreamCall } from './call.ts';
import { decideCall, recordFailure, recordIntent, routeOf, shape, shapeBack, type SpineParts } from './spine.ts';

/**
 * Resolves when the outcome and the state it speaks of are stored. Errors: the decision's refusal code; whatever shaping, carrying or
 * releasing threw; every ledger error. What was released before an error is in the ledger's frames.
 */
export async function streamModel<Content, Output>(
  parts: SpineParts,
  call: StreamCall<Content, Output>,
): Promise<Released<Output>> {
  const decided = await decideCall(parts, call);
  const { decision, rulebook } = decided;
  const intent = await recordIntent(parts, call, decided);
  let stream: LedgerStream | null = null;
  let output: Output;
  let service: string;
  try {
    const route = routeOf(decision);
    service = route.service;
    const steps = call.steps(decision);
    const shaped = await shape(steps, call.content);
    await call.lookAgain(shaped, route);
    stream = await parts.ledger.openStream({ tenant: call.intent.tenant, intentId: intent.entryId });
    await call.begun?.({ intent, decision });
    output = await call.carry({ decision, route, rulebook }, shaped, emitter(call, steps, stream));
  } catch (error) {
    if (stream === null) await recordFailure(parts, call, intent, outcomeIdOf(intent.entryId), decision, error);
    else await closeBroken(parts, call, { stream, intent, decision }, error);
    throw error;
  }
  const detail = { code: 'ok', service, ...call.describe(output) };
  const outcome = await closeOrAbandon(parts, call, intent, stream, 'complete', detail);
  await call.keep({ intent, outcome, decision }, output);
  return { output, decision, intent, outcome };
}

function emitter<C, O>(call: StreamCall<C, O>, steps: readonly Step<C, Uint8Array>[], stream: LedgerStream): Emit {
  return async (segment) => {
    const shaped = await shapeBack(steps, segment);
    await stream.write(shaped);
    await call.release(shaped);
  };
}

interface Broken {
  readonly stream: LedgerStream;
  readonly intent: Appended;
  readonly decision: Decision;
}

/** What went wrong is what the caller is told; if the outcome cannot be written, recovery closes the call. Never throws. */
async function closeBroken<C, O>(
  parts: SpineParts,
  call: StreamCall<C, O>,
  { stream, intent, decision }: Broken,
  error: unknown,
): Promise<void> {
  const code = isProblem(error) ? error.code : 'internal';
  const status = code === 'shutting_down' || code === 'caller_gone' ? 'aborted' : 'failed';
  const detail = { code, service: decision.route?.service ?? null, ...call.failed?.() };
  await closeOrAbandon(parts, call, intent, stream, status, detail).catch(() => undefined);
}

async function closeOrAbandon<C, O>(
  parts: SpineParts,
  call: StreamCall<C, O>,
  intent: Appended,
  stream: LedgerStream,
  status: 'complete' | 'aborted' | 'failed',
  detail: Parameters<LedgerStream['close']>[1]['detail'] & object,
): Promise<Appended> {
  const { tenant, actor } = call.intent;
  try {
    return await stream.close(status, { actor, objects: call.objects, detail });
  } catch (error) {
    parts.ledger.abandon(tenant, intent.entryId);
    throw error;
  }
}
