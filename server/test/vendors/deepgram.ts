// Deepgram's pre-recorded API as a stand-in.
import type { Reply } from './faults.ts';
import type { SpokenWord } from './spoken.ts';
import { json, type Seen, standIn, type StandIn } from './stand-in.ts';

export const DEEPGRAM_KEY = '0123456789abcdef0123456789abcdef01234567';

/** Parameters that the API knows; it answers 400 to others. */
const KNOWN = new Set(['model', 'language', 'punctuate', 'mip_opt_out', 'multichannel', 'diarize', 'smart_format']);

export function deepgramHouse(words: () => readonly SpokenWord[]): Promise<StandIn> {
  return standIn((seen) => answer(seen, words()));
}

function answer(seen: Seen, words: readonly SpokenWord[]): Reply {
  const url = new URL(seen.url, 'http://stand-in');
  const query = url.searchParams;
  if (seen.headers['authorization'] !== `Token ${DEEPGRAM_KEY}`) return refusal(401, 'INVALID_AUTH');
  if (seen.method !== 'POST' || url.pathname !== '/v1/listen') return refusal(404, 'NOT_FOUND');
  if ([...query.keys()].some((key) => !KNOWN.has(key))) return refusal(400, 'INVALID_QUERY_PARAMETER');
  if (seen.body.subarray(0, 4).toString() !== 'RIFF') return refusal(400, 'CORRUPT_OR_UNSUPPORTED_DATA');
  const channels = query.get('multichannel') === 'true' ? seen.body.readUInt16LE(22) : 1;
  const of = (channel: number) => words.filter((word) => channels === 1 || word.channel === channel);
  return json(
    {
      metadata: {
        request_id: '6f0c2b1e-1111-4222-8333-444455556666',
        sha256: 'ab'.repeat(32),
        created: '2026-11-22T10:00:00.000Z',
        duration: 3.25,
        channels,
        models: ['model-uuid'],
        model_info: {
          'model-uuid': { name: `medical-${query.get('model')}`, version: '2025-07-31.0', arch: 'nova-3' },
        },
      },
      results: {
        channels: Array.from({ length: channels }, (_, channel) => ({
          alternatives: [
            {
              transcript: of(channel)
                .map(({ text }) => text)
                .join(' '),
              confidence: 0.98,
              words: of(channel).map((word) => wordOf(word, query.get('diarize') === 'true')),
            },
          ],
        })),
      },
    },
    200,
    { 'dg-request-id': '6f0c2b1e' },
  );
}

function wordOf({ text, start, end, confidence, speaker }: SpokenWord, diarized: boolean): object {
  return {
    word: text.toLowerCase().replace(/[.,]/g, ''),
    punctuated_word: text,
    start,
    end,
    confidence,
    ...(diarized ? { speaker, speaker_confidence: 0.7 } : {}),
  };
}

function refusal(status: number, err_code: string): Reply {
  return json({ err_code, err_msg: 'CANARY-ECHO', request_id: 'x' }, status);
}
