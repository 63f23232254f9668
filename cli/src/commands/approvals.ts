// `cordon approvals …`: what waits for a second, different person (spec custody §1).
import type { Schemas } from '@cordon/sdk';
import type { Command } from 'commander';
import { declare, declareGroup, idArgument } from '#command.ts';
import { answered } from '#connection/api.ts';
import { withServer } from '#connection/connect.ts';
import { asFreshPerson, asPerson } from '#connection/person.ts';
import type { Context } from '#context.ts';

export function addApprovals(program: Command, context: Context): void {
  const group = declareGroup(program, 'approvals', 'list and decide what waits for a second person');
  declare(group, 'list', 'list acts that wait for, or had, a second person', ['approvals list']).action(() =>
    list(context),
  );
  for (const decision of ['approve', 'refuse'] as const) {
    declare(group, decision, `${decision} the act of another person`, [`approvals ${decision} 0198…`])
      .addArgument(idArgument('approval'))
      .option('--reason <text>', 'why; kept sealed')
      .action((id: string, { reason }: { readonly reason?: string }) => decide(context, id, decision, reason));
  }
}

async function list(context: Context): Promise<void> {
  const { terminal } = context;
  const page = await withServer(context, async (server) => {
    const { api } = await asPerson(context, server);
    return answered(api.GET('/api/approvals'));
  });
  if (terminal.json) terminal.document(page);
  else for (const approval of page.items) terminal.print(line(approval));
}

async function decide(
  context: Context,
  id: string,
  decision: 'approve' | 'refuse',
  reason: string | undefined,
): Promise<void> {
  const { terminal } = context;
  const approval = await withServer(context, async (server) => {
    const { api } = await asFreshPerson(context, server);
    const body = { decision, ...(reason === undefined ? {} : { reason }) };
    return answered(api.POST('/api/approvals/{id}/decide', { params: { path: { id } }, body }));
  });
  if (terminal.json) terminal.document(approval);
  else terminal.print(line(approval));
}

function line({ id, act, state, requestedAt }: Schemas['Approval']): string {
  return `  ${id}  ${state.padEnd(8)}  ${act}  ${requestedAt}`;
}
