// A method record's terms from YAML, and files of a record on their way to the server.
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { MethodRecord, MethodTerms } from '@cordon/contract';
import { problemOf } from '@cordon/sdk';
import { parse } from 'yaml';
import { isRefusal } from '#connection/api.ts';
import { upload } from '#connection/upload.ts';
import { Refusal } from '#failure.ts';
import { readableFile, reason } from '#home/files.ts';
import { parsed, refusalOf } from '#registry/apply.ts';
import type { CordonError } from '@cordon/sdk';

/** Errors: `file_unreadable`, `registry_invalid` with each fault by its path. */
export async function termsIn(file: string): Promise<MethodTerms> {
  await readableFile(file);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Refusal('file_unreadable', reason(error));
  });
  const result = MethodTerms.safeParse(yamlOf(text));
  if (result.success) return result.data;
  throw new Refusal('registry_invalid', ...result.error.issues.map(({ path, code }) => `${path.join('.')}: ${code}`));
}

function yamlOf(text: string): unknown {
  try {
    return parse(text, { schema: 'core', uniqueKeys: true, maxAliasCount: 10 });
  } catch {
    throw new Refusal('registry_invalid', 'the file is not YAML');
  }
}

export interface Sending {
  readonly server: string;
  readonly token: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly file: string;
  readonly type: string;
  readonly signal: AbortSignal;
}

/** The record after it took the file. Errors: as the server refuses it. */
export async function sendFile({
  server,
  token,
  path,
  query = {},
  file,
  type,
  signal,
}: Sending): Promise<MethodRecord> {
  const bytes = await readableFile(file);
  const url = new URL(path, server);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const { status, headers, text } = await upload({
    url,
    headers: { authorization: `Bearer ${token}`, 'content-type': type },
    body: createReadStream(file),
    bytes,
    onSent: () => undefined,
    signal,
  });
  if (status !== 200 && status !== 201)
    throw methodRefusal(problemOf(new Response(null, { status, headers }), parsed(text)));
  return MethodRecord.parse(parsed(text));
}

/** What is missing and which line was meant belong to the message. */
export function methodRefusal(error: CordonError): CordonError | Refusal {
  const { missing, line, reason: why } = error.details;
  if (isRefusal(error, 'method_incomplete') && Array.isArray(missing))
    return new Refusal('method_incomplete', ...missing.map(String));
  for (const code of ['sample_unusable', 'dataset_unusable'] as const)
    if (isRefusal(error, code)) return new Refusal(code, `${String(why)}, line ${String(line)}`);
  return refusalOf(error);
}
