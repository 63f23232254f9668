// Services and agreements over HTTP.
import type { Handlers } from '#api/routing/handler.ts';
import { wholePage } from '#api/routing/page.ts';
import type { Registry } from '#boundary/registry/registry.ts';

type BoundaryHandlers = Pick<Handlers, 'listServices' | 'listAgreements'>;

/** The registry of a tenant is a few hundred rows at most: its lists are one page. */
export function boundaryHandlers({ registry }: { readonly registry: Registry }): BoundaryHandlers {
  return {
    async listServices(_input, { principal }) {
      const { snapshot } = await registry.rulebook(principal.tenant);
      return { json: wholePage(snapshot.services, mutable) };
    },

    async listAgreements(_input, { principal }) {
      const { snapshot } = await registry.rulebook(principal.tenant);
      return { json: wholePage(snapshot.agreements, mutable) };
    },
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
