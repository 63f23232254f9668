// `cordon services secret …`: what opens a service, in a file of this machine apart from the registry. Nothing of it goes over the
// network, into the database or the ledger, and nothing prints it.
import { join } from 'node:path';
import { Argument, type Command, Option } from 'commander';
import { declare, declareGroup } from '#command.ts';
import type { Context } from '#context.ts';
import { Refusal } from '#failure.ts';
import { readCredentials } from '#home/credentials.ts';
import {
  CREDENTIAL,
  listSecrets,
  MAX_SECRET_BYTES,
  PARTS,
  type Part,
  removeSecret,
  type StoredSecret,
  storeSecret,
} from '#home/secrets.ts';
import { askHidden } from '#terminal/ask.ts';
import { printable } from '#terminal/printable.ts';

interface Options {
  readonly tenant?: string;
  readonly part?: Part;
}

const TENANT = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function addServiceSecrets(program: Command, context: Context): void {
  const services =
    program.commands.find((command) => command.name() === 'services') ??
    declareGroup(program, 'services', 'services that calls may go to, and what opens them');
  const group = declareGroup(services, 'secret', 'what opens a service: files of this machine, never shown');
  const name = () => new Argument('<name>', 'the `credential` that service rows name');
  declare(group, 'set', 'read a secret from standard input, or ask for it, and keep it', [
    'services secret set openai-clinic < key.txt',
    'services secret set vllm --part ca < authority.pem',
  ])
    .addArgument(name())
    .addOption(new Option('--part <part>', 'what is given').choices([...PARTS]).default('secret'))
    .option('--tenant <id>', 'whose it is; by default the tenant of the first start')
    .action((credential: string, options: Options) => set(context, credential, options));
  declare(group, 'list', 'show the names, never a secret', ['services secret list'])
    .option('--tenant <id>', 'whose; by default the tenant of the first start')
    .action((options: Options) => list(context, options));
  declare(group, 'remove', 'remove a secret and what stands beside it', ['services secret remove openai-clinic'])
    .addArgument(name())
    .option('--tenant <id>', 'whose it is; by default the tenant of the first start')
    .action((credential: string, options: Options) => remove(context, credential, options));
}

async function set(context: Context, name: string, { tenant, part = 'secret' }: Options): Promise<void> {
  const { terminal } = context;
  checkName(name);
  const directory = await directoryOf(context, tenant);
  const content = terminal.interactive ? await typed(part) : await piped(context.signal);
  if (content.length === 0) throw new Refusal('usage', 'nothing was given');
  await storeSecret(directory, name, part, content);
  if (terminal.json) terminal.document({ name, part });
  else
    terminal.print(
      `  ${terminal.style('green', '✓')} kept; services whose credential is ${printable(name)} use it within seconds`,
    );
}

async function list(context: Context, { tenant }: Options): Promise<void> {
  const { terminal } = context;
  const items = await listSecrets(await directoryOf(context, tenant));
  if (terminal.json) terminal.document({ items });
  else if (items.length === 0) terminal.print('  none');
  else printSecrets(context, items);
}

function printSecrets({ terminal }: Context, items: readonly StoredSecret[]): void {
  for (const { name, parts, loose } of items) {
    terminal.print(`  ${printable(name)}  ${parts.join(', ')}${loose ? '  others may read it: chmod 600' : ''}`);
  }
}

async function remove(context: Context, name: string, { tenant }: Options): Promise<void> {
  checkName(name);
  const removed = await removeSecret(await directoryOf(context, tenant), name);
  if (!removed) throw new Refusal('not_found', name);
  if (context.terminal.json) context.terminal.document({ name });
  else context.terminal.print(`  ${context.terminal.style('green', '✓')} removed`);
}

function checkName(name: string): void {
  if (!CREDENTIAL.test(name)) throw new Refusal('usage', 'a name of letters, digits, - and _ is needed, 64 at most');
}

async function directoryOf({ env }: Context, tenant: string | undefined): Promise<string> {
  const whose = tenant ?? (await readCredentials(env.home))?.tenant;
  if (whose === undefined)
    throw new Refusal('usage', 'name the tenant with --tenant: this home knows of no first start');
  if (!TENANT.test(whose)) throw new Refusal('usage', 'the tenant is an id: 8-4-4-4-12 hexadecimal digits');
  return join(env.secrets, whose);
}

/** One line on a terminal; what has more comes from a file. */
async function typed(part: Part): Promise<Uint8Array> {
  if (part !== 'secret') throw new Refusal('usage', 'give the file on standard input');
  return Buffer.from((await askHidden('Secret: ')) ?? '');
}

async function piped(signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    signal.throwIfAborted();
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > MAX_SECRET_BYTES) throw new Refusal('usage', 'more than 64 KiB is no secret');
  }
  return Buffer.concat(chunks);
}
