// Sound on its way to a recogniser, here or elsewhere: carried within what the decision allows, every attempt remembered (I3).
import { ProblemError } from '@cordon/contract';
import type { Door, HeardText, SpeechAdapter, SpeechRequest, Usage } from '#boundary/egress/adapter.ts';
import type { Breakers } from '#boundary/egress/breaker.ts';
import { paid, type Meter, type Spending, type Used } from '#boundary/limits/meter.ts';
import type { Service } from '#boundary/policy/snapshot.ts';
import type { LiveRulebook } from '#boundary/rulebook/rulebooks.ts';
import type { ActorRef } from '#custody/ledger/ledger.ts';
import type { TenantId } from '#kernel/ids.ts';
import { attemptsDetail, carryWithin, type Attempt } from './attempts.ts';
import type { Decided, PublicRecord } from './call.ts';

/** Recognisers outside this process. */
export interface RemoteSpeech {
  readonly doorOf: (tenant: TenantId) => Door;
  /** By the adapter's name in a service row. */
  readonly adapters: ReadonlyMap<string, SpeechAdapter>;
  readonly breakers: Breakers;
  readonly meter: Pick<Meter, 'spending'>;
  /**
   * Integer nano-dollars for what a service measured; what it did not say of the sound counts as `durationMs`. Null where no price is known.
   */
  readonly costOf: (service: string, rulebook: LiveRulebook, usage: Usage, durationMs: number) => number | null;
}

export interface SoundWish<T> {
  readonly tenant: TenantId;
  /** Whose budget pays what is heard elsewhere. */
  readonly actor: ActorRef;
  /** Of the recording. */
  readonly durationMs: number;
  readonly made: Decided;
  readonly signal: AbortSignal;
  /** A service of this process. */
  readonly here: (service: string) => Promise<T>;
  /** A new request for each attempt: sound is read from its beginning. */
  readonly request: () => SpeechRequest;
  readonly elsewhere: (heard: HeardText, service: Service) => Promise<T>;
  /** Anything of what was heard went on: no other attempt may follow. */
  readonly released: () => boolean;
}

interface Once<T> {
  readonly output: T;
  readonly usage: PublicRecord;
  readonly used: Used;
}

/** `detail`: for the outcome entry. Errors: those of the recogniser, of the adapter, of the door; `budget_exhausted`. */
export async function carrySound<T>(
  remote: RemoteSpeech,
  wish: SoundWish<T>,
): Promise<{ readonly output: T; readonly detail: PublicRecord }> {
  const { tenant, actor, made, signal, released } = wish;
  const attempts: Attempt[] = [];
  let spending: Promise<Spending> | null = null;
  const { output } = await carryWithin({
    breakers: remote.breakers,
    tenant,
    decision: made.decision,
    attempts,
    signal,
    released,
    carry: async ({ service: id }): Promise<Once<T>> => {
      const service = made.rulebook.snapshot.services.find((row) => row.id === id);
      if (service === undefined) throw new ProblemError('service_unknown');
      if (service.adapter.startsWith('local-')) return { output: await wish.here(id), usage: {}, used: FREE };
      mustOweNoDeid(made);
      spending ??= remote.meter.spending(tenant, actor);
      const attempt = (): Promise<Once<T>> => carryElsewhere(remote, wish, service);
      return paid(await spending, mostOf(remote, wish, id), attempt, ({ used }) => used);
    },
  });
  return { output: output.output, detail: { ...attemptsDetail(attempts), ...output.usage } };
}

/** Sound says who speaks: on its way out it cannot be de-identified here, and what is owed is refused, never left out (I3). Errors: `obligation_unmet`. */
function mustOweNoDeid({ decision }: Decided): void {
  if (decision.obligations.some(({ kind }) => kind === 'deidentify'))
    throw new ProblemError('obligation_unmet', { obligation: 'deidentify' });
}

const FREE: Used = { nano: 0, tokens: 0 };
const SILENT: Usage = { inputTokens: null, cachedInputTokens: null, outputTokens: null, audioMs: null };

/** Sound is paid by its length; how many tokens a service makes of it nobody knows before, so a budget of tokens is not asked. */
function mostOf<T>({ costOf }: RemoteSpeech, { made, durationMs }: SoundWish<T>, service: string): Used {
  return { nano: costOf(service, made.rulebook, SILENT, durationMs), tokens: 0 };
}

async function carryElsewhere<T>(remote: RemoteSpeech, wish: SoundWish<T>, service: Service): Promise<Once<T>> {
  const { rulebook } = wish.made;
  const adapter = remote.adapters.get(service.adapter);
  if (adapter === undefined) throw new ProblemError('service_unknown');
  const target = { service, boundary: rulebook.policy.settings.network };
  const heard = await adapter.transcribe(remote.doorOf(wish.tenant), target, wish.request(), wish.signal);
  const { inputTokens, outputTokens } = heard.usage;
  const nano = remote.costOf(service.id, rulebook, heard.usage, wish.durationMs);
  return {
    output: await wish.elsewhere(heard, service),
    usage: saidOf({ inputTokens, outputTokens, costNano: nano }),
    used: { nano, tokens: (inputTokens ?? 0) + (outputTokens ?? 0) },
  };
}

/** Only what is known: a figure that nobody gave is left out, not made up. */
function saidOf(figures: Readonly<Record<string, number | null>>): PublicRecord {
  return Object.fromEntries(Object.entries(figures).filter((entry): entry is [string, number] => entry[1] !== null));
}
