// From lists and generators to the two files of the model. Takes minutes on one core; the same seed gives the same bytes.
import { openLexicon, writeLexicon } from '../src/lexicon/lexicon.ts';
import { writeWeights } from '../src/tagger/tagger.ts';
import { document } from './corpus.ts';
import { exampleOf, Learner, SETTINGS, type Settings } from './learn.ts';
import { lexiconOf } from './lexicon.ts';
import { readLists } from './lists.ts';
import { Chance } from './random.ts';

export interface TrainOptions {
  readonly seed: number;
  readonly documents: number;
  readonly epochs: number;
  readonly settings?: Partial<Settings>;
  readonly onEpoch?: (epoch: number, loss: number) => void;
}

export interface Trained {
  readonly lexicon: Uint8Array;
  readonly weights: Uint8Array;
}

/** Documents are made anew in every epoch, from seeds that no epoch shares: the tagger never sees one twice. */
export function train({ seed, documents, epochs, settings = {}, onEpoch }: TrainOptions): Trained {
  const lists = readLists();
  const lexiconBytes = writeLexicon(lexiconOf(lists));
  const lexicon = openLexicon(lexiconBytes);
  const all = { ...SETTINGS, ...settings };
  const learner = new Learner(all);
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    const chance = new Chance(seed + epoch);
    let [loss, tokens] = [0, 0];
    for (let at = 0; at < documents; at += 1) {
      const made = document(seed * 1_000_003 + epoch * documents + at, lists);
      const example = exampleOf(made, lexicon, chance, all);
      loss += learner.step(example);
      tokens += example.count;
    }
    onEpoch?.(epoch, loss / Math.max(1, tokens));
  }
  return { lexicon: lexiconBytes, weights: writeWeights(learner.quantised()) };
}
