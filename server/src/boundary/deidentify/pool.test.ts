import { afterEach, expect, it } from 'vitest';
import { createDeidPool, type DeidPool } from './pool.ts';
import type { Work } from './work.ts';

const SAID = 'Patient Marguerite Oyelaran, MRN 48213907, seen on 03/14/2025.';
const options = { mode: 'placeholder' as const, salt: 7, year: 2026 };
const pools: DeidPool[] = [];
const pool = (...made: Parameters<typeof createDeidPool>): DeidPool => {
  const one = createDeidPool(...made);
  pools.push(one);
  return one;
};
afterEach(async () => {
  await Promise.all(pools.splice(0).map((one) => one.stop()));
});

const broken: Work = {
  deidentify: () => {
    throw new Error(SAID);
  },
  look: () => {
    throw new Error(SAID);
  },
  isPlain: () => {
    throw new Error(SAID);
  },
};

const uncertain = (reason: string): unknown => expect.objectContaining({ code: 'deid_uncertain', details: { reason } });

it('a thread makes the same of a task as is made in place', async () => {
  const task = { texts: [SAID, 'Mrs. Oyelaran feels well.'], options };
  const here = await pool().deidentify(task);
  const beside = await pool({ inPlace: 0 }).deidentify(task);
  expect(beside).toEqual(here);
  expect(here.texts.map(({ text }) => text).join()).not.toMatch(/Oyelaran|48213907/);
  const look = { texts: [SAID], canaries: [{ type: 'NAME' as const, value: 'Marguerite Oyelaran' }], map: null };
  expect((await pool({ inPlace: 0 }).look(look)).hits).toBeGreaterThan(0);
});

it('an engine that throws stops the call, and nothing of what it said goes on', async () => {
  const one = pool({ work: () => broken });
  await expect(one.deidentify({ texts: [SAID], options })).rejects.toEqual(uncertain('engine'));
  await expect(one.look({ texts: [SAID], canaries: [], map: null })).rejects.toEqual(uncertain('engine'));
  expect(() => one.isPlain('x', 2026)).toThrow(uncertain('engine'));
  // A task that no engine can read: the thread says so and goes on.
  const beside = pool({ inPlace: 0 });
  const impossible = { texts: [SAID], options: { ...options, mode: 'none' as never } };
  await expect(beside.deidentify(impossible)).rejects.toEqual(uncertain('engine'));
  expect((await beside.deidentify({ texts: [SAID], options })).texts).toHaveLength(1);
});

it('too large, too slow, and nobody there any more', async () => {
  await expect(pool().deidentify({ texts: ['x'.repeat(16_777_217)], options })).rejects.toEqual(uncertain('size'));
  const slow = pool({ inPlace: 0, timeMs: 1 });
  await expect(slow.deidentify({ texts: ['word '.repeat(50_000)], options })).rejects.toEqual(uncertain('time'));
  const left = new AbortController();
  const one = pool({ inPlace: 0, workers: 1 });
  const first = one.deidentify({ texts: [SAID], options });
  const second = one.deidentify({ texts: [SAID], options }, left.signal);
  left.abort();
  await expect(second).rejects.toEqual(expect.objectContaining({ code: 'caller_gone' }));
  expect((await first).texts).toHaveLength(1);
  const stopped = pool({ inPlace: 0, workers: 1 });
  const waiting = stopped.deidentify({ texts: [SAID], options });
  await stopped.stop();
  await expect(waiting).rejects.toEqual(expect.objectContaining({ code: 'shutting_down' }));
});

it('names of tools and fields are plain, names of people in them are not', () => {
  const one = pool();
  const plain = ['get patient by mrn', 'calc egfr', 'SOAP Note', 'dea number', 'date of birth', 'blood pressure'];
  expect(plain.filter((label) => !one.isPlain(label, 2026))).toEqual([]);
  const somebody = ['john smith', 'call dr smith', 'notes for anna kowalski', 'patient okafor', 'mrn 48213907'];
  expect(somebody.filter((label) => one.isPlain(label, 2026))).toEqual([]);
});

it('large tasks leave the event loop alone, small ones are done before it turns', async () => {
  const turnsWhile = async (done: Promise<unknown>): Promise<number> => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    await done;
    clearInterval(timer);
    return turns;
  };
  const one = pool();
  expect(await turnsWhile(one.deidentify({ texts: [SAID], options }))).toBe(0);
  const large = { texts: [`${SAID} `.repeat(400)], options };
  expect(await turnsWhile(one.deidentify(large))).toBeGreaterThan(3);
});
