// One decision with 100 services and 200 rules: alone, as a request meets it, and in batch, as simulation does; beside them the same policy read
// word by word for the same requests, which is what compiling saves. And flat in tenants: the same with 200 rulebooks in turn.
import type { Policy } from '@cordon/contract';
import { baa, cloudChat, intent, policyWith, snapshot } from '../server/src/boundary/policy/decide.samples.ts';
import { decide } from '../server/src/boundary/policy/decide.ts';
import type { Intent } from '../server/src/boundary/policy/intent.ts';
import { readWordByWord } from '../server/src/boundary/policy/reference.samples.ts';
import { compile, type Rulebook } from '../server/src/boundary/policy/rulebook.ts';
import { STARTER_POLICY } from '../server/src/boundary/policy/starter.ts';

const SERVICES = 100;
const RULES = 200;
const TENANTS = 50;
/** Requests that differ in all that a decision reads. */
const INTENTS = 512;
const ALONE = 10_000;
const BATCH = 30_000;
const ROUNDS = 3;

const patterns = ['baa-cloud', 'vpc', 'on-prem', 'deid-cloud'] as const;
const tags = ['genetic', 'hiv', 'minor', 'reproductive', 'part2'] as const;
const classes = ['public', 'deidentified', 'limited-data-set', 'minimised-phi', 'phi'] as const;

/** A registry in which a third of the services is refused, each for its own reason, and the rest is allowed. */
function registryOf(services: number): ReturnType<typeof snapshot> {
  const rows = Array.from({ length: services }, (_, at) =>
    cloudChat({
      id: `service-${String(at).padStart(3, '0')}`,
      vendor: `vendor-${at % 7}`,
      pattern: patterns[at % 4] ?? 'vpc',
      isolation: at % 4 === 2 ? 'self-hosted' : 'dedicated',
      vendorManagesWeightsOnly: true,
      trainsOnContent: at % 11 === 0 ? 'unknown' : 'never',
      retentionDays: at % 13 === 0 ? 'unknown' : 0,
      features: at % 2 === 0 ? ['remote_tools', 'image_input'] : [],
    }),
  );
  const named = rows.map(({ id }) => id);
  const agreements = [0, 1, 2, 3].map((part) =>
    baa({
      id: `baa-${part}`,
      services: named.filter((_, at) => at % 5 === part),
      expires: `202${6 + part}-12-31T00:00:00.000Z`,
    }),
  );
  const attested = baa({ id: 'own', kind: 'attestation', services: named });
  return snapshot(rows, [...agreements, attested]);
}

/** Rules of every effect, over the intent and over the service, most of them settled by neither alone. */
function policyOf(rules: number): Policy {
  const made = Array.from({ length: rules }, (_, at): Policy['rules'][number] => {
    const id = `rule-${at}`;
    const tag = tags[at % tags.length] ?? 'hiv';
    const when = {
      purpose: [at % 3 === 0 ? 'ehr-copilot' : 'structured-extraction', 'revenue-cycle'],
      any: [{ tags: { all: [tag, `own-${at % 17}`] } }, { zone: ['eu-de'], service: { vendor: [`vendor-${at % 7}`] } }],
    };
    if (at % 4 === 0) return { id, effect: 'prefer', when: { ...when, encounter: true }, weight: at % 9 };
    if (at % 4 === 1) return { id, effect: 'require', when, obligations: { steps: ['minimise'] } };
    if (at % 4 === 2) return { id, effect: 'require', when, service: { pattern: ['vpc', 'on-prem'] } };
    return { id, effect: 'refuse', when: { ...when, class: { atLeast: 'minimised-phi' } } };
  });
  return policyWith({ rules: made });
}

function intents(): Intent[] {
  const purposes = STARTER_POLICY.purposes.map(({ purpose }) => purpose);
  return Array.from({ length: INTENTS }, (_, at) =>
    intent({
      purpose:
        ['ehr-copilot', 'structured-extraction', 'revenue-cycle', purposes[at % purposes.length] ?? ''][at % 4] ?? '',
      capability: 'generate',
      modality: 'text',
      dataClass: classes[at % 9] ?? 'phi',
      tags: at % 3 === 0 ? [tags[at % 5] ?? 'hiv', `own-${at % 17}`] : [],
      features: at % 6 === 0 ? ['remote_tools'] : [],
      residency: at % 5 === 0 ? 'us' : null,
      patient: 'p',
      encounter: at % 2 === 0 ? 'e' : null,
      scope: { capabilities: null, purposes: null, services: null, lowestDataClass: 'public' },
    }),
  );
}

export async function run(): Promise<object> {
  const [registry, policy, asked] = [registryOf(SERVICES), policyOf(RULES), intents()];
  const book = compile(registry, policy);
  for (const wish of asked) decide(wish, book);
  const outcomes = asked.map((wish) => decide(wish, book).code);
  const best = { batch: Infinity, tenants: Infinity, wordByWord: Infinity };
  let alone = { p50: Infinity, p99: Infinity };
  const books = Array.from({ length: TENANTS }, () => compile(registry, policy));
  for (const one of books) for (const wish of asked.slice(0, 8)) decide(wish, one);
  for (let round = 0; round < ROUNDS; round += 1) {
    const times = aloneTimes(asked, book);
    if (times.p50 < alone.p50) alone = times;
    best.batch = Math.min(
      best.batch,
      microseconds(BATCH, (at) => decide(pick(asked, at), book)),
    );
    best.tenants = Math.min(
      best.tenants,
      microseconds(BATCH, (at) => decide(pick(asked, at % 8), pick(books, at))),
    );
    best.wordByWord = Math.min(
      best.wordByWord,
      microseconds(8, (at) => readWordByWord(pick(asked, at), registry, policy)),
    );
  }
  const compiled = microseconds(20, () => compile(registry, policy));
  const cell = microseconds(10, () => decide(pick(asked, 0), compile(registry, policy))) - compiled;
  const view = viewMicroseconds(asked, book);
  const result = {
    services: SERVICES,
    rules: RULES,
    allowed: outcomes.filter((code) => code === 'allowed').length / outcomes.length,
    microseconds: {
      alone: { p50: round(alone.p50), p99: round(alone.p99) },
      batch: round(best.batch),
      oneOfManyTenants: round(best.tenants),
      wordByWord: round(best.wordByWord),
      compile: Math.round(compiled),
      firstOfACell: Math.round(cell),
      firstOfAView: Math.round(view),
    },
    growth: growth(),
  };
  console.log(`  ${JSON.stringify(result)}`);
  return result;
}

/** The same with twice and four times the services and the rules. */
function growth(): object[] {
  const asked = intents();
  return [1, 2, 4].map((times) => {
    const book = compile(registryOf(SERVICES * times), policyOf(Math.min(RULES * times, 1_000)));
    for (const wish of asked) decide(wish, book);
    const count = Math.round(20_000 / times);
    return {
      services: SERVICES * times,
      rules: Math.min(RULES * times, 1_000),
      batchMicroseconds: round(microseconds(count, (at) => decide(pick(asked, at), book))),
    };
  });
}

/** Requests that nobody sent the like of before: each demands a zone of its own. */
function viewMicroseconds(asked: readonly Intent[], book: Rulebook): number {
  const fresh = Array.from({ length: 200 }, (_, at) => ({ ...pick(asked, 0), origins: [`zz-${at}`], residency: null }));
  return microseconds(fresh.length, (at) => decide(pick(fresh, at), book));
}

function aloneTimes(asked: readonly Intent[], book: Rulebook): { p50: number; p99: number } {
  const times = new Float64Array(ALONE);
  for (let at = 0; at < ALONE; at += 1) {
    // As it comes off the wire: fresh objects every time.
    const wish = structuredClone(pick(asked, at));
    const before = process.hrtime.bigint();
    decide(wish, book);
    times[at] = Number(process.hrtime.bigint() - before) / 1_000;
  }
  times.sort();
  return { p50: times[ALONE / 2] ?? 0, p99: times[Math.floor(ALONE * 0.99)] ?? 0 };
}

function pick<T>(list: readonly T[], at: number): T {
  const item = list[at % list.length];
  if (item === undefined) throw new RangeError('an empty list');
  return item;
}

/** Wall microseconds of one. */
function microseconds(count: number, work: (at: number) => unknown): number {
  const before = performance.now();
  for (let at = 0; at < count; at += 1) work(at);
  return ((performance.now() - before) * 1_000) / count;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
