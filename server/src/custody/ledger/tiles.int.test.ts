// Tiles are stored as checkpoints are signed, at whatever sizes that happens: 256 full tiles of leaves and one of the level above them.
import { Frontier, leafHash, TILE_WIDTH, verifyProof, parseVkey, makeVkey } from '@cordon/proofs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newTenantId } from '#kernel/ids.ts';
import { createLedgerHouse, type LedgerHouse } from '#test/ledger.ts';
import type { RunningLedger } from './create.ts';

const ENTRIES = TILE_WIDTH ** 2 + 300;
const tenant = newTenantId();
let house: LedgerHouse;
let ledger: RunningLedger;

beforeAll(async () => {
  house = await createLedgerHouse();
  ledger = house.build();
  await ledger.start();
});

afterAll(async () => {
  await ledger.stop();
  await house.close();
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

  const rows = await house.database.admin<{ header: Buffer }>(
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
  const [{ stored } = { stored: 0 }] = await house.database.admin<{ stored: number }>(
    'SELECT count(*)::int AS stored FROM cordon.ledger_tile WHERE tenant = $1',
    [tenant],
  );
  expect(stored).toBe(TILE_WIDTH + 2); // 257 of leaves, one above: whatever was read came from them
  const key = await house.keys.refreshSigningKey();
  for (const index of [0, 255, 256, 65_535, 65_536, ENTRIES - 1]) {
    const proof = await ledger.proof(tenant, index);
    const checked = verifyProof(proof, [parseVkey(makeVkey(key.name, key.publicKey))]);
    expect(checked).toMatchObject({ index });
  }
});
