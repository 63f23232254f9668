// Punctuation and capitals for recognisers that write none. A model may add marks and change the case of letters, nothing else:
// an answer with other words is not taken. Runs in a child only.
import { ProblemError } from '@cordon/contract';
import sherpa from 'sherpa-onnx-node';
import type { OfflinePunctuationConfig, OnlinePunctuationConfig } from 'sherpa-onnx-node';
import type { VerifiedModel } from '../../models.ts';
import { pathOf } from './offline-config.ts';
import { spokenOf } from './offline-words.ts';
import type { WrittenWord } from './offline-words.ts';

/** What a child is told; plain JSON. */
export type PunctuationConfig =
  | { readonly family: 'ct-punctuation'; readonly model: string }
  | { readonly family: 'bilstm-punctuation'; readonly model: string; readonly bpeVocab: string };

export type PunctuationNative = Pick<typeof sherpa, 'OfflinePunctuation' | 'OnlinePunctuation'>;

export interface Punctuator {
  /** The same words, `written` where the model wrote them otherwise than they are spoken. */
  punctuate(words: readonly WrittenWord[]): readonly WrittenWord[];
}

/** Words at once: some sentences. The models were trained on a few hundred tokens. */
const MAX_WORDS = 200;

/** Errors: `model_invalid`. */
export function punctuationConfig(model: VerifiedModel): PunctuationConfig {
  const { family, id } = model.manifest;
  if (family === 'ct-punctuation') return { family, model: pathOf(model, 'model') };
  if (family === 'bilstm-punctuation')
    return { family, model: pathOf(model, 'model'), bpeVocab: pathOf(model, 'bpeVocab') };
  throw new ProblemError('model_invalid', { model: id, reason: 'not_a_punctuation_model' });
}

const BASE = { numThreads: 1, provider: 'cpu', debug: 0 } as const;

export function ctConfig({ model }: { readonly model: string }): OfflinePunctuationConfig {
  return { model: { ctTransformer: model, ...BASE } };
}

export function bilstmConfig(config: { readonly model: string; readonly bpeVocab: string }): OnlinePunctuationConfig {
  return { model: { cnnBilstm: config.model, bpeVocab: config.bpeVocab, ...BASE } };
}

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
        written.push(...marked(some, model.addPunct(some.map((word) => word.spoken).join(' '))));
      }
      return written;
    },
  };
}

function marked(words: readonly WrittenWord[], text: string): readonly WrittenWord[] {
  const texts = text.split(/\s+/).filter((part) => part !== '');
  const same = texts.length === words.length && texts.every((part, index) => spokenOf(part) === words[index]?.spoken);
  if (!same) return words;
  return words.map((word, index) => {
    const written = texts[index] ?? word.spoken;
    return written === word.spoken ? word : { ...word, written };
  });
}
