// Reads the model's two files: the engine itself does no I/O.
import { readFileSync } from 'node:fs';
import type { Model } from '../src/engine.ts';

/** Where the model of this version stands. */
export const MODEL_DIRECTORY = new URL('./', import.meta.url);

/** Errors: those of the file system. */
export function loadModel(directory: URL = MODEL_DIRECTORY): Model {
  return {
    lexicon: readFileSync(new URL('lexicon.bin', directory)),
    weights: readFileSync(new URL('tagger.bin', directory)),
  };
}
