// Whether the server keeps the promise of `Idempotency-Key`: the same request under the same key is done once.
import { randomUUID } from 'node:crypto';
import { fairWeather, json, persist } from './client.ts';
import type { Target } from './client.ts';

export async function honoursIdempotency(target: Target): Promise<boolean> {
  const key = `probe-${randomUUID()}`;
  const create = async (): Promise<string> => {
    const answer = await persist(target, fairWeather(), {
      method: 'POST',
      path: '/api/encounters',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: () => JSON.stringify({ patient: 'pt-probe', purpose: 'dictation' }),
    });
    return (json(answer) as { id: string }).id;
  };
  return (await create()) === (await create());
}
