// A streamed answer with its tokens turned back: events go on as soon as they come, each with what is certain of its text.
import { ProblemError } from '@cordon/contract';
import { eventsOf, type ServerEvent } from '#boundary/egress/openai/events.ts';
import { parseJson } from '#kernel/json.ts';
import type { AnswerTexts, Restored } from './answer.ts';
import { ChatDeltas } from './chat-deltas.ts';
import { GrowingTexts, type Said } from './growing-texts.ts';
import { ResponseDeltas } from './response-deltas.ts';

const DONE = '[DONE]';

export class AnswerStream {
  readonly #texts: GrowingTexts;
  readonly #deltas: ChatDeltas | ResponseDeltas;

  constructor(api: 'chat' | 'responses', texts: AnswerTexts) {
    this.#texts = new GrowingTexts(texts);
    this.#deltas = api === 'chat' ? new ChatDeltas(this.#texts) : new ResponseDeltas(this.#texts);
  }

  /** A segment of whole events. Errors: `restore_incomplete`, `upstream_invalid`. */
  push(segment: Uint8Array): Uint8Array {
    const pieces = eventsOf(segment).flatMap((event) => this.#pass(event));
    return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
  }

  count(): Restored {
    return this.#texts.count();
  }

  #pass(event: ServerEvent): Uint8Array[] {
    const { data, bytes } = event;
    if (data === null) return [bytes];
    if (data === DONE) return [...this.#deltas.rest().map((said) => eventOf(said)), bytes];
    const said = parsed(data);
    const { before, said: made } = this.#deltas.pass(said);
    return [...before.map((one) => eventOf(one)), made === said ? bytes : eventOf(made)];
  }
}

/** OpenAI's clients read `data`; of `responses` the event's name is its `type`. */
function eventOf(said: Said): Uint8Array {
  const { type } = said;
  const name = typeof type === 'string' ? `event: ${type}\n` : '';
  return Buffer.from(`${name}data: ${JSON.stringify(said)}\n\n`);
}

function parsed(data: string): Said {
  try {
    const said = parseJson(data);
    if (typeof said === 'object' && said !== null && !Array.isArray(said)) return said as Said;
  } catch {
    // told below
  }
  throw new ProblemError('upstream_invalid', { reason: 'not_json' });
}
