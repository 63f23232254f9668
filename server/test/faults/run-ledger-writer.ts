// A process that writes to the ledger as hard as it can and says on standard output what was acknowledged, line by line.
// Tests kill it. Its one argument is JSON: {target, installationSecret, keys, anchors, tenants, leaseMs}.
import { randomInt } from 'node:crypto';
import { KeyStore } from '#custody/keys/keystore.ts';
import { directoryAnchors } from '#custody/ledger/anchors.ts';
import { createLedger, type RunningLedger } from '#custody/ledger/create.ts';
import { systemClock } from '#kernel/clock.ts';
import { newId, type TenantId } from '#kernel/ids.ts';
import { Phi } from '#kernel/phi.ts';
import type { DatabaseTarget } from '#platform/store/connection.ts';
import { openStore, type PgStore } from '#platform/store/pg-store.ts';

export interface WriterOrders {
  readonly target: DatabaseTarget;
  readonly installationSecret: string;
  readonly keys: string;
  readonly anchors: string;
  readonly tenants: readonly { readonly id: TenantId; readonly attestation: string }[];
  readonly leaseMs: number;
}

/** One line of standard output. `entry`: acknowledged; `bytes`: delivered to the reader of a stream, all of it so far. */
export type WriterLine =
  | { readonly say: 'entry'; readonly tenant: TenantId; readonly id: string; readonly index: number }
  | { readonly say: 'bytes'; readonly tenant: TenantId; readonly intent: string; readonly text: string };

const ACTOR = { type: 'system', id: 'writer' } as const;

if (process.argv[2] !== undefined) await write(JSON.parse(process.argv[2]) as WriterOrders);

async function write(orders: WriterOrders): Promise<void> {
  const store = await openStore({
    target: orders.target,
    installationSecret: Buffer.from(orders.installationSecret, 'hex'),
  });
  const keys = await KeyStore.open({ directory: orders.keys, clock: systemClock });
  const ledger = createLedger({
    store,
    keys,
    clock: systemClock,
    installation: keys.installation.id,
    anchors: directoryAnchors(orders.anchors),
    writer: 'test',
    onFault: () => undefined,
    leaseMs: orders.leaseMs,
  });
  await ledger.start();
  const loops = orders.tenants.flatMap((tenant) => [
    forever(() => append(ledger, tenant.id)),
    forever(() => append(ledger, tenant.id)),
    forever(() => enqueue(ledger, store, tenant.id)),
    forever(() => stream(ledger, tenant)),
    forever(() => stream(ledger, tenant)),
  ]);
  await Promise.all(loops);
}

/** A refused append is not acknowledged: the caller of a real server would be told and try again. */
async function forever(work: () => Promise<void>): Promise<never> {
  for (;;) await work().catch(() => new Promise((resolve) => setTimeout(resolve, 20)));
}

async function append(ledger: RunningLedger, tenant: TenantId): Promise<void> {
  const body = Phi.of(Buffer.alloc(randomInt(3_000), 'x'));
  const done = await ledger.append({ tenant, kind: 'access.read', actor: ACTOR, detail: { what: 'a' }, body });
  say({ say: 'entry', tenant, id: done.entryId, index: done.index });
}

async function enqueue(ledger: RunningLedger, store: PgStore, tenant: TenantId): Promise<void> {
  const entryIds = await store.asTenant(tenant, async (tx) => {
    const request = { tenant, kind: 'access.read', actor: ACTOR, detail: { what: 'b' }, facts: { patient: newId() } };
    const first = await ledger.enqueue(tx, request);
    const second = await ledger.enqueue(tx, request);
    return [first.entryId, second.entryId];
  });
  for (const id of entryIds) say({ say: 'entry', tenant, id, index: (await ledger.settle(tenant, id)).index });
}

async function stream(ledger: RunningLedger, tenant: WriterOrders['tenants'][number]): Promise<void> {
  const basis = { id: tenant.attestation, type: 'attestation', version: 1 };
  const intent = await ledger.append({
    tenant: tenant.id,
    kind: 'call.intent',
    actor: ACTOR,
    detail: {
      capability: 'generate',
      code: 'allowed',
      decision: 'allow',
      obligations: [],
      policy: 'p',
      registry: 'r',
      routes: [{ basis, pattern: 'on-prem', service: 'service' }],
    },
  });
  say({ say: 'entry', tenant: tenant.id, id: intent.entryId, index: intent.index });
  const open = await ledger.openStream({ tenant: tenant.id, intentId: intent.entryId });
  let text = '';
  for (let words = randomInt(20); words > 0; words -= 1) {
    const word = `${newId()} `;
    await open.write(Buffer.from(word));
    text += word;
    say({ say: 'bytes', tenant: tenant.id, intent: intent.entryId, text });
  }
  const outcome = await open.close('complete', { actor: ACTOR, detail: { code: 'ok', service: 'service' } });
  say({ say: 'entry', tenant: tenant.id, id: outcome.entryId, index: outcome.index });
}

function say(line: WriterLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
