// Readiness, the services that a credential could call, and the documents that describe the API.
import { openapiDocument, type Readiness } from '@cordon/contract';
import type { Handlers } from '#api/routing/handler.ts';
import type { Registry } from '#boundary/registry/registry.ts';
import { decide } from '#boundary/policy/decide.ts';
import { scopeOf } from '#boundary/policy/scope.ts';
import type { CompanionState } from '#clinical/transcription/choose-companions.ts';
import type { EngineState } from '#clinical/transcription/engine-state.ts';
import type { Principal } from '#custody/access/principal.ts';
import { purposeOf } from './guard.ts';
import { servedReference } from './reference.ts';
import type { Clock } from '#kernel/clock.ts';

type OperateHandlers = Pick<Handlers, 'readiness' | 'getStart' | 'getOpenApi' | 'getReference' | 'listModels'>;

export interface OperateApiParts {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly engine: () => EngineState;
  /** Everything of the answer but the engine. */
  readonly health: () => Promise<Omit<Readiness, 'speech'>>;
}

export function operateHandlers(parts: OperateApiParts): OperateHandlers {
  const document = openapiDocument();
  const reference = servedReference();
  return {
    async readiness() {
      const { state, engine, model, accuracy, progress, punctuation, speakers } = parts.engine();
      const companions = { punctuation: showCompanion(punctuation), speakers: showCompanion(speakers) };
      const json = { ...(await parts.health()), speech: { state, engine, model, accuracy, progress, ...companions } };
      return { json, status: json.status === 'ready' ? 200 : 503 };
    },

    async getStart() {
      return { text: START_PAGE, contentType: 'text/html; charset=utf-8' };
    },

    async getOpenApi() {
      return { json: document as { openapi: '3.1.1' } };
    },

    async getReference() {
      const headers = { 'content-security-policy': reference.contentPolicy };
      return { text: reference.html, contentType: 'text/html; charset=utf-8', headers };
    },

    async listModels(_input, { principal }) {
      const data = await usableServices(parts, principal);
      return { json: { object: 'list' as const, data } };
    },
  };
}

/** Plain enough for any content policy: no style, no script. */
const START_PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Cordon</title></head>
<body>
<h1>Cordon</h1>
<p>The boundary for clinical speech and language AI answers here. It is used by programs and by the command <code>cordon</code>.</p>
<ul>
<li><a href="/docs">What can be asked, and how</a></li>
<li><a href="/openapi.json">The same for programs (OpenAPI 3.1)</a></li>
<li><a href="/readyz">Whether it is ready</a></li>
</ul>
<p>Applications that speak to OpenAI use this address with <code>/v1</code> as their base URL, and a key of this house.</p>
</body>
</html>
`;

const KINDS = [
  { capability: 'transcribe', modality: 'audio' },
  { capability: 'generate', modality: 'text' },
  { capability: 'embed', modality: 'text' },
] as const;

function showCompanion({ state, models }: CompanionState) {
  return { state, models: [...models] };
}

/** What this credential could call now for the purpose it has by default: policy answers, nothing is guessed. */
async function usableServices({ registry, clock }: OperateApiParts, principal: Principal) {
  const rulebook = await registry.rulebook(principal.tenant);
  const asked = {
    v: 1,
    at: clock.now().toISOString(),
    tenant: principal.tenant,
    actor: principal.actor,
    onBehalfOf: null,
    purpose: purposeOf(principal) ?? 'ambient-documentation',
    patient: null,
    encounter: null,
    dataClass: 'phi',
    tags: [],
    residency: null,
    requestedService: null,
    features: [],
    scope: scopeOf(principal),
  } as const;
  const decisions = KINDS.map((kind) => decide({ ...asked, ...kind }, rulebook));
  const routes = decisions.flatMap(({ route, alternates }) => [route, ...alternates]);
  const allowed = new Set(routes.map((route) => route?.service));
  return rulebook.snapshot.services
    .filter((service) => allowed.has(service.id))
    .map((service) => ({
      id: service.id,
      object: 'model' as const,
      created: 0,
      owned_by: service.vendor,
      capability: service.capability,
      pattern: service.pattern,
      regions: Object.values(service.regions),
      accuracy: service.accuracy,
      price: null,
    }));
}
