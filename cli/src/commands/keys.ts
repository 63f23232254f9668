// `cordon keys …`: the key inventory, and acts on keys, which a person asks for and a second one approves.
import { KEY_LEVELS } from '@cordon/contract';
import type { Schemas } from '@cordon/sdk';
import { Argument, type Command } from 'commander';
import { collected, declare, declareGroup } from '#command.ts';
import { answered, type Api } from '#connection/api.ts';
import { withServer } from '#connection/connect.ts';
import { asFreshPerson, asPerson } from '#connection/person.ts';
import type { Context } from '#context.ts';
import { Refusal } from '#failure.ts';
import { mustNotExist, readSmallFile, writePrivately } from '#home/files.ts';
import { askHidden } from '#terminal/ask.ts';
import { printable } from '#terminal/printable.ts';
import type { Terminal } from '#terminal/terminal.ts';

type KeyLevel = (typeof KEY_LEVELS)[number];

export function addKeys(program: Command, context: Context): void {
  const group = declareGroup(program, 'keys', 'list, rotate and re-wrap keys, write and try an escrow copy');
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
  addEscrow(group, context);
}

interface EscrowOptions {
  readonly recipient: readonly string[];
  readonly out: string;
  readonly reason?: string;
  readonly approval?: string;
}

function addEscrow(group: Command, context: Context): void {
  declare(group, 'escrow', 'write an escrow copy of the root key, sealed to people outside (age)', [
    'keys escrow --recipient age1… --recipient age1… --out cordon-escrow.age',
  ])
    .requiredOption('--recipient <age>', 'who can open it; give it once per person', collected)
    .requiredOption('--out <file>', 'new file for the sealed copy; take it away from this machine')
    .option('--reason <text>', 'why; needed for every copy after the first')
    .option('--approval <id>', 'the approval of a second person, for every copy after the first')
    .action((options: EscrowOptions) => escrow(context, options));
  declare(group, 'try-escrow', 'open an escrow copy and read the keys with it, to know that it would help', [
    'keys try-escrow cordon-escrow.age --identity key.txt',
  ])
    .argument('<file>', 'the escrow copy')
    .option('--identity <file>', 'file with the age identity (AGE-SECRET-KEY-…); asked for on a terminal without it')
    .action((file: string, { identity }: { readonly identity?: string }) => tryEscrow(context, file, identity));
}

async function escrow(context: Context, { recipient, out, reason, approval }: EscrowOptions): Promise<void> {
  const { terminal } = context;
  await mustNotExist(out);
  const made = await withServer(context, async (server) => {
    const { api } = await asFreshPerson(context, server);
    const body = {
      recipients: [...recipient],
      ...(reason === undefined ? {} : { reason }),
      ...(approval === undefined ? {} : { approval }),
    };
    return answered(api.POST('/api/keys/escrow', { body }));
  });
  if (!('sealed' in made)) {
    waiting(terminal, made, `then: npx cordon keys escrow … --approval ${made.id}`);
    return;
  }
  await writePrivately(out, Buffer.from(made.sealed, 'base64'));
  if (terminal.json) terminal.document({ out, recipients: recipient.length });
  else {
    terminal.print(`  written to ${printable(out)} for ${recipient.length} recipients; keep it away from this machine`);
    terminal.print(`  now try it: npx cordon keys try-escrow ${printable(out)} --identity FILE`);
  }
}

async function tryEscrow(context: Context, file: string, identityFile: string | undefined): Promise<void> {
  const { terminal } = context;
  const sealed = (await readSmallFile(file)).toString('base64');
  const identity =
    identityFile === undefined ? await askIdentity(terminal) : identityIn(await readSmallFile(identityFile));
  const status = await withServer(context, async (server) => {
    const { api } = await asFreshPerson(context, server);
    return answered(api.POST('/api/keys/escrow/try', { body: { sealed, identity } }));
  });
  if (terminal.json) terminal.document(status);
  else
    terminal.print(
      `  ${terminal.style('green', '✓')} it opens, and the keys of this installation can be read with it\n${block(status)}`,
    );
}

async function askIdentity(terminal: Terminal): Promise<string> {
  const typed = terminal.interactive ? await askHidden('Age identity: ') : null;
  if (typed === null) throw new Refusal('usage', 'give the identity with --identity FILE');
  return typed;
}

/** The identity in a file as age-keygen writes it: comments, then one line. */
function identityIn(file: Buffer): string {
  const line = file
    .toString('utf8')
    .split('\n')
    .map((each) => each.trim());
  return line.find((each) => each.startsWith('AGE-SECRET-KEY-')) ?? '';
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

function block({ root, tenant, erasure, signing, copies, escrow }: Schemas['KeyStatus']): string {
  const rotating = root.rotationUnderWay ? ', rotation under way' : '';
  const expires = copies.lastExpires === null ? '' : `, the last expires ${copies.lastExpires}`;
  return [
    `  root     ${root.backend}, ${root.id}${rotating}`,
    `  tenant   version ${tenant.version}, since ${tenant.since}`,
    `  erasure  ${erasure.live} live, ${erasure.erased} erased`,
    `  signing  ${signing.name}+${signing.id}`,
    `  copies   ${copies.live}${expires}`,
    `  escrow   ${escrowWords(escrow)}`,
  ]
    .map(printable)
    .join('\n');
}

function escrowWords({ recipients, writtenAt, covered, tried }: Schemas['KeyStatus']['escrow']): string {
  if (writtenAt === null) return 'none';
  const today = covered ? '' : ', but not of today’s root key';
  return `for ${recipients} recipients, written ${writtenAt}${today}, ${tried ? 'tried' : 'never tried'}`;
}

async function ask(context: Context, send: (api: Api) => Promise<Schemas['Approval']>): Promise<void> {
  const approval = await withServer(context, async (server) => send((await asFreshPerson(context, server)).api));
  waiting(context.terminal, approval, 'it is then carried out at once');
}

function waiting(terminal: Terminal, approval: Schemas['Approval'], then: string): void {
  if (terminal.json) terminal.document(approval);
  else terminal.print(`  asked for; another person approves it: cordon approvals approve ${approval.id}\n  ${then}`);
}
