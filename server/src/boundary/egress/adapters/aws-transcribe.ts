// Amazon Transcribe and Transcribe Medical by their streaming APIs over HTTP/2 (docs/formats/adapters.md): the batch APIs read from and
// write to buckets, which would be another place where a recording lies. The service hears in real time, so that a recording takes as
// long as it lasts.
import { setTimeout as sleep } from 'node:timers/promises';
import { isProblem, ProblemError } from '@cordon/contract';
import type { HeardText, HeardWord, SpeechAdapter, SpeechRequest, Target } from '#boundary/egress/adapter.ts';
import { problemOfStatus } from '#boundary/egress/openai/refusal.ts';
import { mediaType, wrongType } from '#boundary/egress/whole.ts';
import type { Clock } from '#kernel/clock.ts';
import { Phi } from '#kernel/phi.ts';
import { binaryEvent, eventsOf, type Signing, signedFrames, signStart } from './aws-events.ts';
import { awsCredentialsOf, awsRegionOf, endpointOf, unusable } from './aws.ts';
import { boundsOf, certaintyIn, exactly, inOrder, listIn, type Said, saidIn, textIn } from './heard.ts';
import { pcmOf, type PcmStream } from './wav-stream.ts';

/** Milliseconds of sound in an event: the service asks for 50 to 200, evenly. */
const EVENT_MS = 100;
/** Milliseconds that the sending may be ahead of the sound: what the network holds up is made good, and no signature gets old. */
const AHEAD_MS = 2_000;
/** Milliseconds of sound in a session: within the door's longest exchange, below the service's own four hours. */
const MAX_SESSION_MS = 115 * 60_000;

interface Product {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** `speed`: seconds of sound that are sent in a second; the service is made for 1. */
export function awsTranscribe(clock: Clock, speed = 1): SpeechAdapter {
  return {
    async transcribe(door, target, request, signal) {
      if (request.durationMs > MAX_SESSION_MS) throw new ProblemError('audio_unusable', { reason: 'length' });
      const product = productOf(target.service.model, request.language);
      const credentials = awsCredentialsOf(await door.secret(target));
      const by: Signing = {
        credentials,
        region: awsRegionOf(target.service),
        service: 'transcribe',
        now: () => clock.now(),
      };
      const pcm = await pcmOf(exactly(request));
      const start = signStart(hostOf(target), product.path, { ...product.headers, ...headersOf(pcm) }, by);
      const body = signedFrames(audioEvents(pcm, clock, speed, signal), start, by);
      const sent = { method: 'POST' as const, path: product.path, headers: start.headers, body };
      const inbound = await door.send(target, sent, signal);
      if (inbound.status !== 200) throw await problemOfStatus(inbound);
      if (mediaType(inbound.headers) !== 'application/vnd.amazon.eventstream') {
        await inbound.body[Symbol.asyncIterator]().return?.();
        throw wrongType();
      }
      return await heardOf(inbound.body, request, target.service.model);
    },
  };
}

function hostOf({ service }: Target): string {
  const { host, pathname } = new URL(endpointOf(service));
  // A signature covers the path: nothing may stand before it.
  if (pathname !== '/') throw unusable('endpoint');
  return host;
}

const SPECIALTIES: ReadonlySet<string> = new Set([
  'primarycare',
  'cardiology',
  'neurology',
  'oncology',
  'radiology',
  'urology',
]);

/** A row's model: `standard`, `standard:LANGUAGE-MODEL`, `medical`, or `medical:SPECIALTY:conversation|dictation`. */
function productOf(model: string, language: string): Product {
  const [kind, first = null, second = 'conversation', ...rest] = model.split(':');
  if (kind === 'standard' && rest.length === 0) {
    const named = first === null ? {} : { 'x-amzn-transcribe-language-model-name': first };
    return { path: '/stream-transcription', headers: { 'x-amzn-transcribe-language-code': language, ...named } };
  }
  const specialty = first ?? 'primarycare';
  const known = kind === 'medical' && SPECIALTIES.has(specialty) && ['conversation', 'dictation'].includes(second);
  if (!known || rest.length > 0) throw unusable('model');
  // The medical service knows no other language.
  if (language !== 'en-US') throw new ProblemError('field_unsupported', { field: 'language' });
  return {
    path: '/medical-stream-transcription',
    headers: {
      'x-amzn-transcribe-language-code': language,
      'x-amzn-transcribe-specialty': specialty.toUpperCase(),
      'x-amzn-transcribe-type': second.toUpperCase(),
    },
  };
}

function headersOf({ sampleRate, channels }: PcmStream): Record<string, string> {
  return {
    'content-type': 'application/vnd.amazon.eventstream',
    'x-amzn-transcribe-media-encoding': 'pcm',
    'x-amzn-transcribe-sample-rate': String(sampleRate),
    ...(channels > 1
      ? {
          'x-amzn-transcribe-enable-channel-identification': 'true',
          'x-amzn-transcribe-number-of-channels': String(channels),
        }
      : { 'x-amzn-transcribe-show-speaker-label': 'true' }),
  };
}

async function* audioEvents(
  pcm: PcmStream,
  clock: Clock,
  speed: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const began = clock.monotonicMs();
  let soundMs = 0;
  for await (const piece of pcm.pieces(EVENT_MS)) {
    const early = soundMs / speed - (clock.monotonicMs() - began) - AHEAD_MS;
    if (early > 0) await pauseFor(early, signal);
    yield binaryEvent('AudioEvent', piece);
    soundMs += EVENT_MS;
  }
}

async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    throw isProblem(signal.reason) ? signal.reason : new ProblemError('caller_gone');
  }
}

/** Only results that will not change any more. */
async function heardOf(body: AsyncIterable<Uint8Array>, request: SpeechRequest, model: string): Promise<HeardText> {
  const words: HeardWord[] = [];
  for await (const event of eventsOf(body)) {
    if (event.type !== 'TranscriptEvent') continue;
    const results = listIn(saidIn(saidIn(event.body)['Transcript'])['Results']);
    for (const result of results) if (result['IsPartial'] === false) words.push(...wordsOf(result));
  }
  const usage = { inputTokens: null, cachedInputTokens: null, outputTokens: null, audioMs: request.durationMs };
  return { words: Phi.of(inOrder(words)), usage, model: `transcribe ${model}` };
}

/** Punctuation is an item of its own and belongs to the word before. */
function wordsOf(result: Said): HeardWord[] {
  const channel = /^ch_([01])$/.exec(textIn(result['ChannelId']))?.[1];
  const words: HeardWord[] = [];
  for (const item of listIn(listIn(result['Alternatives'])[0]?.['Items'])) {
    const last = words.at(-1);
    if (item['Type'] === 'punctuation') {
      if (last !== undefined) words[words.length - 1] = { ...last, text: `${last.text}${textIn(item['Content'])}` };
      continue;
    }
    const speaker = textIn(item['Speaker']);
    words.push({
      text: textIn(item['Content']),
      ...boundsOf(item['StartTime'], item['EndTime']),
      confidence: certaintyIn(item['Confidence']),
      channel: channel === undefined ? null : Number(channel),
      speaker: speaker === '' ? null : speaker,
    });
  }
  return words;
}
