// The newest entries, and those that come after them.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Schemas } from '@cordon/sdk';
import { answered, type Api } from '#connection/api.ts';

type Entry = Schemas['LedgerEntry'];

/** Reading the ledger is itself recorded (spec custody §3): a slower look leaves fewer traces of looking. */
const FOLLOW_MS = 2_000;
const PAGE = 200;

/** The last `count` entries, oldest first. */
export async function newest(
  api: Api,
  count: number,
  kind: string | null,
  signal: AbortSignal,
): Promise<readonly Entry[]> {
  const query = { limit: count, ...(kind === null ? {} : { kind }) };
  const page = await answered(api.GET('/api/ledger/entries', { params: { query }, signal }));
  return page.items.toReversed();
}

/** Calls `show` for every entry after `last` until the signal aborts. Entries made by this very looking are left out. */
export async function follow(
  api: Api,
  last: number,
  kind: string | null,
  show: (entry: Entry) => void,
  signal: AbortSignal,
): Promise<never> {
  for (let seen = last; ;) {
    await sleep(FOLLOW_MS, undefined, { signal });
    for (const entry of await newest(api, PAGE, kind, signal)) {
      if (entry.index <= seen) continue;
      seen = entry.index;
      if (entry.kind !== 'ledger.read') show(entry);
    }
  }
}
