// The Transcribe adapter against a stand-in that Amazon's own client accepted first.
import {
  StartMedicalStreamTranscriptionCommand,
  StartStreamTranscriptionCommand,
  TranscribeStreamingClient,
  type TranscriptResultStream,
} from '@aws-sdk/client-transcribe-streaming';
import { describe, expect, it } from 'vitest';
import { openDoor, target } from '#boundary/egress/egress.fixture.ts';
import { systemClock } from '#kernel/clock.ts';
import { AWS_KEYS } from '#test/vendors/sigv4.ts';
import { FAULTS, speechRequest, speechSuite } from '#test/vendors/speech-suite.ts';
import { SPOKEN, wav } from '#test/vendors/spoken.ts';
import { transcribeHouse } from '#test/vendors/transcribe.ts';
import { awsTranscribe } from './aws-transcribe.ts';

const SECRET = JSON.stringify(AWS_KEYS);
const SERVICE = {
  adapter: 'aws-transcribe',
  model: 'medical',
  regions: { inference: 'us-east-1', storage: 'us', support: 'us', logs: 'us' },
};
const AT_ONCE = 1e9;

describe('the stand-in', () => {
  it('is taken for Transcribe and Transcribe Medical by Amazon’s client, unmodified', async () => {
    const house = await transcribeHouse(() => SPOKEN);
    const settings = { region: 'us-east-1', endpoint: house.plainUrl, maxAttempts: 1 };
    const client = new TranscribeStreamingClient({ ...settings, credentials: { ...AWS_KEYS } });
    const sound = wav(1).subarray(44);
    async function* audio() {
      for (let at = 0; at < sound.length; at += 3200)
        yield { AudioEvent: { AudioChunk: sound.subarray(at, at + 3200) } };
    }
    const common = { LanguageCode: 'en-US' as const, MediaSampleRateHertz: 16_000, MediaEncoding: 'pcm' as const };
    const plain = await client.send(
      new StartStreamTranscriptionCommand({ ...common, ShowSpeakerLabel: true, AudioStream: audio() }),
    );
    expect(await finalWords(plain.TranscriptResultStream)).toEqual(['Guten', 'Tag', ',', 'canary-4c1d', 'hustet', '.']);
    const medical = await client.send(
      new StartMedicalStreamTranscriptionCommand({
        ...common,
        Specialty: 'PRIMARYCARE',
        Type: 'CONVERSATION',
        AudioStream: audio(),
      }),
    );
    expect(await finalWords(medical.TranscriptResultStream as AsyncIterable<TranscriptResultStream>)).toHaveLength(6);
    expect(house.seen.map(({ body }) => body.equals(sound))).toEqual([true, true]);
    client.destroy();
    await house.close();
  });
});

async function finalWords(stream: AsyncIterable<TranscriptResultStream> | undefined): Promise<unknown[]> {
  const words: unknown[] = [];
  for await (const { TranscriptEvent } of stream ?? []) {
    for (const result of TranscriptEvent?.Transcript?.Results ?? []) {
      if (result.IsPartial === false)
        words.push(...(result.Alternatives?.[0]?.Items ?? []).map(({ Content }) => Content));
    }
  }
  return words;
}

speechSuite('aws-transcribe', {
  adapter: awsTranscribe(systemClock, AT_ONCE),
  secret: () => SECRET,
  service: SERVICE,
  start: transcribeHouse,
  speakers: ['0', '1'],
  model: 'transcribe medical',
  faults: FAULTS,
});

describe('aws-transcribe', () => {
  const open = async () => {
    const house = await transcribeHouse(() => SPOKEN);
    const way = openDoor();
    way.give('aws', SECRET);
    way.give('aws.ca', house.ca);
    const hear = (change: object = {}, speed = AT_ONCE, request = speechRequest()) =>
      awsTranscribe(systemClock, speed).transcribe(
        way.door,
        target(house.url, { ...SERVICE, credential: 'aws', ...change }),
        request,
        AbortSignal.timeout(9000),
      );
    const close = async () => {
      await way.close();
      await house.close();
    };
    return { house, hear, close };
  };

  it('sends the very samples, without the head of the file', async () => {
    const { house, hear, close } = await open();
    await hear();
    expect(house.seen[0]?.body.equals(wav(3.25).subarray(44))).toBe(true);
    await close();
  });

  it.each([
    ['standard', '/stream-transcription', {}],
    ['standard:my-model', '/stream-transcription', { 'x-amzn-transcribe-language-model-name': 'my-model' }],
    [
      'medical',
      '/medical-stream-transcription',
      { 'x-amzn-transcribe-specialty': 'PRIMARYCARE', 'x-amzn-transcribe-type': 'CONVERSATION' },
    ],
    [
      'medical:cardiology:dictation',
      '/medical-stream-transcription',
      { 'x-amzn-transcribe-specialty': 'CARDIOLOGY', 'x-amzn-transcribe-type': 'DICTATION' },
    ],
  ])('a row’s model %s is %s', async (model, url, headers) => {
    const { house, hear, close } = await open();
    await hear({ model });
    expect(house.seen[0]).toMatchObject({ url, headers });
    await close();
  });

  it('refuses models, languages, lengths and files it has no way for, before a byte leaves', async () => {
    const { house, hear, close } = await open();
    await expect(hear({ model: 'medical:dentistry' })).rejects.toMatchObject({ code: 'configuration_invalid' });
    const german = speechRequest({ language: 'de-DE' });
    await expect(hear({}, AT_ONCE, german)).rejects.toMatchObject({ code: 'field_unsupported' });
    const long = speechRequest({ durationMs: 3 * 3_600_000 });
    await expect(hear({}, AT_ONCE, long)).rejects.toMatchObject({ code: 'audio_unusable' });
    const other = speechRequest({ sound: Buffer.from('OggS and then some more bytes') });
    await expect(hear({}, AT_ONCE, other)).rejects.toMatchObject({ code: 'audio_unusable' });
    expect(house.seen).toHaveLength(0);
    await close();
  });

  it.each([
    ['LimitExceededException', 'upstream_unavailable'],
    ['BadRequestException', 'upstream_refused'],
  ])('an exception in the stream, %s, is %s', async (type, code) => {
    const { house, hear, close } = await open();
    house.breakWith(type);
    await expect(hear()).rejects.toMatchObject({ code });
    await close();
  });

  it('sends no faster than the sound lasts', async () => {
    const { hear, close } = await open();
    const began = performance.now();
    await hear();
    // 3.25 s of sound, of which 2 s may go ahead and the last piece ends at its beginning.
    expect(performance.now() - began).toBeLessThan(1000);
    await hear({}, 1);
    expect(performance.now() - began).toBeGreaterThan(1000);
    await close();
  });
});
