// Durable append with 32 writers beside raw inserts of the same bytes into the same table (columns, keys, indexes), grouped the same way,
// in the same PostgreSQL; without head, hashes and seals. Raw comes in two forms: `values`, a prepared multi-row INSERT … VALUES, one
// parameter per value, as one writes it; and `packed`, the ledger's own statement, the fastest known here. Rounds are interleaved; medians
// of the ratios of neighbouring rounds count.
// Two cases: `record`, an entry with header and facts, as most are; `sealed`, the same with a 2 kB body, which adds the cost of
// sealing it (docs/formats/envelope.md). Each on two disks: this one, and one whose flush takes so much longer (PostgreSQL's commit_delay,
// for both sides), as a volume behind a network does. Run: node bench/ledger.ts [rounds] [milliseconds]. Writes bench/results/ledger.json.
import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { KeyStore } from '../server/src/custody/keys/keystore.ts';
import { directoryAnchors } from '../server/src/custody/ledger/anchors.ts';
import { insertEntries } from '../server/src/custody/ledger/entries.queries.ts';
import type { EntryRow } from '../server/src/custody/ledger/entries.queries.ts';
import { createLedger } from '../server/src/custody/ledger/create.ts';
import { systemClock } from '../server/src/kernel/clock.ts';
import { newId, newTenantId } from '../server/src/kernel/ids.ts';
import { Phi } from '../server/src/kernel/phi.ts';
import { clientConfig } from '../server/src/platform/store/connection.ts';
import { startEmbeddedPostgres } from '../server/src/platform/store/embedded/embedded.ts';
import { migrate } from '../server/src/platform/store/migrate.ts';
import { openStore } from '../server/src/platform/store/pg-store.ts';
import type { SqlValue, Transaction } from '../server/src/platform/store/store.ts';

const WRITERS = 32;
const ROUNDS = Number(process.argv[2] ?? 9);
const ROUND_MS = Number(process.argv[3] ?? 1500);
const ADDED_FLUSH_US = [0, 2_000];
const WARM_ROUNDS = 4; // until the compiler has done with the ledger's code
const BODY_BYTES = 2048; // a short prompt or answer
const BATCHES_IN_FLIGHT = 3; // as the sequencer

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

type Case = 'record' | 'sealed';
type Form = 'values' | 'packed';
const FORMS: readonly Form[] = ['values', 'packed'];
const CASES: readonly Case[] = ['record', 'sealed'];

/** One append as an application makes it. */
async function append(which: Case): Promise<void> {
  await ledger.append({
    tenant,
    kind: 'disclosure.made',
    actor,
    objects: [{ type: 'encounter', id: newId() }],
    detail: { basis: null, purpose: 'ambient-documentation', recipient: 'service-1' },
    facts,
    ...(which === 'sealed' ? { body: Phi.of(text) } : {}),
  });
}

// The limit. One statement that commits itself; the values are the ledger's own columns.
const raw = new pg.Pool({
  ...clientConfig(target),
  max: BATCHES_IN_FLIGHT,
  pipeline: true,
  options: '-c plan_cache_mode=force_generic_plan', // as the ledger's own connections
});
raw.on('error', () => undefined);
await raw.query('CREATE TABLE raw_entry (LIKE cordon.ledger_entry INCLUDING ALL)');
await raw.query('ALTER TABLE raw_entry SET (toast_tuple_target = 8160)');

interface Sample {
  readonly header: Buffer;
  readonly ciphertext: Buffer | null;
  readonly wrap: Buffer | null;
  readonly erasureKey: string | null;
}

const samples: Record<Case, Sample> = { record: await sample('record'), sealed: await sample('sealed') };

async function sample(which: Case): Promise<Sample> {
  await append(which);
  const { rows } = await raw.query<Sample>(
    'SELECT header, ciphertext, wrap, erasure_key AS "erasureKey" FROM cordon.ledger_entry ORDER BY index DESC LIMIT 1',
  );
  const [row] = rows;
  if (row === undefined) throw new Error('the sample entry is missing');
  return row;
}

const factsJson = JSON.stringify(facts);
const rawRow = (which: Case): EntryRow => {
  const { header, ciphertext, wrap, erasureKey } = samples[which];
  const sealed =
    ciphertext === null || wrap === null ? null : { ciphertext, wrapped: wrap, erasureKey: erasureKey ?? '' };
  rawIndex += 1;
  return {
    tenant,
    index: rawIndex,
    entryId: newId(),
    time: new Date().toISOString(),
    kind: 'disclosure.made',
    header,
    leafHash: header.subarray(0, 32),
    sealed,
    facts: { json: factsJson, salt: header.subarray(32, 64) },
  };
};

interface Waiting {
  readonly row: EntryRow;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

let rawIndex = 0;
let waiting: Waiting[] = [];
let inFlight = 0;
let scheduled = false;

let form: Form = 'packed';

function rawAppend(which: Case): Promise<void> {
  return new Promise((done, failed) => {
    waiting.push({ row: rawRow(which), done, failed });
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      launch();
    });
  });
}

function launch(): void {
  if (inFlight >= BATCHES_IN_FLIGHT || waiting.length === 0) return;
  const batch = waiting;
  waiting = [];
  inFlight += 1;
  void insertRaw(batch).finally(() => {
    inFlight -= 1;
    launch();
  });
}

const rawTransaction: Transaction = {
  async query<Row extends object>(sql: string, values: readonly SqlValue[] = []): Promise<Row[]> {
    const result = await raw.query<Row>({
      name: 'raw',
      text: sql.replace('ledger_entry', 'raw_entry'),
      values: [...values],
    });
    return result.rows;
  },
};

async function insertRaw(batch: readonly Waiting[]): Promise<void> {
  const rows = batch.map(({ row }) => row);
  try {
    await (form === 'packed' ? insertEntries(rawTransaction, rows) : insertValues(rows));
    for (const { done } of batch) done();
  } catch (error) {
    for (const { failed } of batch) failed(error);
  }
}

const COLUMNS =
  'tenant, index, entry_id, time, kind, erasure_key, leaf_hash, header, ciphertext, wrap, salt, facts'.split(', ');

async function insertValues(rows: readonly EntryRow[]): Promise<void> {
  const tuple = (row: number): string => `(${COLUMNS.map((_, at) => `$${row * COLUMNS.length + at + 1}`).join()})`;
  await raw.query({
    name: `values-${rows.length}`,
    text: `INSERT INTO raw_entry (${COLUMNS.join()}) VALUES ${rows.map((_, row) => tuple(row)).join()}`,
    values: rows.flatMap(
      ({ tenant: owner, index, entryId, time, kind, leafHash, header, sealed, facts: projection }) => {
        const body = [sealed?.erasureKey, leafHash, header, sealed?.ciphertext, sealed?.wrapped];
        return [owner, index, entryId, time, kind, ...body, projection?.salt, projection?.json];
      },
    ),
  });
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

const summary = (rounds: readonly Round[]) => ({
  perSecond: Math.round(median(rounds.map((r) => r.perSecond))),
  p50Ms: Number(median(rounds.map((r) => r.p50)).toFixed(2)),
  p99Ms: Number(median(rounds.map((r) => r.p99)).toFixed(2)),
});

function rawRound(which: Case, next: Form): Promise<Round> {
  form = next;
  return round(() => rawAppend(which));
}

async function compare(which: Case) {
  const ours: Round[] = [];
  const limits: Record<Form, Round[]> = { values: [], packed: [] };
  for (let warm = 0; warm < WARM_ROUNDS; warm += 1) {
    await round(() => append(which));
    for (const each of FORMS) await rawRound(which, each);
  }
  for (let at = 0; at < ROUNDS; at += 1) {
    // Alternate who goes first, so that nobody always has the warmer cache.
    const forms = at % 2 === 0 ? FORMS : FORMS.toReversed();
    if (at % 2 === 0) ours.push(await round(() => append(which)));
    for (const each of forms) limits[each].push(await rawRound(which, each));
    if (at % 2 === 1) ours.push(await round(() => append(which)));
  }
  const { header, ciphertext, wrap } = samples[which];
  const bytes = header.length + (ciphertext?.length ?? 0) + (wrap?.length ?? 0) + 64 + factsJson.length;
  const ratio = (limit: readonly Round[]): number =>
    Number(median(ours.map((r, at) => r.perSecond / (limit[at]?.perSecond ?? Infinity))).toFixed(3));
  return {
    bytesPerEntry: bytes,
    ledger: summary(ours),
    values: { ...summary(limits.values), ratio: ratio(limits.values) },
    packed: { ...summary(limits.packed), ratio: ratio(limits.packed) },
  };
}

/** Every flush waits so long before it begins, and is then one for all who wait: as a slower disk, group commit included. */
async function delayFlushes(microseconds: number): Promise<void> {
  const client = new pg.Client({ ...clientConfig(target) });
  await client.connect();
  await client.query(`ALTER SYSTEM SET commit_delay = ${microseconds}`);
  await client.query('ALTER SYSTEM SET commit_siblings = 0');
  await client.query('SELECT pg_reload_conf()');
  await client.end();
}

const flushes: Record<string, Partial<Record<Case, Awaited<ReturnType<typeof compare>>>>> = {};
for (const addedUs of ADDED_FLUSH_US) {
  await delayFlushes(addedUs);
  const cases: Partial<Record<Case, Awaited<ReturnType<typeof compare>>>> = {};
  for (const which of CASES) cases[which] = await compare(which);
  flushes[`${addedUs / 1000} ms added`] = cases;
}
const result = {
  what: 'ledger append, durable, 32 writers, against raw grouped inserts of the same bytes',
  machine: { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, loadBefore: loadavg()[0] },
  node: process.version,
  rounds: ROUNDS,
  roundMs: ROUND_MS,
  flushes,
  target: 0.7,
};
console.log(JSON.stringify(result, null, 2));
await ledger.stop();
await raw.end();
await store.close();
await server.stop();
await rm(home, { recursive: true, force: true });
