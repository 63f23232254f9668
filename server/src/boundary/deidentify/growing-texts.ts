// Texts of a streamed answer that grow event by event, each with a restorer of its own.
import { ProblemError } from '@cordon/contract';
import type { Restorer } from '@cordon/deid';
import { parseJson } from '#kernel/json.ts';
import { countOf, mustBeWhole, restoreWhole, sumOf, type AnswerTexts, type Restored } from './answer.ts';

export type Said = Readonly<Record<string, unknown>>;

/** What an event becomes: the same, or other data, with events before it. */
export interface Passed {
  readonly before: readonly Said[];
  readonly said: Said;
}

/** Texts of one answer that grow at once: every choice with some calls of tools. */
const MOST_TEXTS = 4_096;

/** Texts that grow event by event, by what tells them apart. */
export class GrowingTexts {
  readonly #texts: AnswerTexts;
  readonly #open = new Map<string, Restorer>();
  readonly #ended: Restored[] = [];

  constructor(texts: AnswerTexts) {
    this.#texts = texts;
  }

  /** What may go on of the text. Errors: `restore_incomplete`, `upstream_invalid`. */
  push(key: string, name: string, piece: string): string {
    let restorer = this.#open.get(key);
    if (restorer === undefined) {
      if (this.#open.size >= MOST_TEXTS) throw new ProblemError('upstream_invalid', { reason: 'too_many_texts' });
      restorer = this.#texts.restorerFor(name);
      this.#open.set(key, restorer);
    }
    const passed = restorer.push(piece);
    mustBeWhole(restorer);
    return passed;
  }

  /** What was held back of a text that has ended. */
  end(key: string): string {
    const restorer = this.#open.get(key);
    if (restorer === undefined) return '';
    this.#open.delete(key);
    const rest = restorer.end();
    mustBeWhole(restorer);
    this.#ended.push(countOf(restorer));
    return rest;
  }

  /** All that the event says is whole. */
  whole(said: Said): Said {
    return parseJson(restoreWhole(JSON.stringify(said), this.#texts).text) as Said;
  }

  count(): Restored {
    return sumOf([...this.#ended, ...[...this.#open.values()].map(countOf)]);
  }
}
