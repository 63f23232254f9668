// What PocketSphinx prints, read into utterances. Pure. Seconds from the start of what it was fed.
import type { SpokenWord } from './messages.ts';

export type Flavour = 'continuous' | 'live';

export interface Utterance {
  readonly words: readonly SpokenWord[];
  readonly start: number;
  readonly end: number;
}

export interface UtteranceParser {
  push(text: string): Utterance[];
  end(): Utterance[];
}

export function createUtteranceParser(flavour: Flavour): UtteranceParser {
  const lines = flavour === 'continuous' ? new ContinuousLines() : new LiveLines();
  let rest = '';
  return {
    push(text) {
      const pieces = (rest + text).split('\n');
      rest = pieces.pop() ?? '';
      return pieces.flatMap((line) => lines.line(line));
    },
    end() {
      return rest === '' ? lines.end() : [...lines.line(rest), ...lines.end()];
    },
  };
}

interface Lines {
  line(line: string): Utterance[];
  end(): Utterance[];
}

/** `word 1.230 1.450 0.83`; an utterance begins at `<s>` and ends at `</s>`; a line of its text comes before it. */
const TIMED = /^(\S+) (\d+\.\d+) (\d+\.\d+) (\d+\.\d+)$/;

class ContinuousLines implements Lines {
  #words: SpokenWord[] = [];
  #start = 0;

  line(line: string): Utterance[] {
    const match = TIMED.exec(line);
    if (match === null) return [];
    const [, token = '', start = '0', end = '0', confidence = '0'] = match;
    if (token === '<s>') {
      this.#words = [];
      this.#start = Number(start);
      return [];
    }
    if (token === '</s>') return [this.#close(Number(end))];
    const word = toWord(token, Number(start), Number(end), Number(confidence));
    if (word !== null) this.#words.push(word);
    return [];
  }

  /** An utterance cut off by the end of the sound has no `</s>`. */
  end(): Utterance[] {
    const last = this.#words.at(-1);
    return last === undefined ? [] : [this.#close(last.end)];
  }

  #close(end: number): Utterance {
    const utterance = { words: this.#words, start: this.#start, end };
    this.#words = [];
    return utterance;
  }
}

/** `{"b":0.3,"d":1.9,"p":1,"t":"text","w":[{"b":…,"d":…,"p":…,"t":…}]}`, begin and duration in seconds. */
class LiveLines implements Lines {
  line(line: string): Utterance[] {
    const heard = parseLive(line);
    if (heard === null) return [];
    const words = heard.w.flatMap((word) => toWord(word.t, word.b, word.b + word.d, word.p) ?? []);
    return [{ words, start: heard.b, end: heard.b + heard.d }];
  }

  end(): Utterance[] {
    return [];
  }
}

interface LiveUtterance {
  readonly b: number;
  readonly d: number;
  readonly w: readonly { readonly b: number; readonly d: number; readonly p: number; readonly t: string }[];
}

function parseLive(line: string): LiveUtterance | null {
  try {
    const value = JSON.parse(line) as Partial<LiveUtterance>;
    return typeof value.b === 'number' && typeof value.d === 'number' && Array.isArray(value.w)
      ? (value as LiveUtterance)
      : null;
  } catch {
    return null;
  }
}

/** Silence and noise are no words; `read(2)` is the second pronunciation of "read". */
function toWord(token: string, start: number, end: number, probability: number): SpokenWord | null {
  if (/^[<[+]/.test(token)) return null;
  const spoken = token.replace(/\(\d+\)$/, '').toLowerCase();
  return spoken === '' ? null : { spoken, start, end, confidence: Math.max(0, Math.min(1, probability)) };
}
