// What the recognisers' adapters share: reading a vendor's JSON of words with distrust, and sending sound as it is read.
import { ProblemError } from '@cordon/contract';
import type { Door, HeardWord, Inbound, OutboundRequest, SpeechRequest, Target } from '#boundary/egress/adapter.ts';
import { problemOfStatus } from '#boundary/egress/openai/refusal.ts';
import { mediaType, parseObject, readWhole, wrongType } from '#boundary/egress/whole.ts';

export type Said = Readonly<Record<string, unknown>>;

/** Sends and reads a JSON object. Errors: those of the door, `upstream_refused`, `upstream_unavailable`, `upstream_invalid`. */
export async function askJson(
  door: Door,
  target: Target,
  request: OutboundRequest,
  signal: AbortSignal,
): Promise<Said> {
  const inbound = await door.send(target, request, signal);
  if (inbound.status < 200 || inbound.status >= 300) throw await problemOfStatus(inbound);
  if (mediaType(inbound.headers) !== 'application/json') {
    await hangUp(inbound);
    throw wrongType();
  }
  return parseObject(await readWhole(inbound));
}

async function hangUp({ body }: Inbound): Promise<void> {
  await body[Symbol.asyncIterator]().return?.();
}

/** The length was told before the first byte, so a recording that is longer or shorter is not sent on. */
export async function* exactly({ audio, length }: SpeechRequest): AsyncGenerator<Uint8Array> {
  let sent = 0;
  for await (const chunk of audio) {
    sent += chunk.length;
    if (sent > length) break;
    yield chunk;
  }
  if (sent !== length) throw new ProblemError('internal');
}

export function saidIn(value: unknown): Said {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Said) : {};
}

export function listIn(value: unknown): readonly Said[] {
  return Array.isArray(value) ? value.map(saidIn) : [];
}

export function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Null: the vendor did not say, or not a number between 0 and 1. */
export function certaintyIn(value: unknown): number | null {
  return typeof value === 'number' && value >= 0 && value <= 1 ? value : null;
}

/** Seconds from numbers in `unit`s of a second. Errors: `upstream_invalid` {reason: no_times}. */
export function boundsOf(start: unknown, end: unknown, unit = 1): Pick<HeardWord, 'start' | 'end'> {
  const sound =
    typeof start === 'number' && typeof end === 'number' && start >= 0 && end >= start && Number.isFinite(end);
  if (!sound) throw new ProblemError('upstream_invalid', { reason: 'no_times' });
  return { start: start / unit, end: end / unit };
}

/** In the order in which they were said, whatever channel they were said on. */
export function inOrder(words: readonly HeardWord[]): readonly HeardWord[] {
  return words.toSorted((a, b) => a.start - b.start || (a.channel ?? 0) - (b.channel ?? 0));
}

/** Milliseconds from seconds; what was not said is what was sent. */
export function audioMsOf(seconds: unknown, request: SpeechRequest): number {
  const said = typeof seconds === 'number' && seconds >= 0 && Number.isFinite(seconds);
  return said ? Math.round(seconds * 1000) : request.durationMs;
}

/** A vendor's name for its model as it may be recorded. */
export function modelWord(value: unknown): string | null {
  return typeof value === 'string' && /^[\w./: -]{1,128}$/.test(value) ? value : null;
}
