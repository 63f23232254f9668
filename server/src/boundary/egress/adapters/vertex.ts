// Gemini on Vertex AI: generateContent and streamGenerateContent, API version v1 (docs/formats/adapters.md), through
// `@ai-sdk/google`, whose model class speaks Vertex's dialect by its name. Public and private endpoints, published and tuned models.
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import type { Service } from '#boundary/policy/snapshot.ts';
import type { Clock } from '#kernel/clock.ts';
import type { ModelAdapter } from '#boundary/egress/adapter.ts';
import { wholeLines } from './answer-limits.ts';
import { endpointOf, unusable } from './aws.ts';
import { GoogleTokens } from './google-token.ts';
import { languageAdapter, type Wire } from './language-model.ts';
import { checkReasoning, checkSettings, checkStop, checkTools, checkTurns, listOf, memberAt } from './wire-check.ts';

/** Holds access tokens until they end, and nothing else. */
export function vertexAdapter(clock: Clock): ModelAdapter {
  const tokens = new GoogleTokens(clock);
  return languageAdapter({
    rules: { thoughtSignatures: true, sampling: true, looseJson: true, serialTools: false },
    async model({ service }, _secret, fetch) {
      // Loaded with the first call: an installation without such a service starts without it.
      const { createGoogle } = await import('@ai-sdk/google');
      // The name makes it Vertex's dialect; the key is the library's own way in and is taken off again.
      const provider = createGoogle({ name: 'google.vertex.chat', apiKey: 'none', baseURL: baseOf(service), fetch });
      return provider(service.model);
    },
    droppedHeaders: ['x-goog-api-key'],
    async authorize(door, target, secret, signal) {
      return { authorization: `Bearer ${await tokens.token(door, target, secret, signal)}` };
    },
    check: checkGenerateContent,
    frames: wholeLines,
    errorWord: (_headers, body) => googleErrorWord(body),
  });
}

/** A tuned model is called by its own endpoint (`endpoints/123`), a published one below its publisher. */
function baseOf(service: Service): string {
  const place = placeOf(service);
  return service.model.startsWith('endpoints/') ? place : `${place}/publishers/google`;
}

/** `…/v1/projects/PROJECT/locations/LOCATION`: as the row's endpoint says it, or put together from account and region. */
function placeOf(service: Service): string {
  const endpoint = endpointOf(service);
  if (/\/projects\/[^/]+\/locations\/[^/]+$/.test(endpoint)) return endpoint;
  if (service.account === null || !SEGMENT.test(service.account)) throw unusable('account');
  return `${endpoint}/v1/projects/${service.account}/locations/${locationOf(service)}`;
}

const SEGMENT = /^[a-z0-9][a-z0-9:.-]{0,62}$/;
const LOCATION_IN_HOST = /^([a-z0-9-]+)-(?:aiplatform|speech)\.|^aiplatform\.([a-z]+)\.rep\.googleapis\.com$/;

/** The location that an endpoint's name says, else the row's region of inference. Errors: `configuration_invalid`. */
export function locationOf(service: Service): string {
  const host = new URL(endpointOf(service)).hostname;
  const [, regional, multi] = LOCATION_IN_HOST.exec(host) ?? [];
  const location = regional ?? multi ?? service.regions.inference;
  if (!SEGMENT.test(location)) throw unusable('regions.inference');
  return location;
}

const SETTINGS = {
  maxOutputTokens: 'maxOutputTokens',
  temperature: 'temperature',
  topP: 'topP',
  seed: 'seed',
  presencePenalty: 'presencePenalty',
  frequencyPenalty: 'frequencyPenalty',
} as const;

function checkGenerateContent(asked: LanguageModelV4CallOptions, { body }: Wire): void {
  const config = body['generationConfig'];
  checkSettings(asked, config, SETTINGS);
  checkStop(asked, memberAt(config, 'stopSequences'));
  const thinking = memberAt(config, 'thinkingConfig');
  checkReasoning(asked, thinking !== undefined && memberAt(thinking, 'thinkingBudget') !== 0);
  const declared = listOf(body['tools']).flatMap((tool) => listOf(memberAt(tool, 'functionDeclarations')));
  const names = declared.map((tool) => memberAt(tool, 'name'));
  const schema = memberAt(config, 'responseMimeType') === 'application/json';
  // Gemini validates the arguments of all its tools, or of none.
  const validated = memberAt(body, 'toolConfig', 'functionCallingConfig', 'mode') === 'VALIDATED';
  checkTools(asked, { names, choice: choiceOf(body), schema, strict: validated ? names.length : 0 });
  const parts = listOf(body['contents']).flatMap((content) => listOf(memberAt(content, 'parts')));
  const count = (kind: string) => parts.filter((part) => memberAt(part, kind) !== undefined).length;
  checkTurns(asked, { calls: count('functionCall'), results: count('functionResponse') });
}

function choiceOf(body: Wire['body']): string {
  const config = memberAt(body, 'toolConfig', 'functionCallingConfig');
  switch (memberAt(config, 'mode')) {
    case 'NONE':
      return 'none';
    case 'ANY':
      return memberAt(config, 'allowedFunctionNames') === undefined ? 'required' : 'tool';
    default:
      return 'auto';
  }
}

const WORDS: ReadonlySet<string> = new Set([
  'ABORTED',
  'DEADLINE_EXCEEDED',
  'FAILED_PRECONDITION',
  'INTERNAL',
  'INVALID_ARGUMENT',
  'NOT_FOUND',
  'OUT_OF_RANGE',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'UNAUTHENTICATED',
  'UNAVAILABLE',
  'UNIMPLEMENTED',
]);

/** The canonical code of Google's errors (google.rpc.Code). */
export function googleErrorWord(body: string): string | null {
  try {
    const word = memberAt(JSON.parse(body), 'error', 'status');
    return typeof word === 'string' && WORDS.has(word) ? word : null;
  } catch {
    return null;
  }
}
