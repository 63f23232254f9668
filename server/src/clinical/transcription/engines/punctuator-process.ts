// A punctuation model as the server sees it: words of one speaker in, the same words with marks and capitals out. One recording each.
import { fileURLToPath } from 'node:url';
import { ProblemError } from '@cordon/contract';
import { EngineChild } from './engine-child.ts';
import type { ProcessOptions } from './engine-child.ts';
import type { PunctuationConfig } from './families/companion-config.ts';
import { markedWords } from './families/marks.ts';
import { encodeJson, FRAME } from './frames.ts';

export interface PunctuatorOptions extends ProcessOptions {
  /** The script of the child; tests put stand-ins here. */
  readonly script?: string;
}

const SCRIPT = fileURLToPath(new URL('punctuator.child.ts', import.meta.url));

export class PunctuatorProcess {
  readonly #child: EngineChild;

  /** Starts loading at once. `config` must have been checked: native code trusts it. */
  constructor(config: PunctuationConfig, options: PunctuatorOptions) {
    this.#child = new EngineChild(options.script ?? SCRIPT, config, options);
  }

  get child(): EngineChild {
    return this.#child;
  }

  /**
   * One portion at a time. Each word as the model writes it, or null where it stays as it was spoken. Errors: `ChildLost`, also for an
   * answer that says anything else than these words; the child's `ProblemError`.
   */
  async mark(words: readonly string[]): Promise<readonly (string | null)[]> {
    await this.#child.ready();
    this.#child.owes();
    await this.#child.write(encodeJson(FRAME.words, words));
    const sent = await this.#child.nextOfHelp();
    if (sent.type === 'problem') throw new ProblemError(sent.code, sent.details);
    if (sent.type !== 'marked' || !saysOnly(sent.texts, words)) throw this.#child.broken();
    this.#child.isEven();
    return sent.texts;
  }
}

/** The child runs native code on what was said: it may add marks and capitals, never a word. */
function saysOnly(texts: unknown, words: readonly string[]): texts is readonly (string | null)[] {
  return (
    Array.isArray(texts) &&
    texts.length === words.length &&
    texts.every((text, index) => text === null || (typeof text === 'string' && markedWords([words[index] ?? ''], text)))
  );
}
