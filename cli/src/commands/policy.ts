// `cordon policy …`: the rules under which calls are allowed: show, record, explain, try on the past, activate.
import { CAPABILITIES, DATA_CLASSES, PolicyDocument } from '@cordon/contract';
import type { Schemas } from '@cordon/sdk';
import { type Command, Option } from 'commander';
import { stringify } from 'yaml';
import { collected, declare, declareGroup, wholeNumber } from '#command.ts';
import { answered, type Api, apiOf } from '#connection/api.ts';
import { withServer } from '#connection/connect.ts';
import { asFreshPerson } from '#connection/person.ts';
import type { Context } from '#context.ts';
import { readPolicyFile } from '#policy/file.ts';
import { addPast } from '#policy/past.ts';
import { printable } from '#terminal/printable.ts';

const VERSION = 'version number';

export function addPolicy(program: Command, context: Context): void {
  const group = declareGroup(program, 'policy', 'show, record, explain, simulate and activate the policy');
  addReading(group, context);
  declare(group, 'apply', 'record the policy in a YAML file as a version; with --activate make it the live one', [
    'policy apply policy.yaml',
    'policy apply policy.yaml --activate --reason "Part 2 records stay inside"',
  ])
    .argument('<file>', 'YAML or JSON (docs/formats/policy.md)')
    .option('--activate', 'ask for it to become the live one; a second person approves, unless that is waived')
    .option('--reason <text>', 'why; kept sealed', 'Applied from a file')
    .action((file: string, options: ApplyOptions) => apply(context, file, options));
  declare(group, 'activate', 'ask for a recorded version to become the live one', [
    'policy activate 4 --reason "Approved by the board"',
  ])
    .argument('<version>', VERSION, wholeNumber(1))
    .requiredOption('--reason <text>', 'why; kept sealed')
    .action((version: number, { reason }: { readonly reason: string }) => activate(context, version, reason));
  declare(
    group,
    'shadow',
    'show where the version in the shadow would have decided otherwise; choose another, or none',
    ['policy shadow', 'policy shadow --choose 5', 'policy shadow --none'],
  )
    .option('--choose <version>', VERSION, wholeNumber(1))
    .option('--none', 'no version runs in the shadow any more')
    .action((options: ShadowOptions) => shadow(context, options));
  addExplain(group, context);
  addPast(group, context);
}

function addReading(group: Command, context: Context): void {
  declare(group, 'show', 'print the live policy, or a recorded version, as YAML', [
    'policy show',
    'policy show --version-number 3',
  ])
    .option('--version-number <n>', 'a recorded version; the live one without it', wholeNumber(1))
    .action(({ versionNumber }: { readonly versionNumber?: number }) => show(context, versionNumber));
  declare(group, 'versions', 'list recorded versions, newest first', ['policy versions']).action(() =>
    versions(context),
  );
  declare(group, 'diff', 'print what differs between two versions', [
    'policy diff --to 4',
    'policy diff --from 2 --to 4',
  ])
    .option('--from <n>', `${VERSION}; the live one without it`, wholeNumber(1))
    .option('--to <n>', `${VERSION}; the live one without it`, wholeNumber(1))
    .action((options: { readonly from?: number; readonly to?: number }) => diff(context, options));
}

interface ExplainOptions {
  readonly purpose: string;
  readonly capability: (typeof CAPABILITIES)[number];
  readonly modality: 'text' | 'audio' | 'image';
  readonly class?: (typeof DATA_CLASSES)[number];
  readonly tag?: readonly string[];
  readonly zone?: string;
  readonly service?: string;
  readonly at?: string;
  readonly policyVersion?: number;
}

function addExplain(group: Command, context: Context): void {
  declare(group, 'explain', 'print what would be decided, and for every service why not', [
    'policy explain --purpose ehr-copilot --capability generate',
    'policy explain --purpose dictation --capability transcribe --modality audio --zone eu --json',
  ])
    .requiredOption('--purpose <purpose>', 'what for')
    .addOption(new Option('--capability <capability>', 'what is asked').choices(CAPABILITIES).makeOptionMandatory())
    .addOption(new Option('--modality <modality>', 'of what').choices(['text', 'audio', 'image']).default('text'))
    .addOption(new Option('--class <class>', 'data class; phi without it').choices(DATA_CLASSES))
    .option('--tag <tag>', 'sensitivity tag; give it once per tag', collected)
    .option('--zone <zone>', 'where the data must stay')
    .option('--service <id>', 'the service that would be asked for')
    .option('--at <time>', 'the moment that agreements are judged at (RFC 3339); now without it')
    .option('--policy-version <n>', 'a recorded version; the live one without it', wholeNumber(1))
    .action((options: ExplainOptions) => explain(context, options));
}

async function explain(context: Context, options: ExplainOptions): Promise<void> {
  const { purpose, capability, modality, class: dataClass, tag, zone, service, at, policyVersion } = options;
  const body = {
    purpose,
    capability,
    modality,
    ...(dataClass === undefined ? {} : { dataClass }),
    ...(tag === undefined ? {} : { tags: [...tag] }),
    ...(zone === undefined ? {} : { residency: zone }),
    ...(service === undefined ? {} : { service }),
    ...(at === undefined ? {} : { at }),
    ...(policyVersion === undefined ? {} : { policyVersion }),
  };
  const decision = await withServer(context, ({ url, apiKey }) =>
    answered(apiOf(url, apiKey).POST('/api/policy/explain', { body })),
  );
  const { terminal } = context;
  if (terminal.json) return terminal.document(decision);
  for (const line of decisionLines(decision)) terminal.print(line);
}

function decisionLines({ code, reason, route, obligations, considered, policy }: Schemas['Decision']): string[] {
  const owed = obligations.map((one) => one.kind).join(', ');
  return [
    `  ${code}${route === null ? '' : `  ${printable(route.service)} (${route.pattern}, ${printable(route.region)})`}`,
    ...(reason === null ? [] : [`  because ${printable(reason.because)}`, `  ${printable(reason.change)}`]),
    ...(owed === '' ? [] : [`  owed: ${owed}`]),
    ...considered.map(({ service, refused }) =>
      refused === null
        ? `    ${printable(service)}: allowed`
        : `    ${printable(service)}: ${refused.code}, ${printable(refused.because)}`,
    ),
    `  policy ${printable(policy.id)}@${policy.version}`,
  ];
}

async function show(context: Context, version: number | undefined): Promise<void> {
  const policy = await withServer(context, ({ url, apiKey }) => readPolicy(apiOf(url, apiKey), version));
  const { terminal } = context;
  if (terminal.json) return terminal.document(policy);
  const { version: number, ...document } = policy;
  // In the order of the format page, whatever order it was stored in.
  terminal.raw(`# version ${number}\n${stringify(PolicyDocument.parse(document))}`);
}

function readPolicy(api: Api, version: number | undefined): Promise<Schemas['Policy']> {
  if (version === undefined) return answered(api.GET('/api/policy'));
  return answered(api.GET('/api/policy/versions/{version}', { params: { path: { version } } }));
}

async function versions(context: Context): Promise<void> {
  const page = await withServer(context, ({ url, apiKey }) =>
    answered(apiOf(url, apiKey).GET('/api/policy/versions', { params: { query: { limit: 200 } } })),
  );
  const { terminal } = context;
  if (terminal.json) return terminal.document(page);
  for (const { version, id, state, recordedAt } of page.items)
    terminal.print(`  ${String(version).padStart(4)}  ${state.padEnd(8)}  ${recordedAt}  ${printable(id)}`);
}

async function diff(context: Context, query: { readonly from?: number; readonly to?: number }): Promise<void> {
  const found = await withServer(context, ({ url, apiKey }) =>
    answered(apiOf(url, apiKey).GET('/api/policy/diff', { params: { query } })),
  );
  const { terminal } = context;
  if (terminal.json) return terminal.document(found);
  terminal.print(`  version ${found.from} → ${found.to}`);
  for (const { path, change, before, after } of found.changes) {
    terminal.print(`  ${change.padEnd(8)} ${printable(path)}`);
    if (before !== undefined) terminal.print(`    - ${printable(JSON.stringify(before))}`);
    if (after !== undefined) terminal.print(`    + ${printable(JSON.stringify(after))}`);
  }
}

interface ApplyOptions {
  readonly activate?: true;
  readonly reason: string;
}

async function apply(context: Context, file: string, options: ApplyOptions): Promise<void> {
  const document = await readPolicyFile(file);
  const recorded = await withServer(context, ({ url, apiKey }) =>
    answered(apiOf(url, apiKey).POST('/api/policy/versions', { body: document })),
  );
  if (options.activate === true) return activate(context, recorded.version, options.reason);
  const { terminal } = context;
  if (terminal.json) terminal.document({ version: recorded.version, state: 'recorded' });
  else
    terminal.print(
      `  version ${recorded.version} recorded; now: npx cordon policy activate ${recorded.version} --reason …`,
    );
}

async function activate(context: Context, version: number, reason: string): Promise<void> {
  const { terminal } = context;
  const done = await withServer(context, async (server) => {
    const { api } = await asFreshPerson(context, server);
    return answered(
      api.POST('/api/policy/versions/{version}/activate', { params: { path: { version } }, body: { reason } }),
    );
  });
  const waits = 'act' in done;
  if (terminal.json)
    terminal.document({ version, state: waits ? 'waiting' : 'live', approval: waits ? done.id : null });
  else if (waits)
    terminal.print(`  version ${version} waits for a second person: npx cordon approvals approve ${done.id}`);
  else terminal.print(`  version ${version} is live; the second person was waived, which the ledger says`);
}

interface ShadowOptions {
  readonly choose?: number;
  readonly none?: true;
}

async function shadow(context: Context, { choose, none }: ShadowOptions): Promise<void> {
  const { terminal } = context;
  const found = await withServer(context, async ({ url, apiKey }) => {
    const api = apiOf(url, apiKey);
    if (choose !== undefined || none === true)
      await answered(api.PUT('/api/policy/shadow', { body: { version: choose ?? null } }));
    return answered(api.GET('/api/policy/shadow'));
  });
  if (terminal.json) return terminal.document(found);
  terminal.print(
    found.version === null ? '  nothing runs in the shadow' : `  version ${found.version} runs in the shadow`,
  );
  for (const { count, actor, purpose, liveCode, liveService, shadowCode, shadowService } of found.differences)
    terminal.print(
      `  ${String(count).padStart(8)}  ${printable(actor)}  ${printable(purpose)}  ${liveCode} ${printable(liveService ?? '-')} → ${shadowCode} ${printable(shadowService ?? '-')}`,
    );
}
