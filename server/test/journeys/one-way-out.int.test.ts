// There is no other way out (spec boundary §5): a mixed run, watched below all libraries. In this process the door, its adapters and the
// spine over a real database; then a whole server, from its first start to its stop.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Call } from '#boundary/calls/call.ts';
import { callModel } from '#boundary/calls/spine.ts';
import { openai } from '#boundary/egress/adapters/openai.ts';
import { createAzureOpenAi } from '#boundary/egress/adapters/azure-openai.ts';
import type { Target } from '#boundary/egress/adapter.ts';
import { chat, modelRequest, never, openDoor, target, type TestDoor } from '#boundary/egress/egress.fixture.ts';
import { intent, localSpeech } from '#boundary/policy/decide.samples.ts';
import { systemClock } from '#kernel/clock.ts';
import { newId } from '#kernel/ids.ts';
import { Phi } from '#kernel/phi.ts';
import { buildHouse, type TestHouse } from '../house.ts';
import { startModelHost, type ModelHost } from '../model-host.ts';
import { startServer } from '../server.ts';
import { createAuthority, type Authority } from '../vendors/certificates.ts';
import { startEntra, type Entra } from '../vendors/entra.ts';
import { startOpenAi, type StandIn } from '../vendors/openai.ts';
import { watchWaysOut, type WayOut } from '../ways-out.ts';

const strays = (seen: readonly WayOut[]) =>
  seen.filter(({ by }) => by === 'other').map(({ type, stack }) => [type, ...stack]);

describe('in this process', () => {
  let house: TestHouse;
  let standIn: StandIn;
  let secure: StandIn;
  let entra: Entra;
  let models: ModelHost;
  let authority: Authority;
  let door: TestDoor;
  beforeAll(async () => {
    authority = createAuthority();
    house = await buildHouse();
    const { version: _, ...service } = localSpeech();
    await house.registry.ensurePolicy(house.tenant, { type: 'system', id: house.tenant });
    await house.registry.ensureInProcess(house.tenant, { type: 'system', id: house.tenant }, service);
    standIn = await startOpenAi();
    secure = await startOpenAi({ tls: authority.issue('localhost') });
    entra = await startEntra(authority.issue('localhost'));
    models = await startModelHost();
    door = openDoor();
    door.give('tls', 'sk');
    door.give('tls.ca', authority.ca);
    door.give('entra', JSON.stringify({ tenant_id: 'T', client_id: 'C', client_secret: 'S', authority: entra.url }));
    door.give('entra.ca', authority.ca);
    door.give('entra.hosts', entra.url);
  });
  afterAll(async () => {
    await door.close();
    await Promise.all([standIn, secure, entra, models, house].map((each) => each.close()));
    authority.close();
  });

  const through = (to: Target): Call<string, string> => ({
    intent: intent({ at: new Date().toISOString(), tenant: house.tenant, actor: { type: 'key', id: newId() } }),
    request: Phi.of(Buffer.from('asked')),
    objects: [],
    requestDetail: {},
    facts: {},
    content: 'hello',
    steps: () => [],
    lookAgain: () => undefined,
    carry: async (_route, content) => {
      const answer = await openai.send(door.door, to, chat(content), never());
      return answer.kind === 'whole' ? Buffer.from(answer.bytes).toString() : '';
    },
    describe: (output) => ({ detail: {}, body: Phi.of(Buffer.from(output)) }),
    keep: () => Promise.resolve(),
  });

  it('a mixed run goes out by the doors alone', async () => {
    models.publish('/x', Buffer.from('weights'));
    const watch = watchWaysOut();
    try {
      const { output } = await callModel(house, through(target(standIn.url)));
      expect(output).toContain('You said: hello');
      await callModel(house, through(target(secure.url, { credential: 'tls' })));
      const streamed = await openai.send(door.door, target(standIn.url), chat('x', { stream: true }), never());
      if (streamed.kind === 'stream')
        for await (const segment of streamed.segments) expect(segment.length).toBeGreaterThan(0);
      const azure = target(new URL(standIn.url).origin, { adapter: 'azure-openai', credential: 'entra' });
      await createAzureOpenAi(systemClock).send(
        door.door,
        azure,
        modelRequest('embeddings', { model: 'm', input: 'x' }),
        never(),
      );
      expect(
        await (await door.door.fetchFor(target(standIn.url), never())(`${standIn.url}/models`)).json(),
      ).toBeTruthy();
      for await (const chunk of (await models.download(`${models.url}/x`, 0, never())).body)
        expect(chunk.length).toBeGreaterThan(0);
    } finally {
      watch.stop();
    }
    expect(strays(watch.seen)).toEqual([]);
    // The watch has eyes: two stand-ins, the token host and the models were reached, each by a door.
    expect(
      watch.seen.filter(({ type, by }) => type === 'TCPCONNECTWRAP' && by === 'door').length,
    ).toBeGreaterThanOrEqual(4);
    expect(watch.seen.some(({ type }) => type === 'GETADDRINFOREQWRAP')).toBe(true);
  });

  it('a socket from anywhere else is seen', async () => {
    const watch = watchWaysOut();
    const filename = join(import.meta.dirname, '..', '..', 'src', 'clinical', 'stray.ts');
    const stray = runInThisContext('(connect, port) => connect(port, "127.0.0.1")', { filename }) as (
      by: typeof connect,
      port: number,
    ) => ReturnType<typeof connect>;
    const socket = stray(connect, standIn.port);
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.destroy();
    watch.stop();
    expect(strays(watch.seen).length).toBeGreaterThan(0);
  });
});

it('a server goes nowhere but to its database, from first start to stop', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'cordon-ways-out-'));
  const log = join(directory, 'log');
  const preload = `--import=${new URL('../ways-out.ts', import.meta.url).href}`;
  const server = await startServer({ env: { NODE_OPTIONS: preload, WAYS_OUT_LOG: log } });
  try {
    const ask = (path: string, body?: object) =>
      fetch(`${server.url}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${server.credentials.apiKey}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    expect((await ask('/healthz')).status).toBe(200);
    expect((await ask('/api/encounters')).status).toBe(200);
    await ask('/v1/chat/completions', { model: 'm', messages: [{ role: 'user', content: 'hello' }] });
    expect(await server.stop()).toBe(0);
    const seen = readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as WayOut);
    expect(strays(seen)).toEqual([]);
    expect(seen.length).toBeGreaterThan(0);
  } finally {
    await server.remove();
    rmSync(directory, { recursive: true });
  }
});
