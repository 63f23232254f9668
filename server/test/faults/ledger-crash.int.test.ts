// Several processes write to the same ledgers and are killed without warning. Nothing acknowledged may be lost, nothing
// doubled; every byte that a reader got is in the record; what the dead left open is closed; an auditor's verifier agrees.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeVkey, verifyBundle, type BundleReader } from '@cordon/proofs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KeyStore } from '#custody/keys/keystore.ts';
import { directoryAnchors, type Anchors } from '#custody/ledger/anchors.ts';
import { createLedger, type RunningLedger } from '#custody/ledger/create.ts';
import { systemClock } from '#kernel/clock.ts';
import { newId, newTenantId, type TenantId } from '#kernel/ids.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import type { WriterLine, WriterOrders } from './run-ledger-writer.ts';

const ROUNDS = Number(process.env['CORDON_KILL_ROUNDS'] ?? 6);
const PROCESSES = 3;
const LEASE_MS = 1_500;

let database: TestDatabase;
let directory: string;
let keys: KeyStore;
let anchors: Anchors;
let ledger: RunningLedger;

beforeAll(async () => {
  database = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'cordon-crash-'));
  keys = await KeyStore.open({ directory: join(directory, 'keys'), clock: systemClock });
  anchors = directoryAnchors(join(directory, 'anchors'));
  const { store } = database;
  const installation = keys.installation.id;
  const onFault = (): undefined => undefined;
  ledger = createLedger({
    store,
    keys,
    clock: systemClock,
    installation,
    anchors,
    writer: 'test',
    onFault,
    leaseMs: LEASE_MS,
  });
  await ledger.start();
});

afterAll(async () => {
  await ledger.stop();
  await database.close();
  await rm(directory, { recursive: true, force: true });
});

it(
  'loses nothing and doubles nothing when writers are killed under load',
  { timeout: 60_000 + ROUNDS * 5_000 },
  async () => {
    const tenants = await Promise.all([prepareTenant(), prepareTenant()]);
    const orders: WriterOrders = {
      target: database.target,
      installationSecret: database.installationSecret.toString('hex'),
      keys: join(directory, 'keys'),
      anchors: join(directory, 'anchors'),
      tenants,
      leaseMs: LEASE_MS,
    };
    const lines: WriterLine[] = [];
    let writers = Array.from({ length: PROCESSES }, () => startWriter(orders, lines));
    for (let round = 0; round < ROUNDS; round += 1) {
      await Promise.all(writers.map((writer) => writer.begun));
      await sleep(500 + randomInt(1_000));
      const [victim, ...rest] = writers;
      await kill(victim);
      writers = [...rest, startWriter(orders, lines)];
    }
    await Promise.all(writers.map(kill));
    expect(lines.length).toBeGreaterThan(ROUNDS * 50);
    await everythingClosed();
    for (const { id } of tenants) await examine(id, lines);
  },
);

async function prepareTenant(): Promise<WriterOrders['tenants'][number]> {
  const id = newTenantId();
  const attestation = newId();
  const actor = { type: 'system', id: 'test' } as const;
  await ledger.append({ tenant: id, kind: 'service.recorded', actor, detail: { service: 'service', version: 1 } });
  const effective = '2020-01-01T00:00:00.000Z';
  const detail = { effective, expires: null, id: attestation, services: ['service'], version: 1 };
  await ledger.append({ tenant: id, kind: 'attestation.recorded', actor, detail });
  return { id, attestation };
}

interface Writer {
  readonly child: ChildProcess;
  /** It has begun to write. */
  readonly begun: Promise<unknown>;
  readonly ended: Promise<void>;
}

function startWriter(orders: WriterOrders, lines: WriterLine[]): Writer {
  const script = join(import.meta.dirname, 'run-ledger-writer.ts');
  const child = spawn(process.execPath, [script, JSON.stringify(orders)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const reader = createInterface({ input: child.stdout });
  // A line cut off by the kill was not received.
  reader.on('line', (line) => {
    if (line.endsWith('}')) lines.push(JSON.parse(line) as WriterLine);
  });
  return { child, begun: once(reader, 'line'), ended: new Promise((resolve) => void reader.once('close', resolve)) };
}

async function kill(writer: Writer | undefined): Promise<void> {
  writer?.child.kill('SIGKILL');
  await writer?.ended;
}

/** Recovery runs by itself: leases end, inboxes empty, open calls and streams get their outcome. */
async function everythingClosed(): Promise<void> {
  const open = `SELECT (SELECT count(*) FROM cordon.ledger_call) + (SELECT count(*) FROM cordon.ledger_inbox)
    + (SELECT count(*) FROM cordon.ledger_stream WHERE NOT closed) + (SELECT count(*) FROM cordon.ledger_frame)
    + (SELECT count(*) FROM cordon.ledger_process WHERE NOT alive) AS left`;
  for (let tries = 0; tries < 150; tries += 1) {
    const [row] = await database.admin<{ left: string }>(open);
    if (row?.left === '0') return;
    await sleep(200);
  }
  expect(await database.admin(open)).toEqual([{ left: '0' }]);
}

async function examine(tenant: TenantId, lines: readonly WriterLine[]): Promise<void> {
  const entries = await database.admin<{ index: string; id: string; kind: string; intent: string | null }>(
    `SELECT index, entry_id AS id, kind, convert_from(header, 'UTF8')::jsonb #>> '{detail,intent}' AS intent
       FROM cordon.ledger_entry WHERE tenant = $1 ORDER BY index`,
    [tenant],
  );
  expect(entries.map((entry) => Number(entry.index))).toEqual(entries.map((_, at) => at));
  const places = new Map(entries.map((entry) => [entry.id, Number(entry.index)]));
  const outcomes = new Map(entries.flatMap(({ intent, id }) => (intent === null ? [] : [[intent, id] as const])));
  const mine = lines.filter((line) => line.tenant === tenant);
  const misplaced = mine.filter((line) => line.say === 'entry' && places.get(line.id) !== line.index);
  expect(misplaced).toEqual([]);
  const delivered = new Map(mine.flatMap((line) => (line.say === 'bytes' ? [[line.intent, line.text]] : [])));
  for (const [intent, text] of delivered) {
    const outcome = outcomes.get(intent);
    expect(outcome).toBeDefined();
    const content = await ledger.content(tenant, outcome ?? '');
    expect(content?.reveal().toString().startsWith(text)).toBe(true);
  }
  await verified(tenant, entries.length);
}

async function verified(tenant: TenantId, size: number): Promise<void> {
  const { name, publicKey } = keys.signingKey();
  const bundle = await exported(tenant);
  const held = (await anchors.list(tenant)).map((anchor) => ({ name: String(anchor.size), bytes: anchor.note }));
  const report = await verifyBundle(bundle, { vkeys: [makeVkey(name, publicKey)], anchors: held, strict: true });
  expect(report).toMatchObject({ result: 'verified', treeSize: size, firstBad: null, warnings: [] });
  expect(report.anchors.length).toBe(held.length);
}

async function exported(tenant: TenantId): Promise<BundleReader> {
  const files = new Map<string, Uint8Array>();
  for await (const file of ledger.export({ tenant, withFacts: true, withContent: true }))
    files.set(file.path, file.bytes);
  return {
    list: async function* list() {
      for (const [path, bytes] of files) yield { path, bytes: bytes.length };
    },
    read: async (path) => files.get(path) ?? Buffer.alloc(0),
  };
}
