// The sample visit that comes with the checkout.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Refusal } from '#failure.ts';

/** Path of the recording. Errors: `file_unreadable`. */
export async function sampleVisit(checkout: string): Promise<string> {
  const directory = join(checkout, 'examples', 'sample-visit');
  const names = await readdir(directory).catch(() => []);
  const recording = names.find((name) => /\.(wav|flac)$/.test(name));
  if (recording === undefined) throw new Refusal('file_unreadable', `${directory}: no recording there`);
  return join(directory, recording);
}
