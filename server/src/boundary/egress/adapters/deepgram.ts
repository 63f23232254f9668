// Deepgram's pre-recorded API, v1 (docs/formats/adapters.md): one request that carries the sound and brings the words. Cloud, or a
// self-hosted engine at the row's endpoint.
import type { HeardText, HeardWord, SpeechAdapter, SpeechRequest } from '#boundary/egress/adapter.ts';
import { Phi } from '#kernel/phi.ts';
import { unusableSecret } from './aws.ts';
import {
  askJson,
  audioMsOf,
  boundsOf,
  certaintyIn,
  exactly,
  inOrder,
  listIn,
  modelWord,
  type Said,
  saidIn,
  textIn,
} from './heard.ts';

export const deepgram: SpeechAdapter = {
  async transcribe(door, target, request, signal) {
    const secret = await door.secret(target);
    if (secret === '') throw unusableSecret();
    const said = await askJson(
      door,
      target,
      {
        method: 'POST',
        path: `/v1/listen?${queryOf(target.service.model, request)}`,
        headers: {
          // A self-hosted engine may stand without a key.
          ...(secret === null ? {} : { authorization: `Token ${secret}` }),
          'content-type': request.contentType,
          'content-length': String(request.length),
          accept: 'application/json',
        },
        body: exactly(request),
      },
      signal,
    );
    return heardOf(said, request);
  },
};

/**
 * What was heard as it was said: no numerals, no formats, which would part words from their times. Hints are not sent: this API takes
 * them in the address alone, and addresses stand in logs everywhere.
 */
function queryOf(model: string, request: SpeechRequest): string {
  const query = new URLSearchParams({
    model,
    language: request.language,
    punctuate: 'true',
    // Out of the vendor's model improvement, whatever the account says.
    mip_opt_out: 'true',
    ...(request.channels > 1 ? { multichannel: 'true' } : { diarize: 'true' }),
  });
  return query.toString();
}

function heardOf(said: Said, request: SpeechRequest): HeardText {
  const channels = listIn(saidIn(said['results'])['channels']);
  const metadata = saidIn(said['metadata']);
  const words = channels.flatMap((channel, index) =>
    listIn(listIn(channel['alternatives'])[0]?.['words']).map((word) => wordOf(word, index, request)),
  );
  const [info] = Object.values(saidIn(metadata['model_info']));
  return {
    words: Phi.of(inOrder(words)),
    usage: {
      inputTokens: null,
      cachedInputTokens: null,
      outputTokens: null,
      audioMs: audioMsOf(metadata['duration'], request),
    },
    model: modelWord(saidIn(info)['name']),
  };
}

function wordOf(said: Said, channel: number, { channels }: SpeechRequest): HeardWord {
  const speaker = said['speaker'];
  return {
    text: textIn(said['punctuated_word'] ?? said['word']),
    ...boundsOf(said['start'], said['end']),
    confidence: certaintyIn(said['confidence']),
    channel: channels > 1 ? channel : null,
    speaker: typeof speaker === 'number' ? String(speaker) : null,
  };
}
