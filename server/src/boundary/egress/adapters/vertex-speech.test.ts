// The Chirp adapter against a stand-in. Google publishes no client for `recognize` that does not speak gRPC; what writes the request in
// the stand-in's place is the published form of the REST API, and the token endpoint is the one that Google's client accepted.
import { expect, it } from 'vitest';
import { openDoor, target } from '#boundary/egress/egress.fixture.ts';
import { systemClock } from '#kernel/clock.ts';
import { Phi } from '#kernel/phi.ts';
import { chirpHouse, secondsOf } from '#test/vendors/chirp.ts';
import { serviceAccount } from '#test/vendors/google-account.ts';
import { FAULTS, speechRequest, speechSuite } from '#test/vendors/speech-suite.ts';
import { SPOKEN, wav } from '#test/vendors/spoken.ts';
import { vertexSpeechAdapter } from './vertex-speech.ts';

const SERVICE = {
  adapter: 'vertex',
  model: 'chirp_3',
  account: 'clinic',
  regions: { inference: 'us-central1', storage: 'us', support: 'us', logs: 'us' },
};

speechSuite('vertex', {
  adapter: vertexSpeechAdapter(systemClock),
  secret: (url) => JSON.stringify(serviceAccount(`${url}/token`)),
  service: SERVICE,
  start: chirpHouse,
  speakers: null,
  model: 'chirp_3',
  faults: FAULTS,
});

it('sends a long recording in stretches below a minute, cut where it is quietest, and gives times from its beginning', async () => {
  const house = await chirpHouse(() => [SPOKEN[0]!]);
  const way = openDoor();
  way.give('google', JSON.stringify(serviceAccount(`${house.url}/token`)));
  way.give('google.hosts', house.url);
  const sound = wav(130);
  // Silence from 41.0 s to 41.5 s: the only quiet moment in what may be the end of the first stretch.
  sound.fill(0, 44 + 41 * 32_000, 44 + 41.5 * 32_000);
  const heard = await vertexSpeechAdapter(systemClock).transcribe(
    way.door,
    target(house.url, { ...SERVICE, credential: 'google' }),
    speechRequest({ sound, durationMs: 130_000, hints: Phi.of(['metoprolol']) }),
    AbortSignal.timeout(20_000),
  );
  const orders = house.seen
    .filter(({ url }) => url !== '/token')
    .map(({ body }) => JSON.parse(body.toString()) as Parameters<typeof secondsOf>[0]);
  expect(orders.length).toBeGreaterThanOrEqual(3);
  const lengths = orders.map((order) => secondsOf(order));
  expect(lengths[0]).toBeGreaterThan(41);
  expect(lengths[0]).toBeLessThanOrEqual(41.5);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(50);
  expect(Buffer.concat(orders.map(({ content }) => Buffer.from(content, 'base64'))).equals(sound.subarray(44))).toBe(
    true,
  );
  const starts = heard.words.reveal().map(({ start }) => start);
  expect(starts).toEqual(
    orders.map((_order, index) => expect.closeTo(0.1 + sum(lengths.slice(0, index)), 6) as number),
  );
  expect(JSON.stringify(orders[0])).toContain('metoprolol');
  expect(heard.usage.audioMs).toBe(130_000);
  await way.close();
  await house.close();
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
