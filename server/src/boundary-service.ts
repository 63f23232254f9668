// What calls of AI services need, composed: the door, the adapters, what limits calls.
import { join } from 'node:path';
import { anthropicAdapter } from '#boundary/egress/adapters/anthropic.ts';
import { createAzureOpenAi } from '#boundary/egress/adapters/azure-openai.ts';
import { bedrockAdapter } from '#boundary/egress/adapters/bedrock.ts';
import { openai } from '#boundary/egress/adapters/openai.ts';
import { vertexAdapter } from '#boundary/egress/adapters/vertex.ts';
import { Breakers } from '#boundary/egress/breaker.ts';
import type { ModelAdapter } from '#boundary/egress/adapter.ts';
import { Egress } from '#boundary/egress/door.ts';
import { Allowances } from '#boundary/limits/allowances.ts';
import { createMeter, type Meter } from '#boundary/limits/meter.ts';
import { Places } from '#boundary/limits/places.ts';
import type { Clock } from '#kernel/clock.ts';
import type { ModelCallParts } from '#boundary/calls/model-call.ts';
import type { Foundation } from './foundation.ts';

/** Directory of the secrets that open services, beside the keys and not among them. */
const SECRETS = 'services';

export interface BoundaryService {
  readonly calls: ModelCallParts;
  readonly meter: Meter;
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

export function startBoundaryService(foundation: Foundation): BoundaryService {
  const { config, clock } = foundation;
  const egress = new Egress({ secrets: join(config.keys, SECRETS), airGapped: config.airGapped, clock });
  const allowances = new Allowances(foundation);
  return {
    calls: {
      ...foundation,
      doorOf: (tenant) => egress.doorOf(tenant),
      adapters: modelAdapters(clock),
      breakers: new Breakers(clock),
      costOf: () => null,
      mostCostOf: () => null,
    },
    meter: createMeter({ allowances, places: new Places() }),
    stop: async () => {
      await egress.close();
      await allowances.returnAll();
    },
  };
}
