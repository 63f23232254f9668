// Whether the words a draft is flagged for ("heard_uncertainly") are the words that were heard wrong: real dictations and the
// sample visit, clean and with hiss over them, against their references. Run: npm run bench -- hearing
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDecoder } from '../server/src/clinical/audio/decoder.ts';
import { readClip } from '../server/src/clinical/audio/tracks.ts';
import { writeWav } from '../server/src/clinical/audio/wav-writer.ts';
import { isStopWord } from '../server/src/clinical/language/tokens.ts';
import type { DraftSentence } from '../server/src/clinical/notes/draft.ts';
import { draftNote } from '../server/src/clinical/notes/drafting.ts';
import { templateById } from '../server/src/clinical/notes/templates.ts';
import { chooseNeuralEngine } from '../server/src/clinical/transcription/choose-engine.ts';
import { createPool, type EnginePool } from '../server/src/clinical/transcription/engines/pool.ts';
import { DEFAULT_LIMITS } from '../server/src/clinical/transcription/engines/engine-child.ts';
import { probeSandbox } from '../server/src/clinical/transcription/engines/sandbox.ts';
import { transcribe } from '../server/src/clinical/transcription/transcribe.ts';
import { spokenWords } from '../contract/src/word-errors.ts';
import type { Transcript } from '../server/src/clinical/transcription/transcript.ts';
import { seeded } from './verification.ts';

const DATA = join(import.meta.dirname, '../../shared/data');
const VISIT = join(import.meta.dirname, '../examples/sample-visit');
/** Decibels of signal over hiss; null is the recording as it is. */
const NOISE = [null, 15, 8] as const;

/** One recording with what was said, per channel. */
interface Recording {
  readonly id: string;
  readonly file: string;
  readonly said: readonly string[];
}

function recordings(): Recording[] {
  const manifest = JSON.parse(readFileSync(join(DATA, 'audio/manifest.json'), 'utf8')) as readonly {
    readonly id: string;
    readonly file: string;
    readonly text: string;
    readonly kind: string;
  }[];
  const dictations = manifest
    .filter(({ kind }) => kind === 'clinical dictation')
    .map(({ id, file, text }) => ({ id, file: join(DATA, 'audio', file), said: [text] }));
  const visit = JSON.parse(readFileSync(join(VISIT, 'visit.json'), 'utf8')) as {
    readonly channels: readonly string[];
    readonly turns: readonly (readonly [string, string])[];
  };
  const said = visit.channels.map((who) =>
    visit.turns
      .filter(([by]) => by === who)
      .map(([, text]) => text)
      .join(' '),
  );
  return [...dictations, { id: 'sample-visit', file: join(VISIT, 'visit.wav'), said }];
}

/** Indexes of the transcript's words that were not said so: exchanged for another or added. What was left out has no word. */
function misheard(transcript: Transcript, said: readonly string[]): ReadonlySet<number> {
  const wrong = new Set<number>();
  said.forEach((text, channel) => {
    const heard = transcript.words.flatMap((word, index) =>
      word.channel === channel ? spokenWords(word.spoken).map((norm) => ({ norm, index })) : [],
    );
    const right = matched(
      spokenWords(text),
      heard.map(({ norm }) => norm),
    );
    heard.forEach(({ index }, i) => {
      if (!right.has(i)) wrong.add(index);
    });
  });
  return wrong;
}

// Places of `heard` that a least-cost alignment pairs with the same word of `said`.
function matched(said: readonly string[], heard: readonly string[]): ReadonlySet<number> {
  const cost = said.reduce<number[][]>(
    (rows, word, i) => {
      const [above = []] = [rows[i]];
      const row = [i + 1];
      heard.forEach((other, j) => {
        row.push(Math.min((above[j] ?? 0) + (word === other ? 0 : 1), (above[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1));
      });
      return [...rows, row];
    },
    [Array.from({ length: heard.length + 1 }, (_, j) => j)],
  );
  const at = (i: number, j: number): number => cost[i]?.[j] ?? Infinity;
  const pairs = new Set<number>();
  for (let [i, j] = [said.length, heard.length]; i > 0 && j > 0;) {
    const same = said[i - 1] === heard[j - 1];
    if (at(i, j) === at(i - 1, j - 1) + (same ? 0 : 1)) {
      if (same) pairs.add(j - 1);
      [i, j] = [i - 1, j - 1];
    } else if (at(i, j) === at(i - 1, j) + 1) i -= 1;
    else j -= 1;
  }
  return pairs;
}

interface Score {
  readonly sentences: number;
  readonly flagged: number;
  /** With a misheard word that is not a function word, among the words it cites. */
  readonly wrong: number;
  readonly flaggedAndWrong: number;
  readonly words: number;
  readonly flaggedWords: number;
  readonly wrongWords: number;
  readonly flaggedWrongWords: number;
}

/** Of a draft: sentences, and within their citations the words that carry content. */
function score(transcript: Transcript, said: readonly string[]): Score {
  const template = templateById('soap');
  if (template === null) throw new Error('no template');
  const wrong = misheard(transcript, said);
  const sentences = draftNote(transcript, template).sections.flatMap((section) => section.sentences);
  const read = sentences.map((sentence) => {
    const flags = new Set(
      sentence.reasons
        .filter(({ code }) => code === 'heard_uncertainly')
        .map(({ cited, said: text }) => `${text}|${String(cited)}`),
    );
    return citedWords(sentence, transcript).map(({ index, key }) => ({
      flagged: flags.has(key),
      wrong: wrong.has(index),
    }));
  });
  const words = read.flat();
  const count = <T>(list: readonly T[], test: (one: T) => boolean): number => list.filter(test).length;
  return {
    sentences: read.length,
    flagged: count(read, (list) => list.some((word) => word.flagged)),
    wrong: count(read, (list) => list.some((word) => word.wrong)),
    flaggedAndWrong: count(read, (list) => list.some((w) => w.flagged) && list.some((w) => w.wrong)),
    words: words.length,
    flaggedWords: count(words, (word) => word.flagged),
    wrongWords: count(words, (word) => word.wrong),
    flaggedWrongWords: count(words, (word) => word.flagged && word.wrong),
  };
}

function citedWords(sentence: DraftSentence, transcript: Transcript): { index: number; key: string }[] {
  return sentence.citations.flatMap(({ words: [from, to], channel }) =>
    transcript.words.slice(from, to).flatMap((word, k) => {
      const content = spokenWords(word.spoken).some((norm) => !isStopWord(norm) || /^(?:no|not)$/u.test(norm));
      if (word.channel !== channel || !content) return [];
      return [{ index: from + k, key: `${word.text.replace(/[.,;:?!]+$/u, '')}|${word.spoken}` }];
    }),
  );
}

async function withHiss(file: string, decibels: number | null): Promise<Uint8Array> {
  const bytes = readFileSync(file);
  if (decibels === null) return bytes;
  const random = seeded(9);
  const channels = (await readClip(createDecoder(), bytes)).map((sound) => {
    const level = Math.sqrt(sound.reduce((sum, sample) => sum + sample * sample, 0) / sound.length);
    // An even spread over ±a has the level a/√3.
    const spread = level * Math.sqrt(3) * 10 ** (-decibels / 20);
    return sound.map((sample) => Math.max(-1, Math.min(1, (sample + (random() * 2 - 1) * spread) * 0.7)));
  });
  return writeWav(channels, { encoding: 'pcm', bytes: 2, sampleRate: bytes.readUInt32LE(SAMPLE_RATE_AT) });
}

/** Where a WAV file with a plain header has its sample rate. */
const SAMPLE_RATE_AT = 24;

async function hear(pool: EnginePool, model: string, bytes: Uint8Array): Promise<Transcript> {
  async function* audio(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 65_536) yield await Promise.resolve(bytes.subarray(at, at + 65_536));
  }
  return (await transcribe(pool, model, { audio })).transcript;
}

function total(scores: readonly Score[]): Record<string, number> {
  const sum = (pick: (one: Score) => number): number => scores.reduce((all, one) => all + pick(one), 0);
  const share = (a: number, b: number): number => Number((a / Math.max(1, b)).toFixed(3));
  return {
    sentences: sum((s) => s.sentences),
    flagged: sum((s) => s.flagged),
    wrong: sum((s) => s.wrong),
    precision: share(
      sum((s) => s.flaggedAndWrong),
      sum((s) => s.flagged),
    ),
    recall: share(
      sum((s) => s.flaggedAndWrong),
      sum((s) => s.wrong),
    ),
    words: sum((s) => s.words),
    flaggedWords: sum((s) => s.flaggedWords),
    wrongWords: sum((s) => s.wrongWords),
    wordPrecision: share(
      sum((s) => s.flaggedWrongWords),
      sum((s) => s.flaggedWords),
    ),
    wordRecall: share(
      sum((s) => s.flaggedWrongWords),
      sum((s) => s.wrongWords),
    ),
  };
}

export async function run(): Promise<object> {
  const chosen = existsSync(join(DATA, 'models')) ? await chooseNeuralEngine([join(DATA, 'models')], null) : null;
  if (chosen === null) throw new Error('needs ../shared/data');
  const pool = createPool(chosen.config, { sandbox: probeSandbox(), limits: DEFAULT_LIMITS, size: 1 });
  const rows: { noise: string; clip: string; score: Score }[] = [];
  try {
    for (const decibels of NOISE)
      for (const { id, file, said } of recordings()) {
        const transcript = await hear(pool, chosen.model, await withHiss(file, decibels));
        const noise = decibels === null ? 'none' : `hiss at ${String(decibels)} dB`;
        rows.push({ noise, clip: id, score: score(transcript, said) });
      }
  } finally {
    await pool.stop();
  }
  const byNoise = Object.fromEntries(
    [...new Set(rows.map(({ noise }) => noise))].map((noise) => [
      noise,
      total(rows.filter((row) => row.noise === noise).map((row) => row.score)),
    ]),
  );
  console.table(byNoise);
  return {
    what: 'Sentences and content words of extractive drafts flagged heard_uncertainly, against what was misheard. Two dictations and the sample visit; wrong: a content word where the reference has none or another.',
    model: chosen.model,
    byNoise,
    clips: rows,
  };
}
