// What every adapter for a recogniser is held to, against its stand-in over real HTTP.
import { inspect } from 'node:util';
import { isProblem, ProblemError } from '@cordon/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HeardText, SpeechAdapter, SpeechRequest } from '#boundary/egress/adapter.ts';
import { openDoor, target, type TestDoor } from '#boundary/egress/egress.fixture.ts';
import type { Service } from '#boundary/policy/snapshot.ts';
import { Phi } from '#kernel/phi.ts';
import type { Fault } from './faults.ts';
import { SPOKEN, type SpokenWord, wav } from './spoken.ts';
import type { StandIn } from './stand-in.ts';

export interface SpeechVendor {
  readonly adapter: SpeechAdapter;
  secret(url: string): string;
  readonly service: Partial<Service>;
  start(words: () => readonly SpokenWord[]): Promise<StandIn & { readonly ca?: string }>;
  /** Speakers as the vendor calls them; null: it does not tell them apart. */
  readonly speakers: readonly string[] | null;
  /** What the vendor says it ran; null: nothing. */
  readonly model: string | null;
  readonly faults: readonly (readonly [Fault, string])[];
}

export function speechRequest(change: Partial<SpeechRequest> & { sound?: Buffer } = {}): SpeechRequest {
  const { sound = wav(3.25, change.channels ?? 1), ...rest } = change;
  return {
    audio: pieces(sound),
    contentType: 'audio/wav',
    length: sound.length,
    channels: 1,
    durationMs: 3250,
    language: 'en-US',
    hints: Phi.of([]),
    ...rest,
  };
}

async function* pieces(bytes: Buffer, size = 10_007): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export const FAULTS: SpeechVendor['faults'] = [
  ['slow', 'ok'],
  ['drip', 'ok'],
  ['half', 'upstream_invalid'],
  ['wrong-json', 'upstream_invalid'],
  ['wrong-type', 'upstream_invalid'],
  ['status-400', 'upstream_refused'],
  ['status-401', 'upstream_refused'],
  ['status-429', 'upstream_unavailable'],
  ['status-500', 'upstream_unavailable'],
  ['status-503', 'upstream_unavailable'],
  ['huge', 'upstream_invalid'],
  ['redirect', 'upstream_invalid'],
  ['reset', 'upstream_unavailable'],
  ['stuck-before-headers', 'upstream_timeout'],
  ['stuck-after-headers', 'upstream_timeout'],
];

export function speechSuite(name: string, vendor: SpeechVendor): void {
  let house: StandIn & { readonly ca?: string };
  let way: TestDoor;
  let spoken: readonly SpokenWord[];
  beforeEach(async () => {
    spoken = SPOKEN;
    house = await vendor.start(() => spoken);
    way = openDoor();
    way.give('stand-in', vendor.secret(house.url));
    way.give('stand-in.hosts', house.url);
    if (house.ca !== undefined) way.give('stand-in.ca', house.ca);
  });
  afterEach(async () => {
    await way.close();
    await house.close();
  });
  const hear = (
    change: Parameters<typeof speechRequest>[0] = {},
    signal = AbortSignal.timeout(20_000),
  ): Promise<HeardText> =>
    vendor.adapter.transcribe(
      way.door,
      target(house.url, { capability: 'transcribe', modality: 'audio', credential: 'stand-in', ...vendor.service }),
      speechRequest(change),
      signal,
    );

  describe(`${name}: speech`, () => {
    it('hears words with times, certainty and speakers', async () => {
      const { words, usage, model } = await hear();
      expect(words.reveal()).toEqual(
        SPOKEN.map(({ text, start, end, confidence, speaker }) => ({
          text,
          start: expect.closeTo(start, 6) as number,
          end: expect.closeTo(end, 6) as number,
          confidence,
          channel: null,
          speaker: vendor.speakers?.[speaker] ?? null,
        })),
      );
      expect(usage).toEqual({ inputTokens: null, cachedInputTokens: null, outputTokens: null, audioMs: 3250 });
      expect(model).toBe(vendor.model);
    });

    it('keeps the channels of a recording apart', async () => {
      const { words } = await hear({ channels: 2 });
      expect(words.reveal().map(({ text, channel }) => [text, channel])).toEqual(
        SPOKEN.map(({ text, channel }) => [text, channel]),
      );
    });

    it('sends the sound whole, as it is read, and nothing of the hints in an address', async () => {
      const sound = wav(3.25);
      await hear({ sound, hints: Phi.of(['canary-4c1d']) });
      const urls = house.seen.map(({ url }) => url).join(' ');
      expect(urls).not.toContain('canary');
      expect(house.seen.reduce((sum, { body }) => sum + body.length, 0)).toBeGreaterThan(sound.length - 45);
    });

    it('hears nothing in silence', async () => {
      spoken = [];
      expect((await hear()).words.reveal()).toEqual([]);
    });

    it.each(vendor.faults)(
      'an upstream in trouble, %s: %s',
      async (fault, outcome) => {
        house.fail(fault);
        const hurry = new AbortController();
        const ms = outcome === 'upstream_timeout' ? 500 : 25_000;
        const timer = setTimeout(() => hurry.abort(new ProblemError('upstream_timeout')), ms);
        expect(await outcomeOf(hear({}, hurry.signal))).toBe(outcome);
        clearTimeout(timer);
      },
      30_000,
    );

    it('who leaves before the words are there, ends it', async () => {
      const leaving = new AbortController();
      house.fail('stuck-after-headers');
      setTimeout(() => leaving.abort(), 200);
      expect(await outcomeOf(hear({}, leaving.signal))).toBe('caller_gone');
    });

    it('refuses words without times that make sense', async () => {
      spoken = [{ ...SPOKEN[0]!, end: -1 }];
      expect(await outcomeOf(hear())).toBe('upstream_invalid');
    });

    it('is not given a recording of another length than told', async () => {
      const sound = wav(1);
      await expect(hear({ sound, length: sound.length + 2 })).rejects.toThrow();
      await expect(hear({ sound, length: sound.length - 2 })).rejects.toThrow();
    });
  });
}

async function outcomeOf(heard: Promise<HeardText>): Promise<string> {
  try {
    const shown = inspect(await heard, { depth: null, showHidden: true });
    expect(shown).not.toContain('canary');
    return 'ok';
  } catch (error) {
    const shown = inspect(error, { depth: null, showHidden: true, getters: true });
    expect(shown).not.toContain('canary');
    expect(shown).not.toContain('CANARY-ECHO');
    if (!isProblem(error)) throw error;
    return error.code;
  }
}
