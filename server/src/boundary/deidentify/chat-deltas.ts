// Chunks of `chat.completion.chunk`: what each choice says grows by `delta`, its calls of tools by their own index.
import { FIXED } from './answer.ts';
import type { GrowingTexts, Passed, Said } from './growing-texts.ts';

/** Names and, for items of a list, their `index`: where in a choice's delta a text grows. */
type Path = readonly (string | number)[];

interface Growing {
  readonly choice: number;
  readonly path: Path;
}

export class ChatDeltas {
  readonly #texts: GrowingTexts;
  readonly #growing = new Map<string, Growing>();
  #last: Said = {};

  constructor(texts: GrowingTexts) {
    this.#texts = texts;
  }

  pass(said: Said): Passed {
    const choices = listOf(said['choices']);
    if (choices.length === 0) return { before: [], said };
    this.#last = said;
    const before: Said[] = [];
    const made = choices.map((choice, at) => {
      const index = indexOf(choice, at);
      const delta = this.#delta(choice['delta'], index, []);
      const ends = choice['finish_reason'] == null ? [] : this.#endOf(index);
      if (ends.length === 0) return { ...choice, delta };
      // What is held back stands behind the text of this chunk and in front of its end.
      before.push(this.#chunk({ ...choice, delta, finish_reason: null }), ...ends);
      return { ...choice, delta: {} };
    });
    return { before, said: { ...said, choices: made } };
  }

  /** What is held back of texts that were never ended. */
  rest(): readonly Said[] {
    return [...new Set([...this.#growing.values()].map(({ choice }) => choice))].flatMap((choice) =>
      this.#endOf(choice),
    );
  }

  #delta(value: unknown, choice: number, path: Path): unknown {
    if (typeof value === 'string') return this.#text(value, choice, path);
    if (Array.isArray(value)) {
      return value.map((item: unknown, at) => {
        const said = typeof item === 'object' && item !== null ? (item as Said) : {};
        return this.#delta(item, choice, [...path, indexOf(said, at)]);
      });
    }
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).map(([name, member]: [string, unknown]) => {
      return [name, FIXED.has(name) || name === 'name' ? member : this.#delta(member, choice, [...path, name])];
    });
    return Object.fromEntries(members) as unknown;
  }

  #text(piece: string, choice: number, path: Path): string {
    const key = JSON.stringify([choice, ...path]);
    this.#growing.set(key, { choice, path });
    const name = path.findLast((step) => typeof step === 'string') ?? '';
    return this.#texts.push(key, name, piece);
  }

  /** A chunk for each text of the choice that something is held back of. */
  #endOf(choice: number): Said[] {
    const chunks: Said[] = [];
    for (const [key, growing] of this.#growing) {
      if (growing.choice !== choice) continue;
      this.#growing.delete(key);
      const rest = this.#texts.end(key);
      if (rest === '') continue;
      const delta = nested(growing.path, rest);
      chunks.push(this.#chunk({ index: choice, delta, logprobs: null, finish_reason: null }));
    }
    return chunks;
  }

  #chunk(choice: Said): Said {
    const { usage: _usage, ...head } = this.#last;
    return { ...head, choices: [choice] };
  }
}

function nested(path: Path, value: unknown): unknown {
  return path.reduceRight<unknown>((inner, step) => {
    return typeof step === 'string' ? { [step]: inner } : [{ index: step, ...(inner as object) }];
  }, value);
}

function listOf(value: unknown): readonly Said[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly unknown[]).filter((one): one is Said => typeof one === 'object' && one !== null);
}

function indexOf(said: Said, at: number): number {
  const index = said['index'];
  return typeof index === 'number' ? index : at;
}
