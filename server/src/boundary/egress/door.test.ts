// Everything that can go wrong upstream (spec quality §4), through the door and the adapter, over real sockets: a typed error that
// says nothing of the content, no hang, no leak, no growth.
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { isProblem, type ProblemError } from '@cordon/contract';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority, type Authority } from '../../../test/vendors/certificates.ts';
import { startOpenAi, type Fault, type StandIn } from '../../../test/vendors/openai.ts';
import type { Target } from './adapter.ts';
import { openai } from './adapters/openai.ts';
import { chat, HERE, never, openDoor, target, type TestDoor } from './egress.fixture.ts';

const CANARY = 'Jane Canary';

let standIn: StandIn;
let house: TestDoor;
beforeAll(async () => {
  standIn = await startOpenAi();
  house = openDoor({}, { connectMs: 500, firstByteMs: 400, idleMs: 400, totalMs: 5_000 });
});
afterEach(() => {
  standIn.behave();
  standIn.received.length = 0;
});
afterAll(async () => {
  await house.close();
  await standIn.close();
});

/** Reads an answer to its end and says how it ended. Nothing that is thrown may hold a word of what was sent or received. */
async function outcome(
  to: Target,
  more: object = {},
  signal = never(),
  door = house.door,
): Promise<ProblemError | string> {
  try {
    const answer = await openai.send(door, to, chat(CANARY, more), signal);
    if (answer.kind !== 'stream') return Buffer.from(answer.bytes).toString();
    let text = '';
    for await (const segment of answer.segments) text += Buffer.from(segment).toString();
    return text;
  } catch (error) {
    if (!isProblem(error)) throw error;
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(CANARY);
    expect(error.cause).toBeUndefined();
    return error;
  }
}

const WHOLE: readonly [Fault, string, object][] = [
  [{ kind: 'silent' }, 'upstream_timeout', { reason: 'first_byte' }],
  [{ kind: 'slow', ms: 30_000 }, 'upstream_timeout', { reason: 'first_byte' }],
  [{ kind: 'stuck' }, 'upstream_timeout', { reason: 'idle' }],
  [{ kind: 'half' }, 'upstream_invalid', { reason: 'cut' }],
  [{ kind: 'hang-up' }, 'upstream_unavailable', { reason: 'closed' }],
  [{ kind: 'not-json' }, 'upstream_invalid', { reason: 'not_json' }],
  [{ kind: 'wrong-type' }, 'upstream_invalid', { reason: 'content_type' }],
  [{ kind: 'encoded' }, 'upstream_invalid', { reason: 'encoding' }],
  [{ kind: 'not-http' }, 'upstream_invalid', { reason: 'not_http' }],
  [{ kind: 'long-headers' }, 'upstream_invalid', { reason: 'not_http' }],
  [{ kind: 'redirect', to: 'http://169.254.169.254/latest' }, 'upstream_invalid', { reason: 'redirect' }],
  [{ kind: 'redirect', to: '/v1/elsewhere', status: 301 }, 'upstream_invalid', { reason: 'redirect' }],
  [{ kind: 'huge', bytes: 100_000_000 }, 'upstream_invalid', { reason: 'too_large' }],
  [{ kind: 'huge', bytes: 100_000_000, declared: true }, 'upstream_invalid', { reason: 'too_large' }],
];

describe('a whole answer', () => {
  it.each(WHOLE)('%j', async (fault, code, details) => {
    standIn.fail(fault);
    expect(await outcome(target(standIn.url))).toMatchObject({ code, details });
    standIn.behave();
    expect(await outcome(target(standIn.url))).toContain('You said');
  });

  it('in single bytes arrives', async () => {
    standIn.fail({ kind: 'drips' });
    expect(await outcome(target(standIn.url))).toContain(`You said: ${CANARY}`);
  });

  it('that is refused at the port', async () => {
    const gone = await startOpenAi();
    await gone.close();
    expect(await outcome(target(gone.url))).toMatchObject({
      code: 'upstream_unavailable',
      details: { reason: 'refused' },
    });
  });

  it('whose name nobody knows', async () => {
    const door = openDoor({ resolve: () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' })) });
    const to = target('http://nowhere.invalid/v1');
    expect(await outcome(to, {}, never(), door.door)).toMatchObject({ details: { reason: 'name' } });
    await door.close();
  });

  it('takes no longer than the total, however the bytes come', async () => {
    const door = openDoor({}, { totalMs: 1_000 });
    const slow = await startOpenAi({ paceMs: 300 });
    const began = Date.now();
    const words = Array.from({ length: 50 }, () => 'word').join(' ');
    const to = target(slow.url);
    const answer = await openai.send(door.door, to, chat(words, { stream: true }), never());
    const read = async () => {
      if (answer.kind === 'stream')
        for await (const segment of answer.segments) expect(segment.length).toBeGreaterThan(0);
    };
    await expect(read()).rejects.toMatchObject({ code: 'upstream_timeout', details: { reason: 'total' } });
    expect(Date.now() - began).toBeLessThan(3_000);
    await door.close();
    await slow.close();
  });
});

const STREAMED: readonly [Fault, string, object][] = [
  [{ kind: 'stuck' }, 'upstream_timeout', { reason: 'idle' }],
  [{ kind: 'half' }, 'upstream_invalid', { reason: 'cut' }],
  [{ kind: 'unfinished' }, 'upstream_invalid', { reason: 'cut' }],
  [{ kind: 'error-event' }, 'upstream_unavailable', { reason: 'stream_error' }],
  [{ kind: 'not-json' }, 'upstream_invalid', { reason: 'not_json' }],
  [{ kind: 'wrong-type' }, 'upstream_invalid', { reason: 'content_type' }],
];

describe('a streamed answer', () => {
  it.each(STREAMED)('%j', async (fault, code, details) => {
    standIn.fail(fault);
    expect(await outcome(target(standIn.url), { stream: true })).toMatchObject({ code, details });
    standIn.behave();
    expect(await outcome(target(standIn.url), { stream: true })).toContain('[DONE]');
  });

  it('whose last word is missing after its finish gets one', async () => {
    standIn.fail({ kind: 'no-done' });
    expect(await outcome(target(standIn.url), { stream: true })).toMatch(
      /"finish_reason":"stop"[^]*data: \[DONE\]\n\n$/,
    );
  });

  it('in single bytes is the same', async () => {
    const whole = await outcome(target(standIn.url), { stream: true });
    standIn.fail({ kind: 'drips' });
    expect(await outcome(target(standIn.url), { stream: true })).toBe(whole);
  });

  it('of 100 MB goes through a few of them', async () => {
    const bytes = 104_857_600;
    standIn.fail({ kind: 'huge', bytes });
    const answer = await openai.send(house.door, target(standIn.url), chat('x', { stream: true }), never());
    const before = process.memoryUsage();
    let seen = 0;
    let most = 0;
    if (answer.kind === 'stream') {
      for await (const segment of answer.segments) {
        seen += segment.length;
        const now = process.memoryUsage();
        most = Math.max(most, now.arrayBuffers - before.arrayBuffers);
      }
    }
    expect(seen).toBeGreaterThan(bytes);
    expect(most).toBeLessThan(50_000_000);
  });

  it('that nobody reads holds the service back', async () => {
    standIn.seen.sentBytes = 0;
    standIn.fail({ kind: 'huge', bytes: 104_857_600 });
    const answer = await openai.send(house.door, target(standIn.url), chat('x', { stream: true }), never());
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(standIn.seen.sentBytes).toBeLessThan(20_000_000);
    const segments = answer.kind === 'stream' ? answer.segments[Symbol.asyncIterator]() : null;
    await segments?.next();
    await segments?.return?.();
  });
});

describe('a caller who leaves', () => {
  it.each([
    ['before the answer', { kind: 'silent' } as const, {}],
    ['within the answer', { kind: 'stuck' } as const, { stream: true }],
  ])('%s ends the exchange at the service', async (_when, fault, more) => {
    standIn.fail(fault);
    const { left } = standIn.seen;
    const leaving = new AbortController();
    setTimeout(() => leaving.abort(), 100);
    expect(await outcome(target(standIn.url), more, leaving.signal)).toMatchObject({ code: 'caller_gone' });
    await expect.poll(() => standIn.seen.left, { timeout: 2_000 }).toBe(left + 1);
  });

  it('before anything was sent sends nothing', async () => {
    expect(await outcome(target(standIn.url), {}, AbortSignal.abort())).toMatchObject({ code: 'caller_gone' });
    expect(standIn.received).toEqual([]);
  });
});

describe('the number of requests under way', () => {
  it('is limited, and free again whatever became of them', async () => {
    const door = openDoor({}, { concurrency: 2, firstByteMs: 300 });
    const to = target(standIn.url);
    standIn.fail({ kind: 'silent' });
    const ends = await Promise.all([1, 2, 3].map(() => outcome(to, {}, never(), door.door)));
    expect(ends.map((end) => typeof end === 'object' && end.details['reason'])).toEqual([
      'first_byte',
      'first_byte',
      'busy',
    ]);
    standIn.behave();
    expect(await outcome(to, {}, never(), door.door)).toContain('You said');
    await door.close();
  });
});

describe('the network invariant', () => {
  const nowhere = { cidrs: [], hosts: [] };

  it.each([
    ['vpc', 'http://127.0.0.1:PORT/v1', nowhere, 'tls_required'],
    ['vpc', 'https://127.0.0.1:PORT/v1', nowhere, 'outside_boundary'],
    ['vpc', 'https://8.8.8.8:PORT/v1', { cidrs: ['0.0.0.0/0'], hosts: [] }, 'public_address'],
    ['on-prem', 'https://127.0.0.1:PORT/v1', { cidrs: ['10.0.0.0/8'], hosts: [] }, 'outside_boundary'],
    ['on-prem', 'https://[::ffff:127.0.0.1]:PORT/v1', { cidrs: ['10.0.0.0/8'], hosts: [] }, 'outside_boundary'],
    ['on-prem', 'http://169.254.169.254/v1', { cidrs: ['169.254.0.0/16'], hosts: [] }, 'metadata_address'],
    ['baa-cloud', 'http://127.0.0.1:PORT/v1', HERE, 'tls_required'],
    ['baa-cloud', 'https://127.0.0.1:PORT/v1', nowhere, 'private_address'],
    ['baa-cloud', 'https://0x7f000001:PORT/v1', nowhere, 'private_address'],
    ['baa-cloud', 'https://0177.0.0.1:PORT/v1', nowhere, 'private_address'],
    ['baa-cloud', 'https://[::1]:PORT/v1', nowhere, 'private_address'],
    ['baa-cloud', 'https://[64:ff9b::7f00:1]:PORT/v1', nowhere, 'private_address'],
    ['deid-cloud', 'https://localhost:PORT/v1', nowhere, 'private_address'],
    ['deid-cloud', 'https://10.1.2.3/v1', nowhere, 'private_address'],
    ['on-prem', 'http://user:pass@127.0.0.1:PORT/v1', HERE, 'outside_boundary'],
    ['on-prem', 'file:///etc/passwd', HERE, 'outside_boundary'],
    ['on-prem', 'http://[fe80::1%25eth0]/v1', HERE, 'outside_boundary'],
  ] as const)('%s at %s within %j: %s', async (pattern, endpoint, boundary, invariant) => {
    const { connections } = standIn.seen;
    const to = target(endpoint.replace('PORT', String(standIn.port)), { pattern }, boundary);
    expect(await outcome(to)).toMatchObject({ code: 'pattern_invariant_failed', details: { invariant } });
    expect(standIn.seen.connections).toBe(connections);
  });

  it('of an in-process service is that there is no socket', async () => {
    expect(await outcome(target('x', { endpoint: null }))).toMatchObject({ details: { invariant: 'no_socket' } });
  });

  it('holds when a name comes to mean something else: the address that was judged is the one connected to', async () => {
    const answers = [['127.0.0.1'], ['169.254.169.254'], ['127.0.0.1', '8.8.8.8']];
    let asked = 0;
    const door = openDoor({ resolve: () => Promise.resolve(answers[asked++] ?? []) });
    const to = (version: number) =>
      target(`http://model.clinic.test:${standIn.port}/v1`, { pattern: 'on-prem', version });
    expect(await outcome(to(1), {}, never(), door.door)).toContain('You said');
    expect(asked).toBe(1);
    expect(await outcome(to(2), {}, never(), door.door)).toMatchObject({ details: { invariant: 'metadata_address' } });
    expect(await outcome(to(3), {}, never(), door.door)).toMatchObject({ details: { invariant: 'tls_required' } });
    expect(await outcome(to(4), {}, never(), door.door)).toMatchObject({ details: { reason: 'name' } });
    expect(standIn.received).toHaveLength(1);
    await door.close();
  });

  it('lets a declared host stand at a private address, never at a public one', async () => {
    const addresses = [['127.0.0.1'], ['93.184.216.34']];
    const door = openDoor({ resolve: () => Promise.resolve(addresses.shift() ?? []) });
    const declared = { cidrs: [], hosts: ['model.clinic.test'] };
    const to = (version: number) => target(`http://model.clinic.test:${standIn.port}/v1`, { version }, declared);
    expect(await outcome(to(1), {}, never(), door.door)).toContain('You said');
    expect(await outcome(to(2), {}, never(), door.door)).toMatchObject({ code: 'pattern_invariant_failed' });
    await door.close();
  });

  it('of an air-gapped installation holds against what is declared', async () => {
    const door = openDoor({ airGapped: true });
    const to = target('https://8.8.8.8/v1', {}, { cidrs: ['8.8.8.0/24'], hosts: [] });
    expect(await outcome(to, {}, never(), door.door)).toMatchObject({ details: { invariant: 'public_address' } });
    await door.close();
  });
});

describe('other addresses', () => {
  it('than the service’s own are refused, absolute or through fetch', async () => {
    const to = target(standIn.url, { adapter: 'azure-openai' });
    const ask = (path: string) =>
      house.door.send(to, { method: 'GET', path, headers: {}, body: null }, never()).then(
        ({ status }) => status,
        (error: ProblemError) => error.details['invariant'],
      );
    const own = new URL(standIn.url).origin;
    expect(await ask(`${own}/v1/models`)).toBe(200);
    expect(await ask('/models')).toBe(200);
    expect(await ask('http://127.0.0.1:1/v1/models')).toBe('outside_boundary');
    expect(await ask('//example.org/v1/models')).toBe(200);
    expect(standIn.received.at(-1)?.path).toBe('/v1//example.org/v1/models');
    expect(await ask(`http://u:p@127.0.0.1:${standIn.port}/`)).toBe('outside_boundary');
    const fetch = house.door.fetchFor(to, never());
    await expect(fetch('https://ai-gateway.vercel.sh/v1/x')).rejects.toMatchObject({
      code: 'pattern_invariant_failed',
    });
    const answer = await fetch(`${standIn.url}/models`);
    expect(await answer.json()).toMatchObject({ object: 'list' });
    expect(answer.headers.get('openai-organization')).toBeNull();
    expect(answer.headers.get('set-cookie')).toBeNull();
  });

  it('that only a file of secrets declares may be asked for a token', async () => {
    const tokens = await startOpenAi();
    const to = target(standIn.url, { credential: 'entra' });
    house.give('entra', 'x');
    house.give('entra.hosts', `# of our own cloud\n${new URL(tokens.url).origin}\n`);
    const ask = (path: string) => house.door.send(to, { method: 'GET', path, headers: {}, body: null }, never());
    // It is held to what a cloud is held to: TLS.
    await expect(ask(`${tokens.url}/models`)).rejects.toMatchObject({ details: { invariant: 'tls_required' } });
    await tokens.close();
  });
});

describe('TLS', () => {
  let authority: Authority;
  let secure: StandIn;
  beforeAll(async () => {
    authority = createAuthority();
    secure = await startOpenAi({ tls: { ...authority.issue('localhost'), ca: authority.ca } });
  });
  afterAll(async () => {
    await secure.close();
    authority.close();
  });

  it('trusts the authority of the service’s own file, and no other then', async () => {
    house.give('with-ca', 'sk');
    house.give('with-ca.ca', authority.ca);
    expect(await outcome(target(secure.url, { credential: 'with-ca' }))).toContain('You said');
    expect(await outcome(target(secure.url))).toMatchObject({
      code: 'upstream_unavailable',
      details: { reason: 'certificate' },
    });
  });

  it('holds though the environment says that it should not', async () => {
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    const door = openDoor();
    expect(await outcome(target(secure.url), {}, never(), door.door)).toMatchObject({
      details: { reason: 'certificate' },
    });
    delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    await door.close();
  });

  it.each([
    ['another name', () => authority.issue('elsewhere.test')],
    ['a time that is over', () => authority.issue('localhost', 0)],
  ])('refuses a certificate of %s', async (_what, issue) => {
    const wrong = await startOpenAi({ tls: issue() });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    house.give('wrong', 'sk');
    house.give('wrong.ca', authority.ca);
    expect(await outcome(target(wrong.url, { credential: 'wrong' }))).toMatchObject({
      details: { reason: 'certificate' },
    });
    expect(wrong.received).toEqual([]);
    await wrong.close();
  });

  it('shows a certificate of its own where there is one', async () => {
    const pair = authority.issue('cordon');
    const mutual = await startOpenAi({ tls: { ...authority.issue('localhost'), ca: authority.ca, requestCert: true } });
    house.give('mutual.ca', authority.ca);
    house.give('plain.ca', authority.ca);
    house.give('mutual.cert', pair.cert);
    house.give('mutual.key', pair.key);
    expect(await outcome(target(mutual.url, { credential: 'mutual' }))).toContain('You said');
    expect(await outcome(target(mutual.url, { credential: 'plain' }))).toMatchObject({ code: 'upstream_unavailable' });
    await mutual.close();
  });

  it('below 1.2 is not spoken', async () => {
    const old = await startOpenAi({
      tls: { ...authority.issue('localhost'), maxVersion: 'TLSv1.1', minVersion: 'TLSv1' },
    });
    house.give('old', 'sk');
    house.give('old.ca', authority.ca);
    expect(await outcome(target(old.url, { credential: 'old' }))).toMatchObject({ details: { reason: 'certificate' } });
    await old.close();
  });
});

describe('a service that takes the connection and no more', () => {
  it('is given up after the time for a handshake', async () => {
    const sockets = new Set<Socket>();
    const mute = createServer((socket) => sockets.add(socket));
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const { port } = mute.address() as AddressInfo;
    const began = Date.now();
    expect(await outcome(target(`https://127.0.0.1:${port}/v1`))).toMatchObject({
      code: 'upstream_timeout',
      details: { reason: 'connect' },
    });
    expect(Date.now() - began).toBeLessThan(3_000);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => mute.close(resolve));
  });
});

describe('the secret', () => {
  it.each([
    ['absent', null, 0o600, 'missing'],
    ['readable', 'sk', 0o644, 'mode'],
    ['writable', 'sk', 0o620, 'mode'],
    ['empty', '\n', 0o600, 'size'],
    ['vast', 'x'.repeat(70_000), 0o600, 'size'],
    ['../escape', null, 0o600, 'name'],
  ])('%s is unusable', async (name, content, mode, reason) => {
    if (content !== null) house.give(name, content, mode);
    expect(await outcome(target(standIn.url, { credential: name }))).toMatchObject({
      code: 'credential_unusable',
      details: { reason },
    });
    expect(standIn.received).toEqual([]);
  });
});

it('what is closed under way fails as the server stopping', async () => {
  const door = openDoor();
  standIn.fail({ kind: 'silent' });
  const ending = outcome(target(standIn.url), {}, never(), door.door);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await door.close();
  expect(await ending).toMatchObject({ code: 'shutting_down' });
});
