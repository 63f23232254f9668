// `cordon models …`: the speech models on the server's machine.
import type { Schemas } from '@cordon/sdk';
import type { Command } from 'commander';
import { declare, declareGroup } from '#command.ts';
import { answered, apiOf } from '#connection/api.ts';
import { withServer } from '#connection/connect.ts';
import type { Context } from '#context.ts';
import { Refusal } from '#failure.ts';
import { printable } from '#terminal/printable.ts';
import type { Terminal } from '#terminal/terminal.ts';

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
    const ids = id === undefined ? (await answered(api.GET('/api/models'))).items.map((model) => model.id) : [id];
    const results: Schemas['Model'][] = [];
    for (const each of ids) results.push(await answered(api.POST('/api/models/verify', { body: { id: each } })));
    return results;
  });
  if (terminal.json) terminal.document({ items: checked });
  else for (const model of checked) terminal.print(line(model, terminal));
  const bad = checked.filter((model) => model.state !== 'verified').map((model) => model.id);
  if (bad.length > 0) throw new Refusal('verification_failed', bad.join(', '));
}

function line(
  { id, engine, languages, bytes, accuracy, state, chosen, licence }: Schemas['Model'],
  terminal: Terminal,
): string {
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
