// Policy over HTTP.
import type { Handlers } from '#api/routing/handler.ts';
import { decide } from '#boundary/policy/decide.ts';
import type { Intent } from '#boundary/policy/intent.ts';
import { scopeOf } from '#boundary/policy/scope.ts';
import type { Registry } from '#boundary/registry/registry.ts';
import type { Principal } from '#custody/access/principal.ts';
import type { Clock } from '#kernel/clock.ts';

type BoundaryHandlers = Pick<Handlers, 'getPolicy' | 'explainPolicy'>;

export function boundaryHandlers(parts: { readonly registry: Registry; readonly clock: Clock }): BoundaryHandlers {
  const { registry, clock } = parts;
  return {
    async getPolicy(_input, { principal }) {
      const { policy } = await registry.rulebook(principal.tenant);
      return { json: mutable(policy) };
    },

    async explainPolicy({ body }, { principal }) {
      const { snapshot, policy } = await registry.rulebook(principal.tenant);
      const at = body.at ?? clock.now().toISOString();
      return { json: mutable(decide(hypothetical(principal, at, body), snapshot, policy)) };
    },
  };
}

type Hypothesis = Parameters<BoundaryHandlers['explainPolicy']>[0]['body'];

function hypothetical(principal: Principal, at: string, wish: Hypothesis): Intent {
  return {
    v: 1,
    at,
    tenant: principal.tenant,
    actor: principal.actor,
    onBehalfOf: null,
    purpose: wish.purpose,
    patient: wish.patient ?? null,
    encounter: null,
    dataClass: wish.dataClass ?? 'phi',
    tags: wish.tags ?? [],
    capability: wish.capability,
    modality: wish.modality,
    residency: wish.residency ?? null,
    requestedService: wish.service ?? null,
    features: [],
    scope: scopeOf(principal),
  };
}

type Mutable<T> = T extends readonly (infer Item)[]
  ? Mutable<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Mutable<T[Key]> }
    : T;

/** A copy in the form that the wire's schemas infer: the same members without `readonly`. */
function mutable<T extends object>(value: T): Mutable<T> {
  return structuredClone(value) as Mutable<T>;
}
