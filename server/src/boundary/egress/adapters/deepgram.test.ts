// The Deepgram adapter against a stand-in that Deepgram's own client accepted first.
import { DeepgramClient } from '@deepgram/sdk';
import { describe, expect, it } from 'vitest';
import { DEEPGRAM_KEY, deepgramHouse } from '#test/vendors/deepgram.ts';
import { openDoor, target } from '#boundary/egress/egress.fixture.ts';
import { FAULTS, speechRequest, speechSuite } from '#test/vendors/speech-suite.ts';
import { SPOKEN, wav } from '#test/vendors/spoken.ts';
import { deepgram } from './deepgram.ts';

describe('the stand-in', () => {
  it('is taken for Deepgram by its client, unmodified', async () => {
    const house = await deepgramHouse(() => SPOKEN);
    const environment = { base: house.url, production: house.url, agent: house.url, agentRest: house.url };
    const client = new DeepgramClient({ apiKey: DEEPGRAM_KEY, environment, maxRetries: 0 });
    const ask = { model: 'nova-3-medical', punctuate: true, diarize: true, mip_opt_out: true };
    const heard = await client.listen.v1.media.transcribeFile(wav(1), ask);
    if (!('results' in heard)) throw new Error('no results');
    expect(heard.results.channels[0]?.alternatives?.[0]?.words).toMatchObject(
      SPOKEN.map(({ text, start }) => ({ punctuated_word: text, start })),
    );
    const stranger = new DeepgramClient({ apiKey: 'another', environment, maxRetries: 0 });
    await expect(stranger.listen.v1.media.transcribeFile(wav(1), ask)).rejects.toMatchObject({ statusCode: 401 });
    await house.close();
  });
});

speechSuite('deepgram', {
  adapter: deepgram,
  secret: () => DEEPGRAM_KEY,
  service: { model: 'nova-3-medical' },
  start: deepgramHouse,
  speakers: ['0', '1'],
  model: 'medical-nova-3-medical',
  faults: FAULTS,
});

it('stays out of model improvement, whatever the account says', async () => {
  const house = await deepgramHouse(() => SPOKEN);
  const way = openDoor();
  way.give('key', DEEPGRAM_KEY);
  const service = { credential: 'key', model: 'nova-3' };
  await deepgram.transcribe(way.door, target(house.url, service), speechRequest(), AbortSignal.timeout(9000));
  expect(new URLSearchParams(house.seen[0]!.url.split('?')[1]).get('mip_opt_out')).toBe('true');
  await way.close();
  await house.close();
});
