// Reads the clinical sets of the optional data directory (ACI-Bench, PriMock57; CC BY 4.0) into transcripts with notes.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Transcript, TranscriptSegment, TranscriptWord } from '../server/src/clinical/transcription/transcript.ts';

export interface Encounter {
  readonly id: string;
  readonly transcript: Transcript;
  readonly note: string;
  /** What the chart knows before the visit: age, sex, names. */
  readonly context: string;
}

interface Turn {
  readonly channel: number;
  readonly text: string;
  readonly start: number | null;
}

/** Seconds given to a word where the set has no times. */
const SECONDS_PER_WORD = 0.35;

export function aciBench(directory: string, split: 'train' | 'valid' | 'test1'): Encounter[] {
  const name = split === 'test1' ? 'clinicalnlp_taskB_test1' : split;
  const rows = parseCsv(readFileSync(join(directory, 'aci-bench', `${name}.csv`), 'utf8'));
  const meta = new Map(
    parseCsv(readFileSync(join(directory, 'aci-bench', `${name}_metadata.csv`), 'utf8')).map((row) => [
      row['encounter_id'],
      row,
    ]),
  );
  return rows.map((row) => {
    const about = meta.get(row['encounter_id']) ?? {};
    const age = (about['patient_age'] ?? '').replace('.0', '');
    const context = `${about['patient_firstname'] ?? ''} ${about['patient_familyname'] ?? ''}. ${age === '' ? '' : `${age} year old`} ${about['patient_gender'] ?? ''}`;
    return {
      id: row['encounter_id'] ?? '',
      transcript: toTranscript(dialogueTurns(row['dialogue'] ?? '')),
      note: row['note'] ?? '',
      context,
    };
  });
}

export function primock(directory: string): Encounter[] {
  const notes = join(directory, 'primock57', 'notes');
  return readdirSync(notes)
    .toSorted()
    .map((file) => {
      const id = file.replace('.json', '');
      const { note } = JSON.parse(readFileSync(join(notes, file), 'utf8')) as { note: string };
      const turns = ['doctor', 'patient'].flatMap((who, channel) =>
        textGrid(readFileSync(join(directory, 'primock57', 'transcripts', `${id}_${who}.TextGrid`), 'utf8'), channel),
      );
      return {
        id,
        transcript: toTranscript(turns.toSorted((a, b) => (a.start ?? 0) - (b.start ?? 0))),
        note,
        context: '',
      };
    });
}

/** A dialogue with `[doctor]`/`[patient]` tags. The tags are often wrong; they only become channels. */
function dialogueTurns(dialogue: string): Turn[] {
  return dialogue.split('\n').flatMap((line) => {
    const found = /^\[(\w+)\]\s*(.*)$/u.exec(line.trim());
    return found === null ? [] : [{ channel: found[1] === 'doctor' ? 0 : 1, text: found[2] ?? '', start: null }];
  });
}

function textGrid(source: string, channel: number): Turn[] {
  return [...source.matchAll(/xmin = ([\d.]+)\s+xmax = ([\d.]+)\s+text = "((?:[^"]|"")*)"/gu)].flatMap((found) => {
    const text = (found[3] ?? '').replaceAll(/<\/?[A-Z_/]+>/gu, ' ').trim();
    return text === '' ? [] : [{ channel, text, start: Number(found[1]) }];
  });
}

export function toTranscript(turns: readonly Turn[]): Transcript {
  const words: TranscriptWord[] = [];
  const segments: TranscriptSegment[] = [];
  let clock = 0;
  turns.forEach((turn, i) => {
    const begin = Math.max(turn.start ?? clock, clock);
    const tokens = turn.text
      .replaceAll(/\s+([,.?!;])/gu, '$1')
      .split(/\s+/u)
      .filter((word) => word !== '');
    tokens.forEach((text, k) => {
      const start = begin + k * SECONDS_PER_WORD;
      words.push({
        text,
        spoken: text.toLowerCase(),
        start,
        end: start + SECONDS_PER_WORD * 0.9,
        confidence: 1,
        channel: turn.channel,
      });
    });
    clock = begin + tokens.length * SECONDS_PER_WORD;
    segments.push({
      id: `${turn.channel}-${i}`,
      start: begin,
      end: clock,
      channel: turn.channel,
      text: tokens.join(' '),
      spokenText: tokens.join(' ').toLowerCase(),
    });
  });
  const text = segments.map((segment) => segment.text).join(' ');
  return {
    text,
    spokenText: text.toLowerCase(),
    words,
    segments,
    engine: 'reference',
    model: 'reference',
    duration: clock,
    realTimeFactor: 0,
  };
}

/** The same visit as a recogniser without punctuation or case would give it. */
export function asRecognised(transcript: Transcript): Transcript {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[.,?!;:"]+(?=\s|$)/gu, '');
  const words = transcript.words.map((word) => ({ ...word, text: plain(word.text) }));
  const segments = transcript.segments.map((segment) => ({ ...segment, text: plain(segment.text) }));
  return { ...transcript, text: segments.map((segment) => segment.text).join(' '), words, segments };
}

function parseCsv(source: string): Record<string, string>[] {
  const rows: string[][] = [[]];
  let [field, quoted] = ['', false];
  const endField = (): void => {
    rows.at(-1)?.push(field);
    field = '';
  };
  for (let i = 0; i < source.length; i += 1) {
    const char = source.charAt(i);
    if (quoted && char === '"' && source.charAt(i + 1) === '"') {
      field += '"';
      i += 1;
    } else if (char === '"') quoted = !quoted;
    else if (!quoted && char === ',') endField();
    else if (!quoted && char === '\n') {
      endField();
      rows.push([]);
    } else if (char !== '\r') field += char;
  }
  if (field !== '') endField();
  const [head = [], ...body] = rows;
  return body
    .filter((row) => row.length === head.length)
    .map((row) => Object.fromEntries(head.map((name, i) => [name, row[i] ?? ''])));
}
