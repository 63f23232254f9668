// A request of OpenAI's form taken apart for the engine and put together again: every string that would leave is content that the
// engine reads, a name that was checked, or a refusal. All other bytes stay as they were (docs/decisions/0126). Pure.
import { ProblemError } from '@cordon/contract';
import type { ModelRequest } from '#boundary/egress/adapter.ts';
import { featuresOf } from '#boundary/egress/openai/features.ts';
import { unknownFields } from '#boundary/egress/openai/fields.ts';
import { edited, isJsonText, literalsOf, type Edit, type Ground, type Literal } from './json-text.ts';
import { isOpenEnded, isSchema, memberOf, pathOf, rootOf, type RequestPlace } from './request-places.ts';

/** What the engine reads of a request, and the request as it is with what the engine made of it. */
export interface Drafted {
  readonly texts: readonly string[];
  /** `made`: one for each of `texts`, in their order. */
  finish(made: readonly string[]): string;
}

type Fields = Readonly<Record<string, unknown>>;
/** What stands there in the end, without quotes. */
type Make = (made: readonly string[]) => string;

interface LateEdit {
  readonly start: number;
  readonly end: number;
  readonly was: string;
  readonly make: Make;
}

/** Members that say who asks and add nothing to the answer, as under `minimise`. */
const IDENTIFYING = ['user', 'safety_identifier', 'metadata', 'prompt_cache_key'];

/** Members whose answers would be about tokens instead of words, or come from what another request's tokens stand in. */
const UNREADABLE = ['logprobs', 'top_logprobs', 'background', 'previous_response_id', 'conversation', 'prompt'];

/** JSON in a string in a JSON text in a string…: deeper, it is read as plain text. */
const MAX_LEVELS = 4;

/** A short value is read with its name in front of it: `1234567` alone says nothing, `mrn: 1234567` does. */
const LONGEST_NAMED = 120;

/** Digits from which a number in a schema may be somebody's. */
const LEAST_DIGITS = 5;

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** The one address that every schema may name. */
const META_SCHEMA = /^https?:\/\/json-schema\.org\/[\w./-]{0,64}#?$/;

/** `isPlain`: a label identifies nobody. Errors: `feature_not_covered` {feature}, `field_not_covered` {field}. */
export function draftRequest(
  api: ModelRequest['api'],
  text: string,
  parsed: Fields,
  isPlain: (label: string) => boolean,
): Drafted {
  mustBeReadable(api, parsed);
  const draft = new Draft(isPlain, api === 'embeddings');
  const edits: LateEdit[] = [];
  const ground: Ground<RequestPlace> = { root: rootOf(api), member: memberOf, item: (place) => place };
  for (const literal of literalsOf(text, ground)) {
    const make = draft.of(literal);
    if (make !== null) edits.push({ start: literal.start, end: literal.end, was: literal.value, make });
  }
  return { texts: draft.texts, finish: (made) => edited(text, written(edits, made)) };
}

/** What can be said without looking at strings. */
function mustBeReadable(api: ModelRequest['api'], parsed: Fields): void {
  const identifying = IDENTIFYING.find((name) => parsed[name] != null);
  if (identifying !== undefined) throw new ProblemError('field_not_covered', { field: identifying });
  const unreadable = UNREADABLE.find((name) => Boolean(parsed[name]));
  if (unreadable !== undefined) throw new ProblemError('field_not_covered', { field: unreadable });
  // Text and tools that the caller runs: what else a service can do is done with what it was never shown (spec boundary §1.1).
  const [feature] = featuresOf(api, parsed);
  if (feature !== undefined) throw new ProblemError('feature_not_covered', { feature });
  const [field] = unknownFields(api, parsed);
  if (field !== undefined) throw new ProblemError('field_not_covered', { field });
}

/** What the engine left as it was keeps its own escapes. */
function written(edits: readonly LateEdit[], made: readonly string[]): Edit[] {
  return edits.flatMap(({ start, end, was, make }): Edit[] => {
    const said = make(made);
    return said === was ? [] : [{ start, end, put: JSON.stringify(said) }];
  });
}

class Draft {
  readonly texts: string[] = [];
  readonly #isPlain: (label: string) => boolean;
  readonly #mayHoldTokens: boolean;
  readonly #ids = new Map<string, string>();

  /** `mayHoldTokens`: lists of numbers stand for words. */
  constructor(isPlain: (label: string) => boolean, mayHoldTokens: boolean) {
    this.#isPlain = isPlain;
    this.#mayHoldTokens = mayHoldTokens;
  }

  /** Null: it stays as it is. */
  of(literal: Literal<RequestPlace>): Make | null {
    const { kind, place } = literal;
    if (place.shape === null) throw notCovered(place);
    if (kind === 'name') return this.#name(literal);
    if (kind === 'number') return this.#number(literal);
    switch (place.shape.here) {
      case 'text':
        return this.#text(literal.value, '', 0);
      case 'label':
        this.#mustBePlain(literal.value, place);
        return null;
      case 'id':
        return always(this.#idFor(literal.value));
      case 'own':
        return null;
      case 'refused':
      case undefined:
    }
    throw notCovered(place);
  }

  #name({ value, place }: Literal<RequestPlace>): null {
    if (isOpenEnded(place)) this.#mustBePlain(value, place);
    return null;
  }

  #number({ value, place }: Literal<RequestPlace>): null {
    const { shape } = place;
    if (shape?.here === 'text' && this.#mayHoldTokens) throw notCovered(place);
    const digits = value.replaceAll(/\D/g, '');
    if ((shape?.here === 'text' || isSchema(shape)) && digits.length >= LEAST_DIGITS) this.#mustBePlain(value, place);
    return null;
  }

  #mustBePlain(value: string, place: RequestPlace): void {
    if (value === '' || META_SCHEMA.test(value)) return;
    if (!this.#isPlain(asWords(value))) throw notCovered(place);
  }

  #text(value: string, name: string, level: number): Make | null {
    if (value === '') return null;
    const inner = level < MAX_LEVELS && isJsonText(value) ? this.#json(value, level + 1) : null;
    if (inner !== null) return (made) => edited(value, written(inner, made));
    const prefix = name === '' || value.length > LONGEST_NAMED ? '' : `${name}: `;
    const at = this.texts.push(prefix + value) - 1;
    return (made) => without(prefix, made[at] ?? '');
  }

  /** Content that is JSON itself: arguments of a tool, what it gave back. */
  #json(text: string, level: number): LateEdit[] {
    const edits: LateEdit[] = [];
    const ground: Ground<string> = { root: '', member: (_above, name) => name, item: (name) => name };
    for (const { kind, start, end, value, place } of literalsOf(text, ground)) {
      const name = asWords(place);
      const make = kind === 'name' ? this.#nameInside(value) : this.#inside(kind, value, name, level);
      if (make !== null) edits.push({ start, end, was: value, make });
    }
    return edits;
  }

  /** Names of a tool's own result are content as well: there is no schema that they would have to fit. */
  #nameInside(value: string): Make | null {
    return value === '' || this.#isPlain(asWords(value)) ? null : this.#text(value, '', MAX_LEVELS);
  }

  #inside(kind: 'string' | 'number', value: string, name: string, level: number): Make | null {
    if (kind === 'string') return this.#text(value, name, level);
    if (value.replaceAll(/\D/g, '').length < LEAST_DIGITS) return null;
    const prefix = name === '' ? '' : `${name}: `;
    const at = this.texts.push(prefix + value) - 1;
    return (made) => without(prefix, made[at] ?? '');
  }

  /** Nine letters after what the API asks for: the strictest form that a vendor takes, and nothing that looks like a number of somebody's. */
  #idFor(value: string): string {
    const known = this.#ids.get(value);
    if (known !== undefined) return known;
    const [, prefix = ''] = /^(fc_|msg_|rs_|ctc_)/.exec(value) ?? [];
    const made = `${prefix}call${inLetters(this.#ids.size)}`;
    this.#ids.set(value, made);
    return made;
  }
}

function inLetters(number: number): string {
  return number
    .toString(26)
    .padStart(5, '0')
    .replaceAll(/./g, (digit) => LETTERS.charAt(Number.parseInt(digit, 26)));
}

/** The engine may have taken the name in front for a part of what it found: then it stays with it. */
function without(prefix: string, made: string): string {
  return made.startsWith(prefix) ? made.slice(prefix.length) : made;
}

function always(value: string): Make {
  return () => value;
}

/** `dateOfBirth`, `date_of_birth` as the words they are. */
function asWords(name: string): string {
  return name
    .replaceAll(/[_.-]+/g, ' ')
    .replaceAll(/(\p{Ll})(\p{Lu})|(\p{Lu})(?=\p{Lu}\p{Ll})/gu, (_, low?: string, high?: string, alone?: string) =>
      low === undefined || high === undefined ? `${alone ?? ''} ` : `${low} ${high}`,
    )
    .trim();
}

function notCovered(place: RequestPlace): ProblemError {
  return new ProblemError('field_not_covered', { field: pathOf(place) });
}
