// What becomes of sound that cannot be stored.
import { setTimeout as sleep } from 'node:timers/promises';
import { ProblemError } from '@cordon/contract';
import { expect, test } from 'vitest';
import type { Desk } from './desk.ts';
import { SoundLog } from './sound.ts';

test('a store that fails is asked once, however much waits, and whoever waits is told why', async () => {
  let asked = 0;
  const gone = new ProblemError('storage_unavailable');
  const desk = {
    session: 'session',
    tenant: 'tenant',
    held: { session: 'session', epoch: 1 },
    sealer: { seal: () => ({}) },
    parts: {
      clock: { now: () => new Date(0) },
      store: {
        asTenant: () => {
          asked += 1;
          return Promise.reject(gone);
        },
      },
    },
  } as unknown as Desk;
  const failures: unknown[] = [];
  const log = new SoundLog(
    desk,
    { bytes: 0, ordinal: 0 },
    { onDurable: () => expect.fail('nothing is durable'), onFailure: (error) => failures.push(error) },
  );
  log.append(new Uint8Array(100_000));
  await sleep(20);
  log.append(new Uint8Array(100_000));
  await sleep(20);
  expect([asked, failures]).toEqual([1, [gone]]);
  await expect(log.flush()).rejects.toBe(gone);
  await log.room();
  expect(log.durable).toBe(0);
});
