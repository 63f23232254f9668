// POST /v1/chat/completions, /v1/responses, /v1/embeddings: OpenAI's own forms in and out, each call through the spine.
import { openaiError, ProblemError, type ModelCallContext, type PassedJson } from '@cordon/contract';
import type { Answer, Exchange, HandlerContext, Handlers, Reserved } from '#api/routing/handler.ts';
import type { KnownIdentifier } from '@cordon/deid';
import { purposeOf } from '#api/manage/guard.ts';
import {
  askModel,
  streamFromModel,
  type ModelCallParts,
  type ModelCallWish,
  type StreamedAnswer,
  type WholeAnswer,
} from '#boundary/calls/model-call.ts';
import type { Released } from '#boundary/calls/call.ts';
import { DeidCall } from '#boundary/deidentify/deid-call.ts';
import type { DeidPool } from '#boundary/deidentify/pool.ts';
import type { Meter, Running } from '#boundary/limits/meter.ts';
import type { ModelRequest } from '#boundary/egress/adapter.ts';
import { featuresOf } from '#boundary/egress/openai/features.ts';
import { unknownFields } from '#boundary/egress/openai/fields.ts';
import type { Decision } from '#boundary/policy/decision.ts';
import type { Intent } from '#boundary/policy/intent.ts';
import { scopeOf } from '#boundary/policy/scope.ts';
import type { Authenticator } from '#custody/access/authenticate.ts';
import type { Principal } from '#custody/access/principal.ts';
import type { Keys } from '#custody/keys/sealer.ts';
import type { Appended, ObjectRef } from '#custody/ledger/ledger.ts';
import type { Clock } from '#kernel/clock.ts';
import type { LedgerReader } from '#custody/ledger/reader.ts';
import { outcomeIdOf } from '#custody/ledger/outcome-ids.ts';
import { Phi } from '#kernel/phi.ts';
import { asProblem } from '#platform/http/problems.ts';
import { EVENTS_TYPE, JSON_TYPE, recall } from './recall.ts';
import { Segments } from './segments.ts';

/** What a visit says of a call that names it: who the patient is, and whether consent stands. */
export interface VisitOfCall {
  /** Ours; null: the caller's reference is of no visit that is here. */
  readonly encounter: string | null;
  /** Keyed digest of such a reference, hex. */
  readonly reference: string | null;
  /** Keyed digest, hex. */
  readonly patient: string | null;
  readonly consent: 'given' | 'not-needed' | 'missing' | 'withdrawn';
  /** What the visit says of its patient: caught in whatever leaves de-identified. */
  readonly known: Phi<readonly KnownIdentifier[]>;
}

export interface ModelRouteParts extends ModelCallParts {
  readonly keys: Keys;
  readonly clock: Clock;
  /** `reference`: `Cordon-Encounter` as the caller gave it. Errors: `not_found`. */
  readonly visitOf: (principal: Principal, reference: string) => Promise<VisitOfCall>;
  readonly authenticator: Authenticator;
  readonly reader: LedgerReader;
  readonly meter: Meter;
  readonly pool: DeidPool;
}

type ModelHandlers = Pick<Handlers, 'createChatCompletion' | 'createResponse' | 'createEmbedding'>;
type Input = { readonly headers: ModelCallContext; readonly body: PassedJson<Readonly<Record<string, unknown>>> };
type Context = Pick<HandlerContext<never>, 'exchange' | 'reserved'> & { readonly principal: Principal };
type Api = ModelRequest['api'];

/** The purpose of a call whose credential has none of the list and which names none. */
const FALLBACK_PURPOSE = 'internal-qa';

export function modelCallHandlers(parts: ModelRouteParts): ModelHandlers {
  const route = (api: Api) => (input: Input, context: Context) => answerCall(parts, api, input, context);
  return {
    createChatCompletion: route('chat'),
    createResponse: route('responses'),
    createEmbedding: route('embeddings'),
  };
}

async function answerCall(
  parts: ModelRouteParts,
  api: Api,
  { headers, body }: Input,
  { principal, exchange, reserved }: Context,
): Promise<Answer<never>> {
  const before = reserved.resumed ? await recall(parts.reader, principal.tenant, reserved.id) : null;
  if (before !== null) return before;
  const request: ModelRequest = {
    api,
    bytes: Phi.of(body.bytes),
    parsed: Phi.of(body.parsed),
    stream: body.parsed['stream'] === true,
  };
  const running = await parts.meter.begin(principal);
  try {
    const asked = await wishOf(parts, request, headers, principal, exchange, reserved);
    const wish = { ...asked, spending: running };
    return await (request.stream
      ? answerInSegments(parts, wish, exchange, running)
      : answerWhole(parts, wish, running));
  } catch (error) {
    running.end();
    throw error;
  }
}

async function wishOf(
  parts: ModelRouteParts,
  request: ModelRequest,
  headers: ModelCallContext,
  principal: Principal,
  exchange: Exchange,
  { id, resumed }: Reserved,
): Promise<Omit<DeidWishedCall, 'spending'>> {
  const named = headers['cordon-encounter'];
  const visit = named === undefined ? null : await parts.visitOf(principal, named);
  const patient = visit?.patient ?? (await pseudonym(parts.keys, principal, headers['cordon-patient']));
  const token = headers['cordon-person-token'];
  const person = token === undefined ? null : await personOf(parts.authenticator, token, principal, exchange);
  const intent = intentOf(parts, request, headers, principal, {
    patient,
    encounter: visit?.encounter ?? visit?.reference ?? null,
    person,
  });
  const objects: ObjectRef[] = visit?.encounter == null ? [] : [{ type: 'encounter', id: visit.encounter }];
  const attests = principal.kind === 'key' && principal.scopes.consentMode === 'caller-attests';
  const proven = principal.kind === 'person' || person !== null;
  const known = visit?.known ?? knownOf(headers);
  const deid = new DeidCall(parts.pool, { intent, request, known, signal: exchange.unwanted });
  const mayGo = (decision: Decision): void => {
    mayAnswer(decision, { consent: visit?.consent ?? null, attests, proven });
    mayLeave(decision, request);
  };
  return {
    id,
    isNew: !resumed,
    intent,
    request,
    objects,
    facts: { patient, encounter: intent.encounter, application: principal.actor.id },
    prepare: (made) => (holds(mayGo, made.decision) ? deid.prepare(made) : Promise.resolve(null)),
    steps: (decision) => {
      mayGo(decision);
      return decision.obligations.some(({ kind }) => kind === 'deidentify') ? [deid.step] : [];
    },
    lookAgain: (shaped) => deid.lookAgain(shaped),
    ways: (decision) => deid.ways(decision),
    told: () => deid.told(),
    deid,
    signal: exchange.unwanted,
  };
}

/** A call that may turn out to leave de-identified. */
interface DeidWishedCall extends ModelCallWish {
  readonly deid: DeidCall;
}

/** Nothing is worked out for a call that is about to be refused. */
function holds(check: (decision: Decision) => void, decision: Decision): boolean {
  try {
    check(decision);
    return true;
  } catch {
    return false; // the step says so, when the intent is recorded
  }
}

/** A caller's own words for its patient and visit, where no visit here says more. */
function knownOf(headers: ModelCallContext): Phi<readonly KnownIdentifier[]> {
  const patient = headers['cordon-patient'];
  const encounter = headers['cordon-encounter'];
  return Phi.of([
    ...(patient === undefined ? [] : [{ type: 'MRN', value: patient } as const]),
    ...(encounter === undefined ? [] : [{ type: 'OTHER_ID', value: encounter } as const]),
  ]);
}

/** The colleague whose session stands behind the call. Errors: `unauthenticated`, also for another tenant's (I6). */
async function personOf(
  authenticator: Authenticator,
  token: string,
  { tenant }: Principal,
  { userAgent, remoteAddress }: Exchange,
): Promise<string> {
  const person = await authenticator.authenticate(token, { userAgent, address: remoteAddress });
  if (person.kind !== 'person' || person.tenant !== tenant) throw new ProblemError('unauthenticated');
  return person.personId;
}

interface Standing {
  readonly patient: string | null;
  readonly encounter: string | null;
  readonly person: string | null;
}

function intentOf(
  { clock }: ModelRouteParts,
  { api, parsed }: ModelRequest,
  headers: ModelCallContext,
  principal: Principal,
  { patient, encounter, person }: Standing,
): Intent {
  const asserted = headers['cordon-on-behalf-of'];
  return {
    v: 1,
    at: clock.now().toISOString(),
    tenant: principal.tenant,
    actor: principal.actor,
    onBehalfOf:
      person !== null ? { id: person, proven: true } : asserted === undefined ? null : { id: asserted, proven: false },
    purpose: headers['cordon-purpose'] ?? purposeOf(principal) ?? FALLBACK_PURPOSE,
    patient,
    encounter,
    dataClass: headers['cordon-data-class'] ?? 'phi',
    tags: headers['cordon-tags'] ?? [],
    capability: api === 'embeddings' ? 'embed' : 'generate',
    modality: 'text',
    residency: headers['cordon-residency'] ?? null,
    requestedService: requestedService(parsed.reveal()['model']),
    features: featuresOf(api, parsed.reveal()),
    scope: scopeOf(principal),
  };
}

function requestedService(model: unknown): string | null {
  return typeof model === 'string' && model !== 'auto' ? model : null;
}

async function pseudonym(keys: Keys, { tenant }: Principal, patient: string | undefined): Promise<string | null> {
  if (patient === undefined) return null;
  const sealer = await keys.forTenant(tenant);
  return Buffer.from(sealer.lookup('patient', patient)).toString('hex');
}

interface Grounds {
  readonly consent: VisitOfCall['consent'] | null;
  /** The credential's calls state that consent exists. */
  readonly attests: boolean;
  /** A signed-in person asks, or stands behind the call with a token. */
  readonly proven: boolean;
}

/** Obligations that are met before anything is sent, or never (docs/decisions/0130). Errors: `consent_…`, `review_required`, `person_required`. */
function mayAnswer({ obligations }: Decision, { consent, attests, proven }: Grounds): void {
  for (const obligation of obligations) {
    if (obligation.kind === 'consent' && obligation.basis === 'per-encounter') {
      if (consent === 'withdrawn') throw new ProblemError('consent_withdrawn');
      if (!attests && consent !== 'given' && consent !== 'not-needed') throw new ProblemError('consent_missing');
    }
    if (obligation.kind !== 'review') continue;
    if (obligation.rule === 'before-release') throw new ProblemError('review_required');
    if (obligation.rule === 'caller' && !proven) throw new ProblemError('person_required');
  }
}

/** Steps that would shape what leaves or comes back. What nobody here can do is refused, never left out (I3). */
function mayLeave({ obligations }: Decision, { api, parsed, stream }: ModelRequest): void {
  for (const { kind } of obligations) {
    switch (kind) {
      case 'minimise':
        mustBeMinimal(api, parsed.reveal());
        break;
      case 'ground':
      case 'cite':
      case 'disclose':
        throw new ProblemError('obligation_unmet', { obligation: kind });
      case 'no-stream':
        if (stream) throw new ProblemError('obligation_unmet', { obligation: kind });
        break;
      case 'deidentify':
      case 'consent':
      case 'review':
      case 'retain':
    }
  }
}

/** Members of a request that say who asks and add nothing to the answer. */
const IDENTIFYING = ['user', 'safety_identifier', 'metadata', 'prompt_cache_key'] as const;

/** Errors: `field_not_covered` with the path of the first field that the purpose has no use for. */
function mustBeMinimal(api: Api, request: Readonly<Record<string, unknown>>): void {
  const [field] = [...IDENTIFYING.filter((name) => request[name] != null), ...unknownFields(api, request)];
  if (field !== undefined) throw new ProblemError('field_not_covered', { field });
}

async function answerWhole(parts: ModelRouteParts, wish: DeidWishedCall, running: Running): Promise<Answer<never>> {
  const released = await askModel(parts, wish);
  const { output } = released;
  running.end();
  return {
    status: output.status,
    headers: { ...callHeaders(wish.deid, released.decision, released.intent), ...endHeaders(released) },
    bytes: output.bytes,
    contentType: JSON_TYPE,
    recorded: released.outcome.entryId,
  };
}

/** The answer begins with the first segment that is durable: until then what goes wrong is an ordinary refusal. */
async function answerInSegments(
  parts: ModelRouteParts,
  wish: DeidWishedCall,
  exchange: Exchange,
  running: Running,
): Promise<Answer<never>> {
  const segments = new Segments();
  let headers: Record<string, string> = {};
  const begun = (decision: Decision, intent: Appended): void => {
    headers = callHeaders(wish.deid, decision, intent);
  };
  const refusal = Promise.withResolvers<Refusal>();
  const refused = (status: number, bytes: Uint8Array): void => refusal.resolve({ status, bytes });
  const done = streamFromModel(parts, wish, { begun, release: (segment) => segments.put(segment), refused });
  void settle(done, segments, running, exchange.requestId);
  const first = await Promise.race([refusal.promise, segments.first, done.then(() => null)]);
  if (first !== null) {
    const { status, bytes } = first;
    return { status, headers, bytes, contentType: JSON_TYPE, recorded: outcomeIdOf(wish.id) };
  }
  const recorded = done.then(({ outcome }) => outcome.entryId);
  recorded.catch(() => undefined); // whoever keeps it hears of it
  return { headers, stream: segments, contentType: EVENTS_TYPE, recorded };
}

/** Never rejects: what went wrong is the last event of an answer that began, else the answer itself. */
async function settle(
  done: Promise<Released<StreamedAnswer>>,
  segments: Segments,
  running: Running,
  requestId: string,
): Promise<void> {
  try {
    await done;
    running.end();
    segments.end();
  } catch (error) {
    running.end();
    segments.fail(errorEvent(error, requestId));
  }
}

interface Refusal {
  readonly status: number;
  readonly bytes: Uint8Array;
}

/** After the first segment there is no status any more: the failure is an event, as OpenAI's clients read it. */
function errorEvent(error: unknown, requestId: string): Uint8Array {
  return Buffer.from(`data: ${JSON.stringify(openaiError(asProblem(error), requestId))}\n\n`);
}

function callHeaders(deid: DeidCall, allowed: Decision, intent: Appended): Record<string, string> {
  const decision = deid.ways(allowed);
  const counts = deid.header();
  const review = decision.obligations.find((obligation) => obligation.kind === 'review')?.rule ?? 'none';
  return {
    'cordon-request-id': intent.entryId,
    'cordon-decision': decision.code,
    'cordon-service': decision.route?.service ?? '',
    'cordon-pattern': decision.route?.pattern ?? '',
    'cordon-obligations': decision.obligations.map((obligation) => obligation.kind).join(','),
    'cordon-review': review === 'clinician' ? 'caller' : review,
    'cordon-intent-index': String(intent.index),
    ...(counts === null ? {} : { 'cordon-deidentified': counts }),
  };
}

function endHeaders({ output, outcome }: Released<WholeAnswer>): Record<string, string> {
  return {
    'cordon-ledger-index': String(outcome.index),
    ...(output.costNano === null ? {} : { 'cordon-cost': `${dollars(output.costNano)} USD` }),
  };
}

/** Nine decimals: integer nano-dollars without a float in between. */
function dollars(nano: number): string {
  const digits = String(nano).padStart(10, '0');
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`;
}
