// Sound on its way to a recogniser, here or elsewhere: carried within what the decision allows, every attempt remembered (I3).
import { ProblemError } from '@cordon/contract';
import type { Door, HeardText, SpeechAdapter, SpeechRequest } from '#boundary/egress/adapter.ts';
import type { Breakers } from '#boundary/egress/breaker.ts';
import type { Service } from '#boundary/policy/snapshot.ts';
import type { TenantId } from '#kernel/ids.ts';
import { attemptsDetail, carryWithin, type Attempt } from './attempts.ts';
import type { Decided, PublicRecord } from './call.ts';

/** Recognisers outside this process. */
export interface RemoteSpeech {
  readonly doorOf: (tenant: TenantId) => Door;
  /** By the adapter's name in a service row. */
  readonly adapters: ReadonlyMap<string, SpeechAdapter>;
  readonly breakers: Breakers;
}

export interface SoundWish<T> {
  readonly tenant: TenantId;
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

/** `detail`: for the outcome entry. Errors: those of the recogniser, of the adapter, of the door. */
export async function carrySound<T>(
  remote: RemoteSpeech,
  wish: SoundWish<T>,
): Promise<{ readonly output: T; readonly detail: PublicRecord }> {
  const { tenant, made, signal, released } = wish;
  const attempts: Attempt[] = [];
  const { output } = await carryWithin({
    breakers: remote.breakers,
    tenant,
    decision: made.decision,
    attempts,
    signal,
    released,
    carry: (route) => carryOnce(remote, wish, route.service),
  });
  return { output, detail: attemptsDetail(attempts) };
}

async function carryOnce<T>(remote: RemoteSpeech, wish: SoundWish<T>, id: string): Promise<T> {
  const { snapshot, policy } = wish.made.rulebook;
  const service = snapshot.services.find((row) => row.id === id);
  if (service === undefined) throw new ProblemError('service_unknown');
  if (service.adapter.startsWith('local-')) return wish.here(id);
  const adapter = remote.adapters.get(service.adapter);
  if (adapter === undefined) throw new ProblemError('service_unknown');
  const target = { service, boundary: policy.settings.network };
  const heard = await adapter.transcribe(remote.doorOf(wish.tenant), target, wish.request(), wish.signal);
  return wish.elsewhere(heard, service);
}
