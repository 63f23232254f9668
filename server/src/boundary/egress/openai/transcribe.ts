// `audio/transcriptions` of OpenAI's shape: the sound is passed on as it is read, never held whole.
import { randomUUID } from 'node:crypto';
import { ProblemError } from '@cordon/contract';
import type { Door, HeardText, HeardWord, SpeechRequest, Target } from '#boundary/egress/adapter.ts';
import { mediaType, parseObject, readWhole, wrongType } from '#boundary/egress/whole.ts';
import { Phi } from '#kernel/phi.ts';
import { problemOfStatus } from './refusal.ts';
import { milliseconds, NO_USAGE, usageOf } from './usage.ts';

export interface SpeechWay {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly model: string;
}

/** Characters of hints that go along: models of this shape read the last 224 tokens and no more. */
const MAX_PROMPT = 800;

/** Servers choose their reader by the file's name; it says nothing else. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/wave': 'wav',
  'audio/flac': 'flac',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
  'audio/ogg': 'ogg',
  'audio/webm': 'webm',
};

/** Errors: those of the door, `upstream_refused` {status}, `upstream_invalid` {reason: no_times} where no word has a time. */
export async function transcribe(
  door: Door,
  target: Target,
  request: SpeechRequest,
  way: SpeechWay,
  signal: AbortSignal,
): Promise<HeardText> {
  const boundary = `cordon-${randomUUID()}`;
  const head = Buffer.from(formHead(boundary, request, way.model));
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const inbound = await door.send(
    target,
    {
      method: 'POST',
      path: way.path,
      headers: {
        ...way.headers,
        'content-type': `multipart/form-data; boundary=${boundary}`,
        'content-length': String(head.length + request.length + tail.length),
        accept: 'application/json',
      },
      body: framed(head, request, tail),
    },
    signal,
  );
  if (inbound.status !== 200) throw await problemOfStatus(inbound);
  if (mediaType(inbound.headers) !== 'application/json') {
    await inbound.body[Symbol.asyncIterator]().return?.();
    throw wrongType();
  }
  return heardOf(parseObject(await readWhole(inbound)), request);
}

/** Fields before the file (RFC 7578), as the readers of some servers need it. */
function formHead(boundary: string, request: SpeechRequest, model: string): string {
  const fields: [string, string][] = [
    ['model', model],
    ['response_format', 'verbose_json'],
    ['timestamp_granularities[]', 'word'],
    ['timestamp_granularities[]', 'segment'],
    ['language', request.language.split('-')[0]?.toLowerCase() ?? request.language],
  ];
  const prompt = request.hints.reveal().join(', ').slice(0, MAX_PROMPT);
  if (prompt !== '') fields.push(['prompt', prompt]);
  const type = mediaType({ 'content-type': request.contentType });
  const parts = fields.map(
    ([name, value]) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const file = `content-disposition: form-data; name="file"; filename="audio.${EXTENSIONS[type] ?? 'bin'}"`;
  return `${parts.join('')}--${boundary}\r\n${file}\r\ncontent-type: ${type}\r\n\r\n`;
}

/** The length was told before the first byte, so a recording that is longer or shorter is not sent on. */
async function* framed(head: Uint8Array, request: SpeechRequest, tail: Uint8Array): AsyncGenerator<Uint8Array> {
  yield head;
  let sent = 0;
  for await (const chunk of request.audio) {
    sent += chunk.length;
    if (sent > request.length) break;
    yield chunk;
  }
  if (sent !== request.length) throw new ProblemError('internal');
  yield tail;
}

type Said = Readonly<Record<string, unknown>>;

/** `words` of OpenAI and Speaches; of whisper.cpp each segment has its own; else the words of a segment have its bounds. */
function heardOf(said: Said, request: SpeechRequest): HeardText {
  const segments = objectsIn(said['segments']);
  const nested = segments.flatMap((segment) => objectsIn(segment['words']));
  const words =
    [objectsIn(said['words']), nested].find((list) => list.length > 0)?.map(wordOf) ?? segments.flatMap(wordsOf);
  if (words.length === 0 && textIn(said['text']) !== '') {
    throw new ProblemError('upstream_invalid', { reason: 'no_times' });
  }
  const measured = said['usage'] === undefined ? NO_USAGE : usageOf(said['usage']);
  return {
    words: Phi.of(words),
    usage: { ...measured, audioMs: measured.audioMs ?? milliseconds(said['duration']) ?? request.durationMs },
    model: typeof said['model'] === 'string' && /^[\w./:-]{1,128}$/.test(said['model']) ? said['model'] : null,
  };
}

function wordOf(said: Said): HeardWord {
  const { start, end } = boundsOf(said);
  const certainty = said['probability'];
  return {
    text: textIn(said['word']),
    start,
    end,
    confidence: typeof certainty === 'number' && certainty >= 0 && certainty <= 1 ? certainty : null,
    channel: null,
    speaker: null,
  };
}

function wordsOf(segment: Said): HeardWord[] {
  const bounds = boundsOf(segment);
  const speaker = typeof segment['speaker'] === 'string' ? segment['speaker'] : null;
  const texts = textIn(segment['text'])
    .split(/\s+/)
    .filter((text) => text !== '');
  return texts.map((text) => ({ text, ...bounds, confidence: null, channel: null, speaker }));
}

/** Seconds. Errors: `upstream_invalid` {reason: no_times}. */
function boundsOf({ start, end }: Said): { readonly start: number; readonly end: number } {
  const sound =
    typeof start === 'number' && typeof end === 'number' && start >= 0 && end >= start && Number.isFinite(end);
  if (!sound) throw new ProblemError('upstream_invalid', { reason: 'no_times' });
  return { start, end };
}

function objectsIn(value: unknown): readonly Said[] {
  return Array.isArray(value) ? value.filter((each): each is Said => typeof each === 'object' && each !== null) : [];
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}
