// `cordon deid train`: the model from the lists and generators of the checkout, in a child-free single thread; minutes on one core.
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrainOptions } from '@cordon/deid/train';

export interface TrainedFiles {
  readonly directory: string;
  readonly lexiconSha256: string;
  readonly taggerSha256: string;
  readonly bytes: number;
}

/** Writes `lexicon.bin` and `tagger.bin` into `directory`, which is made if need be. */
export async function trainInto(directory: string, options: TrainOptions): Promise<TrainedFiles> {
  const { train } = await import('@cordon/deid/train'); // only this command needs the lists
  const { lexicon, weights } = train(options);
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'lexicon.bin'), lexicon);
  await writeFile(join(directory, 'tagger.bin'), weights);
  const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
  return {
    directory,
    lexiconSha256: digest(lexicon),
    taggerSha256: digest(weights),
    bytes: lexicon.length + weights.length,
  };
}
