// `cordon start`: runs the server in the foreground until a signal, and says how to come in.
import { join } from 'node:path';
import { isProblem } from '@cordon/contract';
import type { Command } from 'commander';
import { declare, wholeNumber } from '#command.ts';
import { startServer } from '#connection/child.ts';
import type { Context } from '#context.ts';
import type { Environment } from '#env.ts';
import { Refusal } from '#failure.ts';
import { type Credentials, credentialsPath, readCredentials } from '#home/credentials.ts';
import { lastRunning } from '#home/running.ts';
import { brief } from '#terminal/printable.ts';
import type { Terminal } from '#terminal/terminal.ts';

interface StartOptions {
  readonly port?: number;
}

export function addStart(program: Command, context: Context): void {
  declare(program, 'start', 'run Cordon: database, server, jobs and speech engine', ['start', 'start --port 9000'])
    .option(
      '--port <number>',
      'listen on this port of 127.0.0.1 (by default CORDON_PORT or 8788)',
      wholeNumber(0, 65_535),
    )
    .action((options: StartOptions) => start(options, context));
}

async function start({ port }: StartOptions, { env, terminal, signal }: Context): Promise<void> {
  const server = await startServer({
    environment: { ...env.forServer, ...(port === undefined ? {} : { CORDON_PORT: String(port) }) },
    onLine: (line) => (terminal.json ? terminal.remark(line) : terminal.print(line)),
    onLog: (line) => log(line, terminal),
    signal,
  }).catch(async (error: unknown) => {
    throw await withAddress(error, env.home);
  });
  const credentials = await readCredentials(env.home);
  if (terminal.json) terminal.document({ url: server.url, pid: server.pid, home: env.home });
  else if (credentials !== null) terminal.print(welcome(server.url, credentials, env));
  signal.addEventListener('abort', () => void server.stop());
  process.exitCode = await server.ended;
}

/** A person at a terminal is told of trouble; what keeps the log (a service manager, a file) gets every line as it is. */
function log(line: string, terminal: Terminal): void {
  if (!terminal.moving) terminal.remark(line);
  else if (isTrouble(line)) terminal.remark(brief(line, LOG_LINE_COLUMNS));
}

const LOG_LINE_COLUMNS = 400;
/** The server's log speaks pino: 30 is information, 40 a warning. */
const TROUBLE = /^\{"level":([4-9]|\d{2})0,/;

function isTrouble(line: string): boolean {
  return TROUBLE.test(line);
}

/** Whoever finds the home held wants to know where its server is. */
async function withAddress(error: unknown, home: string): Promise<unknown> {
  if (!isProblem(error) || error.code !== 'home_in_use') return error;
  const running = await lastRunning(home);
  return new Refusal('home_in_use', home, ...(running === null ? [] : [`its server: ${running.url}`]));
}

/** How to come in. The key is read from its file by the line itself, so that it stands in no scroll-back or history. */
function welcome(url: string, credentials: Credentials, { home, checkout }: Environment): string {
  const file = credentialsPath(home);
  const visit = join(checkout, 'examples', 'sample-visit', 'visit.wav');
  return `
  API         ${url}   (reference: ${url}/docs)
  sign in     as ${credentials.adminEmail}; password and authenticator secret are in
              ${file}
  API key     in the same file, as apiKey
  try         curl ${url}/v1/audio/transcriptions -F model=auto -F ${quoted(`file=@${visit}`)} \\
                -H "Authorization: Bearer $(node -p 'require(process.argv[1]).apiKey' ${quoted(file)})"
  then        npm run demo     (in another terminal: a recording through to a signed, proven note)
  stop        Ctrl-C
`;
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
