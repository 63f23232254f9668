// One call whose content leaves de-identified (spec boundary §4.2–4.4): worked out before the intent is recorded, so that the record holds
// what left and what turns it back; looked at again; restored as it comes back. Every error stops the call with nothing sent.
import { randomInt } from 'node:crypto';
import { isProblem, ProblemError } from '@cordon/contract';
import { SAFE_HARBOR, type Keeping, type KnownIdentifier, type Mode, type ReplacementMap } from '@cordon/deid';
import type { Decided, Prepared, PublicRecord, Step } from '#boundary/calls/call.ts';
import type { ModelRequest } from '#boundary/egress/adapter.ts';
import { decide } from '#boundary/policy/decide.ts';
import type { Decision, Route } from '#boundary/policy/decision.ts';
import type { Intent } from '#boundary/policy/intent.ts';
import { methodOf } from '#boundary/evidence/in-force.ts';
import type { LiveRulebook } from '#boundary/rulebook/rulebooks.ts';
import { parseJson } from '#kernel/json.ts';
import { Phi } from '#kernel/phi.ts';
import { AnswerStream } from './answer-stream.ts';
import { AnswerTexts, NOTHING_RESTORED, restoreWhole, type Restored } from './answer.ts';
import { saidIn } from './look.ts';
import type { DeidPool } from './pool.ts';
import { draftRequest } from './request.ts';

/** What is asked, and what is known of whom it speaks. */
export interface DeidWish {
  readonly intent: Intent;
  readonly request: ModelRequest;
  /** Identifiers that must be caught whatever their spelling: the patient's own. */
  readonly known: Phi<readonly KnownIdentifier[]>;
  readonly signal: AbortSignal;
}

/** What is sealed with the intent: the request as it left, and the map that its tokens are turned back with. */
interface SealedDeid extends Prepared {
  readonly mode: Mode;
  readonly map: ReplacementMap;
}

/** Under Safe Harbor a note would be about nobody and a stand-in for somebody (spec boundary §4.3). */
const WRITES_NOTES: ReadonlySet<string> = new Set(['ambient-documentation', 'dictation', 'imaging-report']);

interface Profile {
  readonly mode: Mode;
  readonly keeping: Keeping;
}

/** What a route asks for that rests on no method record: what leaves is minimised PHI. */
const USUAL: Profile = { mode: 'placeholder', keeping: SAFE_HARBOR };

const SALTS = 2 ** 32;

interface Made {
  readonly request: ModelRequest;
  readonly map: ReplacementMap;
  readonly spans: number;
}

type State =
  | { readonly kind: 'none' }
  | { readonly kind: 'made'; readonly made: Made; readonly answer: AnswerTexts }
  /** It goes as it is, where policy says so and only to who may see it. */
  | { readonly kind: 'raised'; readonly to: readonly Route[]; readonly hits: number }
  | { readonly kind: 'failed'; readonly error: ProblemError; readonly hits: number };

export class DeidCall {
  readonly #pool: DeidPool;
  readonly #wish: DeidWish;
  #state: State = { kind: 'none' };
  #stream: AnswerStream | null = null;
  #whole: Restored = NOTHING_RESTORED;

  constructor(pool: DeidPool, wish: DeidWish) {
    this.#pool = pool;
    this.#wish = wish;
  }

  /** Never throws: what went wrong is thrown by the step, when the intent is recorded. Null: nothing leaves de-identified. */
  async prepare({ decision, route, rulebook }: Decided): Promise<Phi<SealedDeid> | null> {
    if (!decision.obligations.some(({ kind }) => kind === 'deidentify')) return null;
    try {
      const profile = profileOf(route, this.#wish, rulebook);
      const made = await this.#make(profile);
      const hits = await this.#look(made);
      if (hits === 0) {
        const answer = new AnswerTexts(made.map, asksForJson(this.#wish.request));
        this.#state = { kind: 'made', made, answer };
      } else this.#state = uncertain(hits, decision, this.#wish.intent, rulebook);
      return made.request.bytes.map((bytes) => ({ bytes, mode: profile.mode, map: made.map }));
    } catch (error) {
      this.#state = { kind: 'failed', error: asRefusal(error), hits: 0 };
      return null;
    }
  }

  /** The step that the obligation asks for. */
  readonly step: Step<ModelRequest, Uint8Array> = {
    obligation: 'deidentify',
    inbound: (request) => this.#inbound(request),
    outbound: (bytes) => this.#outbound(bytes),
  };

  /** What is handed on is the very request that the second detector read. Errors: `deid_uncertain`. */
  lookAgain(request: ModelRequest): void {
    const state = this.#state;
    const same = state.kind !== 'made' || state.made.request === request;
    if (!same) throw new ProblemError('deid_uncertain', { reason: 'changed' });
  }

  /** The ways that the content may take as it is now. */
  ways(decision: Decision): Decision {
    if (this.#state.kind !== 'raised') return decision;
    const [route = null, ...alternates] = this.#state.to;
    const obligations = decision.obligations.filter(({ kind }) => kind !== 'deidentify');
    return { ...decision, route, alternates, obligations };
  }

  /** Counts for the outcome's public header; nothing where nothing was asked for. */
  told(): PublicRecord {
    switch (this.#state.kind) {
      case 'none':
        return {};
      case 'made':
        return { deid: { spans: this.#state.made.spans, ...this.#restored() } };
      case 'raised':
        return { deid: { raised: true, hits: this.#state.hits } };
      case 'failed':
        return { deid: { hits: this.#state.hits } };
    }
  }

  /** The same for a caller; null: the content went as it was. */
  header(): string | null {
    if (this.#state.kind !== 'made') return null;
    const { restored, bent, unknown } = this.#restored();
    const whole = `spans=${this.#state.made.spans}`;
    return this.#wish.request.stream ? whole : `${whole}, restored=${restored}, bent=${bent}, unknown=${unknown}`;
  }

  #restored(): Restored {
    return this.#stream?.count() ?? this.#whole;
  }

  async #make({ mode, keeping }: Profile): Promise<Made> {
    const { intent, request, known, signal } = this.#wish;
    const year = new Date(intent.at).getUTCFullYear();
    const isPlain = (label: string): boolean => this.#pool.isPlain(label, year);
    const text = Buffer.from(request.bytes.reveal()).toString('utf8');
    const draft = draftRequest(request.api, text, request.parsed.reveal(), isPlain);
    const options = { mode, keeping, year, salt: randomInt(SALTS), known: known.reveal() };
    const { texts, map } = await this.#pool.deidentify({ texts: draft.texts, options }, signal);
    const left = draft.finish(texts.map((each) => each.text));
    return {
      request: { ...request, bytes: Phi.of(Buffer.from(left)), parsed: Phi.of(parseJson(left) as Fields) },
      map,
      spans: texts.reduce((sum, { spans }) => sum + spans.length, 0),
    };
  }

  /** By another method than the first, on what leaves itself; with it everything that is known or was found anywhere. */
  async #look({ request, map }: Made): Promise<number> {
    const texts = saidIn(Buffer.from(request.bytes.reveal()).toString('utf8'));
    const { hits } = await this.#pool.look({ texts, canaries: this.#wish.known.reveal(), map }, this.#wish.signal);
    return hits;
  }

  #inbound(request: ModelRequest): ModelRequest {
    switch (this.#state.kind) {
      case 'none':
        throw new ProblemError('deid_uncertain', { reason: 'engine' });
      case 'made':
        return this.#state.made.request;
      case 'raised':
        return request;
      case 'failed':
        throw this.#state.error;
    }
  }

  #outbound(bytes: Uint8Array): Uint8Array {
    const { api, stream } = this.#wish.request;
    if (this.#state.kind !== 'made' || api === 'embeddings') return bytes;
    if (stream) {
      this.#stream ??= new AnswerStream(api, this.#state.answer);
      return this.#stream.push(bytes);
    }
    const { text, count } = restoreWhole(Buffer.from(bytes).toString('utf8'), this.#state.answer);
    this.#whole = count;
    return Buffer.from(text);
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** What the method record asks for that the route rests on. Errors: `obligation_unmet`, `deid_uncertain`. */
function profileOf({ agreement }: Route, { intent, request }: DeidWish, { snapshot }: LiveRulebook): Profile {
  const method = methodOf(snapshot, agreement);
  if (method === null && agreement?.type === 'method') throw new ProblemError('deid_uncertain', { reason: 'method' });
  const profile: Profile = method?.profile ?? USUAL;
  if (profile.mode === 'surrogate' && WRITES_NOTES.has(intent.purpose))
    throw new ProblemError('obligation_unmet', { obligation: 'deidentify' });
  // A vector is not turned back, and should be the same for the same text.
  return request.api === 'embeddings' ? { ...profile, mode: 'redact' } : profile;
}

/** Policy says whether what is uncertain stays here or goes, as it is, to those of the decision's ways that owe no de-identification. */
function uncertain(hits: number, decision: Decision, intent: Intent, rulebook: LiveRulebook): State {
  const to =
    rulebook.policy.settings.deidUncertain === 'raise'
      ? decision.alternates.filter((way) => mayGoAsItIs(way, intent, rulebook))
      : [];
  if (to.length > 0) return { kind: 'raised', to, hits };
  return { kind: 'failed', error: new ProblemError('deid_uncertain', { reason: 'second_look' }), hits };
}

/** Asked of policy itself, about this service alone. */
function mayGoAsItIs({ service }: Route, intent: Intent, rulebook: LiveRulebook): boolean {
  const { route, obligations } = decide({ ...intent, requestedService: service }, rulebook);
  return route?.service === service && !obligations.some(({ kind }) => kind === 'deidentify');
}

/** Values go into an answer of JSON as JSON writes them. */
function asksForJson({ parsed }: ModelRequest): boolean {
  const { response_format: ofChat, text } = parsed.reveal();
  const format = fieldsOf(ofChat)['type'] ?? fieldsOf(fieldsOf(text)['format'])['type'];
  return format === 'json_schema' || format === 'json_object';
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function asRefusal(error: unknown): ProblemError {
  return isProblem(error) ? error : new ProblemError('deid_uncertain', { reason: 'engine' });
}
