// The supervisor against children that misbehave in every way a native one can. The children are real processes.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flacBomb } from '#test/sound.ts';
import { DEFAULT_LIMITS } from './engine-child.ts';
import type { ChildLost, ProcessLimits } from './engine-child.ts';
import { ListenerProcess } from './listener-process.ts';
import type { SoundTaker } from './listener-process.ts';
import type { CutConfig } from './messages.ts';
import { probeSandbox } from './sandbox.ts';

const CONFIG: CutConfig = { how: 'pauses', vad: '/nowhere' };

const PRELUDE = `
import { writeSync } from 'node:fs';
const send = (message) => {
  const body = Buffer.from(JSON.stringify(message));
  const head = Buffer.alloc(5);
  head[0] = 4;
  head.writeUInt32LE(body.length, 1);
  writeSync(3, Buffer.concat([head, body]));
};
const ready = () => send({ type: 'ready', engine: 'stand-in' });
`;

const sandbox = probeSandbox();
let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cordon-stand-in-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function standIn(name: string, script: string, limits: Partial<ProcessLimits> = {}): Promise<ListenerProcess> {
  const path = join(directory, `${name}.mjs`);
  await writeFile(path, PRELUDE + script);
  return new ListenerProcess(CONFIG, { sandbox, script: path, limits: { ...DEFAULT_LIMITS, ...limits } });
}

async function* sound(bytes: number): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < bytes; sent += 65_536) yield new Uint8Array(65_536);
  await Promise.resolve();
}

const taker = (progress: (seconds: number) => void = () => undefined): SoundTaker => ({
  open: () => undefined,
  sound: () => undefined,
  close: () => undefined,
  progress,
});
const run = (child: ListenerProcess, bytes = 1_000_000): Promise<unknown> =>
  child.run({ startAt: [] }, () => sound(bytes), taker());
const lost = (ended: object): Partial<ChildLost> =>
  expect.objectContaining({ name: 'ChildLost', ended }) as Partial<ChildLost>;

describe('ListenerProcess', () => {
  it('kills a child that hangs with work in hand', async () => {
    const child = await standIn('hang', 'ready(); process.stdin.on("data", () => {}); setInterval(() => {}, 1e6);', {
      stall: 400,
    });
    await expect(run(child)).rejects.toEqual(lost({ how: 'stalled' }));
    expect(await child.child.exited()).toEqual({ how: 'stalled' });
  });

  it('kills a child that hangs without reading, so that not even the pipe drains', async () => {
    const child = await standIn('deaf', 'ready(); setInterval(() => {}, 1e6);', { stall: 400 });
    await expect(run(child, 10_000_000)).rejects.toEqual(lost({ how: 'stalled' }));
  });

  it('kills a child that loads for too long', async () => {
    const child = await standIn('slow', 'setInterval(() => {}, 1e6);', { load: 300 });
    await expect(child.child.ready()).rejects.toEqual(lost({ how: 'load' }));
  });

  it('kills a child that makes progress without end and without sound, whoever of its processes it is', async () => {
    const script = (work: string) =>
      `ready(); let seconds = 0; process.stdin.on("data", () => {}); ${work} setInterval(() => send({ type: "progress", bytes: 0, seconds: (seconds += 1 / 16000) }), 20);`;
    const own = 'setInterval(() => { for (const until = Date.now() + 30; Date.now() < until;); }, 1);';
    const spinning = await standIn('spinning', script(own), { spare: 800 });
    await expect(run(spinning, 65_536)).rejects.toEqual(lost({ how: 'overrun' }));
    const others = 'import("node:child_process").then(({ spawn }) => spawn("/bin/sh", ["-c", "while :; do :; done"]));';
    const behind = await standIn('behind', script(others), { spare: 800 });
    await expect(run(behind, 65_536)).rejects.toEqual(lost({ how: 'overrun' }));
  }, 60_000);

  it('lets a child take its time over sound', async () => {
    const child = await standIn(
      'slow-but-sure',
      'ready(); let seconds = 0; process.stdin.on("data", () => {}); setInterval(() => { for (const until = Date.now() + 100; Date.now() < until;); send({ type: "progress", bytes: 0, seconds: ++seconds }); if (seconds === 15) send({ type: "done", facts: { duration: 15 } }); }, 1);',
      { spare: 500 },
    );
    expect(await run(child, 65_536)).toMatchObject({ duration: 15 });
  }, 60_000);

  it('kills a child that takes too much memory', async () => {
    const child = await standIn(
      'fat',
      'ready(); const held = []; setInterval(() => { held.push(Buffer.alloc(32 * 1024 * 1024, 1)); send({ type: "progress", bytes: 0, seconds: 0 }); }, 20);',
      { memory: 300 * 1024 * 1024 },
    );
    await expect(run(child)).rejects.toEqual(lost({ how: 'memory' }));
  });

  it.each([
    ['with a signal', 'process.kill(process.pid, "SIGABRT")', { how: 'exit', code: null, signal: 'SIGABRT' }],
    ['with a code', 'process.exit(3)', { how: 'exit', code: 3, signal: null }],
    ['without a word', 'process.exit(0)', { how: 'exit', code: 0, signal: null }],
  ])('notices a child that ends %s', async (_name, ending, ended) => {
    const child = await standIn('ends', `ready(); process.stdin.once('data', () => { ${ending}; });`);
    await expect(run(child)).rejects.toEqual(lost(ended));
  });

  it.each([
    ['no JSON', 'const b = Buffer.from("04030000007b7b7b", "hex"); writeSync(3, b);'],
    ['an endless frame', 'writeSync(3, Buffer.from("04ffffffff", "hex"));'],
    ['a message nobody knows', 'send({ type: "reboot" });'],
    ['a problem nobody knows', 'send({ type: "problem", code: "toString", details: {} });'],
  ])('kills a child that says %s', async (_name, saying) => {
    const child = await standIn(
      'babble',
      `ready(); process.stdin.once('data', () => { ${saying} }); setInterval(() => {}, 1e6);`,
    );
    await expect(run(child)).rejects.toEqual(lost({ how: 'protocol' }));
  });

  // Two seconds of a processor, which a machine full of other tests gives in a minute.
  it(
    'hears of a child that makes much sound of few bytes, and does not take it for a hang',
    { timeout: 180_000 },
    async () => {
      const bomb = flacBomb(400, 8, 0);
      const limits = { ...DEFAULT_LIMITS, stall: 30_000 };
      const child = new ListenerProcess({ how: 'measure' }, { sandbox, limits, work: 'live' });
      const whole = async function* (): AsyncGenerator<Uint8Array> {
        yield await Promise.resolve(bomb);
      };
      await expect(child.run({ startAt: [] }, whole, taker())).rejects.toMatchObject({
        code: 'audio_unusable',
        details: { reason: 'mostly_nothing' },
      });
    },
  );

  it('does not count the time that its own caller takes', async () => {
    const script =
      "ready(); let n = 0; process.stdin.on('data', (d) => { n += d.length; if (n < 70000) send({ type: 'open', stretch: 0, channel: 0, start: 0 }); send({ type: 'progress', bytes: n, seconds: 0 }); if (n > 300000) send({ type: 'done', facts: {} }); });";
    const child = await standIn('patient', script, { stall: 300 });
    let waited = 0;
    const slow = async (): Promise<void> => {
      if (waited++ === 0) await sleep(700);
    };
    await child.run({ startAt: [] }, () => sound(300_000), { ...taker(), open: slow });
    expect(waited).toBe(1);
  });

  it('lets go of the recording when the child is gone', async () => {
    const child = await standIn('gone', "ready(); process.stdin.once('data', () => process.exit(1));");
    let read = 0;
    let closed = false;
    async function* long(): AsyncGenerator<Uint8Array> {
      try {
        for (; read < 10_000; read++) {
          await sleep(1);
          yield new Uint8Array(65_536);
        }
      } finally {
        closed = true;
      }
    }
    await expect(child.run({ startAt: [] }, long, taker())).rejects.toEqual(
      lost({ how: 'exit', code: 1, signal: null }),
    );
    await sleep(50);
    expect(closed).toBe(true);
    expect(read).toBeLessThan(1_000);
  });

  it('ends the child when the upload breaks, and says why', async () => {
    const child = await standIn('cut', "ready(); process.stdin.on('data', () => {}); setInterval(() => {}, 1e6);");
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(10);
      await sleep(20);
      throw new Error('connection lost');
    }
    await expect(child.run({ startAt: [] }, broken, taker())).rejects.toThrow('connection lost');
    expect(await child.child.exited()).toEqual({ how: 'stopped' });
  });

  it('gives the child nothing of our environment, no core dump, and no network where the machine permits', async () => {
    process.env['CORDON_TEST_SECRET'] = 'do not tell';
    const script = `
      import { readFileSync, readlinkSync } from 'node:fs';
      import { networkInterfaces } from 'node:os';
      ready();
      process.stdin.once('data', () => send({ type: 'done', facts: {
        environment: Object.keys(process.env),
        core: /Max core file size +(\\S+)/.exec(readFileSync('/proc/self/limits', 'utf8'))[1],
        interfaces: Object.values(networkInterfaces()).flat().filter((one) => !one.internal).length,
        namespace: readlinkSync('/proc/self/ns/net'),
      } }));`;
    const child = await standIn('naked', script);
    const facts = (await run(child)) as { environment: string[]; core: string; interfaces: number };
    delete process.env['CORDON_TEST_SECRET'];
    expect(
      facts.environment
        .filter((name) => name !== 'PWD' && name !== '_' && name !== 'SHLVL' && name !== 'OLDPWD')
        .toSorted(),
    ).toEqual(['LANG', 'PATH']);
    expect(facts.core).toBe('0');
    const permitted = sandbox.confinement.network;
    if (!permitted) process.stderr.write('no network namespaces on this machine: the children keep the network\n');
    expect(permitted && facts.interfaces > 0).toBe(false);
  });

  it('leaves no child behind when the server is killed', async () => {
    const script = join(directory, 'orphan.mjs');
    await writeFile(script, `${PRELUDE} ready(); setInterval(() => {}, 1e6);`);
    const { spawn } = await import('node:child_process');
    const program = `
      import { EngineChild, DEFAULT_LIMITS } from ${JSON.stringify(new URL('engine-child.ts', import.meta.url).href)};
      import { probeSandbox } from ${JSON.stringify(new URL('sandbox.ts', import.meta.url).href)};
      const child = new EngineChild(${JSON.stringify(script)}, {}, { sandbox: probeSandbox(), limits: DEFAULT_LIMITS });
      await child.ready();
      console.log(child.pid);
      setInterval(() => {}, 1e6);`;
    const server = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = Number(
      await new Promise((resolve) => server.stdout.once('data', (data: Buffer) => resolve(data.toString()))),
    );
    expect(isAlive(pid)).toBe(true);
    server.kill('SIGKILL');
    for (let look = 0; look < 50 && isAlive(pid); look++) await sleep(50);
    expect(isAlive(pid)).toBe(!sandbox.confinement.tied);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
