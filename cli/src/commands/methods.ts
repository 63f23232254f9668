// `cordon deid methods …`: the records that show that de-identification removes what identifies a person (docs/operate/de-identification.md).
import { extname } from 'node:path';
import { REVOKE_REASONS, STATEMENT_IDS, STATEMENTS, type StatementId } from '@cordon/contract';
import type { Schemas } from '@cordon/sdk';
import { CordonError } from '@cordon/sdk';
import { type Command, Option } from 'commander';
import { declare, declareGroup, wholeNumber } from '#command.ts';
import { type RiskCommandOptions, withRiskOptions } from '#commands/risk.ts';
import { answered, type Api, apiOf } from '#connection/api.ts';
import { withServer } from '#connection/connect.ts';
import { asFreshPerson } from '#connection/person.ts';
import type { Context } from '#context.ts';
import { methodRefusal, sendFile, termsIn } from '#deid/methods-file.ts';
import { formatOf } from '#deid/risk.ts';
import { Refusal } from '#failure.ts';
import { allPages } from '#registry/read.ts';
import { brief, printable } from '#terminal/printable.ts';
import type { Terminal } from '#terminal/terminal.ts';
import { membersOf } from './services.ts';

type Method = Schemas['MethodRecord'];

const NAME_CELLS = 24;
const KIND_CELLS = 20;
const STATE_CELLS = 15;
const DAY_CHARS = 10;
const LINES = 'application/x-ndjson';

export function addMethods(parent: Command, context: Context): void {
  const group = declareGroup(parent, 'methods', 'method records: what shows that de-identification holds');
  addReading(group, context);
  addEvidence(group, context);
  addActs(group, context);
}

function addReading(group: Command, context: Context): void {
  declare(group, 'list', 'list the method records, and how each stands', ['deid methods list']).action(() =>
    list(context),
  );
  declare(group, 'show <method>', 'show everything that is recorded of a method, by name or id', [
    'deid methods show notes-2026',
  ]).action((name: string) => show(context, name));
  declare(group, 'report <method>', 'the record as an auditor reads it, as Markdown', [
    'deid methods report notes-2026 > notes-2026.md',
    'deid methods report notes-2026 --json',
  ]).action((name: string) => report(context, name));
}

function addEvidence(group: Command, context: Context): void {
  declare(group, 'measure <method> <file>', 'measure recall on a gold standard of one’s own; its texts are not kept', [
    'deid methods measure notes-2026 gold.jsonl',
  ]).action((name: string, file: string) => send(context, { name, file, step: 'measurement', type: LINES }));
  declare(group, 'review <method> <file>', 'hand in what a person found left in a sample; its texts are not kept', [
    'deid methods review notes-2026 read.jsonl',
  ]).action((name: string, file: string) => send(context, { name, file, step: 'review', type: LINES }));
  declare(group, 'attach <method> <file>', 'attach the document of an expert’s determination; it is kept sealed', [
    'deid methods attach expert-2026 determination.pdf',
  ]).action((name: string, file: string) => send(context, { name, file, step: 'document', type: documentType(file) }));
  const risk = declare(group, 'risk <method> <file>', 'measure the risk of a dataset and attach the figures', [
    'deid methods risk expert-2026 visits.csv --quasi age:age,zip:zip,sex --fraction 0.05',
  ]);
  withRiskOptions(risk).action((name: string, file: string, options: RiskCommandOptions) =>
    send(context, {
      name,
      file,
      step: 'risk',
      type: formatOf(file) === 'csv' ? 'text/csv' : LINES,
      query: queryOf(file, options),
    }),
  );
}

function addActs(group: Command, context: Context): void {
  declare(group, 'create <file>', 'begin a record from YAML: a draft, of which nothing is in force yet', [
    'deid methods create examples/registry/method-safe-harbor.yaml',
  ]).action((file: string) => create(context, file));
  declare(group, 'state <method>', 'the privacy officer’s statement: the record is in force from now on', [
    'deid methods state notes-2026 --on-version 3 --statement safe-harbor@1',
  ])
    .requiredOption('--on-version <n>', 'the version that was read', wholeNumber(1))
    .addOption(
      new Option('--statement <id>', 'its wording; `show` prints it').choices(STATEMENT_IDS).makeOptionMandatory(),
    )
    .action((name: string, options: { readonly onVersion: number; readonly statement: StatementId }) =>
      state(context, name, options),
    );
  declare(group, 'revoke <method>', 'end a record at once: nothing goes out under it any more', [
    'deid methods revoke notes-2026 --reason leak',
  ])
    .addOption(new Option('--reason <reason>', 'why').choices(REVOKE_REASONS).default('other'))
    .action((name: string, { reason }: { readonly reason: (typeof REVOKE_REASONS)[number] }) =>
      revoke(context, name, reason),
    );
}

async function list(context: Context): Promise<void> {
  const { terminal } = context;
  const items = await withServer(context, ({ url, apiKey }) => allMethods(apiOf(url, apiKey)));
  if (terminal.json) terminal.document({ items });
  else for (const method of items) terminal.print(lineOf(method, terminal));
}

function allMethods(api: Api): Promise<Method[]> {
  return allPages((query) => answered(api.GET('/api/deid/methods', { params: { query } })));
}

/** By the house's own name, the newest where it was used again, or by id. Errors: `not_found`. */
async function idOf(api: Api, name: string): Promise<string> {
  const found = (await allMethods(api)).findLast(({ id, terms }) => terms.name === name || id === name);
  if (found === undefined) throw new Refusal('not_found', `no method record is called ${brief(name)}`);
  return found.id;
}

function lineOf({ terms, state: standing, version, expires, missing }: Method, terminal: Terminal): string {
  const until = expires === null ? '' : `until ${expires.slice(0, DAY_CHARS)}`;
  const lacks = standing === 'draft' ? `lacks ${missing.join(', ')}` : '';
  const told = terminal.style(standing === 'in-force' ? 'green' : 'yellow', standing.padEnd(STATE_CELLS));
  const head = `  ${terms.name.padEnd(NAME_CELLS)} ${terms.kind.padEnd(KIND_CELLS)} ${told} version ${version}`;
  return printable([head, until, lacks].filter((part) => part !== '').join('  '));
}

async function show(context: Context, name: string): Promise<void> {
  const { terminal } = context;
  const method = await withServer(context, async ({ url, apiKey }) => {
    const api = apiOf(url, apiKey);
    const path = { id: await idOf(api, name) };
    return answered(api.GET('/api/deid/methods/{id}', { params: { path } }));
  });
  if (terminal.json) {
    terminal.document(method);
    return;
  }
  terminal.print(lineOf(method, terminal));
  terminal.print(printable(membersOf(method)));
  if (method.state !== 'draft') return;
  const statements = STATEMENT_IDS.filter((id) => id.startsWith(`${method.terms.kind}@`));
  for (const id of statements) terminal.print(`\n  To be stated (${id}):\n  ${STATEMENTS[id]}`);
}

async function report(context: Context, name: string): Promise<void> {
  const { terminal } = context;
  await withServer(context, async ({ url, apiKey }) => {
    const api = apiOf(url, apiKey);
    const path = { id: await idOf(api, name) };
    if (terminal.json) {
      const query = { format: 'json' } as const;
      terminal.document(await answered(api.GET('/api/deid/methods/{id}/report', { params: { path, query } })));
      return;
    }
    const query = { format: 'markdown' } as const;
    const asked = api.GET('/api/deid/methods/{id}/report', { params: { path, query }, parseAs: 'text' });
    terminal.raw(await answered(asked));
  });
}

interface Step {
  readonly name: string;
  readonly file: string;
  readonly step: 'measurement' | 'review' | 'document' | 'risk';
  readonly type: string;
  readonly query?: Readonly<Record<string, string>>;
}

async function send(context: Context, { name, file, step, type, query = {} }: Step): Promise<void> {
  const { terminal, signal } = context;
  const method = await withServer(context, async (server) => {
    const { api, token } = await asFreshPerson(context, server);
    const path = `/api/deid/methods/${await idOf(api, name)}/${step}`;
    return sendFile({ server: server.url, token, path, query, file, type, signal });
  });
  if (terminal.json) terminal.document(method);
  else terminal.print([lineOf(method, terminal), ...figures(method, step)].join('\n'));
}

function figures({ measurement, review }: Method, step: Step['step']): string[] {
  if (step === 'measurement' && measurement !== null) {
    const { recall, documents } = measurement;
    const percent = (share: number | null): string => (share === null ? '–' : `${(share * 100).toFixed(1)} %`);
    return [
      `  recall ${percent(recall.value)} (${percent(recall.low)} to ${percent(recall.high)}), ${recall.found} of ${recall.of} in ${documents} texts`,
    ];
  }
  if (step === 'review' && review !== null)
    return [`  ${review.texts} texts read, ${review.replaced} places replaced, ${review.left} left`];
  return [];
}

async function create(context: Context, file: string): Promise<void> {
  const terms = await termsIn(file);
  await act(context, (api) => answered(api.POST('/api/deid/methods', { body: { terms } })));
}

function state(
  context: Context,
  name: string,
  { onVersion, statement }: { readonly onVersion: number; readonly statement: StatementId },
): Promise<void> {
  return act(context, async (api) => {
    const params = { path: { id: await idOf(api, name) }, header: { 'if-match': `"${onVersion}"` } };
    return answered(api.POST('/api/deid/methods/{id}/statement', { params, body: { statement } }));
  });
}

function revoke(context: Context, name: string, reason: (typeof REVOKE_REASONS)[number]): Promise<void> {
  return act(context, async (api) => {
    const params = { path: { id: await idOf(api, name) } };
    return answered(api.POST('/api/deid/methods/{id}/revoke', { params, body: { reason } }));
  });
}

async function act(context: Context, work: (api: Api) => Promise<Method>): Promise<void> {
  const { terminal } = context;
  const method = await withServer(context, async (server) => {
    const { api } = await asFreshPerson(context, server);
    return work(api).catch((error: unknown) => {
      throw error instanceof CordonError ? methodRefusal(error) : error;
    });
  });
  if (terminal.json) terminal.document(method);
  else terminal.print(lineOf(method, terminal));
}

function documentType(file: string): string {
  const types: Readonly<Record<string, string>> = { '.pdf': 'application/pdf', '.txt': 'text/plain' };
  return types[extname(file).toLowerCase()] ?? 'application/octet-stream';
}

function queryOf(file: string, options: RiskCommandOptions): Readonly<Record<string, string>> {
  const { quasi, threshold, fraction, target, suppress } = options;
  return {
    format: formatOf(file),
    quasi: quasi.map(({ name, kind }) => `${name}:${kind}`).join(','),
    threshold: String(threshold),
    suppression: String(suppress),
    ...(fraction === undefined ? {} : { fraction: String(fraction) }),
    ...(target === undefined ? {} : { target: String(target) }),
  };
}
