// Clients of live transcription as applications use them: OpenAI's own realtime client, unchanged, and the SDK's helper on a line that
// breaks every other second.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect as dial, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createServer as createTlsServer } from 'node:tls';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { caption } from '../../../sdk/examples/live.ts';
import { ask } from '../client.ts';
import { clip } from '../live.ts';
import { hasSpeechData, startServer, type TestServer } from '../server.ts';

describe.skipIf(!hasSpeechData)('clients of live transcription', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
    // The server answers before its engine is ready.
    while (!(await ask(server.url, null, 'GET', '/readyz')).text.includes('"state":"ready"')) await pause(100);
  });
  afterAll(() => server.remove());

  it('OpenAI’s realtime client works unchanged', async () => {
    const line = await secureLine(server);
    const client = new OpenAI({ apiKey: server.credentials.apiKey, baseURL: `https://localhost:${line.port}/v1` });
    const realtime = new OpenAIRealtimeWS({ intent: 'transcription', options: { ca: line.certificate } }, client);
    const told: string[] = [];
    const done: string[] = [];
    const kinds: string[] = [];
    realtime.on('event', ({ type }) => kinds.push(type));
    realtime.on('error', (error) => kinds.push(error.message));
    realtime.on('conversation.item.input_audio_transcription.delta', ({ delta }) => told.push(delta ?? ''));
    realtime.on('conversation.item.input_audio_transcription.completed', ({ transcript }) => done.push(transcript));
    await new Promise((resolve) => realtime.once('session.created', resolve));
    realtime.send({
      type: 'session.update',
      session: { type: 'transcription', audio: { input: { format: { type: 'audio/pcm', rate: 24_000 } } } },
    });
    await new Promise((resolve) => realtime.once('session.updated', resolve));
    const sound = upsampled(clip('jfk.wav'));
    for (let at = 0; at < sound.length; at += 48_000) {
      const audio = sound.subarray(at, at + 48_000).toString('base64');
      realtime.send({ type: 'input_audio_buffer.append', audio });
    }
    realtime.send({ type: 'input_audio_buffer.commit' });
    while (!done.some((text) => text.includes('for your country'))) await pause(50);
    expect(told.join('')).toBe(done.join(''));
    expect(kinds.filter((kind) => kind === 'input_audio_buffer.speech_started').length).toBe(done.length);
    expect(kinds).not.toContain('error');
    const closed = new Promise((resolve) => realtime.socket.once('close', resolve));
    realtime.close();
    expect(await closed).toBe(1000);
  });

  it('the SDK’s example loses nothing on a line that breaks again and again', async () => {
    const sound = clip('aws-mta-2.wav').subarray(0, 12 * 32_000);
    const whole: string[] = [];
    await caption(server.url, server.credentials.apiKey, spoken(sound, Infinity), (text) => whole.push(text));
    const line = await breakingLine(server, 1_500);
    const shown: string[] = [];
    const microphone = spoken(sound, 2);
    const transcript = await caption(line.url, server.credentials.apiKey, microphone, (text) => shown.push(text));
    expect(line.broken()).toBeGreaterThan(2);
    expect(shown.join('')).toBe(whole.join(''));
    expect(shown.join('')).toContain('78-year-old');
    const kept = await ask(server.url, server.credentials.apiKey, 'GET', `/api/transcripts/${String(transcript)}`);
    expect(kept.status, kept.text).toBe(200);
    expect(JSON.stringify(kept.body)).toContain('78-year-old');
  });
});

async function* spoken(sound: Buffer, speed: number): AsyncIterable<Uint8Array> {
  const began = performance.now();
  for (let at = 0; at < sound.length; at += 6_400) {
    const due = began + at / 32 / speed - performance.now();
    if (due > 0) await pause(due);
    yield sound.subarray(at, at + 6_400);
  }
}

/** 16 kHz to 24 kHz by straight lines: good enough for a recogniser. */
function upsampled(pcm: Buffer): Buffer {
  const samples = pcm.length / 2;
  const out = Buffer.alloc(Math.floor((samples - 1) * 1.5) * 2);
  for (let at = 0; at < out.length / 2; at += 1) {
    const place = at / 1.5;
    const left = pcm.readInt16LE(Math.floor(place) * 2);
    const right = pcm.readInt16LE(Math.floor(place) * 2 + 2);
    out.writeInt16LE(Math.round(left + (right - left) * (place % 1)), at * 2);
  }
  return out;
}

/** OpenAI's client speaks TLS only: a terminating proxy with a certificate of its own. */
async function secureLine(server: TestServer): Promise<{ readonly port: number; readonly certificate: Buffer }> {
  const directory = mkdtempSync(join(tmpdir(), 'cordon-live-'));
  const [keyFile, certificateFile] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const request = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj /CN=localhost';
  const names = ['-addext', 'subjectAltName=DNS:localhost', '-keyout', keyFile, '-out', certificateFile];
  execFileSync('openssl', [...request.split(' '), ...names], { stdio: 'ignore' });
  const certificate = readFileSync(certificateFile);
  const proxy = createTlsServer({ key: readFileSync(keyFile), cert: certificate }, (socket) => pipe(server, socket));
  onTestFinished(() => {
    proxy.close();
    rmSync(directory, { recursive: true });
  });
  return { port: await listening(proxy), certificate };
}

/** Cuts every connection after a while, both ways, without a word. */
async function breakingLine(
  server: TestServer,
  afterMs: number,
): Promise<{ readonly url: string; readonly broken: () => number }> {
  let broken = 0;
  const proxy = createServer((socket) => {
    const upstream = pipe(server, socket);
    const cut = setTimeout(() => {
      broken += 1;
      socket.resetAndDestroy();
      upstream.resetAndDestroy();
    }, afterMs);
    socket.once('close', () => clearTimeout(cut));
  });
  onTestFinished(() => void proxy.close());
  return { url: `http://127.0.0.1:${await listening(proxy)}`, broken: () => broken };
}

function pipe(server: TestServer, socket: Socket): Socket {
  const { hostname, port } = new URL(server.url);
  const upstream = dial(Number(port), hostname);
  socket.pipe(upstream).pipe(socket);
  socket.on('error', () => upstream.destroy());
  upstream.on('error', () => socket.destroy());
  return upstream;
}

async function listening(proxy: Server): Promise<number> {
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return (proxy.address() as AddressInfo).port;
}
