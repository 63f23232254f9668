// Through a declared proxy, over real sockets: TLS end to end, addresses judged as far as they can be, and nothing without a declaration.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isProblem } from '@cordon/contract';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Service } from '#boundary/policy/snapshot.ts';
import { createAuthority, type Authority } from '#test/vendors/certificates.ts';
import { startConnectProxy, type ConnectProxy, type ProxyOptions } from '#test/vendors/connect-proxy.ts';
import { startOpenAi, type StandIn } from '#test/vendors/openai.ts';
import { openai } from './adapters/openai.ts';
import { chat, HERE, never, openDoor, target, type TestDoor } from './egress.fixture.ts';
import type { EgressProxy } from './tunnel.ts';

const CANARY = 'canary-7d2f';
const NOWHERE = { cidrs: [], hosts: [] };

let authority: Authority;
let service: StandIn;
let plain: StandIn;
let secrets: string;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  authority = createAuthority();
  service = await startOpenAi({ tls: authority.issue('models.example') });
  plain = await startOpenAi();
  secrets = mkdtempSync(join(tmpdir(), 'cordon-proxy-'));
});
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
  service.received.length = 0;
});
afterAll(async () => {
  await Promise.all([service.close(), plain.close()]);
  authority.close();
  rmSync(secrets, { recursive: true });
});

interface Way {
  readonly proxy: ConnectProxy;
  readonly house: TestDoor;
  /** The answer's words, or the problem's code and its reason. */
  readonly ask: (row?: Partial<Service>, endpoint?: string, boundary?: typeof HERE) => Promise<string>;
}

async function way(
  change: Partial<EgressProxy> = {},
  options: ProxyOptions & { readonly addresses?: readonly string[] } = {},
): Promise<Way> {
  const proxy = await startConnectProxy(options);
  closing.push(() => proxy.close());
  const declared = {
    host: '127.0.0.1',
    port: proxy.port,
    secure: false,
    names: 'here',
    services: null,
    secrets,
  } as const;
  const resolve = (host: string): Promise<readonly string[]> =>
    Promise.resolve(host === 'localhost' ? ['127.0.0.1'] : (options.addresses ?? ['127.0.0.1']));
  const house = openDoor({ proxy: { ...declared, ...change }, resolve }, { connectMs: 2_000 });
  closing.push(() => house.close());
  house.give('key', 'sk-secret');
  house.give('key.ca', authority.ca);
  const cloud = { pattern: 'baa-cloud', credential: 'key' } as const;
  const ask: Way['ask'] = async (row = {}, endpoint = `https://models.example:${service.port}/v1`, boundary = HERE) => {
    try {
      const to = target(endpoint, { ...cloud, ...row }, boundary);
      const answer = await openai.send(house.door, to, chat(CANARY), never());
      return answer.kind === 'whole' ? Buffer.from(answer.bytes).toString() : answer.kind;
    } catch (error) {
      if (!isProblem(error)) throw error;
      const { reason, invariant, status } = error.details;
      return [error.code, reason, invariant, status].filter((word) => word !== undefined).join(' ');
    }
  };
  return { proxy, house, ask };
}

describe('through a declared proxy', () => {
  it('TLS is end to end: the tunnel leads to the judged address, and the proxy sees none of what it carries', async () => {
    const { proxy, ask } = await way();
    expect(await ask()).toContain(CANARY);
    expect(await ask()).toContain(CANARY);
    expect([...new Set(proxy.asked)]).toEqual([`127.0.0.1:${service.port}`]);
    expect(proxy.plain).toEqual([]);
    const carried = Buffer.concat(proxy.carried).toString('latin1');
    for (const hidden of [CANARY, 'sk-secret', '/v1/chat']) expect(carried).not.toContain(hidden);
    expect(service.received[0]?.headers['proxy-authorization']).toBeUndefined();
  });

  it('names are looked up by the proxy where that is declared, and never names of the inside', async () => {
    const { proxy, ask } = await way({ names: 'proxy' }, { leadsTo: { host: '127.0.0.1', port: service.port } });
    expect(await ask({}, undefined, NOWHERE)).toContain(CANARY);
    expect(proxy.asked).toEqual([`models.example:${service.port}`]);
    for (const inside of ['metadata.google.internal', 'printer.local', 'intranet', 'localhost']) {
      expect(await ask({}, `https://${inside}/v1`)).toBe('pattern_invariant_failed private_address');
    }
    expect(await ask({}, 'https://169.254.169.254/v1')).toBe('pattern_invariant_failed metadata_address');
    expect(proxy.asked).toHaveLength(1);
  });

  it('a certificate of another name or authority is refused through it as without it', async () => {
    const { ask, house } = await way({ names: 'proxy' }, { leadsTo: { host: '127.0.0.1', port: service.port } });
    expect(await ask({}, `https://other.example:${service.port}/v1`)).toBe('upstream_unavailable certificate');
    house.give('public', 'sk-secret');
    expect(await ask({ credential: 'public' })).toBe('upstream_unavailable certificate');
    expect(service.received).toEqual([]);
  });

  it('addresses are judged before the proxy hears of them', async () => {
    const { proxy, ask } = await way({}, { addresses: ['10.0.0.8'] });
    expect(await ask({}, undefined, NOWHERE)).toBe('pattern_invariant_failed private_address');
    const metadata = await way({}, { addresses: ['169.254.169.254'] });
    expect(await metadata.ask()).toBe('pattern_invariant_failed metadata_address');
    expect([...proxy.asked, ...metadata.proxy.asked]).toEqual([]);
  });

  it('the login stands apart from the configuration and goes to the proxy alone; TLS to the proxy is verified', async () => {
    writeFileSync(join(secrets, 'egress-proxy'), 'cordon:word\n', { mode: 0o600 });
    writeFileSync(join(secrets, 'egress-proxy.ca'), authority.ca, { mode: 0o600 });
    closing.push(() => rmSync(join(secrets, 'egress-proxy')));
    const tls = authority.issue('localhost');
    const { proxy, ask } = await way({ host: 'localhost', secure: true }, { tls });
    expect(await ask()).toContain(CANARY);
    expect(proxy.logins).toEqual([`Basic ${Buffer.from('cordon:word').toString('base64')}`]);
    rmSync(join(secrets, 'egress-proxy.ca'));
    const unknown = await way({ host: 'localhost', secure: true }, { tls });
    expect(await unknown.ask()).toBe('upstream_unavailable proxy');
    expect(unknown.proxy.asked).toEqual([]);
  });

  it.each([
    ['HTTP/1.1 407 Proxy Authentication Required\r\n\r\n', 'upstream_unavailable proxy 407'],
    ['HTTP/1.1 403 CANARY\r\n\r\n<html>', 'upstream_unavailable proxy 403'],
    ['HTTP/1.1 200 OK\r\n\r\nbytes before the service spoke', 'upstream_unavailable proxy'],
    ['SSH-2.0-CANARY\r\n\r\n', 'upstream_unavailable proxy'],
    [`HTTP/1.1 200 ${'x'.repeat(20_000)}`, 'upstream_unavailable proxy'],
    ['', 'upstream_unavailable proxy'],
  ])('a proxy that answers %j', async (answer, code) => {
    const { ask } = await way({}, { answer });
    expect(await ask()).toBe(code);
  });
});

describe('what does not go through it', () => {
  it('services inside the boundary go straight; one that is declared to go through is refused', async () => {
    const { proxy, ask } = await way();
    expect(await ask({ pattern: 'on-prem', credential: null }, plain.url)).toContain(CANARY);
    expect(proxy.asked).toEqual([]);
    const named = await way({ services: ['remote'] });
    expect(await named.ask({ pattern: 'on-prem', credential: null }, plain.url)).toBe(
      'pattern_invariant_failed proxied',
    );
    expect(await named.ask({ pattern: 'vpc' })).toBe('pattern_invariant_failed proxied');
  });

  it('services that are not among those declared', async () => {
    const { proxy, ask } = await way({ services: ['another'] });
    expect(await ask()).toContain(CANARY);
    expect(proxy.asked).toEqual([]);
  });

  it('anything that only the environment sends there', async () => {
    const trap = await startConnectProxy();
    closing.push(() => trap.close());
    const names = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'NODE_USE_ENV_PROXY'];
    for (const name of names) process.env[name] = name === 'NODE_USE_ENV_PROXY' ? '1' : `http://127.0.0.1:${trap.port}`;
    closing.push(() => names.forEach((name) => delete process.env[name]));
    const house = openDoor({ resolve: () => Promise.resolve(['127.0.0.1']) });
    closing.push(() => house.close());
    house.give('key', 'sk');
    house.give('key.ca', authority.ca);
    const to = target(`https://models.example:${service.port}/v1`, { pattern: 'baa-cloud', credential: 'key' });
    expect((await openai.send(house.door, to, chat(CANARY), never())).kind).toBe('whole');
    expect([...trap.asked, ...trap.plain]).toEqual([]);
  });
});
