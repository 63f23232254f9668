// `cordon start`: runs the server in the foreground until a signal, and says how to come in.
import type { Command } from 'commander';
import { declare, wholeNumber } from '#command.ts';
import { startServer } from '#connection/child.ts';
import type { Context } from '#context.ts';
import type { Environment } from '#env.ts';
import { type Credentials, credentialsPath, readCredentials } from '#home/credentials.ts';

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
    onLog: (line) => terminal.remark(line),
    signal,
  });
  const credentials = await readCredentials(env.home);
  if (terminal.json) terminal.document({ url: server.url, pid: server.pid, home: env.home });
  else if (credentials !== null) terminal.print(welcome(server.url, credentials, env));
  signal.addEventListener('abort', () => void server.stop());
  process.exitCode = await server.ended;
}

/** How to come in. The key is read from its file by the line itself, so that it stands in no scroll-back or history. */
function welcome(url: string, credentials: Credentials, { home, checkout }: Environment): string {
  const file = credentialsPath(home);
  return `
  sign in     ${url} as ${credentials.adminEmail}
              password and authenticator secret are in ${file}
  API key     in the same file, as apiKey
  try         curl ${url}/v1/audio/transcriptions -F model=auto -F file=@${checkout}/examples/sample-visit/visit.wav \\
                -H "Authorization: Bearer $(node -p 'require("${file}").apiKey')"
  demo        npm run demo
  stop        Ctrl-C
`;
}
