// `cordon keys …`: the key inventory, and acts on keys, which a person asks for and a second one approves.
import { KEY_LEVELS } from '@cordon/contract';
import type { Schemas } from '@cordon/sdk';
import { Argument, type Command } from 'commander';
import { declare, declareGroup } from '#command.ts';
import { answered, type Api } from '#connection/api.ts';
import { withServer } from '#connection/connect.ts';
import { asFreshPerson, asPerson } from '#connection/person.ts';
import type { Context } from '#context.ts';

type KeyLevel = (typeof KEY_LEVELS)[number];

export function addKeys(program: Command, context: Context): void {
  const group = declareGroup(program, 'keys', 'list, rotate and re-wrap keys');
  declare(group, 'list', 'show the key inventory and the state of escrow; never a key', [
    'keys list',
    'keys list --json',
  ]).action(() => list(context));
  declare(group, 'rotate', 'ask for the rotation of a key; a second person approves', [
    'keys rotate tenant --reason "Yearly rotation"',
  ])
    .addArgument(new Argument('<level>', 'which key').choices([...KEY_LEVELS]))
    .requiredOption('--reason <text>', 'why; kept sealed')
    .action((level: KeyLevel, { reason }: { readonly reason: string }) =>
      ask(context, (api) => answered(api.POST('/api/keys/rotate', { body: { level, reason } }))),
    );
  declare(group, 'rewrap', 'ask for data keys to go under a new erasure key; a second person approves', [
    'keys rewrap clinical-2026-11 --reason "Early destruction of audio"',
  ])
    .argument('<erasure-key>', 'the erasure key whose data keys move')
    .requiredOption('--reason <text>', 'why; kept sealed')
    .action((erasureKey: string, { reason }: { readonly reason: string }) =>
      ask(context, (api) => answered(api.POST('/api/keys/rewrap', { body: { erasureKey, reason } }))),
    );
}

async function list(context: Context): Promise<void> {
  const { terminal } = context;
  const status = await withServer(context, async (server) => {
    const { api } = await asPerson(context, server);
    return answered(api.GET('/api/keys'));
  });
  if (terminal.json) terminal.document(status);
  else terminal.print(block(status));
}

function block({ root, tenant, erasure, escrow }: Schemas['KeyStatus']): string {
  const tried = escrow.triedAt === null ? 'never tried' : `tried ${escrow.triedAt}`;
  const escrowLine =
    escrow.writtenAt === null ? 'none' : `for ${escrow.recipients} recipients, written ${escrow.writtenAt}, ${tried}`;
  return [
    `  root     ${root.backend}, version ${root.version}, since ${root.since}`,
    `  tenant   version ${tenant.version}, since ${tenant.since}`,
    `  erasure  ${erasure.live} live, ${erasure.erased} erased`,
    `  escrow   ${escrowLine}`,
  ].join('\n');
}

async function ask(context: Context, send: (api: Api) => Promise<Schemas['Approval']>): Promise<void> {
  const { terminal } = context;
  const approval = await withServer(context, async (server) => send((await asFreshPerson(context, server)).api));
  if (terminal.json) terminal.document(approval);
  else terminal.print(`  asked for; another person approves it: cordon approvals approve ${approval.id}`);
}
