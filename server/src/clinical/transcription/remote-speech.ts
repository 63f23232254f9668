// What a recogniser elsewhere heard, in the forms of this house: stretches between pauses, then the transcript that people read.
import type { HeardText, HeardWord } from '#boundary/egress/adapter.ts';
import type { Service } from '#boundary/policy/snapshot.ts';
import type { SpokenWord, Stretch } from './engines/messages.ts';
import { assembleRuns, type TextRules } from './assemble.ts';
import type { Run } from './runs.ts';
import type { Heard } from './speech.ts';

/** Seconds. Words further apart than this belong to two stretches, as at a pause that a listener cuts at. */
const PAUSE = 0.8;

/** For a service that says nothing of how sure it is: neither sure nor marked as uncertain (docs/decisions/0132). */
const UNSTATED_CONFIDENCE = 0.5;

/** Marks that a service writes around a word. */
const MARKS = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}%]+$/gu;

/** Per channel, in order. A service that mixed the channels has one. */
export function stretchesOf({ words }: HeardText): Stretch[] {
  const byChannel = Map.groupBy(words.reveal(), (word) => word.channel ?? 0);
  return [...byChannel].flatMap(([channel, heard]) => cutAtPauses(heard).map((part) => stretchOf(channel, part)));
}

function cutAtPauses(words: readonly HeardWord[]): HeardWord[][] {
  const parts: HeardWord[][] = [];
  let last: HeardWord | null = null;
  for (const word of words) {
    const apart = last === null || word.start - last.end > PAUSE || word.speaker !== last.speaker;
    if (apart) parts.push([word]);
    else parts.at(-1)?.push(word);
    last = word;
  }
  return parts;
}

function stretchOf(channel: number, words: readonly HeardWord[]): Stretch {
  return { channel, words: words.flatMap(spokenOf), resumeAt: words.at(-1)?.end ?? 0 };
}

function spokenOf({ text, start, end, confidence }: HeardWord): SpokenWord[] {
  const spoken = text.replaceAll(MARKS, '').toLowerCase();
  if (spoken === '') return [];
  // Only what a service wrote differently counts as written: else its text would pass for punctuated.
  const written = text === spoken ? {} : { written: text };
  return [{ spoken, ...written, start, end: Math.max(start, end), confidence: confidence ?? UNSTATED_CONFIDENCE }];
}

export interface RemoteFacts {
  /** Seconds of sound, and of wall time that the service took. */
  readonly duration: number;
  readonly elapsed: number;
  readonly rules: TextRules;
}

/** A run of words of one voice on one channel; voices are numbered as they come. */
function runsOf({ words }: HeardText): Run[] {
  const voices = new Map<string, number>();
  const byChannel = Map.groupBy(words.reveal(), (word) => word.channel ?? 0);
  return [...byChannel].flatMap(([channel, heard]) =>
    cutAtPauses(heard).map((part) => {
      const label = part[0]?.speaker ?? null;
      if (label !== null && !voices.has(label)) voices.set(label, voices.size);
      const speaker = label === null ? null : (voices.get(label) ?? null);
      return { channel, speaker, words: part.flatMap(spokenOf) };
    }),
  );
}

/** The engine is the service, the model what it says it ran. */
export function heardElsewhere(heard: HeardText, service: Service, { duration, elapsed, rules }: RemoteFacts): Heard {
  const engine = `${service.vendor} ${service.product}`;
  const facts = { engine, model: heard.model ?? service.model, duration, elapsed };
  return {
    transcript: assembleRuns(runsOf(heard), facts, rules),
    accuracy: service.accuracy,
    modelDigest: null,
  };
}
