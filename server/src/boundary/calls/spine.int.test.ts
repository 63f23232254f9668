// I1, I2, I3: covered or refused, recorded before released, failing closed; on a real ledger.
import { ProblemError } from '@cordon/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { intent, localSpeech } from '#boundary/policy/decide.samples.ts';
import { newId } from '#kernel/ids.ts';
import { Phi } from '#kernel/phi.ts';
import { buildHouse, type TestHouse } from '../../../test/house.ts';
import type { Call } from './call.ts';
import { callModel } from './spine.ts';

const CANARY = 'canary-7f3a said the patient';
let house: TestHouse;

beforeAll(async () => {
  house = await buildHouse();
  const { version: _, ...service } = localSpeech();
  await house.registry.ensurePolicy(house.tenant, { type: 'system', id: house.tenant });
  await house.registry.ensureInProcess(house.tenant, { type: 'system', id: house.tenant }, service);
});
afterAll(() => house.close());

interface Trace {
  readonly seen: string[];
}

function call(trace: Trace, change: Partial<Call<string, string>> & { purpose?: string } = {}): Call<string, string> {
  const { purpose = 'dictation', ...rest } = change;
  return {
    intent: intent({
      at: new Date().toISOString(),
      tenant: house.tenant,
      actor: { type: 'key', id: newId() },
      purpose,
    }),
    request: Phi.of(Buffer.from(CANARY)),
    objects: [],
    requestDetail: {},
    facts: {},
    content: CANARY,
    steps: () => [],
    lookAgain: () => undefined,
    carry: async (_route, content) => {
      trace.seen.push(`carried with ${(await house.kinds()).at(-1)} durable`);
      return content.toUpperCase();
    },
    describe: (output) => ({ detail: { words: output.split(' ').length }, body: Phi.of(Buffer.from(output)) }),
    keep: async () => {
      trace.seen.push('kept');
    },
    ...rest,
  };
}

const last = async (count: number) =>
  (await house.headers()).slice(-count) as { kind: string; detail: Record<string, unknown> }[];

describe('I1 I2 the spine', () => {
  it('records the intent before carrying and the outcome before releasing, with the attestation it rests on', async () => {
    const trace = { seen: [] };
    const released = await callModel(house, call(trace));
    expect(trace.seen).toEqual(['carried with call.intent durable', 'kept']);
    expect(released.output).toBe(CANARY.toUpperCase());
    const [intent, outcome] = await last(2);
    expect(intent?.detail).toMatchObject({ decision: 'allow', code: 'allowed' });
    expect(intent?.detail['routes']).toMatchObject([
      { service: 'local-speech', basis: { type: 'attestation', version: 1 } },
    ]);
    expect(outcome).toMatchObject({
      kind: 'call.outcome',
      detail: { intent: released.intent.entryId, status: 'complete' },
    });
    expect(released.outcome.index).toBe(released.intent.index + 1);
  });

  it('refuses what policy does not allow, carries nothing and closes the record', async () => {
    const trace = { seen: [] };
    await expect(callModel(house, call(trace, { purpose: 'research' }))).rejects.toMatchObject({
      code: 'purpose_not_allowed',
    });
    expect(trace.seen).toEqual([]);
    const [intent, outcome] = await last(2);
    expect(intent?.detail).toMatchObject({ decision: 'refuse', routes: [] });
    expect(outcome?.detail).toMatchObject({ status: 'refused', service: null, code: 'purpose_not_allowed' });
  });

  it.each([
    [
      'look again',
      {
        lookAgain: () => {
          throw new ProblemError('pattern_invariant_failed');
        },
      },
      'pattern_invariant_failed',
    ],
    ['carry', { carry: () => Promise.reject(new ProblemError('engine_failed')) }, 'engine_failed'],
    [
      'a step on the way out',
      {
        steps: () => [
          { obligation: 'cite' as const, inbound: (c: string) => c, outbound: () => Promise.reject(new Error('x')) },
        ],
      },
      'internal',
    ],
    ['keep', { keep: () => Promise.reject(new ProblemError('storage_full')) }, 'storage_full'],
  ])('I3 an error in %s stops the call with exactly one outcome', async (_name, change, code) => {
    const before = (await house.kinds()).length;
    await expect(callModel(house, call({ seen: [] }, change))).rejects.toThrow();
    const added = (await house.headers()).slice(before) as { kind: string; detail: Record<string, unknown> }[];
    expect(added.map((header) => header.kind)).toEqual(['call.intent', 'call.outcome']);
    expect(added[1]?.detail).toMatchObject({ status: 'failed', code });
  });

  it('hands the very call over to recovery whose intent may or may not have been recorded', async () => {
    const abandoned: string[] = [];
    const ledger = {
      ...house.ledger,
      append: () => Promise.reject(new ProblemError('outcome_unknown')),
      abandon: (_tenant: unknown, id: string) => void abandoned.push(id),
    };
    const intentId = newId();
    const doubtful = callModel({ ...house, ledger }, call({ seen: [] }, { intentId }));
    await expect(doubtful).rejects.toThrow(expect.objectContaining({ code: 'outcome_unknown' }) as Error);
    expect(abandoned).toEqual([intentId]);
  });

  it('applies steps in order and then in reverse', async () => {
    const order: string[] = [];
    const step = (name: string) => ({
      obligation: 'minimise' as const,
      inbound: (content: string) => (order.push(`in ${name}`), `${content}+${name}`),
      outbound: (output: string) => (order.push(`out ${name}`), output),
    });
    const released = await callModel(house, call({ seen: [] }, { steps: () => [step('a'), step('b')] }));
    expect(order).toEqual(['in a', 'in b', 'out b', 'out a']);
    expect(released.output).toBe(`${CANARY}+a+b`.toUpperCase());
  });

  it('I4 leaves nothing in clear in the database', async () => {
    const rows = await house.database.admin<{ text: string }>(
      `SELECT encode(header || coalesce(ciphertext, ''), 'escape') AS text FROM cordon.ledger_entry`,
    );
    expect(rows.length).toBeGreaterThan(8);
    for (const row of rows) expect(row.text.toLowerCase()).not.toContain('canary');
  });
});
