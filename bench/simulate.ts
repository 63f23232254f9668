// A million past decisions under another policy and registry: facts loaded in bulk into the ledger's own table of an embedded PostgreSQL, then
// `simulate` as the API runs it. Two loads: as traffic is (few thousand different kinds of calls), and the worst (every call unlike all others,
// so that nothing can be decided together). Beside them the bare reading of the same facts, which is the floor. Writes bench/results/simulate.json.
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { baa, cloudChat, policyWith, snapshot } from '../server/src/boundary/policy/decide.samples.ts';
import { compile } from '../server/src/boundary/policy/rulebook.ts';
import { simulate } from '../server/src/boundary/rulebook/simulate.ts';
import { newTenantId, type TenantId } from '../server/src/kernel/ids.ts';
import { clientConfig } from '../server/src/platform/store/connection.ts';
import { startEmbeddedPostgres } from '../server/src/platform/store/embedded/embedded.ts';
import { migrate } from '../server/src/platform/store/migrate.ts';
import { openStore, type PgStore } from '../server/src/platform/store/pg-store.ts';

const DECISIONS = Number(process.env['BENCH_DECISIONS'] ?? 1_000_000);
const LIMIT_SECONDS = 20;
const ROWS_PER_INSERT = 20_000;

export async function run(): Promise<object> {
  const home = await mkdtemp(join(tmpdir(), 'cordon-bench-'));
  await chmod(home, 0o711);
  const installationSecret = randomBytes(32);
  const server = await startEmbeddedPostgres({ home, installationSecret, onEvent: () => undefined });
  const root = new pg.Client({ ...clientConfig(server.admin) });
  await root.connect();
  await root.query('CREATE DATABASE bench');
  await root.end();
  const target = { ...server.admin, database: 'bench' };
  await migrate({ admin: target, directory: join(import.meta.dirname, '../server/migrations'), installationSecret });
  const admin = new pg.Client({ ...clientConfig(target) });
  await admin.connect();
  const store = await openStore({ target, installationSecret });
  try {
    const usual = await measure(store, admin, (at) => at % 3_000);
    const worst = await measure(store, admin, (at) => at);
    const result = { decisions: DECISIONS, limitSeconds: LIMIT_SECONDS, usual, worst };
    console.log(`  ${JSON.stringify(result)}`);
    return result;
  } finally {
    await store.close();
    await admin.end();
    await server.stop();
    await rm(home, { recursive: true, force: true });
  }
}

/** `kind`: which kind of call the n-th is. */
async function measure(store: PgStore, admin: pg.Client, kind: (at: number) => number): Promise<object> {
  const tenant = newTenantId();
  const loading = performance.now();
  await load(admin, tenant, kind);
  const loadSeconds = (performance.now() - loading) / 1_000;
  const [size] = (await admin.query("SELECT pg_total_relation_size('cordon.ledger_entry') AS bytes")).rows as {
    bytes: string;
  }[];
  const floor = performance.now();
  await admin.query('SELECT sum(length(facts::text)) FROM cordon.ledger_entry WHERE tenant = $1', [tenant]);
  const floorSeconds = (performance.now() - floor) / 1_000;
  const book = compile(
    registry(),
    policyWith({ rules: [{ id: 'r', effect: 'refuse', when: { tags: { any: ['hiv'] } } }] }),
  );
  const signal = new AbortController().signal;
  const cpu = process.cpuUsage();
  const began = performance.now();
  let counted = 0;
  let refused = 0;
  for await (const event of simulate(store, { tenant, since: null, until: null, book, at: null, signal }))
    if (event.state === 'done') [counted, refused] = [event.total.decisions, event.total.nowRefused];
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  if (counted !== DECISIONS) throw new Error(`${counted} decisions were read`);
  await admin.query('TRUNCATE cordon.ledger_entry, cordon.ledger_head');
  return {
    seconds: Math.round(seconds * 100) / 100,
    nodeCpuSeconds: Math.round((user + system) / 10_000) / 100,
    readingAloneSeconds: Math.round(floorSeconds * 100) / 100,
    loadSeconds: Math.round(loadSeconds),
    tableMiB: Math.round(Number(size?.bytes ?? 0) / 2 ** 20),
    nowRefused: refused,
  };
}

function registry(): ReturnType<typeof snapshot> {
  const rows = Array.from({ length: 100 }, (_, at) => cloudChat({ id: `service-${at}` }));
  return snapshot(rows, [
    baa({
      services: rows.map(({ id }) => id),
      effective: '2024-01-01T00:00:00.000Z',
      expires: '2026-06-01T00:00:00.000Z',
    }),
  ]);
}

/** In the order of indexes as the ledger writes them; a minute between two calls. */
async function load(admin: pg.Client, tenant: TenantId, kind: (at: number) => number): Promise<void> {
  const first = Date.parse('2025-01-01T00:00:00Z');
  const header = Buffer.from(JSON.stringify({ v: 1, filler: 'x'.repeat(600) }));
  for (let from = 0; from < DECISIONS; from += ROWS_PER_INSERT) {
    const places = Array.from({ length: Math.min(ROWS_PER_INSERT, DECISIONS - from) }, (_, at) => from + at);
    const times = places.map((at) => new Date(first + at * 60_000).toISOString());
    await admin.query(
      `INSERT INTO cordon.ledger_entry (tenant, index, entry_id, time, kind, header, leaf_hash, facts, salt)
       SELECT $1, at, gen_random_uuid(), time, 'call.intent', $2, $3, facts, $3
         FROM unnest($4::bigint[], $5::timestamptz[], $6::jsonb[]) AS loaded (at, time, facts)`,
      [tenant, header, Buffer.alloc(32), places, times, places.map((at, n) => factsOf(kind(at), times[n] ?? '', at))],
    );
  }
  await admin.query("INSERT INTO cordon.ledger_head (tenant, size, root, frontier) VALUES ($1, $2, $3, '')", [
    tenant,
    DECISIONS,
    Buffer.alloc(32),
  ]);
  await admin.query('ANALYZE cordon.ledger_entry');
}

const purposes = ['ehr-copilot', 'revenue-cycle', 'structured-extraction', 'decision-support'];

function factsOf(kind: number, at: string, call: number): string {
  return JSON.stringify({
    at,
    purpose: purposes[kind % 4],
    class: 'phi',
    tags: kind % 5 === 0 ? ['hiv', 'minor'] : [],
    zone: kind % 7 === 0 ? 'us' : null,
    application: `key-${kind % 97}`,
    patient: `p-${call % 50_000}`,
    decided: {
      actor: `key:${kind}`,
      capability: 'generate',
      modality: 'text',
      code: 'allowed',
      service: `service-${kind % 100}`,
      about: ['patient'],
      requested: `service-${kind % 100}`,
    },
  });
}
