// A list of identifiers that are known beforehand: the patient's own, relatives', numbers of a record.
import { CATEGORIES, type KnownIdentifier } from '@cordon/deid';
import { z } from 'zod';
import { Refusal } from '#failure.ts';
import { readSmallFile } from '#home/files.ts';
import { brief } from '#terminal/printable.ts';

export const Known = z.array(z.object({ type: z.enum(CATEGORIES), value: z.string().min(1) }));

/** Errors: `file_unreadable`, `file_invalid`. */
export async function readKnown(path: string): Promise<readonly KnownIdentifier[]> {
  const bytes = await readSmallFile(path);
  try {
    return Known.parse(JSON.parse(bytes.toString('utf8')));
  } catch {
    throw new Refusal('file_invalid', `${brief(path)}: a JSON array of { type, value } is needed`);
  }
}
