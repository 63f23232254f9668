// Google Cloud Speech-to-Text v2 as a stand-in: `recognize`, and the token endpoint beside it.
import { exchange, GOOGLE_TOKEN } from './google-account.ts';
import type { Reply } from './faults.ts';
import type { SpokenWord } from './spoken.ts';
import { json, type Seen, standIn, type StandIn } from './stand-in.ts';

const PATH = '/v2/projects/clinic/locations/us-central1/recognizers/_:recognize';
const MOST_SECONDS = 60;

interface Order {
  readonly config: {
    readonly explicitDecodingConfig: {
      readonly encoding: string;
      readonly sampleRateHertz: number;
      readonly audioChannelCount: number;
    };
    readonly features: { readonly enableWordTimeOffsets?: boolean };
  };
  readonly content: string;
}

export function chirpHouse(words: () => readonly SpokenWord[]): Promise<StandIn> {
  return standIn(
    (seen) => (seen.url === '/token' ? exchange(seen) : recognise(seen, words())),
    ({ url }) => url === '/token',
  );
}

/** Seconds of sound in an order. */
export function secondsOf({ config, content }: Order): number {
  const { sampleRateHertz, audioChannelCount } = config.explicitDecodingConfig;
  return Buffer.from(content, 'base64').length / (2 * audioChannelCount * sampleRateHertz);
}

function recognise(seen: Seen, words: readonly SpokenWord[]): Reply {
  if (seen.headers['authorization'] !== `Bearer ${GOOGLE_TOKEN}`) return refusal(401, 'UNAUTHENTICATED');
  if (seen.method !== 'POST' || seen.url !== PATH) return refusal(404, 'NOT_FOUND');
  const order = JSON.parse(seen.body.toString()) as Order;
  const { encoding, audioChannelCount } = order.config.explicitDecodingConfig;
  if (encoding !== 'LINEAR16' || secondsOf(order) > MOST_SECONDS) return refusal(400, 'INVALID_ARGUMENT');
  const apart = audioChannelCount > 1;
  const groups = apart ? [0, 1].map((channel) => words.filter((word) => word.channel === channel)) : [words];
  return json({
    results: groups
      .filter((group) => group.length > 0)
      .map((group, channel) => ({
        alternatives: [
          {
            transcript: group.map(({ text }) => text).join(' '),
            confidence: 0.9,
            words: group.map(({ text, start, end, confidence }) => ({
              ...(start === 0 ? {} : { startOffset: `${start.toFixed(3)}s` }),
              endOffset: `${end.toFixed(3)}s`,
              word: text,
              confidence,
            })),
          },
        ],
        ...(apart ? { channelTag: channel + 1 } : {}),
        resultEndOffset: '3.250s',
        languageCode: 'en-us',
      })),
    metadata: { totalBilledDuration: `${secondsOf(order).toFixed(2)}s`, requestId: 'r' },
  });
}

function refusal(code: number, status: string): Reply {
  return json({ error: { code, status, message: 'CANARY-ECHO' } }, code);
}
