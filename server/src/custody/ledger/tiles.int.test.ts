// Tiles are stored as checkpoints are signed, at whatever sizes that happens: 256 full tiles of leaves and one of the level above them.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Frontier, leafHash, TILE_WIDTH, verifyProof, parseVkey, makeVkey } from '@cordon/proofs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KeyStore } from '#custody/keys/keystore.ts';
import { systemClock } from '#kernel/clock.ts';
import { newTenantId } from '#kernel/ids.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/database.ts';
import { directoryAnchors } from './anchors.ts';
import { createLedger, type RunningLedger } from './create.ts';

const ENTRIES = TILE_WIDTH ** 2 + 300;
const tenant = newTenantId();
let database: TestDatabase;
let directory: string;
let keys: KeyStore;
let ledger: RunningLedger;

beforeAll(async () => {
  database = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'cordon-tiles-'));
  keys = await KeyStore.open({ directory: join(directory, 'keys'), clock: systemClock });
  const anchors = directoryAnchors(join(directory, 'anchors'));
  const installation = keys.installation.id;
  const onFault = (): undefined => undefined;
  ledger = createLedger({
    store: database.store,
    keys,
    clock: systemClock,
    installation,
    anchors,
    writer: 'test',
    onFault,
  });
  await ledger.start();
});

afterAll(async () => {
  await ledger.stop();
  await database.close();
  await rm(directory, { recursive: true, force: true });
});

async function append(count: number): Promise<void> {
  const one = () =>
    ledger.append({ tenant, kind: 'access.read', actor: { type: 'system', id: 't' }, detail: { what: 'x' } });
  await Promise.all(Array.from({ length: count }, one));
}

it('two levels of tiles are those of the tree, wherever the checkpoints between them fell', async () => {
  // Checkpoints inside tiles, at their edges, over several of them, and one entry on either side of an edge.
  for (const size of [100, 156, 1, 254, 1, 1, 600, 511, 1, 2000]) {
    await append(size);
    await ledger.checkpoint(tenant);
  }
  const { size: begun } = await ledger.status(tenant);
  for (let size = begun; size < ENTRIES; size += 4000) await append(Math.min(4000, ENTRIES - size));
  expect(await ledger.checkpoint(tenant)).toMatchObject({ size: ENTRIES });

  const rows = await database.admin<{ header: Buffer }>(
    'SELECT header FROM cordon.ledger_entry WHERE tenant = $1 ORDER BY index',
    [tenant],
  );
  const leaves = rows.map(({ header }) => leafHash(header));
  const roots: Uint8Array[] = [];
  for (let n = 0; n < TILE_WIDTH; n += 1) {
    const inTile = leaves.slice(n * TILE_WIDTH, (n + 1) * TILE_WIDTH);
    expect(await ledger.tile(tenant, { level: 0, index: n, width: TILE_WIDTH })).toEqual(Buffer.concat(inTile));
    const frontier = new Frontier();
    for (const leaf of inTile) frontier.append(leaf);
    roots.push(frontier.root());
  }
  expect(await ledger.tile(tenant, { level: 1, index: 0, width: TILE_WIDTH })).toEqual(Buffer.concat(roots));
  const [{ stored } = { stored: 0 }] = await database.admin<{ stored: number }>(
    'SELECT count(*)::int AS stored FROM cordon.ledger_tile WHERE tenant = $1',
    [tenant],
  );
  expect(stored).toBe(TILE_WIDTH + 2); // 257 of leaves, one above: whatever was read came from them
  const key = await keys.refreshSigningKey();
  for (const index of [0, 255, 256, 65_535, 65_536, ENTRIES - 1]) {
    const proof = await ledger.proof(tenant, index);
    const checked = verifyProof(proof, [parseVkey(makeVkey(key.name, key.publicKey))]);
    expect(checked).toMatchObject({ index });
  }
});
