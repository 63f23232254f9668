import { createConfig, lintFromString } from '@redocly/openapi-core';
import { describe, expect, it } from 'vitest';
import { openapiDocument } from './openapi.ts';
import { routeRows } from './routes.ts';

const document = openapiDocument();

/** Faults that an independent OpenAPI 3.1 linter finds. */
async function faults(openapi: unknown): Promise<string[]> {
  const config = await createConfig({
    rules: {
      struct: 'error',
      'no-unresolved-refs': 'error',
      'operation-operationId-unique': 'error',
      'operation-parameters-unique': 'error',
      'path-parameters-defined': 'error',
      'no-identical-paths': 'error',
      'security-defined': 'error',
      'no-schema-type-mismatch': 'error',
      'operation-2xx-response': 'error',
    },
  });
  const problems = await lintFromString({ source: JSON.stringify(openapi), config });
  return problems.map(({ ruleId, location }) => `${ruleId} ${location[0]?.pointer ?? ''}`);
}

describe('the OpenAPI document', () => {
  it('is sound to an independent linter', async () => {
    expect(await faults(document)).toEqual([
      // a WebSocket's good answer is 101 (RFC 6455 §4.2.2)
      'operation-2xx-response #/paths/~1v1~1realtime/get/responses',
    ]);
  });

  it.each([
    [
      'a reference to nothing',
      /"#\/components\/schemas\/Note"/,
      '"#/components/schemas/Nothing"',
      'no-unresolved-refs',
    ],
    ['an operation id twice', /"operationId":"signNote"/, '"operationId":"getNote"', 'operation-operationId-unique'],
    ['an undeclared path parameter', /\/api\/jobs\/\{id\}"/, '/api/jobs/{job}"', 'path-parameters-defined'],
    ['a member that OpenAPI does not know', /"summary":"Sign exactly/, '"sumary":"Sign exactly', 'struct'],
  ])('the linter would find %s', async (_what, found, changed, rule) => {
    const broken: unknown = JSON.parse(JSON.stringify(document).replace(found, changed));
    expect((await faults(broken)).join('\n')).toContain(rule);
  });

  it('has every route of the table under its method', () => {
    const paths = document['paths'] as Record<string, Record<string, { operationId: string }>>;
    const ids = Object.values(paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId));
    expect(ids.toSorted()).toEqual(
      routeRows()
        .map(({ id }) => id as string)
        .toSorted(),
    );
  });

  it('is the same each time it is built', () => {
    expect(JSON.stringify(openapiDocument())).toBe(JSON.stringify(document));
  });
});
