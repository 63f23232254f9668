// What the server says of itself, asked as its operator would.
import { isIP } from 'node:net';
import type { Readiness } from '@cordon/contract';
import type { Schemas } from '@cordon/sdk';
import { answered, type Api, apiOf } from '#connection/api.ts';
import { readiness, type Server } from '#connection/connect.ts';
import { asPerson } from '#connection/person.ts';
import type { Context } from '#context.ts';
import { type Finding, green, red, yellow } from '#doctor/finding.ts';
import { failureOf } from '#failure.ts';

const CLOCK_SLACK_MS = 5_000;

export async function installationFindings(context: Context, server: Server): Promise<readonly Finding[]> {
  const ready = await readiness(server.url);
  const api = apiOf(server.url, server.apiKey);
  return [
    ...serving(ready),
    speech(ready),
    await models(api),
    ...(await keyCare(context, server)),
    await egress(api),
    tls(server.url),
    await sameTime(server.url),
    yellow(
      'backup',
      'This installation knows of no backup.',
      'Back up PostgreSQL, blobs and anchors together, and the keys apart from them; try a restore elsewhere.',
    ),
  ];
}

function serving(ready: Readiness): readonly Finding[] {
  const database =
    ready.database === 'up'
      ? green(
          'database',
          'PostgreSQL serves; a start with fsync, full_page_writes or synchronous_commit off is refused.',
        )
      : red(
          'database',
          'PostgreSQL does not answer.',
          'See the server’s log; work goes on by itself when the database is back.',
        );
  const keys =
    ready.keys === 'up'
      ? green('keys', 'The key store can be read.')
      : red('keys', 'The key store cannot be read.', 'Check the key directory and its permissions.');
  return [database, keys, ledger(ready.ledger)];
}

function ledger(state: Readiness['ledger']): Finding {
  switch (state) {
    case 'open':
      return green('ledger', 'The ledger is open and agrees with its anchors.');
    case 'read-only':
      return red(
        'ledger',
        'The ledger is behind its newest anchor and read-only.',
        'If the database was lawfully restored, two people run `cordon ledger reopen`.',
      );
    case 'diverged':
      return red(
        'ledger',
        'The ledger does not agree with its own checkpoint and has stopped.',
        'Keep the data as they are; export and run `cordon verify`.',
      );
    case 'down':
      return red('ledger', 'The ledger cannot be written.', 'Check PostgreSQL and disk space.');
  }
}

function speech({ speech: { state, engine, model, accuracy, punctuation, speakers } }: Readiness): Finding {
  const name = [engine, model].filter((part) => part !== null).join(' ');
  switch (state) {
    case 'ready':
      return accuracy === 'low'
        ? yellow(
            'speech',
            `The speech engine is ${name}: low accuracy.`,
            'Set CORDON_MODELS to a directory with a better model.',
          )
        : helped(`The speech engine is ${name}.`, { Punctuation: punctuation, Speakers: speakers });
    case 'acquiring':
      return yellow('speech', 'The speech engine is being fetched.', 'Wait; /readyz shows how far it is.');
    case 'missing':
      return red(
        'speech',
        'There is no speech engine.',
        'Set CORDON_MODELS, or install Debian’s pocketsphinx and pocketsphinx-en-us.',
      );
    case 'failed':
      return red('speech', 'The speech engine failed.', 'See the server’s log, and `cordon models verify`.');
  }
}

/** With what the models beside the recogniser do: a help that fails is worth a look, one that is not there is a choice. */
function helped(engine: string, helps: Readonly<Record<string, Readiness['speech']['speakers']>>): Finding {
  const said = Object.entries(helps).map(([help, { state, models }]) => ({ help, state, names: models.join(' and ') }));
  const failed = said.filter(({ state }) => state === 'failed');
  const lines = said.flatMap(({ help, state, names }) => (state === 'none' ? [] : [`${help}: ${names}, ${state}.`]));
  const text = [engine, ...lines].join(' ');
  return failed.length === 0
    ? green('speech', text)
    : yellow('speech', text, 'Run `cordon models verify`; remove and import again what differs.');
}

/** Every model in use is read and compared with its recorded digests. */
async function models(api: Api): Promise<Finding> {
  const check = 'models';
  try {
    const { items } = await answered(api.GET('/api/models'));
    const bad: string[] = [];
    for (const { id, chosen } of items) {
      if (!chosen) continue;
      const checked = await answered(api.POST('/api/models/verify', { body: { id } }));
      if (checked.state !== 'verified') bad.push(id);
    }
    if (bad.length > 0)
      return red(check, `Not as recorded: ${bad.join(', ')}.`, 'Remove the model and import it again.');
    return green(
      check,
      `${items.filter((model) => model.chosen).length} of ${items.length} models are in use, with their recorded digests.`,
    );
  } catch (error) {
    return unseen(check, error);
  }
}

/** Escrow and copies of the key store, from the inventory that a person may read. */
async function keyCare(context: Context, server: Server): Promise<readonly Finding[]> {
  try {
    const { api } = await asPerson(context, server);
    const status = await answered(api.GET('/api/keys'));
    return [escrow(status.escrow), copies(status.copies)];
  } catch (error) {
    return [unseen('escrow', error)];
  }
}

/** Losing the root key loses everything: red until an escrow copy was written and opening it was tried (spec custody §2). */
function escrow({ recipients, writtenAt, covered, tried }: Schemas['KeyStatus']['escrow']): Finding {
  const write =
    '`cordon keys escrow --recipient AGE… --out FILE`, for two people at least; take the file away from this machine.';
  if (writtenAt === null)
    return red('escrow', 'There is no escrow copy of the root key: losing it loses everything.', write);
  if (!covered) return red('escrow', 'The escrow copy does not hold the root key of today.', write);
  if (!tried)
    return red('escrow', 'The escrow copy was never tried.', '`cordon keys try-escrow FILE --identity FILE`.');
  return green('escrow', `An escrow copy for ${recipients} recipients was written ${writtenAt} and tried.`);
}

/** Without a copy, a lost key directory takes every erasure key with it. */
function copies({ live, lastExpires }: Schemas['KeyStatus']['copies']): Finding {
  if (live === 0) {
    return yellow(
      'key-copies',
      'There is no copy of the key store.',
      'Keep one on another machine; it expires, so that erased stays erased.',
    );
  }
  return green('key-copies', `${live} copies of the key store, the last expires ${lastExpires ?? 'at no time'}.`);
}

async function egress(api: Api): Promise<Finding> {
  const check = 'egress';
  try {
    const { items } = await answered(api.GET('/api/services'));
    const outside = items.filter((service) => service.pattern !== 'on-prem');
    if (outside.length === 0) return green(check, 'Every registered service runs here; nothing needs to go out.');
    return yellow(
      check,
      `${outside.length} registered services are outside.`,
      'Let the firewall allow their addresses alone.',
    );
  } catch (error) {
    return unseen(check, error);
  }
}

/** 45 CFR 164.312(e)(1). */
function tls(url: string): Finding {
  const { protocol, hostname } = new URL(url);
  if (protocol === 'https:') return green('tls', 'The server is reached over TLS.');
  const loopback =
    hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
  if (loopback) return green('tls', 'The server listens on this machine alone.');
  return red(
    'tls',
    'The server is reached over the network without TLS.',
    'Put TLS in front, or set tls in cordon.yaml.',
  );
}

async function sameTime(url: string): Promise<Finding> {
  const check = 'server-clock';
  const reply = await fetch(new URL('/healthz', url)).catch(() => null);
  const said = Date.parse(reply?.headers.get('date') ?? '');
  if (Number.isNaN(said)) return green(check, 'The server does not say its time.');
  const apart = Math.abs(said - Date.now());
  if (apart <= CLOCK_SLACK_MS) return green(check, 'This machine and the server agree on the time.');
  return yellow(
    check,
    `This machine and the server are ${Math.round(apart / 1000)} s apart.`,
    'Correct the clocks (NTP).',
  );
}

/** A question that this credential may not ask is not answered green. */
function unseen(check: string, error: unknown): Finding {
  const { code, remedy } = failureOf(error);
  return yellow(check, `Could not be seen (${code}).`, remedy);
}
