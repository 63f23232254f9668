// Ten hours of sound through a real server: memory stays flat, a server that is killed in the middle goes on at the last finished stretch,
// and every minute is heard like the first one. `npm run test:slow`; needs ../shared/data.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { childrenOf, residentBytes } from '../behind.ts';
import { ask } from '../client.ts';
import { DATA, hasSpeechData, MODELS, startServer, type TestServer } from '../server.ts';

const MIB = 1024 * 1024;
const MINUTES = 600;
const MINUTE_BYTES = 60 * 32_000;
/** Before the samples of the clip: its header has a chunk of its maker. */
const CLIP_HEADER_BYTES = 78;
/** What the level of a process may rise by from the first hours to the last. */
const MOST_MORE = 40 * MIB;
const LOOK_MS = 500;

interface Look {
  /** Share of the recording that is recognised. */
  readonly progress: number;
  readonly server: number;
  readonly listener: number;
  /** The largest of them. */
  readonly recogniser: number;
}

interface Word {
  readonly spoken: string;
  readonly start: number;
}

describe.skipIf(!hasSpeechData)('ten hours', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ env: { CORDON_MODELS: MODELS } });
  });
  afterAll(() => server.remove());

  const get = async (path: string): Promise<Record<string, unknown>> => {
    const answer = await ask(server.url, server.credentials.apiKey, 'GET', path);
    expect(answer.status, answer.text).toBe(200);
    return answer.body;
  };

  it('are heard with flat memory, also over a kill', { timeout: 3_600_000 }, async () => {
    const recording = await upload(server);
    const made = await ask(server.url, server.credentials.apiKey, 'POST', `/api/recordings/${recording}/transcripts`, {
      body: {},
    });
    expect(made.status, made.text).toBe(202);
    const job = String(made.body['id']);
    const looks: Look[] = [];
    const began = performance.now();
    let killed = false;
    for (;;) {
      const { state, progress, result } = await get(`/api/jobs/${job}`);
      expect(state).not.toBe('failed');
      if (state === 'done') {
        report(looks, (performance.now() - began) / 1000);
        const { transcription } = await get(`/api/transcripts/${(result as { readonly id: string }).id}`);
        judge((transcription as { readonly words: readonly Word[] }).words);
        break;
      }
      looks.push(look(server, Number(progress)));
      if (!killed && Number(progress) > 0.5) {
        killed = true;
        await server.kill();
        server = await server.restart();
      }
      await sleep(LOOK_MS);
    }
    expect(killed).toBe(true);
    for (const part of ['server', 'listener', 'recogniser'] as const) expect(rise(looks, part)).toBeLessThan(MOST_MORE);
  });
});

function look(server: TestServer, progress: number): Look {
  const pid = server.process.pid ?? 0;
  const largest = (word: string): number => Math.max(0, ...childrenOf(pid, word).map(residentBytes));
  return {
    progress,
    server: residentBytes(pid),
    listener: largest('listener.child'),
    recogniser: largest('recogniser.child'),
  };
}

/** Bytes between the median of the second tenth and that of the last one. */
function rise(looks: readonly Look[], part: 'server' | 'listener' | 'recogniser'): number {
  return level(looks, part, 0.9, 1) - level(looks, part, 0.1, 0.2);
}

function level(looks: readonly Look[], part: 'server' | 'listener' | 'recogniser', from: number, to: number): number {
  const values = looks.filter(({ progress }) => progress >= from && progress <= to).map((one) => one[part]);
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function report(looks: readonly Look[], seconds: number): void {
  const figures = (['server', 'listener', 'recogniser'] as const).map((part) => {
    const at = (from: number, to: number): string => `${Math.round(level(looks, part, from, to) / MIB)} MiB`;
    return `${part} ${at(0.1, 0.2)} in the second tenth, ${at(0.4, 0.5)} in the fifth, ${at(0.9, 1)} in the last`;
  });
  console.log(`${MINUTES} minutes in ${seconds.toFixed(0)} s; resident: ${figures.join('; ')}`);
}

/** Each minute has the words of the one before, a minute later. In the first one the detector has not heard a room yet. */
function judge(words: readonly Word[]): void {
  const minutes = Array.from({ length: MINUTES }, (): string[] => []);
  for (const { spoken, start } of words) {
    minutes[Math.floor(start / 60)]?.push(`${spoken}@${Math.round((start % 60) * 1000)}`);
  }
  const [, second = []] = minutes;
  expect(second.length).toBeGreaterThan(15);
  const different = minutes.flatMap((minute, index) => (minute.join(' ') === second.join(' ') ? [] : [index]));
  // The detector carries a little of its past with it, so that a border may move by a window; a word is never lost.
  expect(different.length, `minutes that differ: ${different.slice(0, 20).join(', ')}`).toBeLessThan(MINUTES / 100);
}

async function upload(server: TestServer): Promise<string> {
  const key = server.credentials.apiKey;
  const body = { patient: 'pt-1', purpose: 'dictation' };
  const made = await ask(server.url, key, 'POST', '/api/encounters', { body });
  const path = `/api/encounters/${String(made.body['id'])}/recordings?transcribe=false`;
  const init: RequestInit & { readonly duplex: 'half' } = {
    method: 'POST',
    duplex: 'half',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'audio/wav' },
    body: ReadableStream.from(sound()),
  };
  const answer = await fetch(`${server.url}${path}`, init);
  const recording = (await answer.json()) as { readonly id: string };
  expect(answer.status).toBe(201);
  return recording.id;
}

/** A sentence of eleven seconds and the quiet of a room, every minute. */
async function* sound(): AsyncIterable<Uint8Array> {
  const clip = readFileSync(join(DATA, 'audio', 'jfk.wav'));
  const minute = new Uint8Array(MINUTE_BYTES);
  const samples = new Int16Array(minute.buffer);
  let state = 1;
  for (let at = 0; at < samples.length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    samples[at] = (state % 21) - 10;
  }
  minute.set(clip.subarray(CLIP_HEADER_BYTES), 32_000);
  // The sizes of a format chunk and a data chunk follow each other once the maker's chunk is left out.
  const header = Buffer.concat([clip.subarray(0, 36), clip.subarray(CLIP_HEADER_BYTES - 8, CLIP_HEADER_BYTES)]);
  header.writeUInt32LE(36 + MINUTES * MINUTE_BYTES, 4);
  header.writeUInt32LE(MINUTES * MINUTE_BYTES, 40);
  yield await Promise.resolve(header);
  for (let at = 0; at < MINUTES; at++) yield minute;
}
