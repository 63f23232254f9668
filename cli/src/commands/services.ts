// `cordon services …`: the AI services that calls may go to.
import type { Schemas } from '@cordon/sdk';
import type { Command } from 'commander';
import { declare, declareGroup } from '#command.ts';
import { answered, apiOf } from '#connection/api.ts';
import { withServer } from '#connection/connect.ts';
import { asFreshPerson } from '#connection/person.ts';
import type { Context } from '#context.ts';
import { type ApplyOptions, applyFile } from '#registry/apply.ts';
import { allPages, exported } from '#registry/read.ts';
import { brief, printable } from '#terminal/printable.ts';
import type { Terminal } from '#terminal/terminal.ts';

type Service = Schemas['Service'];

const ID_CELLS = 32;
const WORD_CELLS = 11;

export function addServices(program: Command, context: Context): void {
  const group = declareGroup(
    program,
    'services',
    'register, show, import and stop the AI services that calls may go to',
  );
  declare(group, 'list', 'list the registered services', ['services list', 'services list --json']).action(() =>
    list(context),
  );
  declare(group, 'show <service>', 'show everything that is recorded of a service', [
    'services show acme-scribe-us',
  ]).action((id: string) => show(context, id));
  declare(group, 'apply <file>', 'import services from YAML: all of them, or none with every fault named', [
    'services apply examples/registry/services-local.yaml',
    'services apply services.yaml --dry-run',
  ])
    .option('--dry-run', 'show what would change, and change nothing')
    .action((file: string, options: ApplyOptions) => applyFile(context, 'services', file, options));
  declare(group, 'export', 'write the services as YAML, in the form that `apply` takes', [
    'services export > services.yaml',
  ]).action(() => exported(context, 'services'));
  declare(group, 'disable <service>', 'stop a service at once', ['services disable acme-scribe-us']).action(
    (id: string) => disable(context, id),
  );
  declare(group, 'questionnaire <service>', 'what to ask the vendor of a service, answered from what is recorded', [
    'services questionnaire acme-scribe-us',
  ]).action((id: string) => questionnaire(context, id));
  declare(group, 'claims', 'list what vendors and others say; it informs and authorises nothing', [
    'services claims --vendor Microsoft',
  ])
    .option('--vendor <name>', 'those about one vendor')
    .action(({ vendor }: { readonly vendor?: string }) => claims(context, vendor));
}

async function list(context: Context): Promise<void> {
  const { terminal } = context;
  const items = await withServer(context, ({ url, apiKey }) => {
    const api = apiOf(url, apiKey);
    return allPages((query) => answered(api.GET('/api/services', { params: { query } })));
  });
  if (terminal.json) terminal.document({ items });
  else for (const service of items) terminal.print(lineOf(service, terminal));
}

function lineOf(service: Service, terminal: Terminal): string {
  const { id, capability, pattern, regions, enabled, contradicted } = service;
  const state = !enabled ? 'stopped' : contradicted.length > 0 ? 'contradicted' : '';
  const cells = [id.padEnd(ID_CELLS), capability.padEnd(WORD_CELLS), pattern.padEnd(WORD_CELLS), regions.inference];
  return `  ${printable(cells.join(' '))}  ${terminal.style('yellow', state)}`.trimEnd();
}

async function show(context: Context, id: string): Promise<void> {
  const { terminal } = context;
  const service = await withServer(context, ({ url, apiKey }) =>
    answered(apiOf(url, apiKey).GET('/api/services/{id}', { params: { path: { id } } })),
  );
  if (terminal.json) terminal.document(service);
  else terminal.print(printable(membersOf(service)));
}

/** One member a line, lists and objects as JSON: everything is there and nothing is dressed up. */
export function membersOf(record: object): string {
  const told = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
  return Object.entries(record)
    .map(([name, value]) => `  ${name.padEnd(24)} ${told(value)}`)
    .join('\n');
}

async function disable(context: Context, id: string): Promise<void> {
  const { terminal } = context;
  const service = await withServer(context, async (server) => {
    const { api } = await asFreshPerson(context, server);
    return answered(api.POST('/api/services/{id}/disable', { params: { path: { id } } }));
  });
  if (terminal.json) terminal.document(service);
  else terminal.print(lineOf(service, terminal));
}

async function questionnaire(context: Context, id: string): Promise<void> {
  const { terminal } = context;
  const sheet = await withServer(context, ({ url, apiKey }) =>
    answered(apiOf(url, apiKey).GET('/api/services/{id}/questionnaire', { params: { path: { id } } })),
  );
  if (terminal.json) {
    terminal.document(sheet);
    return;
  }
  let section = '';
  for (const question of sheet.questions) {
    if (question.section !== section) terminal.print(terminal.style('bold', `  ${question.section}`));
    ({ section } = question);
    const style = question.verdict === 'good' ? 'green' : question.verdict === 'bad' ? 'red' : 'yellow';
    terminal.print(`    ${terminal.style(style, question.verdict.padEnd(4))}  ${question.question}`);
    terminal.print(`          ${terminal.style('dim', brief(question.answer, 100))}`);
  }
}

async function claims(context: Context, vendor: string | undefined): Promise<void> {
  const { terminal } = context;
  const all = await withServer(context, ({ url, apiKey }) => {
    const api = apiOf(url, apiKey);
    return allPages((query) => answered(api.GET('/api/claims', { params: { query } })));
  });
  const items = all.filter(
    (claim) => vendor === undefined || claim.vendor.toLowerCase().includes(vendor.toLowerCase()),
  );
  if (terminal.json) {
    terminal.document({ items });
    return;
  }
  for (const { id, state, product, statement, source, asOf, disputedBy } of items) {
    terminal.print(`  ${terminal.style('bold', id)}  ${terminal.style('yellow', state)}  ${printable(product)}`);
    terminal.print(`    ${printable(statement)}`);
    const against = disputedBy.length === 0 ? '' : `; disputed by ${disputedBy.join(', ')}`;
    terminal.print(terminal.style('dim', printable(`    ${source.type}: ${source.title}, as of ${asOf}${against}`)));
  }
}
