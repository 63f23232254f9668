// The acts on a note as a whole: sign, amend, discard, and taking a signed note out.
import type { Schemas } from '@cordon/sdk';
import type { Command } from 'commander';
import { declare, idArgument } from '#command.ts';
import { answered, answeredWithTag, apiOf } from '#connection/api.ts';
import { withServer } from '#connection/connect.ts';
import { asFreshPerson, asPerson, type PersonApi } from '#connection/person.ts';
import type { Context } from '#context.ts';
import { Refusal } from '#failure.ts';
import { mustNotExist, writePrivately } from '#home/files.ts';
import { noteBlock } from '#show/note.ts';
import { ask } from '#terminal/ask.ts';
import { printable } from '#terminal/printable.ts';
import { type Terminal, wrap } from '#terminal/terminal.ts';

type Note = Schemas['Note'];

interface SignOptions {
  readonly versionSeen?: string;
  readonly attest?: true;
}

export function addNoteCommands(group: Command, context: Context): void {
  declare(group, 'sign', 'sign exactly the version that was seen; asks on a terminal', [
    'review sign 0198…',
    'review sign 0198… --version-seen 3f9a… --attest --json',
  ])
    .addArgument(idArgument('note'))
    .option('--version-seen <digest>', 'the version that was read, as `review show` names it')
    .option('--attest', 'confirm the attestation text that `review show` gives')
    .action((id: string, options: SignOptions) => finish(context, (person) => sign(context, person, id, options)));
  declare(group, 'amend', 'begin an amendment of a signed note', ['review amend 0198… --reason "Wrong dose"'])
    .addArgument(idArgument('note'))
    .requiredOption('--reason <text>', 'why')
    .action((id: string, { reason }: { readonly reason: string }) =>
      finish(context, ({ api }) =>
        answered(api.POST('/api/notes/{id}/amend', { params: { path: { id } }, body: { reason } })),
      ),
    );
  declare(group, 'discard', 'reject the draft as a whole', ['review discard 0198… --reason "Wrong patient"'])
    .addArgument(idArgument('note'))
    .requiredOption('--reason <text>', 'why')
    .action((id: string, { reason }: { readonly reason: string }) =>
      finish(context, (person) => discard(person, id, reason)),
    );
  declare(group, 'text', 'take a signed note out as text', ['review text 0198… --out note.txt'])
    .addArgument(idArgument('note'))
    .option('--out <file>', 'write it here instead of to standard output')
    .action((id: string, { out }: { readonly out?: string }) => take(context, id, 'text', out));
  declare(group, 'fhir', 'take a signed note out as a FHIR R4 bundle', ['review fhir 0198… --out bundle.json'])
    .addArgument(idArgument('note'))
    .option('--out <file>', 'write it here instead of to standard output')
    .action((id: string, { out }: { readonly out?: string }) => take(context, id, 'fhir', out));
}

async function finish(context: Context, act: (person: PersonApi) => Promise<Note>): Promise<void> {
  const { terminal } = context;
  const found = await withServer(context, async (server) => act(await asFreshPerson(context, server)));
  if (terminal.json) terminal.document(found);
  else terminal.print(noteBlock(found, terminal));
}

/** What is signed is what was seen: named by its digest, or shown here and confirmed by hand. */
async function sign({ terminal }: Context, { api }: PersonApi, id: string, options: SignOptions): Promise<Note> {
  const path = { id };
  const found = await answered(api.GET('/api/notes/{id}', { params: { path } }));
  const versionSeen = options.versionSeen ?? (await confirmed(found, terminal));
  if (options.versionSeen !== undefined && options.attest !== true) {
    throw new Refusal('usage', 'with --version-seen, confirm the attestation text with --attest');
  }
  const body = { versionSeen, attestation: found.attestationText };
  return answered(api.POST('/api/notes/{id}/sign', { params: { path }, body }));
}

async function confirmed(found: Note, terminal: Terminal): Promise<string> {
  if (!terminal.interactive)
    throw new Refusal('usage', 'without a terminal, name what was read with --version-seen and --attest');
  terminal.remark(noteBlock(found, terminal));
  terminal.remark(`\n${wrap(found.attestationText, terminal.columns, '  ')}\n`);
  if ((await ask('Type "sign" to sign this version: ')) !== 'sign') throw new Refusal('usage', 'not signed');
  return found.versionSeen;
}

async function discard({ api }: PersonApi, id: string, reason: string): Promise<Note> {
  const path = { id };
  const { etag } = await answeredWithTag(api.GET('/api/notes/{id}', { params: { path } }));
  return answered(
    api.POST('/api/notes/{id}/reject', { params: { path, header: { 'if-match': etag } }, body: { reason } }),
  );
}

async function take(context: Context, id: string, form: 'text' | 'fhir', out: string | undefined): Promise<void> {
  const { terminal } = context;
  if (out !== undefined) await mustNotExist(out);
  const params = { path: { id } };
  const content = await withServer(context, async (server) => {
    const api = server.credentials === null ? apiOf(server.url, server.apiKey) : (await asPerson(context, server)).api;
    return form === 'text'
      ? answered(api.GET('/api/notes/{id}/text', { params, parseAs: 'text' }))
      : answered(api.GET('/api/notes/{id}/fhir', { params }));
  });
  const text = typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`;
  if (out !== undefined) {
    await writePrivately(out, text);
    if (terminal.json) terminal.document({ note: id, form, out });
    else terminal.print(`  written to ${printable(out)}`);
  } else if (terminal.json) terminal.document(typeof content === 'string' ? { note: id, text: content } : content);
  else terminal.raw(text);
}
