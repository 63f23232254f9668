// A process that holds a home and its PostgreSQL until it is killed: `node run-database.ts HOME SECRET_HEX`.
// Prints one line of JSON when ready, or the code of what refused it.
import { isProblem } from '@cordon/contract';
import { openHome } from '#platform/home/home.ts';
import { startEmbeddedPostgres } from '#platform/store/embedded/embedded.ts';

const [home = '', secret = ''] = process.argv.slice(2);
try {
  const held = await openHome(home);
  const server = await startEmbeddedPostgres({
    home: held.path,
    installationSecret: Buffer.from(secret, 'hex'),
    onEvent: () => undefined,
  });
  console.log(JSON.stringify({ postmaster: server.pid(), data: server.dataDirectory }));
  setInterval(() => undefined, 60_000);
} catch (error) {
  console.log(JSON.stringify({ refused: isProblem(error) ? error.code : 'internal' }));
}
