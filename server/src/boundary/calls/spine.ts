// The one way of every AI call (spec walks.md): decide → record intent → shape → look again → carry → shape back →
// record outcome → release. Exactly two ledger entries, whatever happens; nothing is released before the second (I1, I2, I3).
import { isProblem, ProblemError, type ProblemCode } from '@cordon/contract';
import { decide } from '#boundary/policy/decide.ts';
import { decisionDetail } from '#boundary/policy/decision-detail.ts';
import { recordedForm, type Decision, type Route } from '#boundary/policy/decision.ts';
import { factsOf } from '#boundary/policy/facts.ts';
import type { Registry } from '#boundary/registry/registry.ts';
import type { LiveRulebook } from '#boundary/rulebook/rulebooks.ts';
import { newSharedKey } from '#custody/keys/shared-key.ts';
import type { SharedKey } from '#custody/keys/sealer.ts';
import type { Appended, AppendRequest, Ledger } from '#custody/ledger/ledger.ts';
import { outcomeIdOf } from '#custody/ledger/outcome-ids.ts';
import type { RecordEntry } from '#custody/ledger/recorded.ts';
import { newId } from '#kernel/ids.ts';
import { Phi } from '#kernel/phi.ts';
import type { Store } from '#platform/store/store.ts';
import type { Asked, Call, KeepContext, OutcomeRecord, Prepared, Released, Step } from './call.ts';

export interface SpineParts {
  readonly registry: Registry;
  readonly ledger: Ledger;
  readonly store: Store;
}

/** Errors: the decision's refusal code; whatever shaping or carrying threw; every ledger error. On any of them nothing was released. */
export async function callModel<Content, Output>(
  parts: SpineParts,
  call: Call<Content, Output>,
): Promise<Released<Output>> {
  const bodyKey = newSharedKey();
  try {
    return await callUnder(parts, call, bodyKey);
  } finally {
    bodyKey.wipe();
  }
}

async function callUnder<Content, Output>(
  parts: SpineParts,
  call: Call<Content, Output>,
  bodyKey: SharedKey,
): Promise<Released<Output>> {
  const decided = await decideCall(parts, call);
  const { decision, rulebook } = decided;
  const intent = await recordIntent(parts, call, decided, bodyKey);
  const outcomeId = outcomeIdOf(intent.entryId);
  let output: Output;
  let outcome: Appended;
  try {
    const route = routeOf(decision);
    const steps = call.steps(decision);
    const shaped = await shape(steps, call.content);
    await call.lookAgain(shaped, route);
    const carried = await call.carry({ decision, route, rulebook }, shaped);
    output = await shapeBack(steps, carried);
    outcome = await recordOutcome(parts, call, { intent, outcomeId, decision, bodyKey }, output);
  } catch (error) {
    await recordFailure(parts, call, intent, outcomeId, decision, error);
    throw error;
  }
  return { output, decision, intent, outcome };
}

export async function decideCall(
  parts: SpineParts,
  call: Asked,
): Promise<{ readonly decision: Decision; readonly rulebook: LiveRulebook }> {
  const rulebook = await parts.registry.rulebook(call.intent.tenant);
  return { decision: decide(call.intent, rulebook), rulebook };
}

/** Durable before a byte goes anywhere. The whole intent and the recorded form of the decision are in the sealed body. `bodyKey`: seals that of the outcome too. */
export async function recordIntent(
  parts: SpineParts,
  call: Asked,
  { decision, rulebook }: { readonly decision: Decision; readonly rulebook: LiveRulebook },
  bodyKey?: SharedKey,
): Promise<Appended> {
  const { intent } = call;
  const intentId = call.intentId ?? newId();
  const request: AppendRequest = {
    tenant: intent.tenant,
    entryId: intentId,
    ...(call.intentId === undefined || call.isNew === true ? { fresh: true } : {}),
    kind: 'call.intent',
    actor: intent.actor,
    objects: call.objects,
    detail: { ...decisionDetail(decision), capability: intent.capability, ...call.requestDetail },
    facts: { ...factsOf(intent, decision, rulebook.snapshot.services), ...call.facts },
    body: sealedIntent(call, decision, await preparedFor(call, decision, rulebook)),
    ...(bodyKey === undefined ? {} : { bodyKey }),
  };
  const appended = await appendOrAbandon(parts, request, intentId);
  parts.registry.observe(intent, decision, intentId);
  return appended;
}

/** What could not be recorded now may have been, or is for recovery to record: no call stays open because a process lives on. */
async function appendOrAbandon(parts: SpineParts, request: AppendRequest, intentId: string): Promise<Appended> {
  try {
    return await parts.ledger.append(request);
  } catch (error) {
    parts.ledger.abandon(request.tenant, intentId);
    throw error;
  }
}

async function preparedFor(call: Asked, decision: Decision, rulebook: LiveRulebook): Promise<Phi<Prepared> | null> {
  const { route } = decision;
  return route === null || call.prepare === undefined ? null : call.prepare({ decision, route, rulebook });
}

/** One line of JSON, then the request as it came, then as it left (docs/formats/decision.md): base64 would be a third more to seal, send and keep. */
function sealedIntent(call: Asked, decision: Decision, prepared: Phi<Prepared> | null): Phi<Uint8Array> {
  const head = { v: 2, intent: call.intent, decision: recordedForm(decision) };
  const request = call.request.reveal();
  if (prepared === null) return Phi.of(Buffer.concat([Buffer.from(JSON.stringify(head)), LINE_END, request]));
  const { bytes, ...left } = prepared.reveal();
  const line = JSON.stringify({ ...head, left: { ...left, from: request.length } });
  return Phi.of(Buffer.concat([Buffer.from(line), LINE_END, request, bytes]));
}

const LINE_END = Buffer.from('\n');

export function routeOf(decision: Decision): Route {
  if (decision.route !== null) return decision.route;
  throw new ProblemError(decision.code === 'allowed' ? 'internal' : decision.code, told(decision));
}

/** The first refusal's clause and what would change the answer: words of policy, never content (spec boundary §3.5). */
function told({ code, considered }: Decision): Record<string, string> {
  const refused = considered.find((one) => one.refused?.code === code)?.refused ?? null;
  return refused === null ? {} : { because: refused.because, change: refused.change };
}

export async function shape<C, O>(steps: readonly Step<C, O>[], content: C): Promise<C> {
  let shaped = content;
  for (const step of steps) shaped = await step.inbound(shaped);
  return shaped;
}

export async function shapeBack<C, O>(steps: readonly Step<C, O>[], output: O): Promise<O> {
  let shaped = output;
  for (const step of steps.toReversed()) shaped = await step.outbound(shaped);
  return shaped;
}

type Made = Omit<KeepContext, 'tx' | 'record'> & { readonly bodyKey: SharedKey };

async function recordOutcome<C, O>(parts: SpineParts, call: Call<C, O>, made: Made, output: O): Promise<Appended> {
  const request = outcomeOf(call, made, call.describe(output));
  if (call.keep === null) return appendOrAbandon(parts, request, made.intent.entryId);
  const entries = await keepWithOutcome(parts, call.keep, made, request, output);
  const outcome = await parts.ledger.settle(request.tenant, made.outcomeId);
  for (const entry of entries) await parts.ledger.settle(request.tenant, entry);
  return outcome;
}

function outcomeOf<C, O>(call: Call<C, O>, made: Made, { detail, body }: OutcomeRecord): AppendRequest {
  const { tenant, actor } = call.intent;
  const service = made.decision.route?.service ?? null;
  return {
    tenant,
    kind: 'call.outcome',
    actor,
    objects: call.objects,
    entryId: made.outcomeId,
    fresh: true,
    detail: { intent: made.intent.entryId, status: 'complete', code: 'ok', service, ...detail },
    body,
    bodyKey: made.bodyKey,
  };
}

/** The outcome and the state it speaks of are one transaction; release waits (`settle`) until the entries have their index. Returns those of `keep`. */
async function keepWithOutcome<O>(
  parts: SpineParts,
  keep: (context: KeepContext, output: O) => Promise<void>,
  made: Made,
  outcome: AppendRequest,
  output: O,
): Promise<readonly string[]> {
  const { tenant } = outcome;
  return parts.store.asTenant(tenant, async (tx) => {
    await parts.ledger.enqueue(tx, outcome);
    const entries: string[] = [];
    const record: RecordEntry = async (request) => {
      entries.push((await parts.ledger.enqueue(tx, { tenant, ...request })).entryId);
    };
    const { intent, outcomeId, decision } = made;
    await keep({ intent, outcomeId, decision, tx, record }, output);
    return entries;
  });
}

/** A refused or failed call closes its record too. If that cannot be written, recovery closes it as `unknown`. Never throws. */
export async function recordFailure(
  parts: SpineParts,
  call: Asked,
  intent: Appended,
  entryId: string,
  decision: Decision,
  error: unknown,
): Promise<void> {
  const problem: ProblemCode = isProblem(error) ? error.code : 'internal';
  const { tenant } = call.intent;
  // The outcome may have been committed: recovery reads and decides.
  if (problem === 'outcome_unknown') return parts.ledger.abandon(tenant, intent.entryId);
  const outcome: AppendRequest = {
    tenant,
    kind: 'call.outcome',
    actor: call.intent.actor,
    objects: call.objects,
    entryId,
    detail: {
      intent: intent.entryId,
      status: decision.route === null ? 'refused' : 'failed',
      code: problem,
      service: decision.route?.service ?? null,
      ...(decision.route === null ? {} : call.failed?.()),
    },
  };
  // What the caller is told is what went wrong first.
  await appendOrAbandon(parts, outcome, intent.entryId).catch(() => undefined);
}
