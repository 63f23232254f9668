// Public members of `call.intent` (docs/formats/entry.md §3): what was decided, of what, and every way that may be taken.
import type { PublicJson } from '#custody/ledger/ledger.ts';
import type { Decision } from './decision.ts';

export function decisionDetail(decision: Decision): { readonly [key: string]: PublicJson } {
  const routes = [decision.route, ...decision.alternates].flatMap((route) => (route === null ? [] : [route]));
  return {
    decision: decision.outcome,
    code: decision.code,
    routes: routes.map(({ service, pattern, agreement }) => {
      return { service, pattern, basis: agreement === null ? null : { ...agreement } };
    }),
    obligations: decision.obligations.map((obligation) => obligation.kind),
    registry: decision.registry,
    policy: `${decision.policy.id}@${decision.policy.version}`,
  };
}
