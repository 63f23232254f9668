// `cordon ledger …`: read the log, prove an entry, take a bundle out, reopen after a lawful restore.
import type { Schemas } from '@cordon/sdk';
import { Argument, type Command } from 'commander';
import { declare, declareGroup, wholeNumber } from '#command.ts';
import { answered, type Api, apiOf } from '#connection/api.ts';
import { type Server, withServer } from '#connection/connect.ts';
import { asFreshPerson } from '#connection/person.ts';
import type { Context } from '#context.ts';
import { Refusal } from '#failure.ts';
import { mustNotExist, writePrivately } from '#home/files.ts';
import { mustBeNew, writeBundle } from '#ledger/bundle-directory.ts';
import { follow, newest } from '#ledger/tail.ts';
import { logKey, proveEntry } from '#ledger/prove.ts';
import { printable } from '#terminal/printable.ts';

const DEFAULT_TAIL = 20;
const MAX_TAIL = 200; // one page of the server

interface ExportOptions {
  readonly out: string;
  readonly tenant?: string;
  readonly from?: number;
  readonly to?: number;
  readonly withFacts?: true;
  readonly withContent?: true;
  readonly approval?: string;
}

export function addLedger(program: Command, context: Context): void {
  const group = declareGroup(program, 'ledger', 'read, prove, export and reopen the ledger');
  declare(group, 'tail', 'show the newest entries, without content', [
    'ledger tail',
    'ledger tail -n 5 --kind note.signed',
    'ledger tail --follow',
  ])
    .option('-n, --entries <number>', 'how many', wholeNumber(1, MAX_TAIL), DEFAULT_TAIL)
    .option('--kind <kind>', 'only entries of this kind')
    .option('--follow', 'go on showing entries as they come')
    .action((options: { readonly entries: number; readonly kind?: string; readonly follow?: true }) =>
      tail(context, options),
    );
  declare(group, 'prove', 'prove that an entry is in the tree of a signed checkpoint', [
    'ledger prove 42 --out 42.proof',
    'ledger prove 42 --json',
  ])
    .addArgument(new Argument('<index>', 'index of the entry, from 0').argParser(wholeNumber(0)))
    .option('--out <file>', 'write the C2SP tlog-proof file here')
    .action((index: number, { out }: { readonly out?: string }) => prove(context, index, out));
  declare(group, 'export', 'write a bundle for `cordon verify`; headers only by default', [
    'ledger export --out bundle',
    'ledger export --out bundle --from 256 --to 512 --with-facts --approval 0198…',
  ])
    .requiredOption('--out <directory>', 'new or empty directory')
    .option('--tenant <id>', 'the tenant; that of the credential without it')
    .option('--from <index>', 'first entry', wholeNumber(0))
    .option('--to <index>', 'entry after the last', wholeNumber(0))
    .option('--with-facts', 'with the projection rows (needs a person and the approval of a second one)')
    .option('--with-content', 'with the sealed bodies and their keys: bulk PHI (needs the same)')
    .option('--approval <id>', 'the approval of a second person')
    .action((options: ExportOptions) => exportBundle(context, options));
  declare(group, 'reopen', 'ask for a new epoch after a lawful restore; a second person approves', [
    'ledger reopen --tenant 0198… --reason "Restored the backup of Monday after disk failure"',
  ])
    .requiredOption('--tenant <id>', 'the tenant whose ledger is read-only')
    .requiredOption('--reason <text>', 'why; kept sealed')
    .action((options: { readonly tenant: string; readonly reason: string }) => reopen(context, options));
}

async function tail(
  context: Context,
  { entries, kind, follow: following }: { readonly entries: number; readonly kind?: string; readonly follow?: true },
): Promise<void> {
  const { terminal } = context;
  if (following === true && terminal.json) throw new Refusal('usage', '--follow has no end and so no JSON document');
  await withServer(context, async (server) => {
    const api = apiOf(server.url, server.apiKey);
    const found = await newest(api, entries, kind ?? null, context.signal);
    if (terminal.json) terminal.document({ entries: found });
    else for (const entry of found) terminal.print(line(entry));
    if (following === true)
      await follow(
        api,
        found.at(-1)?.index ?? -1,
        kind ?? null,
        (entry) => terminal.print(line(entry)),
        context.signal,
      );
  });
}

function line({ index, time, kind, sealed, header }: Schemas['LedgerEntry']): string {
  const destroyed = sealed === 'destroyed' ? '  content lawfully destroyed' : '';
  return printable(`${String(index).padStart(8)}  ${time}  ${kind.padEnd(22)}  ${actorOf(header)}${destroyed}`);
}

function actorOf(header: string): string {
  const found: unknown = JSON.parse(header);
  if (typeof found !== 'object' || found === null || !('actor' in found)) return '';
  const { actor } = found;
  if (typeof actor !== 'object' || actor === null || !('type' in actor) || !('id' in actor)) return '';
  return `${String(actor.type)} ${String(actor.id)}`;
}

async function prove(context: Context, index: number, out: string | undefined): Promise<void> {
  const { terminal, env, signal } = context;
  if (out !== undefined) await mustNotExist(out);
  const { proven, pinned } = await withServer(context, async (server) => {
    const api = apiOf(server.url, server.apiKey);
    const { key, pinned: isPinned } = await logKey(api, server.credentials === null ? null : env.home);
    return { proven: await proveEntry(api, index, key, signal), pinned: isPinned };
  });
  if (!pinned) terminal.remark('cordon: the key is the server’s own word; compare it with one you pinned');
  if (out !== undefined) await writePrivately(out, proven.proof);
  if (terminal.json) {
    terminal.document({ ...proven, pinned, verified: true });
    return;
  }
  terminal.print(
    `  ${terminal.style('green', '✓')} entry ${index}, ${printable(proven.kind)} of ${proven.time}, is in the tree of size ${proven.treeSize}`,
  );
  terminal.print(out === undefined ? `\n${printable(proven.proof)}` : `  proof written to ${printable(out)}`);
}

async function exportBundle(context: Context, options: ExportOptions): Promise<void> {
  const { terminal } = context;
  await mustBeNew(options.out);
  const files = await withServer(context, async (server) => {
    const api = await exportingApi(context, server, options);
    await mustBeTenant(api, options.tenant);
    const { from, to, approval } = options;
    const body = {
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(approval === undefined ? {} : { approval }),
      ...(options.withFacts === true ? { withFacts: true } : {}),
      ...(options.withContent === true ? { withContent: true } : {}),
    };
    const stream = await answered(api.POST('/api/ledger/export', { body, parseAs: 'stream', signal: context.signal }));
    return writeBundle(stream, options.out);
  });
  if (terminal.json) terminal.document({ out: options.out, files });
  else
    terminal.print(
      `  ${files} files in ${printable(options.out)}\n  Verify them anywhere: npx cordon verify ${printable(options.out)}`,
    );
}

/** Facts and content are bulk PHI: a person asks, with a fresh sign-in and the approval of a second one. */
async function exportingApi(context: Context, server: Server, { withFacts, withContent }: ExportOptions): Promise<Api> {
  if (withFacts === undefined && withContent === undefined) return apiOf(server.url, server.apiKey);
  return (await asFreshPerson(context, server)).api;
}

/** A credential belongs to one tenant; another one is as good as unknown (I6). */
async function mustBeTenant(api: Api, tenant: string | undefined): Promise<void> {
  if (tenant === undefined) return;
  const own = await answered(api.GET('/api/tenant'));
  if (own.id !== tenant.toLowerCase()) throw new Refusal('not_found', 'the credential belongs to another tenant');
}

async function reopen(
  context: Context,
  { tenant, reason }: { readonly tenant: string; readonly reason: string },
): Promise<void> {
  const { terminal } = context;
  const approval = await withServer(context, async (server) => {
    const { api } = await asFreshPerson(context, server);
    await mustBeTenant(api, tenant);
    return answered(api.POST('/api/ledger/reopen', { body: { reason } }));
  });
  if (terminal.json) terminal.document(approval);
  else terminal.print(`  asked for; another person approves it: cordon approvals approve ${approval.id}`);
}
