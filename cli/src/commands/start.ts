// `cordon start`: runs the server in the foreground until a signal, and says how to come in.
import type { Command } from 'commander';
import { declare, wholeNumber } from '#command.ts';
import { startServer } from '#connection/child.ts';
import type { Context } from '#context.ts';
import { type Credentials, credentialsPath, readCredentials } from '#home/credentials.ts';

interface StartOptions {
  readonly port?: number;
}

export function addStart(program: Command, context: Context): void {
  declare(program, 'start', 'run Cordon: database, server, jobs and speech engine', [
    'start',
    'start --port 9000',
    'CORDON_HOME=/srv/cordon cordon start'.replace('cordon ', ''),
  ])
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
    onLog: (line) => terminal.remark(line),
    signal,
  });
  const credentials = await readCredentials(env.home);
  if (terminal.json) terminal.document({ url: server.url, pid: server.pid, home: env.home });
  else if (credentials !== null) terminal.print(welcome(server.url, credentials, env.home));
  signal.addEventListener('abort', () => void server.stop());
  process.exitCode = await server.ended;
}

function welcome(url: string, credentials: Credentials, home: string): string {
  return `
  sign in     ${url} as ${credentials.adminEmail}
              password and authenticator secret: ${credentialsPath(home)}
  API key     in the same file, as apiKey
  try         curl -H "Authorization: Bearer $(node -p 'require("${credentialsPath(home)}").apiKey')" ${url}/v1/models
  demo        npm run demo
  stop        Ctrl-C
`;
}
