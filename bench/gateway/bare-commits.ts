// What all streams of the benchmark send between two commits, one row a commit, for some seconds: nothing but PostgreSQL and a client.
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { clientConfig } from '../../server/src/platform/store/connection.ts';
import { startEmbeddedPostgres } from '../../server/src/platform/store/embedded/embedded.ts';

const BYTES_PER_SECOND = Number(process.argv[2] ?? 0);
const MEASURE_MS = 4_000;

const home = await mkdtemp(join(tmpdir(), 'cordon-bench-'));
await chmod(home, 0o711);
const server = await startEmbeddedPostgres({ home, installationSecret: randomBytes(32), onEvent: () => undefined });
const client = new pg.Client({ ...clientConfig(server.admin) });
await client.connect();
await client.query('CREATE TABLE bare (id bigint GENERATED ALWAYS AS IDENTITY, bytes bytea NOT NULL)');

const times: number[] = [];
const until = performance.now() + MEASURE_MS;
let last = performance.now();
while (performance.now() < until) {
  const begun = performance.now();
  const waiting = Math.max(1, Math.round(((begun - last) / 1000) * BYTES_PER_SECOND));
  last = begun;
  await client.query({
    name: 'bare',
    text: 'INSERT INTO bare (bytes) VALUES ($1)',
    values: [Buffer.alloc(waiting, 1)],
  });
  times.push(performance.now() - begun);
}
await client.end();
await server.stop();
await rm(home, { recursive: true, force: true });
times.sort((a, b) => a - b);
process.stdout.write(JSON.stringify({ commits: times.length, p99: times[Math.floor(times.length * 0.99)] }));
process.exit(0);
