// What `/readyz` says of the floors below.
import type { Readiness } from '@cordon/contract';
import { worstState } from '#custody/ledger/health.queries.ts';
import type { Foundation } from './foundation.ts';

export const VERSION = '0.1.0';

export async function healthOf({ store, keys }: Foundation, stopping: AbortSignal): Promise<Omit<Readiness, 'speech'>> {
  const [ledger, unlocked] = await Promise.all([
    store.asLedger(worstState).catch(() => 'down' as const),
    works(() => keys.root.id()),
  ]);
  const up = ledger !== 'down';
  return {
    status: stopping.aborted ? 'stopping' : up ? 'ready' : 'starting',
    version: VERSION,
    database: up ? 'up' : 'down',
    ledger: ledger === 'read_only' ? 'read-only' : ledger,
    keys: unlocked ? 'up' : 'down',
  };
}

function works(attempt: () => Promise<unknown>): Promise<boolean> {
  return attempt().then(
    () => true,
    () => false,
  );
}
