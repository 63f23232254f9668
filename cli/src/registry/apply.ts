// Registry files on their way to the server, and what they changed on its way to the terminal.
import { createReadStream } from 'node:fs';
import { RegistryChanges } from '@cordon/contract';
import { type CordonError, problemOf } from '@cordon/sdk';
import { isRefusal } from '#connection/api.ts';
import { withServer } from '#connection/connect.ts';
import { asFreshPerson } from '#connection/person.ts';
import { upload } from '#connection/upload.ts';
import type { Context } from '#context.ts';
import { Refusal } from '#failure.ts';
import { readableFile } from '#home/files.ts';
import { brief } from '#terminal/printable.ts';
import type { Terminal } from '#terminal/terminal.ts';

export interface ApplyOptions {
  readonly dryRun?: true;
}

/** Sends the YAML file; the server takes all of it or nothing. `what`: last part of the address. */
export async function applyFile(
  context: Context,
  what: 'services' | 'agreements',
  file: string,
  { dryRun }: ApplyOptions,
): Promise<void> {
  const { terminal } = context;
  const bytes = await readableFile(file);
  const result = await withServer(context, async (server) => {
    const { token } = await asFreshPerson(context, server);
    const url = new URL(`/api/registry/${what}`, server.url);
    url.searchParams.set('dryRun', String(dryRun === true));
    const { status, headers, text } = await upload({
      url,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/yaml' },
      body: createReadStream(file),
      bytes,
      onSent: () => undefined,
      signal: context.signal,
    });
    if (status !== 200) throw refusalOf(problemOf(new Response(null, { status, headers }), parsed(text)));
    return RegistryChanges.parse(parsed(text));
  });
  if (terminal.json) terminal.document(result);
  else for (const line of changeLines(result, terminal)) terminal.print(line);
}

/** Every fault on a line of its own: there may be fifty. */
export function refusalOf(error: CordonError): CordonError | Refusal {
  const { lines, faults } = error.details;
  if (!isRefusal(error, 'registry_invalid') || !Array.isArray(lines)) return error;
  const more = typeof faults === 'number' && faults > lines.length ? [`and ${faults - lines.length} more`] : [];
  return new Refusal('registry_invalid', ...lines.map(String), ...more);
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function changeLines({ applied, changes }: RegistryChanges, terminal: Terminal): string[] {
  const head = applied ? [] : ['  Nothing was changed: this is what would be.'];
  return [...head, ...changes.flatMap((change) => linesOf(change, terminal))];
}

const MARKS = { created: '+', changed: '~', unchanged: '=' } as const;
const STYLES = { created: 'green', changed: 'yellow', unchanged: 'dim' } as const;

function linesOf({ id, change, version, fields }: RegistryChanges['changes'][number], terminal: Terminal): string[] {
  const head = terminal.style(STYLES[change], `  ${MARKS[change]} ${id}  version ${version}  ${change}`);
  if (change === 'created') return [head];
  return [head, ...fields.map(({ field, from, to }) => `      ${field}: ${value(from)} → ${value(to)}`)];
}

function value(text: string | null): string {
  return text === null || text === '' ? '(none)' : brief(text, 60);
}
