// I1, I2, I3 for answers that leave while they are made: refused or recorded, each segment durable before it goes on, failing closed.
import { ProblemError } from '@cordon/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { intent, localSpeech } from '#boundary/policy/decide.samples.ts';
import { newId } from '#kernel/ids.ts';
import { Phi } from '#kernel/phi.ts';
import { buildHouse, type TestHouse } from '../../../test/house.ts';
import type { Step, StreamCall } from './call.ts';
import { streamModel } from './stream.ts';

let house: TestHouse;

beforeAll(async () => {
  house = await buildHouse();
  const { version: _, ...service } = localSpeech();
  await house.registry.ensurePolicy(house.tenant, { type: 'system', id: house.tenant });
  await house.registry.ensureInProcess(house.tenant, { type: 'system', id: house.tenant }, service);
});
afterAll(() => house.close());

type Call = StreamCall<string, number>;

/** `seen`: what happened, in order; a release says how many journal rows were there. */
function call(seen: string[], change: Partial<Call> & { purpose?: string } = {}): Call {
  const { purpose = 'dictation', ...rest } = change;
  return {
    intent: intent({
      at: new Date().toISOString(),
      tenant: house.tenant,
      actor: { type: 'key', id: newId() },
      purpose,
    }),
    request: Phi.of(Buffer.from('asked')),
    objects: [],
    requestDetail: {},
    facts: {},
    content: 'asked',
    steps: () => [],
    lookAgain: () => undefined,
    carry: async (_route, content, emit) => {
      seen.push(`carried ${content} with ${(await house.kinds()).at(-1)} durable`);
      for (const word of ['one', 'two', 'three']) await emit(Buffer.from(word));
      return 3;
    },
    release: async (segment) => {
      const rows = await house.database.admin('SELECT id FROM cordon.ledger_frame');
      seen.push(
        `released ${Buffer.from(segment).toString()} with ${rows.length > 0 ? 'its frame' : 'nothing'} durable`,
      );
    },
    describe: (words) => ({ words }),
    keep: async ({ outcome }) => {
      seen.push(`kept after ${outcome.index > 0 ? 'its outcome' : 'nothing'}`);
    },
    ...rest,
  };
}

const last = async (count: number) =>
  (await house.headers()).slice(-count) as {
    kind: string;
    detail: Record<string, unknown>;
    stream?: { frames: number };
  }[];

describe('a streamed call', () => {
  it('is recorded before it is carried, each segment before it is released, the outcome before what it speaks of', async () => {
    const seen: string[] = [];
    const { intent, output } = await streamModel(house, call(seen));
    expect(output).toBe(3);
    expect(seen).toEqual([
      'carried asked with call.intent durable',
      'released one with its frame durable',
      'released two with its frame durable',
      'released three with its frame durable',
      'kept after its outcome',
    ]);
    const [outcome] = await last(1);
    expect(outcome).toMatchObject({
      kind: 'call.outcome',
      detail: { intent: intent.entryId, status: 'complete', code: 'ok', service: 'local-speech', words: 3 },
      stream: { frames: 3 },
    });
  });

  it('is refused by policy before anything is carried', async () => {
    const seen: string[] = [];
    await expect(streamModel(house, call(seen, { purpose: 'research' }))).rejects.toMatchObject({
      code: 'purpose_not_allowed',
    });
    expect(seen).toEqual([]);
    const [, outcome] = await last(2);
    expect(outcome).toMatchObject({ detail: { status: 'refused', code: 'purpose_not_allowed', service: null } });
    expect(outcome?.stream).toBeUndefined();
  });

  it.each([
    ['engine_failed', 'failed'],
    ['shutting_down', 'aborted'],
  ] as const)('that ends with %s is closed as %s, with what was released before', async (code, status) => {
    const seen: string[] = [];
    const broken = call(seen, {
      carry: async (_route, _content, emit) => {
        await emit(Buffer.from('one'));
        throw new ProblemError(code);
      },
    });
    await expect(streamModel(house, broken)).rejects.toMatchObject({ code });
    expect(seen).toEqual(['released one with its frame durable']);
    expect((await last(1))[0]).toMatchObject({ detail: { status, code }, stream: { frames: 1 } });
  });

  it('shapes what goes in and every segment that comes back, and releases nothing that a step refuses', async () => {
    const seen: string[] = [];
    const upper: Step<string, Uint8Array> = {
      obligation: 'review',
      inbound: (content) => `${content} kindly`,
      outbound: (segment) => {
        const text = Buffer.from(segment).toString();
        if (text === 'two') throw new ProblemError('internal');
        return Buffer.from(text.toUpperCase());
      },
    };
    await expect(streamModel(house, call(seen, { steps: () => [upper] }))).rejects.toMatchObject({ code: 'internal' });
    expect(seen).toEqual(['carried asked kindly with call.intent durable', 'released ONE with its frame durable']);
    expect((await last(1))[0]).toMatchObject({ detail: { status: 'failed' }, stream: { frames: 1 } });
  });
});
