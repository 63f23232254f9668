// Totality, determinism, monotonicity (spec boundary §3.2): taking authority away, or raising what is at stake, never allows more. And the
// compiled way is the same as the policy read word by word.
import type { Policy } from '@cordon/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyIntent, dataClass, policy, registry, ZONES } from './arbitraries.samples.ts';
import { rankOf } from './classes.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import { factsOf, intentOf, type DecidedFacts } from './facts.ts';
import type { Intent } from './intent.ts';
import { readWordByWord } from './reference.samples.ts';
import { compile } from './rulebook.ts';
import type { RegistrySnapshot } from './snapshot.ts';
import { zoneTree } from './zones.ts';

const RUNS = { numRuns: 1_500 };

const under = (intent: Intent, rows: RegistrySnapshot, rules: Policy): Decision => decide(intent, compile(rows, rules));
const allowed = ({ considered }: Decision): string[] =>
  considered.filter(({ refused }) => refused === null).map(({ service }) => service);

/** What is allowed after and was not before. */
function more(before: Decision, after: Decision): string[] {
  return allowed(after).filter((service) => !allowed(before).includes(service));
}

describe('decide, for any input', () => {
  it('is total and deterministic, explains every service, and lists none as alternate that it refuses', () => {
    let allowances = 0;
    fc.assert(
      fc.property(anyIntent, registry, policy, (wish, rows, rules) => {
        const decision = under(wish, rows, rules);
        expect(under(structuredClone(wish), structuredClone(rows), structuredClone(rules))).toEqual(decision);
        expect(JSON.parse(JSON.stringify(decision))).toEqual(decision);
        expect(decision.outcome === 'allow').toBe(decision.route !== null);
        expect(decision.reason === null).toBe(decision.route !== null);
        const routes = [decision.route, ...decision.alternates].flatMap((route) => route?.service ?? []);
        expect(allowed(decision)).toEqual(expect.arrayContaining(routes));
        expect(routes.length > 0).toBe(allowed(decision).length > 0);
        if (decision.route !== null) allowances += 1;
      }),
      RUNS,
    );
    expect(allowances).toBeGreaterThan(RUNS.numRuns / 10); // else the generators refuse everything, and nothing was tested
  });

  it('is the same as the policy read word by word, also where cells were filled by others before', () => {
    fc.assert(
      fc.property(fc.array(anyIntent, { minLength: 1, maxLength: 6 }), registry, policy, (wishes, rows, rules) => {
        const shared = compile(rows, rules);
        for (const wish of wishes) {
          const { route, alternates, obligations, considered } = decide(wish, shared);
          expect({ route, alternates, obligations, considered }).toEqual(readWordByWord(wish, rows, rules));
        }
      }),
      RUNS,
    );
  });

  it('is made again from facts exactly', () => {
    fc.assert(
      fc.property(anyIntent, registry, policy, (wish, rows, rules) => {
        const decision = under(wish, rows, rules);
        const facts = JSON.parse(JSON.stringify(factsOf(wish, decision, rows.services))) as DecidedFacts & {
          at: string;
        };
        expect(under(intentOf(wish.tenant, facts.at, facts), rows, rules)).toEqual(decision);
      }),
      RUNS,
    );
  });
});

describe('decide never allows more', () => {
  it('after an agreement or a method record is removed', () => {
    fc.assert(
      fc.property(anyIntent, registry, policy, fc.nat(), fc.boolean(), (wish, rows, rules, at, ofMethods) => {
        const list = ofMethods ? (rows.methods ?? []) : rows.agreements;
        const fewer = list.toSpliced(at % Math.max(1, list.length), 1);
        const less = { ...rows, [ofMethods ? 'methods' : 'agreements']: fewer };
        expect(more(under(wish, rows, rules), under(wish, less, rules))).toEqual([]);
      }),
      RUNS,
    );
  });

  it('after a refusing or requiring rule is added', () => {
    fc.assert(
      fc.property(anyIntent, registry, policy, policy, (wish, rows, rules, other) => {
        const longer = { ...rules, rules: [...rules.rules, ...other.rules] };
        expect(more(under(wish, rows, rules), under(wish, rows, longer))).toEqual([]);
      }),
      RUNS,
    );
  });

  it('when the class is raised', () => {
    fc.assert(
      fc.property(anyIntent, dataClass, registry, policy, (wish, other, rows, rules) => {
        const [low, high] = [wish.dataClass, other].toSorted((a, b) => rankOf(a) - rankOf(b));
        if (low === undefined || high === undefined) return;
        expect(
          more(under({ ...wish, dataClass: low }, rows, rules), under({ ...wish, dataClass: high }, rows, rules)),
        ).toEqual([]);
      }),
      RUNS,
    );
  });

  it('when a tag or a needed feature is added, or a service loses a feature', () => {
    fc.assert(
      fc.property(anyIntent, anyIntent, registry, policy, (wish, other, rows, rules) => {
        const before = under(wish, rows, rules);
        expect(more(before, under({ ...wish, tags: [...wish.tags, ...other.tags] }, rows, rules))).toEqual([]);
        expect(more(before, under({ ...wish, features: [...wish.features, ...other.features] }, rows, rules))).toEqual(
          [],
        );
        const services = rows.services.map((service) => ({ ...service, features: service.features.slice(1) }));
        expect(more(before, under(wish, { ...rows, services }, rules))).toEqual([]);
      }),
      RUNS,
    );
  });

  it('when a zone is narrowed or a further one is demanded', () => {
    fc.assert(
      fc.property(anyIntent, fc.constantFrom(...ZONES), registry, policy, (wish, zone, rows, rules) => {
        const before = under(wish, rows, rules);
        expect(more(before, under({ ...wish, origins: [...(wish.origins ?? []), zone] }, rows, rules))).toEqual([]);
        const narrower = wish.residency === null || zoneTree(rules.zones).lies(zone, wish.residency);
        if (narrower) expect(more(before, under({ ...wish, residency: zone }, rows, rules))).toEqual([]);
      }),
      RUNS,
    );
  });

  it('where PHI has no agreement, attestation or method in force that names the service', () => {
    fc.assert(
      fc.property(anyIntent, registry, policy, (wish, rows, rules) => {
        const decision = under({ ...wish, dataClass: 'phi' }, rows, rules);
        for (const route of [decision.route, ...decision.alternates]) {
          if (route === null) continue;
          const records = [...rows.agreements, ...(rows.methods ?? [])];
          const covering = records.filter((row) => row.id === route.agreement?.id);
          const at = Date.parse(wish.at);
          expect(
            covering.some(
              (row) =>
                row.services.includes(route.service) &&
                !row.terminated &&
                Date.parse(row.effective) <= at &&
                (row.expires === null || at < Date.parse(row.expires)),
            ),
          ).toBe(true);
        }
      }),
      RUNS,
    );
  });
});
