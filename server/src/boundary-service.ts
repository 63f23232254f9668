// What calls of AI services need, composed: the door, the adapters, what limits calls.
import { join } from 'node:path';
import { openai } from '#boundary/egress/adapters/openai.ts';
import type { ModelAdapter } from '#boundary/egress/adapter.ts';
import { Egress } from '#boundary/egress/door.ts';
import { Allowances } from '#boundary/limits/allowances.ts';
import { createMeter, type Meter } from '#boundary/limits/meter.ts';
import { Places } from '#boundary/limits/places.ts';
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

const MODEL_ADAPTERS: ReadonlyMap<string, ModelAdapter> = new Map([['openai', openai]]);

export function startBoundaryService(foundation: Foundation): BoundaryService {
  const { config, clock } = foundation;
  const egress = new Egress({ secrets: join(config.keys, SECRETS), airGapped: config.airGapped, clock });
  const allowances = new Allowances(foundation);
  return {
    calls: {
      ...foundation,
      doorOf: (tenant) => egress.doorOf(tenant),
      adapters: MODEL_ADAPTERS,
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
