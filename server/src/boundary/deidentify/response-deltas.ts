// Events of `responses`: a text grows by `….delta` events and is repeated whole by `….done` and by what holds it.
import type { GrowingTexts, Passed, Said } from './growing-texts.ts';

const DELTA = '.delta';
const DONE = '.done';

/** What a text grows in, and the name of the member that holds it when it is whole. */
const NAMES: Readonly<Record<string, string>> = {
  'response.function_call_arguments': 'arguments',
  'response.output_text': 'text',
};

/** Members by which texts are told apart. */
const PLACES = ['item_id', 'output_index', 'content_index', 'summary_index'] as const;

export class ResponseDeltas {
  readonly #texts: GrowingTexts;
  /** The last delta of each text that grows. */
  readonly #last = new Map<string, Said>();
  /** Events that were put in between: those behind count on. */
  #added = 0;

  constructor(texts: GrowingTexts) {
    this.#texts = texts;
  }

  pass(said: Said): Passed {
    const type = typeof said['type'] === 'string' ? said['type'] : '';
    const { delta } = said;
    if (type.endsWith(DELTA) && typeof delta === 'string') {
      const base = type.slice(0, -DELTA.length);
      const key = keyOf(base, said);
      this.#last.set(key, said);
      const piece = this.#texts.push(key, NAMES[base] ?? 'delta', delta);
      return { before: [], said: this.#numbered({ ...said, delta: piece }) };
    }
    const ended = type.endsWith(DONE) ? [keyOf(type.slice(0, -DONE.length), said)] : [];
    const before = (ENDS.test(type) ? [...this.#last.keys()] : ended).flatMap((key) => this.#endOf(key, said));
    return { before, said: this.#numbered(this.#texts.whole(said)) };
  }

  rest(): readonly Said[] {
    return [...this.#last.keys()].flatMap((key) => this.#endOf(key, this.#last.get(key) ?? {}));
  }

  /** `behind`: the event that it stands in front of. */
  #endOf(key: string, behind: Said): Said[] {
    const last = this.#last.get(key);
    if (last === undefined) return [];
    this.#last.delete(key);
    const rest = this.#texts.end(key);
    if (rest === '') return [];
    const said = this.#numbered({ ...last, delta: rest, sequence_number: behind['sequence_number'] });
    this.#added += 1;
    return [said];
  }

  #numbered(said: Said): Said {
    const number = said['sequence_number'];
    return this.#added > 0 && typeof number === 'number' ? { ...said, sequence_number: number + this.#added } : said;
  }
}

const ENDS = /^response\.(?:completed|incomplete|failed)$/;

function keyOf(base: string, said: Said): string {
  return JSON.stringify([base, ...PLACES.map((name) => said[name] ?? null)]);
}
