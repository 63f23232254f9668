// The AssemblyAI adapter against a stand-in that AssemblyAI's own client accepted first.
import { AssemblyAI } from 'assemblyai';
import { describe, expect, it } from 'vitest';
import { openDoor, target } from '#boundary/egress/egress.fixture.ts';
import { Phi } from '#kernel/phi.ts';
import { ASSEMBLYAI_KEY, assemblyHouse, type AssemblyOptions } from '#test/vendors/assemblyai.ts';
import { FAULTS, speechRequest, speechSuite } from '#test/vendors/speech-suite.ts';
import { SPOKEN, wav } from '#test/vendors/spoken.ts';
import { assemblyAi } from './assemblyai.ts';

const SWIFT = { firstLookMs: 5, lookMs: 20 };

describe('the stand-in', () => {
  it('is taken for AssemblyAI by its client, unmodified', async () => {
    const house = await assemblyHouse({ words: () => SPOKEN });
    const client = new AssemblyAI({ apiKey: ASSEMBLYAI_KEY, baseUrl: house.url });
    const heard = await client.transcripts.transcribe(
      { audio: wav(1), speech_models: ['universal-3-pro'], speaker_labels: true },
      { pollingInterval: 5 },
    );
    expect(heard.words?.map(({ text, start }) => [text, start])).toEqual(
      SPOKEN.map(({ text, start }) => [text, Math.round(start * 1000)]),
    );
    await client.transcripts.delete(heard.id);
    expect(house.kept()).toBe(0);
    const stranger = new AssemblyAI({ apiKey: 'another', baseUrl: house.url });
    await expect(stranger.files.upload(wav(1))).rejects.toThrow();
    await house.close();
  });
});

speechSuite('assemblyai', {
  adapter: assemblyAi(SWIFT),
  secret: () => ASSEMBLYAI_KEY,
  service: { model: 'universal-3-pro' },
  start: (words) => assemblyHouse({ words }),
  speakers: ['A', 'B'],
  model: 'universal-3-pro',
  faults: FAULTS,
});

describe('assemblyai', () => {
  const open = async (options: Partial<AssemblyOptions> = {}) => {
    const house = await assemblyHouse({ words: () => SPOKEN, ...options });
    const way = openDoor();
    way.give('key', ASSEMBLYAI_KEY);
    const hear = (signal = AbortSignal.timeout(9000)) =>
      assemblyAi(SWIFT).transcribe(
        way.door,
        target(house.url, { credential: 'key', model: 'universal-3-pro' }),
        speechRequest({ hints: Phi.of(['metoprolol']) }),
        signal,
      );
    const close = async () => {
      await way.close();
      await house.close();
    };
    return { house, hear, close };
  };

  it('asks for words and nothing else, with the hints in the body', async () => {
    const { house, hear, close } = await open();
    await hear();
    const order = JSON.parse(house.seen[1]!.body.toString()) as Record<string, unknown>;
    expect(Object.keys(order).toSorted()).toEqual([
      'audio_url',
      'format_text',
      'keyterms_prompt',
      'language_code',
      'punctuate',
      'speaker_labels',
      'speech_models',
    ]);
    expect(order).toMatchObject({ language_code: 'en_us', keyterms_prompt: ['metoprolol'] });
    await close();
  });

  it.each([
    ['once it is read', {}, 'ok'],
    ['when the vendor could not make it', { ends: 'error' as const }, 'upstream_refused'],
    ['also at the third attempt', { deletionsFail: 2 }, 'ok'],
  ])('deletes the transcript %s', async (_name, options, outcome) => {
    const { house, hear, close } = await open(options);
    const heard = hear().then(
      () => 'ok',
      (error: { code: string }) => error.code,
    );
    expect(await heard).toBe(outcome);
    expect(house.kept()).toBe(0);
    await close();
  });

  it('deletes it too when the caller left meanwhile', async () => {
    const { house, hear, close } = await open({ looks: 1000 });
    const leaving = new AbortController();
    setTimeout(() => leaving.abort(), 150);
    await expect(hear(leaving.signal)).rejects.toMatchObject({ code: 'caller_gone' });
    expect(house.kept()).toBe(0);
    await close();
  });

  it('says so when it cannot be deleted', async () => {
    const { house, hear, close } = await open({ deletionsFail: 9 });
    await expect(hear()).rejects.toMatchObject({ code: 'upstream_unavailable', details: { reason: 'not_deleted' } });
    expect(house.kept()).toBe(1);
    await close();
  });
});
