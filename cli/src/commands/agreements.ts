// `cordon agreements …`: contracts and attestations, the only records that authorise.
import { createReadStream } from 'node:fs';
import { extname } from 'node:path';
import { Agreement } from '@cordon/contract';
import { problemOf, type Schemas } from '@cordon/sdk';
import { type Command, Option } from 'commander';
import { declare, declareGroup } from '#command.ts';
import { answered, type Api, apiOf } from '#connection/api.ts';
import { withServer } from '#connection/connect.ts';
import { asFreshPerson } from '#connection/person.ts';
import { upload } from '#connection/upload.ts';
import type { Context } from '#context.ts';
import { Refusal } from '#failure.ts';
import { readableFile } from '#home/files.ts';
import { type ApplyOptions, applyFile, parsed, refusalOf } from '#registry/apply.ts';
import { allPages, exported } from '#registry/read.ts';
import { brief, printable } from '#terminal/printable.ts';
import type { Terminal } from '#terminal/terminal.ts';
import { withStage } from '#visit/visit.ts';
import { membersOf } from './services.ts';

const REASONS = ['expired', 'breach', 'replaced', 'withdrawn', 'other'] as const;
const NAME_CELLS = 24;
const STATE_CELLS = 11;
const DAY_CHARS = 10;

export function addAgreements(program: Command, context: Context): void {
  const group = declareGroup(program, 'agreements', 'record, show, import and end agreements and attestations');
  declare(group, 'list', 'list agreements and attestations, and how each stands', ['agreements list']).action(() =>
    list(context),
  );
  declare(group, 'show <agreement>', 'show everything that is recorded of an agreement, by name or id', [
    'agreements show acme-2026',
  ]).action((name: string) => show(context, name));
  declare(group, 'apply <file>', 'import agreements from YAML: all of them, or none with every fault named', [
    'agreements apply examples/registry/agreements-local.yaml',
    'agreements apply agreements.yaml --dry-run',
  ])
    .option('--dry-run', 'show what would change, and change nothing')
    .action((file: string, options: ApplyOptions) => applyFile(context, 'agreements', file, options));
  declare(group, 'export', 'write the agreements as YAML, in the form that `apply` takes', [
    'agreements export > agreements.yaml',
  ]).action(() => exported(context, 'agreements'));
  declare(group, 'checklist <agreement>', 'the clauses that the law asks for, and which were found', [
    'agreements checklist acme-2026',
  ]).action((name: string) => checklist(context, name));
  declare(group, 'attach <agreement> <file>', 'attach the document of an agreement; it is kept sealed', [
    'agreements attach acme-2026 contract.pdf',
  ]).action((name: string, file: string) => attach(context, name, file));
  declare(group, 'terminate <agreement>', 'end an agreement at once: nothing goes out under it any more', [
    'agreements terminate acme-2026 --reason breach',
  ])
    .addOption(new Option('--reason <reason>', 'why').choices(REASONS).default('other'))
    .action((name: string, { reason }: { readonly reason: (typeof REASONS)[number] }) =>
      terminate(context, name, reason),
    );
  declare(group, 'warnings', 'what ends within 90 days, when notice must be given, what a vendor contradicts', [
    'agreements warnings',
  ]).action(() => warnings(context));
}

async function list(context: Context): Promise<void> {
  const { terminal } = context;
  const items = await withServer(context, ({ url, apiKey }) => allAgreements(apiOf(url, apiKey)));
  if (terminal.json) terminal.document({ items });
  else for (const agreement of items) terminal.print(lineOf(agreement, terminal));
}

function allAgreements(api: Api): Promise<Schemas['Agreement'][]> {
  return allPages((query) => answered(api.GET('/api/agreements', { params: { query } })));
}

function lineOf(agreement: Schemas['Agreement'], terminal: Terminal): string {
  const { name, kind, state, expires, missingClauses, services } = agreement;
  const until = expires === null ? 'open-ended' : `until ${expires.slice(0, DAY_CHARS)}`;
  const missing = missingClauses.length === 0 ? '' : `missing ${missingClauses.join(', ')}`;
  const told = terminal.style(state === 'in-force' ? 'green' : 'yellow', state.padEnd(STATE_CELLS));
  const line = `  ${name.padEnd(NAME_CELLS)} ${kind.padEnd(STATE_CELLS)} ${told} ${until}  ${services.join(', ')}`;
  return printable(`${line}  ${missing}`.trimEnd());
}

/** By the house's own name, or by id. Errors: `not_found`. */
async function idOf(api: Api, name: string): Promise<string> {
  const found = (await allAgreements(api)).find((agreement) => agreement.name === name || agreement.id === name);
  if (found === undefined) throw new Refusal('not_found', `no agreement is called ${brief(name)}`);
  return found.id;
}

async function show(context: Context, name: string): Promise<void> {
  const { terminal } = context;
  const agreement = await withServer(context, async ({ url, apiKey }) => {
    const api = apiOf(url, apiKey);
    const path = { id: await idOf(api, name) };
    return answered(api.GET('/api/agreements/{id}', { params: { path } }));
  });
  if (terminal.json) terminal.document(agreement);
  else terminal.print(printable(membersOf(agreement)));
}

async function checklist(context: Context, name: string): Promise<void> {
  const { terminal } = context;
  const found = await withServer(context, async ({ url, apiKey }) => {
    const api = apiOf(url, apiKey);
    const path = { id: await idOf(api, name) };
    return answered(api.GET('/api/agreements/{id}/checklist', { params: { path } }));
  });
  if (terminal.json) {
    terminal.document(found);
    return;
  }
  const { present, of } = found.mandatory;
  terminal.print(`  ${present} of ${of} mandatory elements present, version ${found.version}`);
  for (const { element, cite, need, asks, status, blocks, page } of found.elements) {
    const mark = terminal.style(blocks ? 'red' : status === 'present' ? 'green' : 'dim', status.padEnd(14));
    const where = [cite, page === null ? '' : `page ${page}`].filter((part) => part !== '').join(', ');
    terminal.print(`  ${element.padEnd(5)} ${need.padEnd(11)} ${mark} ${printable(asks)}`);
    if (where !== '') terminal.print(terminal.style('dim', `${' '.repeat(34)}${where}`));
  }
}

const TYPES: Readonly<Record<string, string>> = { '.pdf': 'application/pdf', '.txt': 'text/plain' };

async function attach(context: Context, name: string, file: string): Promise<void> {
  const { terminal } = context;
  const bytes = await readableFile(file);
  const agreement = await withServer(context, async (server) => {
    const { api, token } = await asFreshPerson(context, server);
    const id = await idOf(api, name);
    return withStage(context, 'Attaching the document', async (stage) => {
      const type = TYPES[extname(file).toLowerCase()] ?? 'application/octet-stream';
      const { status, headers, text } = await upload({
        url: new URL(`/api/agreements/${id}/document`, server.url),
        headers: { authorization: `Bearer ${token}`, 'content-type': type },
        body: createReadStream(file),
        bytes,
        onSent: (sent) => stage.update(bytes === 0 ? null : sent / bytes),
        signal: context.signal,
      });
      if (status !== 201) throw refusalOf(problemOf(new Response(null, { status, headers }), parsed(text)));
      const result = Agreement.parse(parsed(text));
      return { result, said: `${bytes} bytes` };
    });
  });
  if (terminal.json) terminal.document(agreement);
  else terminal.print(`  ${agreement.name}  version ${agreement.version}  SHA-256 ${agreement.document?.sha256 ?? ''}`);
}

async function terminate(context: Context, name: string, reason: (typeof REASONS)[number]): Promise<void> {
  const { terminal } = context;
  const agreement = await withServer(context, async (server) => {
    const { api } = await asFreshPerson(context, server);
    const path = { id: await idOf(api, name) };
    return answered(api.POST('/api/agreements/{id}/terminate', { params: { path }, body: { reason } }));
  });
  if (terminal.json) terminal.document(agreement);
  else terminal.print(lineOf(agreement, terminal));
}

async function warnings(context: Context): Promise<void> {
  const { terminal } = context;
  const found = await withServer(context, ({ url, apiKey }) =>
    answered(apiOf(url, apiKey).GET('/api/registry/warnings')),
  );
  if (terminal.json) {
    terminal.document(found);
    return;
  }
  if (found.count === 0) terminal.print('  Nothing ends within 90 days.');
  for (const { kind, name, at, daysLeft } of found.items) {
    const when = daysLeft < 0 ? `${-daysLeft} days ago` : `in ${daysLeft} days`;
    terminal.print(printable(`  ${kind.padEnd(21)} ${name.padEnd(NAME_CELLS)} ${at.slice(0, DAY_CHARS)}  ${when}`));
  }
}
