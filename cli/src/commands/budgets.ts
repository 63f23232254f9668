// `cordon budgets …`: what the tenant and each API key may use, and what of it is used.
import type { Schemas } from '@cordon/sdk';
import { InvalidArgumentError, type Command } from 'commander';
import { declare, declareGroup } from '#command.ts';
import { answered, type Api } from '#connection/api.ts';
import { withServer } from '#connection/connect.ts';
import { asFreshPerson, asPerson } from '#connection/person.ts';
import type { Context } from '#context.ts';
import type { Terminal } from '#terminal/terminal.ts';

type Limits = Schemas['Budget'];

interface Whose {
  readonly key?: string;
}

/** Commander takes null for a missing argument. */
type Wish = number | 'none';

interface SetOptions extends Whose {
  readonly callsPerMinute?: Wish;
  readonly concurrent?: Wish;
  readonly centsPerMonth?: Wish;
  readonly tokensPerMonth?: Wish;
}

export function addBudgets(program: Command, context: Context): void {
  const group = declareGroup(program, 'budgets', 'see and set what the tenant and each API key may use');
  declare(group, 'show', 'show limits and what of them is used', ['budgets show', 'budgets show --key 0198…'])
    .option('--key <id>', 'of this API key, not of the whole tenant')
    .action((whose: Whose) => show(context, whose));
  declare(group, 'set', 'set limits; those that are not named stay as they are', [
    'budgets set --cents-per-month 50000 --tokens-per-month 200000000',
    'budgets set --key 0198… --calls-per-minute 60 --concurrent none',
  ])
    .option('--key <id>', 'of this API key, not of the whole tenant')
    .option('--calls-per-minute <n>', 'calls begun in a minute, or `none`', limit)
    .option('--concurrent <n>', 'calls under way at one time, or `none`', limit)
    .option('--cents-per-month <n>', 'cents of a US dollar a calendar month (UTC), or `none`', limit)
    .option('--tokens-per-month <n>', 'tokens in and out a calendar month (UTC), or `none`', limit)
    .action((options: SetOptions) => set(context, options));
}

function limit(text: string): Wish {
  if (text === 'none') return text;
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('a whole number, or `none`');
  return Number(text);
}

async function show(context: Context, { key }: Whose): Promise<void> {
  const state = await withServer(context, async (server) => read((await asPerson(context, server)).api, key));
  tell(context.terminal, state);
}

async function set(context: Context, given: SetOptions): Promise<void> {
  const { key } = given;
  const state = await withServer(context, async (server) => {
    const { api } = await asFreshPerson(context, server);
    const { limits } = await read(api, key);
    const body = changed(limits, given);
    return key === undefined
      ? answered(api.PUT('/api/budget', { body }))
      : answered(api.PUT('/api/api-keys/{id}/budget', { params: { path: { id: key } }, body }));
  });
  tell(context.terminal, state);
}

function changed(limits: Limits, given: SetOptions): Limits {
  const of = (name: keyof Limits): number | null => {
    const wish = given[name];
    return wish === undefined ? limits[name] : wish === 'none' ? null : wish;
  };
  return {
    callsPerMinute: of('callsPerMinute'),
    concurrent: of('concurrent'),
    centsPerMonth: of('centsPerMonth'),
    tokensPerMonth: of('tokensPerMonth'),
  };
}

function read(api: Api, key: string | undefined): Promise<Schemas['BudgetState']> {
  return key === undefined
    ? answered(api.GET('/api/budget'))
    : answered(api.GET('/api/api-keys/{id}/budget', { params: { path: { id: key } } }));
}

function tell(terminal: Terminal, state: Schemas['BudgetState']): void {
  if (terminal.json) {
    terminal.document(state);
    return;
  }
  const { limits, used } = state;
  const cents = limits.centsPerMonth === null ? null : `$${(limits.centsPerMonth / 100).toFixed(2)}`;
  terminal.print(line('calls a minute', used.callsThisMinute, limits.callsPerMinute));
  terminal.print(line('calls at a time', used.underWay, limits.concurrent));
  terminal.print(line('money a month', used.dollarsThisMonth === null ? null : `$${used.dollarsThisMonth}`, cents));
  terminal.print(line('tokens a month', used.tokensThisMonth, limits.tokensPerMonth));
}

function line(what: string, used: number | string | null, most: number | string | null): string {
  return `  ${what.padEnd(16)} ${most === null ? 'no limit' : `${used ?? 0} of ${most}`}`;
}
