// The server on a real socket: what it answers before any route of ours exists, and how it stops.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProblemError } from '@cordon/contract';
import { afterEach, expect, test } from 'vitest';
import { createLog } from '#platform/log/log.ts';
import { createHttpServer } from './server.ts';
import type { HttpServer, HttpServerOptions } from './server.ts';

let servers: HttpServer[] = [];
let lines: string[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop(0)));
  servers = [];
  lines = [];
});

const LOOPBACK = ['127.0.0.1', 'localhost'];

async function start(
  options: Partial<HttpServerOptions> = {},
): Promise<{ server: HttpServer; url: string; port: number }> {
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  const server = createHttpServer({
    log: createLog('info', sink),
    tls: null,
    trustedProxies: [],
    hosts: LOOPBACK,
    ...options,
  });
  servers.push(server);
  server.app.post('/api/echo/:id', (request) => ({ got: request.body }));
  server.app.get('/api/fail', () => {
    throw new Error('canary Jane Doe');
  });
  server.app.get('/api/refuse', () => {
    throw new ProblemError('consent_missing', { field: 'consent' });
  });
  server.app.get('/v1/refuse', () => {
    throw new ProblemError('engine_not_ready', { retryAfter: 7 });
  });
  server.app.get('/api/slow', async () => {
    await sleep(300);
    return { done: true };
  });
  await server.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.app.server.address() as AddressInfo;
  return { server, url: `http://127.0.0.1:${port}`, port };
}

test('a problem of ours leaves /api as RFC 9457 problem details', async () => {
  const { url } = await start();
  const response = await fetch(`${url}/api/refuse`);
  expect(response.status).toBe(403);
  expect(response.headers.get('content-type')).toMatch('application/problem+json');
  expect(await response.json()).toEqual({
    type: '/docs#problem-consent_missing',
    title: 'No consent to record is on file for this encounter.',
    status: 403,
    code: 'consent_missing',
    field: 'consent',
    remedy: expect.any(String),
    requestId: response.headers.get('cordon-request-id'),
  });
});

test("and /v1 in OpenAI's envelope with retry-after", async () => {
  const { url } = await start();
  const response = await fetch(`${url}/v1/refuse`);
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('7');
  const { error } = (await response.json()) as { error: Record<string, unknown> };
  expect(error).toMatchObject({ type: 'server_error', code: 'engine_not_ready', param: null });
});

test('an unknown error says nothing of itself, neither to the caller nor in the log', async () => {
  const { url } = await start();
  const response = await fetch(`${url}/api/fail?name=canary`);
  expect(response.status).toBe(500);
  const text = await response.text();
  expect(JSON.parse(text)).toMatchObject({ code: 'internal' });
  expect(text).not.toContain('canary');
  await expect.poll(() => lines.length).toBe(2);
  expect(lines.join('')).toContain('http.failed');
  expect(lines.join('')).toContain('server.test.ts'); // the frames are there
  expect(lines.join('')).not.toContain('canary');
});

test('unknown addresses are 404, known ones with another method 405 with Allow', async () => {
  const { url } = await start();
  expect((await fetch(`${url}/api/nothing`)).status).toBe(404);
  const wrong = await fetch(`${url}/api/echo/12`, { method: 'DELETE' });
  expect(wrong.status).toBe(405);
  expect(wrong.headers.get('allow')).toBe('POST');
});

test.each([
  ['not JSON', '{', 'application/json', 400, 'invalid_request'],
  ['empty JSON', '', 'application/json', 400, 'invalid_request'],
  ['another type', 'x', 'text/x', 415, 'unsupported_media_type'],
  ['prototype pollution', '{"__proto__":{"a":1}}', 'application/json', 400, 'invalid_request'],
  ['too large', JSON.stringify('x'.repeat(1_100_000)), 'application/json', 413, 'payload_too_large'],
])('a body that is %s is refused by code', async (_name, body, type, status, code) => {
  const { url } = await start();
  const response = await fetch(`${url}/api/echo/1`, { method: 'POST', body, headers: { 'content-type': type } });
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ code });
});

test('long addresses, long headers and bytes that are no HTTP are refused', async () => {
  const { url, port } = await start();
  expect((await fetch(`${url}/api/echo/${'x'.repeat(5000)}`)).status).toBe(414);
  expect((await fetch(url, { headers: { x: 'y'.repeat(20_000) } })).status).toBe(431);
  const socket = connect(port, '127.0.0.1');
  socket.write('\u0000\u0001 nonsense\r\n\r\n');
  const [data] = (await once(socket, 'data')) as [Buffer];
  expect(data.toString()).toMatch(/^HTTP\/1.1 400 Bad Request\r\n[\s\S]*"code":"invalid_request"/);
});

test('a page under another name cannot reach the server on loopback', async () => {
  const { port } = await start();
  const status = await new Promise((resolve, reject) => {
    httpRequest({ port, host: '127.0.0.1', path: '/healthz', headers: { host: 'evil.example' } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
  expect(status).toBe(421);
});

test('every answer has the security headers, a request id of ours and no permission for other origins', async () => {
  const { url } = await start();
  const response = await fetch(`${url}/healthz`, { headers: { origin: 'https://evil.example', 'request-id': 'mine' } });
  expect(await response.json()).toEqual({ status: 'ok' });
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('access-control-allow-origin')).toBeNull();
  expect(response.headers.get('strict-transport-security')).toBeNull();
  expect(response.headers.get('cordon-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

test('forwarded headers are believed only from a declared proxy', async () => {
  const plain = await start();
  const header = { 'x-forwarded-proto': 'https' };
  expect(
    (await fetch(`${plain.url}/healthz`, { headers: header })).headers.get('strict-transport-security'),
  ).toBeNull();
  const proxied = await start({ trustedProxies: ['127.0.0.0/8'], hosts: null });
  const believed = await fetch(`${proxied.url}/healthz`, { headers: header });
  expect(believed.headers.get('strict-transport-security')).toContain('max-age=63072000');
});

test('stopping finishes what is under way and refuses what comes after', async () => {
  const { server, url, port } = await start();
  const slow = fetch(`${url}/api/slow`);
  const late = connect(port, '127.0.0.1');
  late.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\n'); // begun, not yet a request
  await sleep(100);
  const stopped = server.stop(5_000);
  late.write('\r\n');
  const [data] = (await once(late, 'data')) as [Buffer];
  expect(data.toString()).toMatch(/^HTTP\/1.1 503 Service Unavailable[\s\S]*"code":"shutting_down"/);
  expect(await (await slow).json()).toEqual({ done: true });
  const began = performance.now();
  await stopped;
  expect(performance.now() - began).toBeLessThan(1_000);
  await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed');
});

test('what takes longer than the grace period is cut off', async () => {
  const { server, url } = await start();
  const slow = fetch(`${url}/api/slow`).then(
    () => 'answered',
    () => 'cut',
  );
  await sleep(50);
  await server.stop(20);
  expect(await slow).toBe('cut');
});

test('TLS below 1.2 is refused; over TLS the browser is told to stay there', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'cordon-tls-'));
  try {
    const [keyFile, certificateFile] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
    execFileSync(
      'openssl',
      [
        ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=localhost'.split(' '),
        '-keyout',
        keyFile,
        '-out',
        certificateFile,
      ],
      { stdio: 'ignore' },
    );
    const { port } = await start({ tls: { keyFile, certificateFile } });
    const get = (options: object): Promise<string | undefined> =>
      new Promise((resolve, reject) => {
        httpsRequest(
          { host: 'localhost', port, path: '/healthz', rejectUnauthorized: false, ...options },
          (response) => {
            response.resume();
            resolve(response.headers['strict-transport-security']);
          },
        )
          .on('error', reject)
          .end();
      });
    expect(await get({})).toContain('max-age');
    await expect(get({ maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' })).rejects.toThrow();
  } finally {
    rmSync(directory, { recursive: true });
  }
});
