// What the first start left for the person of an embedded installation: docs/formats say nothing of it, README.md does.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Refusal } from '#failure.ts';
import { hasCode } from '#home/files.ts';

const Credentials = z.object({
  url: z.url(),
  tenant: z.string(),
  apiKey: z.string().min(1),
  adminEmail: z.string(),
  adminPassword: z.string(),
  adminTotpSecret: z.string(),
});
export type Credentials = z.infer<typeof Credentials>;

/** `${CORDON_HOME}/credentials.json`. */
export function credentialsPath(home: string): string {
  return join(home, 'credentials.json');
}

/** Null when there is none. Errors: `file_unreadable`, `file_invalid`. */
export async function readCredentials(home: string): Promise<Credentials | null> {
  const path = credentialsPath(home);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw new Refusal('file_unreadable', path);
  }
  const parsed = Credentials.safeParse(parseJson(text));
  if (!parsed.success) throw new Refusal('file_invalid', path);
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
