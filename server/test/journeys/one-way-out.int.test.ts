// There is no other way out (spec boundary §5): a mixed run, watched below all libraries. In this process the door, its adapters and the
// spine over a real database; then a whole server, from its first start to its stop.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
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
import { proveAirGap } from '#platform/outbound/air-gap.ts';
import { buildHouse, type TestHouse } from '../house.ts';
import { startModelHost, type ModelHost } from '../model-host.ts';
import { administrator, attest, registerServices } from '../boundary.ts';
import { ask } from '../client.ts';
import { startServer, type TestServer } from '../server.ts';
import { createAuthority, type Authority } from '../vendors/certificates.ts';
import { startEntra, type Entra } from '../vendors/entra.ts';
import { startOpenAi, type StandIn } from '../vendors/openai.ts';
import { wav } from '../vendors/spoken.ts';
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

/** Everything that leaves or asks for an address, from the server's first start to its stop, while `work` is done with it. */
async function waysOutOf(
  env: Readonly<Record<string, string>>,
  work: (server: TestServer) => Promise<void>,
): Promise<readonly WayOut[]> {
  const directory = mkdtempSync(join(tmpdir(), 'cordon-ways-out-'));
  const log = join(directory, 'log');
  const preload = `--import=${new URL('../ways-out.ts', import.meta.url).href}`;
  const server = await startServer({ env: { ...env, NODE_OPTIONS: preload, WAYS_OUT_LOG: log } });
  try {
    await work(server);
    expect(await server.stop()).toBe(0);
    const lines = readFileSync(log, 'utf8').trim().split('\n');
    return lines.map((line) => JSON.parse(line) as WayOut);
  } finally {
    await server.remove();
    rmSync(directory, { recursive: true });
  }
}

it('a server goes nowhere but to its database and, by the door, to services: from first start to stop', async () => {
  const service = await startOpenAi();
  try {
    const seen = await waysOutOf({ CORDON_MODELS: '/nonexistent', CORDON_SPEECH_MODEL: 'none' }, async (server) => {
      const { url, credentials } = server;
      const admin = await administrator(server);
      await registerServices(server, admin, [
        { id: 'words', endpoint: service.url },
        { id: 'sound', endpoint: service.url, members: { capability: 'transcribe', modality: 'audio' } },
      ]);
      await attest(server, admin, ['words', 'sound']);
      expect((await ask(url, credentials.apiKey, 'GET', '/api/encounters')).status).toBe(200);
      const refused = { model: 'm', messages: [{ role: 'user', content: 'hello' }] };
      expect((await ask(url, credentials.apiKey, 'POST', '/v1/chat/completions', { body: refused })).status).toBe(403);
      const headers = { 'Cordon-Purpose': 'ambient-documentation' };
      for (const stream of [false, true]) {
        const body = { model: 'words', stream, messages: [{ role: 'user', content: 'hello' }] };
        const answer = await ask(url, credentials.apiKey, 'POST', '/v1/chat/completions', { body, headers });
        expect(answer.status, answer.text).toBe(200);
      }
      const form = new FormData();
      form.append('model', 'sound');
      form.append('file', new Blob([new Uint8Array(wav(2, 1))], { type: 'audio/wav' }), 'visit.wav');
      const heard = await ask(url, credentials.apiKey, 'POST', '/v1/audio/transcriptions', { raw: { bytes: form } });
      expect(heard.status, heard.text).toBe(200);
    });
    expect(strays(seen)).toEqual([]);
    expect(service.received).toHaveLength(3);
    const connections = seen.filter(({ type }) => type === 'TCPCONNECTWRAP');
    // TCP is spoken to nobody else: the embedded database is reached by a socket of the file system.
    expect(connections.length).toBe(service.seen.connections);
    expect(connections.length).toBeGreaterThan(0);
    expect(connections.filter(({ by }) => by !== 'door')).toEqual([]);
  } finally {
    await service.close();
  }
});

const letOut = await proveAirGap().then(
  () => false,
  () => true,
);
it.runIf(letOut)('a server that is to be air-gapped does not start where the system lets it out', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'cordon-air-gapped-'));
  const refused = startServer({ home: join(directory, 'home'), env: { CORDON_AIR_GAPPED: '1' } });
  await expect(refused).rejects.toThrow('is to be air-gapped');
  expect(readdirSync(directory)).toEqual([]);
  rmSync(directory, { recursive: true });
});

/** A network namespace of its own, with a loopback and no way out, where this account may make one (user_namespaces(7)). */
const USER = process.getuid?.() === 0 ? [] : ['--user', '--map-current-user', '--keep-caps'];
const INSIDE = [...USER, '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
const canUnshare = spawnSync('unshare', [...INSIDE, 'true']).status === 0;
if (!canUnshare) console.warn('NOTE: no network namespace can be made here: the start in an air gap is not tested');

it.runIf(canUnshare)(
  'in a network namespace without a way out an air-gapped server starts, and stops in order',
  async () => {
    const parent = mkdtempSync(join(tmpdir(), 'cordon-air-gapped-'));
    chmodSync(parent, 0o711); // the database's account passes through
    const bin = join(import.meta.dirname, '..', '..', 'bin', 'cordon-server.js');
    const env = {
      PATH: process.env['PATH'] ?? '',
      CORDON_HOME: join(parent, 'home'),
      CORDON_PORT: '0',
      CORDON_AIR_GAPPED: '1',
      CORDON_MODELS: '/nonexistent',
      CORDON_SPEECH_MODEL: 'none',
    };
    const server = spawn('unshare', [...INSIDE, process.execPath, bin], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const said: string[] = [];
    for (const stream of [server.stdout, server.stderr])
      stream.on('data', (text: Buffer) => said.push(text.toString()));
    const ended = once(server, 'exit');
    try {
      await expect.poll(() => said.join(''), { timeout: 30_000 }).toMatch(/^ready http:/m);
      server.kill('SIGTERM'); // every step before became the server itself by exec
      expect(await ended).toEqual([0, null]);
    } finally {
      if (server.exitCode === null) server.kill('SIGKILL');
      rmSync(parent, { recursive: true, force: true });
    }
  },
);
