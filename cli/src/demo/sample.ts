// The sample visit that comes with the checkout: a recording and the script that says who speaks on which channel.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Refusal } from '#failure.ts';

export interface SampleVisit {
  readonly file: string;
  /** Labels of the channels in order. */
  readonly speakers: readonly string[];
}

const Script = z.object({ channels: z.array(z.string()) });

/** Errors: `file_unreadable`, `file_invalid`. */
export async function sampleVisit(checkout: string): Promise<SampleVisit> {
  const directory = join(checkout, 'examples', 'sample-visit');
  const script = join(directory, 'visit.json');
  const text = await readFile(script, 'utf8').catch(() => {
    throw new Refusal('file_unreadable', script);
  });
  const parsed = Script.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Refusal('file_invalid', script);
  return { file: join(directory, 'visit.wav'), speakers: parsed.data.channels };
}
