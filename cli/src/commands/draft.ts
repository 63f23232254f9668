// `cordon draft …`: drafts of what was transcribed.
import { TEMPLATES } from '@cordon/contract';
import { type Command, Option } from 'commander';
import { declare, declareGroup, idArgument } from '#command.ts';
import { answered, type Api, apiOf } from '#connection/api.ts';
import { withServer } from '#connection/connect.ts';
import type { Context } from '#context.ts';
import { omissions, sections } from '#show/draft.ts';
import type { Terminal } from '#terminal/terminal.ts';
import type { Schemas } from '@cordon/sdk';
import type { Template } from '#visit/visit.ts';

type Draft = Schemas['Draft'];

export function addDraft(program: Command, context: Context): void {
  const group = declareGroup(program, 'draft', 'draft a note from a transcript, list and show drafts');
  declare(group, 'create', 'draft a note from a transcript', ['draft create 0198… --template progress'])
    .addArgument(idArgument('transcript'))
    .addOption(new Option('--template <template>', 'template of the note').choices([...TEMPLATES]).default('soap'))
    .action((transcript: string, { template }: { readonly template: Template }) =>
      run(context, (api) =>
        answered(
          api.POST('/api/transcripts/{id}/drafts', { params: { path: { id: transcript } }, body: { template } }),
        ),
      ),
    );
  declare(group, 'show', 'show a draft with its verdicts and sources', ['draft show 0198… --json'])
    .addArgument(idArgument('draft'))
    .action((draft: string) =>
      run(context, (api) => answered(api.GET('/api/drafts/{id}', { params: { path: { id: draft } } }))),
    );
  declare(group, 'list', 'list the drafts of an encounter', ['draft list 0198…'])
    .addArgument(idArgument('encounter'))
    .action((encounter: string) => list(context, encounter));
}

async function run(context: Context, get: (api: Api) => Promise<Draft>): Promise<void> {
  const { terminal } = context;
  const draft = await withServer(context, (server) => get(apiOf(server.url, server.apiKey)));
  if (terminal.json) terminal.document(draft);
  else terminal.print(block(draft, terminal));
}

function block(draft: Draft, terminal: Terminal): string {
  const heading = terminal.style('dim', `  draft ${draft.id}, ${draft.template}, by ${draft.drafter}`);
  return [heading, sections(draft.sections, terminal), omissions(draft.omissions, terminal)]
    .filter((part) => part !== '')
    .join('\n\n');
}

async function list(context: Context, id: string): Promise<void> {
  const { terminal } = context;
  const page = await withServer(context, (server) =>
    answered(apiOf(server.url, server.apiKey).GET('/api/encounters/{id}/drafts', { params: { path: { id } } })),
  );
  if (terminal.json) terminal.document(page);
  else
    for (const item of page.items) terminal.print(`  ${item.id}  ${item.createdAt}  ${item.template}  ${item.drafter}`);
}
