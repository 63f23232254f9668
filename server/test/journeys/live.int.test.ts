// Live transcription over real sockets: real server, real model, real recordings.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../client.ts';
import { clip, completedOf, connect, PCM_16K, toldOf } from '../live.ts';
import { hasSpeechData, startServer, type TestServer } from '../server.ts';

describe.skipIf(!hasSpeechData)('live transcription', () => {
  let server: TestServer;
  let key: string;
  beforeAll(async () => {
    server = await startServer();
    key = server.credentials.apiKey;
    const health = async (): Promise<number> => (await ask(server.url, null, 'GET', '/readyz')).status;
    while ((await health()) !== 200) await new Promise((resolve) => setTimeout(resolve, 100));
  });
  afterAll(() => server.remove());

  it('tells words while they are spoken, never takes one back, and leaves recording and transcript', async () => {
    const live = await connect(server.url, key, { headers: { 'cordon-patient': 'pt-live-1' } });
    await live.next('session.created');
    live.send(PCM_16K);
    await live.next('session.updated');
    const sound = clip('jfk.wav');
    await live.speak(sound, { speed: 1 });
    live.send({ type: 'cordon.session.finish' });
    const finished = await live.next('cordon.session.finished');
    expect((await live.closed).code).toBe(1000);
    const first = live.events.find(({ type }) => type === 'conversation.item.input_audio_transcription.delta');
    expect(first?.['audio_end_ms']).toBeLessThanOrEqual(1_500);
    expect(toldOf(live.events)).toEqual(completedOf(live.events));
    expect([...completedOf(live.events).values()].join(' ')).toContain('ask what you can do for your country');
    const transcript = await ask(server.url, key, 'GET', `/api/transcripts/${String(finished['transcript'])}`);
    expect(transcript.status, transcript.text).toBe(200);
    const recording = await ask(server.url, key, 'GET', `/api/recordings/${String(finished['recording'])}`);
    expect(recording.body).toMatchObject({ duration: sound.length / 32_000, sampleRate: 16_000, channels: 1 });
  });
});
