// The planner and the pattern advisor over HTTP.
import type { Handlers } from '#api/routing/handler.ts';
import type { MeasuredInputs } from '#boundary/costs/planner/inputs.ts';
import { plan } from '#boundary/costs/planner/planner.ts';
import type { Registry } from '#boundary/registry/registry.ts';
import type { Clock } from '#kernel/clock.ts';
import type { TenantId } from '#kernel/ids.ts';

export interface PlannerParts {
  readonly registry: Registry;
  readonly clock: Clock;
  /** What the tenant's own records say of its visits; wired in main.ts, because the boundary does not know of visits. */
  readonly measured: (tenant: TenantId) => Promise<MeasuredInputs>;
}

export function plannerHandlers({ registry, clock, measured }: PlannerParts): Pick<Handlers, 'plan'> {
  return {
    async plan({ body }, { principal }) {
      const { snapshot, prices } = await registry.rulebook(principal.tenant);
      const seen = await measured(principal.tenant);
      return { json: plan(body, seen, { services: snapshot.services, prices }, clock.now()) };
    },
  };
}
