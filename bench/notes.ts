// How near the extractive drafter comes to the reference notes: ROUGE-1, ROUGE-2 and ROUGE-Lsum (F1, words, no stemming),
// against the floors published and measured on the same split. Run: node bench/notes.ts [data directory]
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Transcript } from '../server/src/clinical/transcription/transcript.ts';
import { extract } from '../server/src/clinical/notes/extractive.ts';
import { templateById, type NoteTemplate } from '../server/src/clinical/notes/templates.ts';
import { aciBench, asRecognised, type Encounter } from './clinical-data.ts';

const DATA = join(import.meta.dirname, '..', '..', 'shared', 'data', 'clinical');

interface Rouge {
  readonly r1: number;
  readonly r2: number;
  readonly rLsum: number;
}

// As the reference scorer: lower case, runs of letters and digits.
const words = (text: string): string[] => text.toLowerCase().match(/[a-z0-9]+/gu) ?? [];

function grams(list: readonly string[], n: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let i = 0; i + n <= list.length; i += 1) {
    const gram = list.slice(i, i + n).join(' ');
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

const f1 = (hits: number, candidate: number, reference: number): number =>
  hits === 0 ? 0 : (200 * hits) / (candidate + reference);

function rougeN(candidate: readonly string[], reference: readonly string[], n: number): number {
  const [a, b] = [grams(candidate, n), grams(reference, n)];
  let hits = 0;
  for (const [gram, count] of a) hits += Math.min(count, b.get(gram) ?? 0);
  return f1(hits, Math.max(0, candidate.length - n + 1), Math.max(0, reference.length - n + 1));
}

// Indexes of the reference line that are in a longest common subsequence with the candidate line.
function lcsIndexes(reference: readonly string[], candidate: readonly string[]): number[] {
  const table = Array.from({ length: reference.length + 1 }, () => new Uint16Array(candidate.length + 1));
  for (let i = 1; i <= reference.length; i += 1)
    for (let j = 1; j <= candidate.length; j += 1)
      table[i]![j] =
        reference[i - 1] === candidate[j - 1]
          ? table[i - 1]![j - 1]! + 1
          : Math.max(table[i - 1]![j]!, table[i]![j - 1]!);
  const out: number[] = [];
  for (let i = reference.length, j = candidate.length; i > 0 && j > 0;) {
    if (reference[i - 1] === candidate[j - 1]) {
      out.push(i - 1);
      i -= 1;
      j -= 1;
    } else if (table[i - 1]![j]! >= table[i]![j - 1]!) i -= 1;
    else j -= 1;
  }
  return out;
}

function rougeLsum(candidate: string, reference: string): number {
  const split = (text: string): string[][] =>
    text
      .split('\n')
      .map(words)
      .filter((line) => line.length > 0);
  const [cand, ref] = [split(candidate), split(reference)];
  const [left, right] = [grams(cand.flat(), 1), grams(ref.flat(), 1)];
  let hits = 0;
  for (const line of ref) {
    const union = new Set(cand.flatMap((other) => lcsIndexes(line, other)));
    for (const i of union) {
      const word = line[i]!;
      if ((left.get(word) ?? 0) <= 0 || (right.get(word) ?? 0) <= 0) continue;
      hits += 1;
      left.set(word, left.get(word)! - 1);
      right.set(word, right.get(word)! - 1);
    }
  }
  return f1(hits, cand.flat().length, ref.flat().length);
}

export function rouge(candidate: string, reference: string): Rouge {
  const [a, b] = [words(candidate), words(reference)];
  return { r1: rougeN(a, b, 1), r2: rougeN(a, b, 2), rLsum: rougeLsum(candidate, reference) };
}

// The set's own sections, as a tenant's template would be: headings the reference notes use.
const ACI: NoteTemplate = {
  id: 'aci',
  version: 1,
  title: 'Visit note',
  loinc: '11506-3',
  sections: [
    { id: 'hpi', title: 'HISTORY OF PRESENT ILLNESS', elements: ['reason', 'history'], required: true },
    { id: 'pmh', title: 'MEDICAL HISTORY', elements: ['past', 'family'], required: false },
    { id: 'social', title: 'SOCIAL HISTORY', elements: ['social'], required: false },
    { id: 'medications', title: 'MEDICATIONS', elements: ['medications', 'allergies'], required: false },
    { id: 'ros', title: 'REVIEW OF SYSTEMS', elements: ['symptoms'], required: false },
    { id: 'exam', title: 'PHYSICAL EXAM', elements: ['vitals', 'exam'], required: true },
    { id: 'results', title: 'RESULTS', elements: ['results'], required: false },
    { id: 'ap', title: 'ASSESSMENT AND PLAN', elements: ['assessment', 'plan'], required: true },
    { id: 'instructions', title: 'INSTRUCTIONS', elements: ['instructions'], required: false },
  ],
};

export function render(transcript: Transcript, template: NoteTemplate): string {
  return extract(transcript, template)
    .map((section) => [section.title, ...section.sentences.map((sentence) => sentence.text)].join('\n'))
    .join('\n');
}

function mean(scores: readonly Rouge[]): Rouge {
  const average = (pick: (score: Rouge) => number): number =>
    Number((scores.reduce((sum, score) => sum + pick(score), 0) / scores.length).toFixed(2));
  return { r1: average((s) => s.r1), r2: average((s) => s.r2), rLsum: average((s) => s.rLsum) };
}

function measure(
  set: readonly Encounter[],
  template: NoteTemplate,
  change: (t: Transcript) => Transcript,
): Rouge & { words: number; sentences: number } {
  const drafts = set.map((encounter) => render(change(encounter.transcript), template));
  const length = drafts.reduce((sum, draft) => sum + words(draft).length, 0) / drafts.length;
  const lines = drafts.reduce((sum, draft) => sum + draft.split('\n').length, 0) / drafts.length;
  return {
    ...mean(set.map((encounter, i) => rouge(drafts[i]!, encounter.note))),
    words: Math.round(length),
    sentences: Math.round(lines),
  };
}

const FLOORS = {
  'transcript copied whole': { r1: 32.84, r2: 12.53, rLsum: 30.61 },
  'extractive, headings and pronouns': { r1: 43.38, r2: 17.04, rLsum: 37.42 },
  'another patient’s note': { r1: 45.61, r2: 18.99, rLsum: 42.35 },
  'oracle, greedy, sees the reference': { r1: 48.66, r2: 18.99, rLsum: 44.33 },
  'GPT-4, published': { r1: 51.76, r2: 22.58, rLsum: 45.97 },
};

export async function run(directory: string = DATA): Promise<object> {
  if (!existsSync(join(directory, 'aci-bench')))
    throw new Error('../shared/data/clinical is not here: nothing to measure on');
  const soap = templateById('soap')!;
  const splits = (['train', 'valid', 'test1'] as const).map((split) => {
    const set = aciBench(directory, split);
    return {
      split,
      encounters: set.length,
      own: measure(set, ACI, (t) => t),
      soap: measure(set, soap, (t) => t),
      unpunctuated: measure(set, ACI, asRecognised),
      oneChannel: measure(set, ACI, (t) => ({
        ...t,
        words: t.words.map((w) => ({ ...w, channel: 0 })),
        segments: t.segments.map((s) => ({ ...s, channel: 0 })),
      })),
    };
  });
  const result = {
    what: 'ROUGE F1 of extractive drafts against ACI-Bench reference notes',
    method: 'bench/notes.ts; words, no stemming; Lsum by lines',
    floorsOnTest1: FLOORS,
    splits,
  };
  console.table(
    splits.flatMap((s) =>
      (['own', 'soap', 'unpunctuated', 'oneChannel'] as const).map((kind) => ({ split: s.split, kind, ...s[kind] })),
    ),
  );
  return result;
}
