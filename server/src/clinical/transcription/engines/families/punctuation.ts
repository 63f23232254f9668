// Punctuation and capitals for recognisers that write none. A model may add marks and change the case of letters, nothing else:
// an answer with other words is not taken. Runs in a child only.
import sherpa from 'sherpa-onnx-node';
import { bilstmConfig, ctConfig } from './companion-config.ts';
import type { PunctuationConfig } from './companion-config.ts';
import { markedWords } from './marks.ts';
import type { WrittenWord } from './offline-words.ts';

export type PunctuationNative = Pick<typeof sherpa, 'OfflinePunctuation' | 'OnlinePunctuation'>;

export interface Punctuator {
  /** The same words, `written` where the model wrote them otherwise than they are spoken. */
  punctuate(words: readonly WrittenWord[]): readonly WrittenWord[];
}

/** Words at once: some sentences. The models were trained on a few hundred tokens. */
const MAX_WORDS = 200;

/** Letters. Native code gives a sentence 200 pieces and counts wrongly where one word alone has more. */
const MAX_WORD_CHARS = 60;

export function loadPunctuation(config: PunctuationConfig, native: PunctuationNative = sherpa): Punctuator {
  const model =
    config.family === 'ct-punctuation'
      ? new native.OfflinePunctuation(ctConfig(config))
      : new native.OnlinePunctuation(bilstmConfig(config));
  return {
    punctuate(words) {
      const written: WrittenWord[] = [];
      for (let at = 0; at < words.length; at += MAX_WORDS) {
        const some = words.slice(at, at + MAX_WORDS);
        const fits = some.every(({ spoken }) => spoken.length <= MAX_WORD_CHARS && !/\s/u.test(spoken));
        if (!fits) written.push(...some);
        else written.push(...marked(some, model.addPunct(some.map((word) => word.spoken).join(' '))));
      }
      return written;
    },
  };
}

function marked(words: readonly WrittenWord[], text: string): readonly WrittenWord[] {
  const texts = markedWords(
    words.map((word) => word.spoken),
    text,
  );
  if (texts === null) return words;
  return words.map((word, index) => {
    const written = texts[index] ?? word.spoken;
    return written === word.spoken ? word : { ...word, written };
  });
}
