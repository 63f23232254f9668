import { EMPTY_ROOT, leafHash, nodeHash, parseEntry } from '@cordon/proofs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { newId, newTenantId, type TenantId } from '#kernel/ids.ts';
import type { Head } from './batch.queries.ts';
import type { EntryRow } from './entries.queries.ts';
import type { EntryDraft } from './draft.ts';
import { createHeaderCompiler } from './header.ts';
import { CLOCK_TOLERANCE_MS, planBatch } from './plan.ts';

const headers = createHeaderCompiler(newId());
const TENANTS = [newTenantId(), newTenantId(), newTenantId()];

function draft(tenant: TenantId, entryId = newId()): EntryDraft {
  const kind = 'access.read';
  const log = headers.log(tenant);
  const members = {
    actor: { id: 'a', type: 'system' },
    detail: { what: 'x' },
    id: entryId,
    kind,
    log,
    objects: [],
  } as const;
  const nothing = { facts: null, sealed: null, repeated: false, intentId: null, stream: null };
  return { ...nothing, tenant, entryId, kind, members, headerAt: headers.compile(tenant, members) };
}

function emptyHead(tenant: TenantId): Head {
  return { tenant, epoch: 0, size: 0, root: EMPTY_ROOT, frontier: new Uint8Array(), lastTime: null, state: 'open' };
}

function plan(heads: readonly Head[], drafts: readonly EntryDraft[], now: number) {
  const nothing = { inbox: [], placed: [], waiting: [], openCalls: [] };
  return planBatch({
    ...nothing,
    heads,
    drafts,
    now,
    compile: () => {
      throw new Error('no inbox');
    },
  });
}

/** RFC 6962 §2.1 as it is written. */
function treeHash(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length < 2) return leaves[0] ?? EMPTY_ROOT;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return nodeHash(treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k)));
}

it('gives dense indexes, times that never go back and the tree of the RFC, however the batches fall', () => {
  const batches = fc.array(
    fc.record({ who: fc.array(fc.nat(2), { maxLength: 12 }), wait: fc.integer({ min: -3_000, max: 3_000 }) }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(batches, (steps) => {
      const heads = new Map(TENANTS.map((tenant) => [tenant, emptyHead(tenant)]));
      const written: EntryRow[] = [];
      let now = 1_800_000_000_000;
      for (const { who, wait } of steps) {
        now += wait;
        const drafts = who.map((at) => draft(TENANTS[at]!));
        const made = plan([...heads.values()], drafts, now);
        for (const head of made.heads) heads.set(head.tenant, head);
        written.push(...made.entries);
      }
      for (const tenant of TENANTS) {
        const mine = written.filter((row) => row.tenant === tenant);
        expect(mine.map((row) => row.index)).toEqual(mine.map((_, at) => at));
        expect(mine.map((row) => row.time)).toEqual(mine.map((row) => row.time).toSorted());
        expect(mine.map((row) => parseEntry(row.header).index)).toEqual(mine.map((row) => row.index));
        expect(mine.map((row) => row.leafHash)).toEqual(mine.map((row) => leafHash(row.header)));
        expect(heads.get(tenant)?.root).toEqual(treeHash(mine.map((row) => row.leafHash)));
        expect(heads.get(tenant)?.size).toBe(mine.length);
      }
    }),
  );
});

it('refuses one tenant and goes on with the others', () => {
  const [first, second, third] = TENANTS as [TenantId, TenantId, TenantId];
  const now = 1_800_000_000_000;
  const heads: Head[] = [
    { ...emptyHead(first), state: 'read_only' },
    { ...emptyHead(second), lastTime: now + CLOCK_TOLERANCE_MS + 1 },
    { ...emptyHead(third), lastTime: now + CLOCK_TOLERANCE_MS },
  ];
  const made = plan(heads, [draft(first), draft(second), draft(third)], now);
  expect(made.outcomes).toMatchObject([{ code: 'ledger_read_only' }, { code: 'clock_behind' }, { index: 0 }]);
  expect(made.entries).toHaveLength(1);
  expect(made.heads.map((head) => head.tenant)).toEqual([third]);
  expect(made.entries[0]?.time).toBe(new Date(now + CLOCK_TOLERANCE_MS).toISOString());
});

it('records one id once, and takes no other kind under it', () => {
  const [tenant] = TENANTS as [TenantId];
  const id = newId();
  const other = { ...draft(tenant, id), kind: 'export.made' };
  const made = plan([emptyHead(tenant)], [draft(tenant, id), draft(tenant, id), other], 0);
  expect(made.outcomes).toMatchObject([{ index: 0 }, { index: 0 }, { code: 'conflict' }]);
  expect(made.entries).toHaveLength(1);
});
