// The Vertex adapter against a stand-in that Google's own client accepted first.
import { GoogleGenAI } from '@google/genai';
import { ProblemError } from '@cordon/contract';
import { describe, expect, it } from 'vitest';
import { modelRequest, openDoor, target } from '#boundary/egress/egress.fixture.ts';
import { systemClock } from '#kernel/clock.ts';
import { chatSuite } from '#test/vendors/chat-suite.ts';
import { serviceAccount, userAccount } from '#test/vendors/google-account.ts';
import { HELLO, type Said } from '#test/vendors/said.ts';
import { vertex } from '#test/vendors/vertex.ts';
import { vertexAdapter } from './vertex.ts';

const SERVICE = {
  model: 'gemini-2.5-flash',
  account: 'clinic',
  regions: { inference: 'us-central1', storage: 'us', support: 'us', logs: 'us' },
};

describe('the stand-in', () => {
  it('is taken for Vertex AI by Google’s client, unmodified', async () => {
    const house = await vertex({ said: () => HELLO });
    // The client exchanges keys at Google's own address alone; its transport is turned to the stand-in by its own option.
    const fetchImplementation = (input: string | URL | Request, init?: RequestInit) =>
      fetch(String(input).replace('https://oauth2.googleapis.com', house.url), init);
    const client = new GoogleGenAI({
      vertexai: true,
      project: 'clinic',
      location: 'us-central1',
      apiVersion: 'v1',
      httpOptions: { baseUrl: house.url, retryOptions: { attempts: 1 } },
      googleAuthOptions: {
        credentials: serviceAccount('https://oauth2.googleapis.com/token'),
        clientOptions: { transporterOptions: { fetchImplementation } },
      },
    });
    const ask = { model: 'gemini-2.5-flash', contents: 'hello' };
    const whole = await client.models.generateContent(ask);
    expect(whole.text).toBe('Guten Tag, 世界 🩺');
    expect(whole.usageMetadata).toMatchObject({ candidatesTokenCount: 7 });
    const texts: string[] = [];
    for await (const chunk of await client.models.generateContentStream(ask)) texts.push(chunk.text ?? '');
    expect(texts.join('')).toBe('Guten Tag, 世界 🩺');
    expect(house.seen.map(({ url }) => url)[0]).toBe('/token');
    await house.close();
  });
});

chatSuite('vertex', {
  adapter: vertexAdapter(systemClock),
  secret: (url) => JSON.stringify(serviceAccount(`${url}/token`)),
  service: SERVICE,
  start: ({ said, broken }) => vertex({ said, error: broken }),
  overloaded: 'UNAVAILABLE',
  thinking: /"thinkingBudget":[1-9]/,
  unsupported: [
    ['parallel_tool_calls', { parallel_tool_calls: false }],
    ['reasoning_effort', { reasoning_effort: 'enormous' }],
  ],
});

describe('vertex', () => {
  interface Change {
    readonly said?: Said;
    readonly endpoint?: string;
    readonly model?: string;
    readonly secret?: object;
    readonly parsed?: object;
    readonly tokensFail?: boolean;
  }

  const open = async (change: Change = {}) => {
    const house = await vertex({ said: () => change.said ?? HELLO, tokensFail: change.tokensFail ?? false });
    const way = openDoor();
    const secret = JSON.stringify(change.secret ?? serviceAccount('HOUSE/token'));
    way.give('google', secret.replaceAll('HOUSE', house.url));
    way.give('google.hosts', house.url);
    const adapter = vertexAdapter(systemClock);
    const service = { ...SERVICE, credential: 'google', model: change.model ?? SERVICE.model };
    const parsed = { messages: [{ role: 'user', content: 'hi' }], ...change.parsed };
    const once = (signal = AbortSignal.timeout(9000)) =>
      adapter.send(
        way.door,
        target(`${house.url}${change.endpoint ?? ''}`, service),
        modelRequest('chat', parsed),
        signal,
      );
    const close = async () => {
      await way.close();
      await house.close();
    };
    return { house, once, close };
  };

  it('fetches a token once, also for calls that come together', async () => {
    const { house, once, close } = await open({});
    await Promise.all([once(), once(), once()]);
    await once();
    expect(house.seen.filter(({ url }) => url === '/token')).toHaveLength(1);
    await close();
  });

  it.each([
    ['status-503', 'upstream_unavailable'],
    ['status-429', 'upstream_unavailable'],
    ['wrong-json', 'upstream_invalid'],
    ['huge', 'upstream_invalid'],
    ['redirect', 'upstream_invalid'],
    ['stuck-after-headers', 'upstream_timeout'],
  ] as const)('a token endpoint in trouble, %s, is %s, and the next call asks anew', async (fault, code) => {
    const { house, once, close } = await open({ tokensFail: true });
    house.fail(fault);
    const hurry = new AbortController();
    const timer = setTimeout(() => hurry.abort(new ProblemError('upstream_timeout')), 1500);
    await expect(once(hurry.signal)).rejects.toMatchObject({ code });
    clearTimeout(timer);
    house.fail(null);
    if (fault !== 'stuck-after-headers') expect((await once(AbortSignal.timeout(9000))).kind).toBe('whole');
    await close();
  });

  it('takes what an application’s default login leaves, and refuses other forms', async () => {
    const user = await open({ secret: userAccount('HOUSE/token') });
    expect((await user.once()).kind).toBe('whole');
    await user.close();
    for (const secret of [{ type: 'external_account' }, { ...serviceAccount('HOUSE/token'), private_key: 'no key' }]) {
      const other = await open({ secret });
      await expect(other.once()).rejects.toMatchObject({ code: 'credential_unusable' });
      expect(other.house.seen).toHaveLength(0);
      await other.close();
    }
    const stranger = await open({ secret: { ...userAccount('HOUSE/token'), refresh_token: 'revoked' } });
    await expect(stranger.once()).rejects.toMatchObject({
      code: 'credential_unusable',
      details: { reason: 'refused' },
    });
    await stranger.close();
  });

  it('calls a tuned model by its endpoint, and a private endpoint by its whole address', async () => {
    const tuned = await open({ model: 'endpoints/123456' });
    await tuned.once();
    expect(tuned.house.seen.at(-1)?.url).toBe(
      '/v1/projects/clinic/locations/us-central1/endpoints/123456:generateContent',
    );
    await tuned.close();
    const own = await open({ endpoint: '/v1/projects/clinic/locations/us-central1' });
    expect((await own.once()).kind).toBe('whole');
    await own.close();
  });

  it('gives Gemini its signature back with the call', async () => {
    const said: Said = { text: [], calls: [{ id: 'x', name: 'look_up', input: { q: 1 } }] };
    const { once, close } = await open({ said });
    const answer = await once();
    if (answer.kind !== 'whole') throw new Error(answer.kind);
    const form = JSON.parse(Buffer.from(answer.bytes).toString()) as {
      choices: { message: { tool_calls: { id: string }[] } }[];
    };
    const { message } = form.choices[0]!;
    expect(message.tool_calls).toMatchObject([{ extra_content: { google: { thought_signature: 'c2lnbmF0dXJl' } } }]);
    await close();
    const tools = [{ type: 'function', function: { name: 'look_up' } }];
    const result = { role: 'tool', tool_call_id: message.tool_calls[0]!.id, content: 'found' };
    const next = await open({ parsed: { tools, messages: [{ role: 'user', content: 'hi' }, message, result] } });
    await next.once();
    expect(next.house.seen.at(-1)?.body.toString()).toContain('"thoughtSignature":"c2lnbmF0dXJl"');
    await next.close();
  });
});
