import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { get } from 'node:http';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { guardProcess, proveAirGap } from './air-gap.ts';

const here = new URL('./air-gap.ts', import.meta.url).href;

/** Runs the proof in a network namespace of its own, with nothing but what `before` sets up. */
function provedApart(before = ''): { readonly status: number | null; readonly said: string } {
  const script = `
    const { proveAirGap } = await import(${JSON.stringify(here)});
    await proveAirGap().then(() => console.log('held'), (error) => console.log(error.code, error.details.reason));`;
  const run = `${before} exec "${process.execPath}" --input-type=module -e "$SCRIPT"`;
  const made = spawnSync('unshare', ['--net', '--map-root-user', 'sh', '-c', run], {
    encoding: 'utf8',
    env: { ...process.env, SCRIPT: script },
  });
  return { status: made.status, said: `${made.stdout}${made.stderr}`.trim() };
}

const canUnshare = spawnSync('unshare', ['--net', '--map-root-user', 'true']).status === 0;
if (!canUnshare) console.warn('NOTE: no network namespaces here: the air gap is proven against an open way alone');

describe('the operating system', () => {
  it('that lets a connection out is not an air gap', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await expect(proveAirGap([{ address: '127.0.0.1', port }])).rejects.toMatchObject({
      code: 'air_gap_open',
      details: { reason: 'answered' },
    });
    await new Promise((resolve) => server.close(resolve));
    // Somebody says that the port is closed: an answer all the same.
    await expect(proveAirGap([{ address: '127.0.0.1', port }])).rejects.toMatchObject({
      details: { reason: 'answered' },
    });
  });

  it.runIf(canUnshare)('that has no way out is one', () => {
    expect(provedApart().said).toBe('held');
  });

  it.runIf(canUnshare)('that sends into the void is not: nothing holds the content but luck', () => {
    const dummy =
      'ip link add d0 type dummy && ip addr add 192.0.2.1/24 dev d0 && ip link set d0 up && ip route add default dev d0 || exit 9;';
    const { status, said } = provedApart(dummy);
    if (status === 9) return console.warn('NOTE: no ip(8) or no dummy device here: a silent way out was not tried');
    expect(said).toBe('air_gap_open not_held');
  });
});

describe('the process', () => {
  let lift = (): void => undefined;
  afterEach(() => lift());

  const failure = (socket: Socket): Promise<string> =>
    new Promise((resolve) => {
      socket.once('connect', () => resolve('connected'));
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });

  it('refuses every public address, however it is asked', async () => {
    lift = guardProcess();
    const outside = { port: 443, host: '1.1.1.1' };
    expect(await failure(connect(outside))).toBe('air_gapped');
    expect(await failure(connect(443, '1.1.1.1'))).toBe('air_gapped');
    expect(await failure(connectTls(outside))).toBe('air_gapped');
    expect(await failure(connect({ port: 443, host: '::ffff:8.8.8.8' }))).toBe('air_gapped');
    const lookup = (
      _host: string,
      _options: object,
      answer: (error: null, found: { address: string; family: number }[]) => void,
    ) => answer(null, [{ address: '8.8.8.8', family: 4 }]);
    expect(await failure(connect({ port: 443, host: 'rebound.test', lookup }))).toBe('air_gapped');
    const http = await new Promise((resolve) =>
      get('http://1.1.1.1/').once('error', (error: NodeJS.ErrnoException) => resolve(error.code)),
    );
    expect(http).toBe('air_gapped');
    const udp = createSocket('udp4');
    expect(() => udp.send('x', 53, '1.1.1.1')).toThrowError('air-gapped');
    udp.close();
  });

  it('goes on reaching itself and what is near', async () => {
    lift = guardProcess();
    const server = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, resolve));
    const { port } = server.address() as AddressInfo;
    expect(await failure(connect(port))).toBe('connected');
    expect(await failure(connect(port, 'localhost'))).toBe('connected');
    expect(await failure(connect({ port, host: '127.0.0.1' }))).toBe('connected');
    await new Promise((resolve) => server.close(resolve));
  });

  it('is free again when the guard is lifted', async () => {
    guardProcess()();
    const server = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, resolve));
    expect(await failure(connect((server.address() as AddressInfo).port))).toBe('connected');
    await new Promise((resolve) => server.close(resolve));
  });
});
