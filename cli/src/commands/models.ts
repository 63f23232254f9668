// `cordon models …`: the speech models on the server's machine.
import type { Schemas } from '@cordon/sdk';
import type { Command } from 'commander';
import { declare, declareGroup } from '#command.ts';
import { answered, type Api, apiOf, isRefusal } from '#connection/api.ts';
import { withServer } from '#connection/connect.ts';
import type { Context } from '#context.ts';
import { Refusal } from '#failure.ts';
import { printable } from '#terminal/printable.ts';
import type { Terminal } from '#terminal/terminal.ts';

type Model = Schemas['Model'];

const MIB = 1024 ** 2;

export function addModels(program: Command, context: Context): void {
  const group = declareGroup(program, 'models', 'list and verify speech models');
  declare(group, 'list', 'list the models on this machine', ['models list', 'models list --json']).action(() =>
    list(context),
  );
  declare(group, 'verify', 'compare a model’s files with their recorded digests; exit 1 when they differ', [
    'models verify zipformer-en-3.3m',
  ])
    .argument('[model]', 'id of the model; all of them without it')
    .action((id: string | undefined) => verify(context, id));
}

async function list(context: Context): Promise<void> {
  const { terminal } = context;
  const page = await withServer(context, (server) => answered(apiOf(server.url, server.apiKey).GET('/api/models')));
  if (terminal.json) terminal.document(page);
  else for (const model of page.items) terminal.print(line(model, terminal));
}

async function verify(context: Context, id: string | undefined): Promise<void> {
  const { terminal } = context;
  const checked = await withServer(context, async (server) => {
    const api = apiOf(server.url, server.apiKey);
    const { items } = await answered(api.GET('/api/models'));
    const wanted = items.filter((model) => id === undefined || model.id === id);
    if (wanted.length === 0 && id !== undefined) throw new Refusal('not_found', id);
    return Promise.all(wanted.map((model) => checkedAgain(api, model)));
  });
  if (terminal.json) terminal.document({ items: checked });
  else for (const model of checked) terminal.print(line(model, terminal));
  const bad = checked.filter((model) => model.state !== 'verified').map((model) => model.id);
  if (bad.length > 0) throw new Refusal('verification_failed', bad.join(', '));
}

/** A model that differs is a result here, not a failure of the run. */
async function checkedAgain(api: Api, model: Model): Promise<Model> {
  try {
    return await answered(api.POST('/api/models/verify', { body: { id: model.id } }));
  } catch (error) {
    if (isRefusal(error, 'model_unverified')) return { ...model, state: 'unverified' };
    if (isRefusal(error, 'model_invalid')) return { ...model, state: 'invalid' };
    throw error;
  }
}

function line({ id, engine, languages, bytes, accuracy, state, chosen, licence }: Model, terminal: Terminal): string {
  const mark = chosen ? terminal.style('green', '●') : ' ';
  const words = [
    id.padEnd(24),
    engine.padEnd(14),
    languages.join(',').padEnd(6),
    `${(bytes / MIB).toFixed(1)} MiB`.padStart(10),
    state,
  ];
  return `  ${mark} ${printable(`${words.join('  ')}${accuracy === 'low' ? '  low accuracy' : ''}  ${licence}`)}`;
}
