// Azure's addresses, versions and credentials over real sockets; the tokens come over TLS from a second host that only the file beside
// the secret declares. First the stand-in is accepted by the official Azure client.
import { AzureOpenAI } from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#kernel/clock.ts';
import { createAuthority, type Authority } from '../../../../test/vendors/certificates.ts';
import { startEntra, type Entra } from '../../../../test/vendors/entra.ts';
import { startOpenAi, type StandIn } from '../../../../test/vendors/openai.ts';
import { chat, HERE, modelRequest, never, openDoor, target, type TestDoor } from '../egress.fixture.ts';
import { createAzureOpenAi } from './azure-openai.ts';

let standIn: StandIn;
let entra: Entra;
let authority: Authority;
let house: TestDoor;
beforeAll(async () => {
  authority = createAuthority();
  standIn = await startOpenAi();
  entra = await startEntra(authority.issue('localhost'));
  house = openDoor();
  house.give('key', 'azure-key');
  house.give(
    'entra',
    JSON.stringify({ tenant_id: 'T', client_id: 'C', client_secret: 'S-canary', authority: entra.url }),
  );
  house.give('entra.hosts', entra.url);
  house.give('entra.ca', authority.ca);
});
afterEach(() => {
  standIn.received.length = 0;
  entra.asked.length = 0;
  entra.answer = { status: 200, expiresIn: 3600 };
});
afterAll(async () => {
  await house.close();
  await standIn.close();
  await entra.close();
  authority.close();
});

const resource = () => new URL(standIn.url).origin;
const azure = (credential: string, endpoint = resource()) =>
  target(endpoint, { adapter: 'azure-openai', account: 'my deployment', credential });

it('the stand-in answers Azure’s own client at the addresses of a version', async () => {
  const options = { endpoint: resource(), apiVersion: '2024-10-21', apiKey: 'k', deployment: 'd', maxRetries: 0 };
  const client = new AzureOpenAI(options);
  const answer = await client.chat.completions.create({ model: 'd', messages: [{ role: 'user', content: 'hi' }] });
  expect(answer.choices[0]?.message.content).toBe('You said: hi');
  expect(standIn.received[0]?.path).toBe('/openai/deployments/d/chat/completions?api-version=2024-10-21');
});

describe('addresses', () => {
  it.each([
    ['chat', '', '/openai/v1/chat/completions'],
    ['embeddings', '', '/openai/v1/embeddings'],
    ['chat', '/?api-version=2024-10-21', '/openai/deployments/my%20deployment/chat/completions?api-version=2024-10-21'],
    ['responses', '?api-version=2025-04-01-preview', '/openai/responses?api-version=2025-04-01-preview'],
  ] as const)('of %s with %j', async (api, version, path) => {
    const asked = api === 'chat' ? chat('hi') : modelRequest(api, { model: 'm', input: 'hi' });
    const answer = await createAzureOpenAi(systemClock).send(
      house.door,
      azure('key', `${resource()}${version}`),
      asked,
      never(),
    );
    expect(answer.kind).toBe('whole');
    const [got] = standIn.received;
    expect(got?.path).toBe(path);
    expect(got?.headers).toMatchObject({ 'api-key': 'azure-key' });
    expect(got?.headers.authorization).toBeUndefined();
    expect(JSON.parse(got?.body.toString() ?? '')).toMatchObject({ model: 'my deployment' });
  });

  it('of old versions are not asked for a report that they do not know', async () => {
    const old = azure('key', `${resource()}?api-version=2024-02-01`);
    const answer = await createAzureOpenAi(systemClock).send(house.door, old, chat('hi', { stream: true }), never());
    if (answer.kind === 'stream')
      for await (const segment of answer.segments) expect(segment.length).toBeGreaterThan(0);
    expect(standIn.received[0]?.body.toString()).not.toContain('stream_options');
  });
});

describe('client credentials', () => {
  it('are exchanged for one token, used until shortly before its end', async () => {
    let now = 0;
    const adapter = createAzureOpenAi({ ...systemClock, monotonicMs: () => now });
    const send = () => adapter.send(house.door, azure('entra'), chat('hi'), never());
    await Promise.all([send(), send(), send()]);
    now = 3_000_000;
    await send();
    expect(entra.asked).toEqual([
      'client_id=C&client_secret=S-canary&scope=https%3A%2F%2Fcognitiveservices.azure.com%2F.default&grant_type=client_credentials',
    ]);
    expect(standIn.received.map(({ headers }) => headers.authorization)).toEqual(Array(4).fill('Bearer token-1'));
    now = 3_500_000;
    await send();
    expect(standIn.received.at(-1)?.headers.authorization).toBe('Bearer token-2');
  });

  it.each([
    [400, 'credential_unusable', { reason: 'refused' }],
    [401, 'credential_unusable', { reason: 'refused' }],
    [503, 'upstream_unavailable', { reason: 'status', status: 503 }],
  ])('that are answered with %s send nothing on, and are tried again', async (status, code, details) => {
    const adapter = createAzureOpenAi(systemClock);
    const send = () => adapter.send(house.door, azure('entra'), chat('hi'), never());
    entra.answer = { status, expiresIn: 3600 };
    await expect(send()).rejects.toMatchObject({ code, details });
    expect(standIn.received).toEqual([]);
    entra.answer = { status: 200, expiresIn: 3600 };
    expect((await send()).kind).toBe('whole');
  });

  it('go to no host that is not declared', async () => {
    house.give('stray', JSON.stringify({ tenant_id: 'T', client_id: 'C', client_secret: 'S', authority: entra.url }));
    const sent = createAzureOpenAi(systemClock).send(house.door, azure('stray'), chat('hi'), never());
    await expect(sent).rejects.toMatchObject({
      code: 'pattern_invariant_failed',
      details: { invariant: 'outside_boundary' },
    });
    expect(entra.asked).toEqual([]);
  });

  it.each(['{', '{}', '{"tenant_id":"T","client_id":1,"client_secret":"S"}'])(
    'like %s are said to be malformed',
    async (text) => {
      const name = `form-${text.length}`;
      house.give(name, text);
      const sent = createAzureOpenAi(systemClock).send(house.door, azure(name), chat('hi'), never());
      await expect(sent).rejects.toMatchObject({ code: 'credential_unusable', details: { reason: 'form' } });
    },
  );

  it('are held to the rules of a cloud: a token host at a private address must be declared', async () => {
    const nowhere = { ...azure('entra'), boundary: { cidrs: [], hosts: [] } };
    const sent = createAzureOpenAi(systemClock).send(house.door, nowhere, chat('hi'), never());
    await expect(sent).rejects.toMatchObject({ details: { invariant: 'private_address' } });
    expect(HERE.cidrs).toContain('127.0.0.0/8');
  });
});
