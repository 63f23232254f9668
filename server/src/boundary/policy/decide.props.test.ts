// Monotonicity and totality (spec boundary §3.2): taking authority away, or raising the class, never allows more.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from './decide.ts';
import { attestation, intent, localSpeech, snapshot } from './decide.samples.ts';
import { DATA_CLASSES, PURPOSES, type Intent } from './intent.ts';
import type { Agreement, Service } from './snapshot.ts';
import { STARTER_POLICY } from './starter.ts';

const serviceIds = ['s1', 's2', 's3'];
const dataClass = fc.constantFrom(...DATA_CLASSES);

const service: fc.Arbitrary<Service> = fc
  .record({
    id: fc.constantFrom(...serviceIds),
    capability: fc.constantFrom('transcribe' as const, 'generate' as const),
    trainsOnContent: fc.constantFrom('never' as const, 'opt-out' as const, 'unknown' as const),
    stage: fc.constantFrom('ga' as const, 'preview' as const),
    pattern: fc.constantFrom('on-prem' as const, 'baa-cloud' as const),
    dataClasses: fc.uniqueArray(dataClass),
    enabled: fc.boolean(),
    accuracy: fc.constantFrom('standard' as const, 'low' as const),
  })
  .map((change) => localSpeech({ ...change, adapter: 'openai' }));

const agreement: fc.Arbitrary<Agreement> = fc
  .record({
    id: fc.uuid(),
    kind: fc.constantFrom('baa' as const, 'attestation' as const),
    services: fc.uniqueArray(fc.constantFrom(...serviceIds)),
    expires: fc.constantFrom(null, '2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'),
    terminated: fc.boolean(),
    missingClauses: fc.constantFrom([], ['B-01']),
  })
  .map((change) => attestation(change));

const anyIntent: fc.Arbitrary<Intent> = fc
  .record({
    purpose: fc.oneof(fc.constantFrom(...PURPOSES), fc.string()),
    dataClass,
    capability: fc.constantFrom('transcribe' as const, 'generate' as const),
    requestedService: fc.option(fc.constantFrom(...serviceIds)),
    residency: fc.constantFrom(null, 'us', 'eu'),
    scope: fc.constant({ capabilities: null, purposes: null, services: null, lowestDataClass: 'public' as const }),
  })
  .map((change) => intent(change));

const services = fc.uniqueArray(service, { selector: (row) => row.id });
const allowedBy = (decision: ReturnType<typeof decide>): string[] =>
  [decision.route, ...decision.alternates].flatMap((route) => (route === null ? [] : [route.service]));

describe('decide, for any input', () => {
  it('is total, deterministic and explains every service it considered', () => {
    fc.assert(
      fc.property(anyIntent, services, fc.array(agreement), (wish, rows, agreements) => {
        const registry = snapshot(rows, agreements);
        const decision = decide(wish, registry, STARTER_POLICY);
        expect(decide(structuredClone(wish), structuredClone(registry), STARTER_POLICY)).toEqual(decision);
        expect(decision.outcome === 'allow').toBe(decision.route !== null);
        for (const seen of decision.considered)
          expect(seen.refused === null).toBe(allowedBy(decision).includes(seen.service));
      }),
    );
  });

  it('never allows more after an agreement is removed', () => {
    fc.assert(
      fc.property(
        anyIntent,
        services,
        fc.array(agreement, { minLength: 1 }),
        fc.nat(),
        (wish, rows, agreements, at) => {
          const fewer = agreements.toSpliced(at % agreements.length, 1);
          const before = allowedBy(decide(wish, snapshot(rows, agreements), STARTER_POLICY));
          const after = allowedBy(decide(wish, snapshot(rows, fewer), STARTER_POLICY));
          expect(before).toEqual(expect.arrayContaining(after));
        },
      ),
    );
  });

  it('never allows more when the data class is raised to PHI', () => {
    fc.assert(
      fc.property(anyIntent, services, fc.array(agreement), (wish, rows, agreements) => {
        const open = rows.map((row) => ({ ...row, dataClasses: [...DATA_CLASSES] }));
        const before = allowedBy(decide(wish, snapshot(open, agreements), STARTER_POLICY));
        const after = allowedBy(decide({ ...wish, dataClass: 'phi' }, snapshot(open, agreements), STARTER_POLICY));
        expect(before).toEqual(expect.arrayContaining(after));
      }),
    );
  });

  it('lets no PHI reach a service without an agreement in force that names it', () => {
    fc.assert(
      fc.property(anyIntent, services, fc.array(agreement), (wish, rows, agreements) => {
        const decision = decide({ ...wish, dataClass: 'phi' }, snapshot(rows, agreements), STARTER_POLICY);
        for (const route of [decision.route, ...decision.alternates]) {
          if (route === null) continue;
          const covering = agreements.find((row) => row.id === route.agreement?.id);
          expect(covering?.services).toContain(route.service);
          expect(covering?.terminated).toBe(false);
        }
      }),
    );
  });
});
