import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { parseOrRefuse } from './parse.ts';
import type { Place } from './parse.ts';
import { isProblem } from './problems.ts';
import type { Route } from './route.ts';
import { routeRows } from './routes.ts';

const CANARY = 'CanaryJaneDoe';

/** Texts that have broken parsers before, each with the canary in it. */
const hostile = fc
  .constantFrom(
    `${CANARY}'; DROP TABLE encounter; --`,
    `../../../${CANARY}`,
    `${CANARY}\u0000`,
    `${CANARY}\r\nSet-Cookie: a=b`,
    `{"${CANARY}":1}`,
    `${CANARY}@example.org`,
    '\ud800' + CANARY,
    `__proto__${CANARY}`,
    CANARY.repeat(1_000),
  )
  .map((text) => text as unknown);

const value = fc.oneof(
  hostile,
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(null, -1, 0, 1.5, 2 ** 53, true, [], {}, '', '018f3a5e-7c1d-7b3a-9f00-000000000001'),
);

/** Objects of a schema's own members and made-up ones, the canary among the names too. */
function inputsFor(schema: z.ZodType): fc.Arbitrary<unknown> {
  const names = 'shape' in schema ? Object.keys(schema.shape as object) : [];
  const member = fc.tuple(fc.constantFrom(...names, CANARY, '__proto__', 'constructor'), value);
  const object = fc.array(member, { maxLength: names.length + 2 }).map((members) => Object.fromEntries(members));
  return fc.oneof({ weight: 9, arbitrary: object }, { weight: 1, arbitrary: value });
}

const places = routeRows().flatMap(({ id, route }) =>
  schemasOf(route).map(({ place, schema }) => ({ id, place, schema })),
);

function schemasOf(route: Route): { place: Place; schema: z.ZodType }[] {
  const body = route.body?.kind === 'json' ? route.body.schema : undefined;
  const all = { params: route.params, query: route.query, headers: route.headers, body };
  return Object.entries(all).flatMap(([place, schema]) =>
    schema === undefined ? [] : [{ place: place as Place, schema }],
  );
}

describe('whatever is sent', () => {
  it.each(places)('$id $place is parsed, or refused by name without a word of it', ({ place, schema }) => {
    fc.assert(
      fc.property(inputsFor(schema), (input) => {
        const outcome = attempt(schema, input, place);
        expect(outcome).not.toContain(CANARY);
        expect(outcome).toMatch(/^(parsed|refused )/);
      }),
      { numRuns: 200 },
    );
  });

  it('the canary would be seen', () => {
    expect(JSON.stringify({ input: CANARY })).toContain(CANARY);
    expect(places.length).toBeGreaterThan(60);
  });
});

function attempt(schema: z.ZodType, input: unknown, place: Place): string {
  try {
    parseOrRefuse(schema, input, place);
    return 'parsed';
  } catch (error) {
    if (!isProblem(error)) return `failed ${String(error)}`;
    return `refused ${error.code} ${error.message} ${JSON.stringify(error.details)} ${error.cause === undefined ? '' : 'cause'}`;
  }
}
