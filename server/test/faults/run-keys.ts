// A process to be killed: seals rows, rotates, re-wraps and erases, and says what it has acknowledged, line by line.
import { randomInt } from 'node:crypto';
import { writeSync } from 'node:fs';
import { eraseKey } from '#custody/keys/erase.ts';
import { KeyStore } from '#custody/keys/keystore.ts';
import { rewrap, wrapsUnder } from '#custody/keys/rewrap.ts';
import type { WrapTable } from '#custody/keys/wrap-table.ts';
import { finishRotations, rotateRoot, rotateTenantKey } from '#custody/keys/rotate.ts';
import { systemClock } from '#kernel/clock.ts';
import { newId, parseTenantId } from '#kernel/ids.ts';
import type { DatabaseTarget } from '#platform/store/connection.ts';
import { openStore } from '#platform/store/pg-store.ts';

interface Orders {
  readonly directory: string;
  readonly tenant: string;
  readonly target: DatabaseTarget;
  readonly installationSecret: string;
  readonly tables: readonly WrapTable[];
}

const orders = JSON.parse(process.argv[2] ?? '{}') as Orders;
const tenant = parseTenantId(orders.tenant);
if (tenant === null) throw new Error('no tenant');
const keys = await KeyStore.open({ directory: orders.directory, clock: systemClock });
const store = await openStore({
  target: orders.target,
  installationSecret: Buffer.from(orders.installationSecret, 'hex'),
});

async function write(): Promise<void> {
  const id = newId();
  const sealer = await keys.forTenant(tenant!);
  const sealed = sealer.seal({ tenant: tenant!, kind: 'note', id, version: 1 }, 'clinical', Buffer.from(id));
  const values = [tenant!, id, sealed.ciphertext, sealed.wrap.erasureKey, sealed.wrap.wrapped];
  await store.asTenant(tenant!, (tx) => tx.query('INSERT INTO cordon.probe VALUES ($1, $2, $3, $4, $5)', values));
  say(`written ${id}`);
}

async function moveAndErase(): Promise<void> {
  const ring = await keys.tenantKeys(tenant!);
  const from = ring.current('clinical').id;
  const to = ring.succeed(from);
  const append = async (): Promise<void> => undefined;
  await rewrap({ store, keys, tenant: tenant!, from, to, tables: orders.tables, append });
  if ((await wrapsUnder({ store, tenant: tenant!, tables: orders.tables }, from)) > 0) throw new Error('left behind');
  await eraseKey(keys, tenant!, from, 0);
  say(`erased ${from}`);
}

function say(line: string): void {
  writeSync(1, `${line}\n`);
}

const acts = [
  moveAndErase,
  async () => {
    await rotateTenantKey(keys, tenant);
    await finishRotations(keys, 0);
  },
  async () => {
    await rotateRoot(keys);
    await finishRotations(keys, 0);
  },
];

say('ready');
for (;;) {
  for (let i = randomInt(10); i > 0; i -= 1) await write();
  await acts[randomInt(acts.length)]?.();
}
