// The evidence's part of the composition: the engine that samples are measured with, made when it is first needed.
import { createEngine, type Engine } from '@cordon/deid';
import { loadModel } from '@cordon/deid/model';
import { methodHandlers } from '#api/manage/methods.ts';
import type { MethodParts } from '#boundary/evidence/methods.ts';
import { lookAfterMethods } from '#boundary/evidence/upkeep.ts';
import type { TenantId } from '#kernel/ids.ts';
import type { Foundation } from './foundation.ts';

export function evidenceService(foundation: Foundation) {
  return methodHandlers(partsOf(foundation));
}

function partsOf({ store, ledger, keys, clock, blobs, registry, engine: running, config }: Foundation): MethodParts {
  let made: Engine | null = null;
  return {
    store,
    ledger,
    keys,
    clock,
    blobs,
    running,
    engine: () => (made ??= createEngine(loadModel())),
    embedded: config.database.kind === 'embedded',
    onChange: (tenant) => registry.changed(tenant),
  };
}

/** Once at start: only a start brings another engine. A tenant whose records cannot be ended now is decided as if they were. */
export function keepMethods(foundation: Foundation, tenants: () => Promise<readonly TenantId[]>): void {
  const { log } = foundation;
  const parts = { ...partsOf(foundation), log };
  const look = async (): Promise<void> => {
    for (const tenant of await tenants()) await lookAfterMethods(parts, tenant);
  };
  void look().catch((error: unknown) => log.error('method.upkeep_failed', {}, error));
}
