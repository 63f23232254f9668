// What calls of AI services need, composed: the door, the adapters, what limits calls.
import { anthropicAdapter } from '#boundary/egress/adapters/anthropic.ts';
import { createAzureOpenAi } from '#boundary/egress/adapters/azure-openai.ts';
import { bedrockAdapter } from '#boundary/egress/adapters/bedrock.ts';
import { openai } from '#boundary/egress/adapters/openai.ts';
import { assemblyAi } from '#boundary/egress/adapters/assemblyai.ts';
import { awsTranscribe } from '#boundary/egress/adapters/aws-transcribe.ts';
import { deepgram } from '#boundary/egress/adapters/deepgram.ts';
import { vertexSpeechAdapter } from '#boundary/egress/adapters/vertex-speech.ts';
import { vertexAdapter } from '#boundary/egress/adapters/vertex.ts';
import { Breakers } from '#boundary/egress/breaker.ts';
import { probeAzureOpenAi } from '#boundary/egress/probes/azure-openai.ts';
import { probeBedrock } from '#boundary/egress/probes/bedrock.ts';
import { probeOpenAi } from '#boundary/egress/probes/openai.ts';
import type { VendorProbe } from '#boundary/egress/probes/probe.ts';
import { probeVertex } from '#boundary/egress/probes/vertex.ts';
import type { Probe } from '#boundary/registry/probes.ts';
import type { Registry } from '#boundary/registry/registry.ts';
import type { Door, ModelAdapter, ModelRequest, SpeechAdapter, Usage } from '#boundary/egress/adapter.ts';
import { Egress } from '#boundary/egress/door.ts';
import { ceilingOf, costOf } from '#boundary/costs/cost.ts';
import type { LiveRulebook } from '#boundary/rulebook/rulebooks.ts';
import { Allowances } from '#boundary/limits/allowances.ts';
import type { BudgetBooks } from '#boundary/limits/books.ts';
import { Budgets } from '#boundary/limits/budgets.ts';
import { createMeter, type Meter } from '#boundary/limits/meter.ts';
import { Places } from '#boundary/limits/places.ts';
import { SharedPlaces } from '#boundary/limits/shared-places.ts';
import { budgetOfKey } from '#custody/access/api-keys.ts';
import type { Clock } from '#kernel/clock.ts';
import type { ModelCallParts } from '#boundary/calls/model-call.ts';
import type { RemoteSpeech } from '#boundary/calls/speech-call.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Foundation } from './foundation.ts';

/** By adapter; adapters without a documented interface have none (docs/formats/adapters.md, Probes). */
function vendorProbes(clock: Clock): ReadonlyMap<string, VendorProbe> {
  return new Map([
    ['openai', probeOpenAi],
    ['azure-openai', probeAzureOpenAi(clock)],
    ['bedrock', probeBedrock(clock)],
    ['vertex', probeVertex(clock)],
  ]);
}

function probesThrough(
  registry: Registry,
  clock: Clock,
  doorOf: (tenant: TenantId) => Door,
): ReadonlyMap<string, Probe> {
  const through =
    (ask: VendorProbe): Probe =>
    async (tenant, service, signal) => {
      const { policy } = await registry.rulebook(tenant);
      return ask(doorOf(tenant), { service, boundary: policy.settings.network }, signal);
    };
  return new Map([...vendorProbes(clock)].map(([adapter, ask]) => [adapter, through(ask)]));
}

export interface BoundaryService {
  readonly calls: ModelCallParts;
  readonly speech: RemoteSpeech;
  readonly meter: Meter;
  readonly budgets: BudgetBooks;
  /** What vendors' own interfaces say is configured, by adapter. */
  readonly probes: ReadonlyMap<string, Probe>;
  /** Connections are closed, unused allowances given back. */
  stop(): Promise<void>;
}

function modelAdapters(clock: Clock): ReadonlyMap<string, ModelAdapter> {
  return new Map([
    ['openai', openai],
    ['azure-openai', createAzureOpenAi(clock)],
    ['bedrock', bedrockAdapter()],
    ['anthropic', anthropicAdapter()],
    ['vertex', vertexAdapter(clock)],
  ]);
}

function speechAdapters(clock: Clock): ReadonlyMap<string, SpeechAdapter> {
  return new Map([
    ['openai', openai],
    ['azure-openai', createAzureOpenAi(clock)],
    ['aws-transcribe', awsTranscribe(clock)],
    ['deepgram', deepgram],
    ['assemblyai', assemblyAi()],
    ['vertex', vertexSpeechAdapter(clock)],
  ]);
}

/** Null: not known. Amounts are far below what a number holds exactly (nine million dollars). */
function nanoOf(
  usage: Usage,
  { prices }: LiveRulebook,
  service: string,
  at: Date,
  ceiling: Usage | null = null,
): number | null {
  const cost = costOf(usage, prices.get(service) ?? [], at, ceiling);
  return cost === null ? null : Number(cost.nanoDollars);
}

function mostUsed({ api, bytes, parsed }: ModelRequest): Usage {
  const { max_completion_tokens, max_output_tokens, max_tokens, n } = parsed.reveal();
  const stated = [max_completion_tokens, max_output_tokens, max_tokens].find((value) => typeof value === 'number');
  return ceilingOf({
    requestBytes: bytes.reveal().length,
    maxOutputTokens: api === 'embeddings' ? 0 : typeof stated === 'number' ? stated : null,
    choices: typeof n === 'number' ? n : 1,
    audioMs: null,
  });
}

/** Sound of a known length: what a service does not say it heard, it heard all of. */
function soundOf(audioMs: number): Usage {
  return { inputTokens: null, cachedInputTokens: null, outputTokens: null, audioMs };
}

function tokensAtMost(request: ModelRequest): number | null {
  const { inputTokens, outputTokens } = mostUsed(request);
  return inputTokens === null || outputTokens === null ? null : inputTokens + outputTokens;
}

export function startBoundaryService(foundation: Foundation): BoundaryService {
  const { config, clock } = foundation;
  const { secrets, airGapped, egressProxy } = config;
  const proxy = egressProxy === null ? null : { ...egressProxy, secrets };
  const egress = new Egress({ secrets, airGapped, clock, proxy });
  const allowances = new Allowances(foundation);
  const shared = new SharedPlaces(foundation);
  const budgets = new Budgets(foundation);
  const meter = createMeter({
    allowances,
    shared,
    places: new Places(),
    budgetOfTenant: (tenant) => budgets.of(tenant),
    budgetOfKey: (tenant, id) => budgetOfKey(foundation.store, tenant, id),
  });
  const breakers = new Breakers(clock);
  const doorOf = (tenant: TenantId): Door => egress.doorOf(tenant);
  return {
    speech: {
      doorOf,
      breakers,
      adapters: speechAdapters(clock),
      meter,
      costOf: (service, rulebook, usage, durationMs) =>
        nanoOf(usage, rulebook, service, clock.now(), soundOf(durationMs)),
    },
    calls: {
      ...foundation,
      doorOf,
      adapters: modelAdapters(clock),
      breakers,
      costOf: (service, rulebook, usage) => nanoOf(usage, rulebook, service, clock.now()),
      mostCostOf: (service, rulebook, request) => nanoOf(mostUsed(request), rulebook, service, clock.now()),
      mostTokensOf: tokensAtMost,
    },
    meter,
    budgets: { budgets, allowances, shared },
    probes: probesThrough(foundation.registry, clock, doorOf),
    stop: async () => {
      await egress.close();
      await allowances.returnAll();
      await shared.returnAll();
    },
  };
}
