// Durable append with 32 writers beside the limit: the same bytes inserted raw, grouped the same way, in the same PostgreSQL.
// Rounds are interleaved; medians count. Run: npm run bench:ledger. Writes bench/results/ledger.json.
import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { KeyStore } from '../server/src/custody/keys/keystore.ts';
import { directoryAnchors } from '../server/src/custody/ledger/anchors.ts';
import { createLedger } from '../server/src/custody/ledger/create.ts';
import { systemClock } from '../server/src/kernel/clock.ts';
import { newId, newTenantId } from '../server/src/kernel/ids.ts';
import { Phi } from '../server/src/kernel/phi.ts';
import { clientConfig } from '../server/src/platform/store/connection.ts';
import { startEmbeddedPostgres } from '../server/src/platform/store/embedded/embedded.ts';
import { migrate } from '../server/src/platform/store/migrate.ts';
import { openStore } from '../server/src/platform/store/pg-store.ts';

const WRITERS = 32;
const ROUNDS = Number(process.argv[2] ?? 9);
const ROUND_MS = Number(process.argv[3] ?? 1500);
const BODY_BYTES = 2048; // a short prompt or answer
const BATCHES_IN_FLIGHT = 2; // as the sequencer

const home = await mkdtemp(join(tmpdir(), 'cordon-bench-'));
await chmod(home, 0o711);
const installationSecret = randomBytes(32);
const server = await startEmbeddedPostgres({ home, installationSecret, onEvent: () => undefined });
const admin = new pg.Client({ ...clientConfig(server.admin) });
await admin.connect();
await admin.query('CREATE DATABASE bench');
await admin.end();
const target = { ...server.admin, database: 'bench' };
await migrate({ admin: target, directory: join(import.meta.dirname, '../server/migrations'), installationSecret });
const store = await openStore({ target, installationSecret });
const keys = await KeyStore.open({ directory: join(home, 'keys'), clock: systemClock });
const ledger = createLedger({
  store,
  keys,
  clock: systemClock,
  installation: keys.installation.id,
  anchors: directoryAnchors(join(home, 'anchors')),
  writer: 'bench',
  onFault: (task, error) => console.error(task, error),
});
await ledger.start();

const tenant = newTenantId();
const actor = { type: 'key', id: randomUUID() } as const;
const text = Buffer.alloc(BODY_BYTES, 'the patient says ');
const facts = {
  patient: 'p-0123456789abcdef',
  purpose: 'ambient-documentation',
  class: 'phi',
  tags: ['general'],
  zone: 'us',
  application: 'bench',
};

/** One append as an application makes it. */
async function append(): Promise<void> {
  await ledger.append({
    tenant,
    kind: 'disclosure.made',
    actor,
    objects: [{ type: 'encounter', id: newId() }],
    detail: { basis: null, purpose: 'ambient-documentation', recipient: 'service-1' },
    facts,
    body: Phi.of(text),
  });
}

// The limit: the same columns, one statement that commits itself, no head, no hash, no seal, one key.
const raw = new pg.Pool({ ...clientConfig(target), max: BATCHES_IN_FLIGHT, pipeline: true });
await raw.query(`CREATE TABLE raw_entry (tenant uuid, index bigint, entry_id uuid, time timestamptz, kind text, header bytea,
  leaf_hash bytea, ciphertext bytea, erasure_key text, wrap bytea, facts jsonb, salt bytea, primary key (tenant, index)) WITH (toast_tuple_target = 8160)`);
await raw.query('ALTER TABLE raw_entry ALTER ciphertext SET STORAGE external, ALTER header SET STORAGE external');

interface RawRow {
  readonly parts: readonly Buffer[];
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}
const sample = await sampleSizes();
const readyMade = Array.from({ length: 64 }, () => [
  randomBytes(32),
  randomBytes(sample.header),
  randomBytes(sample.body),
  randomBytes(sample.wrap),
  randomBytes(32),
  Buffer.from(JSON.stringify(facts)),
]);
let rawIndex = 0;
let rawWaiting: RawRow[] = [];
let rawInFlight = 0;
let rawScheduled = false;

function rawAppend(): Promise<void> {
  return new Promise((done, failed) => {
    rawWaiting.push({ parts: readyMade[rawIndex % readyMade.length] ?? [], done, failed });
    schedule();
  });
}

function schedule(): void {
  if (rawScheduled || rawInFlight >= BATCHES_IN_FLIGHT) return;
  rawScheduled = true;
  setImmediate(() => {
    rawScheduled = false;
    if (rawInFlight >= BATCHES_IN_FLIGHT || rawWaiting.length === 0) return;
    const rows = rawWaiting;
    rawWaiting = [];
    rawInFlight += 1;
    void insertRaw(rows).finally(() => {
      rawInFlight -= 1;
      if (rawWaiting.length > 0) schedule();
    });
  });
}

async function insertRaw(rows: readonly RawRow[]): Promise<void> {
  let at = 1;
  const offsets = rows.map(({ parts }) => {
    const here = at;
    for (const part of parts) at += part.length;
    return here;
  });
  const lengths = (part: number): number[] => rows.map(({ parts }) => parts[part]?.length ?? 0);
  const now = new Date().toISOString();
  try {
    await raw.query({
      name: 'raw',
      text: `INSERT INTO raw_entry (tenant, index, entry_id, time, kind, leaf_hash, header, ciphertext, wrap, erasure_key, salt, facts)
        SELECT tenant, index, entry_id, time, kind, substring($13::bytea FROM at FOR 32), substring($13::bytea FROM at + 32 FOR h),
          substring($13::bytea FROM at + 32 + h FOR b), substring($13::bytea FROM at + 32 + h + b FOR w), erasure_key,
          substring($13::bytea FROM at + 32 + h + b + w FOR s), convert_from(substring($13::bytea FROM at + 32 + h + b + w + s FOR f), 'UTF8')::jsonb
        FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::int[], $8::int[], $9::int[], $10::int[], $11::int[], $12::int[])
          AS r(tenant, index, entry_id, time, kind, erasure_key, at, h, b, w, s, f)`,
      values: [
        rows.map(() => tenant),
        rows.map(() => rawIndex++),
        rows.map(() => newId()),
        rows.map(() => now),
        rows.map(() => 'disclosure.made'),
        rows.map(() => sample.erasureKey),
        offsets,
        lengths(1),
        lengths(2),
        lengths(3),
        lengths(4),
        lengths(5),
        Buffer.concat(rows.flatMap(({ parts }) => parts)),
      ],
    });
    for (const row of rows) row.done();
  } catch (error) {
    for (const row of rows) row.failed(error);
  }
}

async function sampleSizes(): Promise<{ header: number; body: number; wrap: number; erasureKey: string }> {
  await append();
  const { rows } = await raw.query<{ header: number; body: number; wrap: number; erasureKey: string }>(
    `SELECT length(header) AS header, length(ciphertext) AS body, length(wrap) AS wrap, erasure_key AS "erasureKey" FROM cordon.ledger_entry LIMIT 1`,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('the sample entry is missing');
  return row;
}

interface Round {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

async function round(work: () => Promise<void>): Promise<Round> {
  const latencies: number[] = [];
  const started = performance.now();
  const until = started + ROUND_MS;
  await Promise.all(
    Array.from({ length: WRITERS }, async () => {
      while (performance.now() < until) {
        const begun = performance.now();
        await work();
        latencies.push(performance.now() - begun);
      }
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  latencies.sort((a, b) => a - b);
  const at = (share: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))] ?? 0;
  return { perSecond: latencies.length / seconds, p50: at(0.5), p99: at(0.99) };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

await round(append);
await round(rawAppend);
const ours: Round[] = [];
const limit: Round[] = [];
for (let at = 0; at < ROUNDS; at += 1) {
  // Alternate who goes first, so that neither always has the warmer cache.
  if (at % 2 === 0) ours.push(await round(append));
  limit.push(await round(rawAppend));
  if (at % 2 === 1) ours.push(await round(append));
}
const summary = (rounds: readonly Round[]) => ({
  perSecond: Math.round(median(rounds.map((r) => r.perSecond))),
  p50Ms: Number(median(rounds.map((r) => r.p50)).toFixed(2)),
  p99Ms: Number(median(rounds.map((r) => r.p99)).toFixed(2)),
});
const ratio = median(ours.map((r, at) => r.perSecond / (limit[at]?.perSecond ?? Infinity)));
const result = {
  what: 'ledger append, durable, 32 writers, against raw grouped inserts of the same bytes',
  machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length },
  node: process.version,
  bytesPerEntry: sample.header + sample.body + sample.wrap + 64 + JSON.stringify(facts).length,
  rounds: ROUNDS,
  ledger: summary(ours),
  raw: summary(limit),
  ratio: Number(ratio.toFixed(3)),
  target: 0.7,
};
await mkdir(join(import.meta.dirname, 'results'), { recursive: true });
await writeFile(join(import.meta.dirname, 'results/ledger.json'), `${JSON.stringify(result, null, 2)}\n`);
console.log(JSON.stringify(result, null, 2));
await ledger.stop();
await raw.end();
await store.close();
await server.stop();
await rm(home, { recursive: true, force: true });
