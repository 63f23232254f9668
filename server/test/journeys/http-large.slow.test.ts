// Two gigabytes of audio uploaded over a real socket: memory stays flat (spec clinical §1). `npm run test:slow`.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { residentBytes } from '../behind.ts';
import { ask } from '../client.ts';
import { startServer, type TestServer } from '../server.ts';

const MIB = 1024 * 1024;
const BYTES = 2_000 * MIB;
/** What the level may rise by: the upload is forty times as much. */
const MOST_MORE = 50 * MIB;
/** Node, its code and the speech engine's parent at rest hold about 250 MiB; the garbage of a second comes on top. */
const MOST_AT_ALL = 512 * MIB;

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.remove());

it('2 GB go through with flat memory', async () => {
  const key = server.credentials.apiKey;
  const made = await ask(server.url, key, 'POST', '/api/encounters', {
    body: { patient: 'pt-1', purpose: 'dictation' },
  });
  const pid = server.process.pid ?? 0;
  const seen: number[] = [];
  const began = performance.now();
  const init: RequestInit & { readonly duplex: 'half' } = {
    method: 'POST',
    duplex: 'half',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'audio/wav' },
    body: ReadableStream.from(recording(() => seen.push(residentBytes(pid)))),
  };
  const path = `/api/encounters/${String(made.body['id'])}/recordings?transcribe=false`;
  const answer = await fetch(`${server.url}${path}`, init);
  const seconds = (performance.now() - began) / 1000;
  const body = (await answer.json()) as { bytes: number };
  expect(answer.status, JSON.stringify(body)).toBe(201);
  expect(body.bytes).toBe(44 + BYTES);
  // Garbage comes and goes; what may not grow with length is the level it swings around.
  const fifth = Math.floor(seen.length / 5);
  const [early, late] = [median(seen.slice(fifth, 2 * fifth)), median(seen.slice(-fifth))];
  const most = Math.max(...seen);
  console.log(
    `2 GB in ${seconds.toFixed(1)} s (${(BYTES / MIB / seconds).toFixed(0)} MiB/s); resident ${Math.round(early / MIB)} MiB in the second fifth, ${Math.round(late / MIB)} MiB in the last, ${Math.round(most / MIB)} MiB at most`,
  );
  expect(late - early).toBeLessThan(MOST_MORE);
  expect(most).toBeLessThan(MOST_AT_ALL);
});

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** 16 kHz, mono, 16 bit: eighteen hours of a low tone. */
async function* recording(look: () => void): AsyncIterable<Uint8Array> {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + BYTES, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(16_000, 24);
  header.writeUInt32LE(32_000, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(BYTES, 40);
  yield header;
  const block = new Uint8Array(MIB);
  const samples = new Int16Array(block.buffer);
  for (let at = 0; at < samples.length; at += 1) samples[at] = Math.round(4_000 * Math.sin(at / 40));
  for (let at = 0; at < BYTES; at += MIB) {
    if (at % (20 * MIB) === 0) look();
    yield block;
  }
}
