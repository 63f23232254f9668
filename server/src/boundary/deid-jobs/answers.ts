// One line of JSON in, one out: the form of `cordon deid run` (docs/formats/deid.md), by the pool.
import { isProblem, DEID_TYPES } from '@cordon/contract';
import { z } from 'zod';
import type { DeidPool } from '#boundary/deidentify/pool.ts';
import type { PartCounts } from './deid-jobs.queries.ts';
import { taskOf, type DeidSettings } from './settings.ts';

const Line = z.object({
  id: z.union([z.string(), z.number(), z.null()]).optional(),
  text: z.string(),
  known: z.array(z.object({ type: z.enum(DEID_TYPES), value: z.string() })).optional(),
});

export interface PartAnswer {
  /** Each ends with a line feed. */
  readonly bytes: Buffer;
  readonly counts: PartCounts;
}

/** A line whose text the engine could not read to its end says so; the text is in no answer then. Errors: `shutting_down`, `caller_gone`. */
export async function answerPart(
  pool: DeidPool,
  input: Uint8Array,
  settings: DeidSettings,
  now: Date,
  signal: AbortSignal,
): Promise<PartAnswer> {
  const answers: string[] = [];
  const counts = { lines: 0, refused: 0, replaced: 0, characters: 0 };
  for (const line of Buffer.from(input).toString('latin1').split('\n')) {
    if (line === '') continue;
    counts.lines += 1;
    const answer = await answered(pool, Buffer.from(line, 'latin1'), settings, now, signal);
    if ('error' in answer) counts.refused += 1;
    else {
      counts.replaced += answer.spans.length;
      counts.characters += answer.characters;
    }
    const { characters: _, ...told } = { characters: 0, ...answer };
    answers.push(`${JSON.stringify(told)}\n`);
  }
  return { bytes: Buffer.from(answers.join('')), counts };
}

type Id = string | number | null;
type Answer =
  | { readonly id: Id; readonly error: { readonly code: string } }
  | { readonly id: Id; readonly spans: readonly object[]; readonly text: string; readonly characters: number };

async function answered(
  pool: DeidPool,
  bytes: Buffer,
  settings: DeidSettings,
  now: Date,
  signal: AbortSignal,
): Promise<Answer> {
  const given = parsed(bytes);
  const line = Line.safeParse(given);
  if (!line.success) return { id: idIn(given), error: { code: 'invalid_request' } };
  const { id = null, text, known = [] } = line.data;
  if (text === '') return { id, spans: [], text, characters: 0 };
  try {
    const { texts } = await pool.deidentify(taskOf([text], settings, known, now), signal);
    const [made] = texts;
    if (made === undefined) return { id, error: { code: 'internal' } };
    const spans = made.spans.map((span, index) => ({ ...shown(span), replacement: made.replacements[index] }));
    return { id, spans, text: made.text, characters: text.length };
  } catch (error) {
    if (!isProblem(error) || error.code !== 'deid_uncertain') throw error;
    return { id, error: { code: error.code } };
  }
}

/** A span as it is told: score to a thousandth. */
export function shown<T extends { readonly start: number; readonly end: number; readonly score: number }>(span: T): T {
  return { ...span, score: Math.round(span.score * 1000) / 1000 };
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}

function idIn(given: unknown): Id {
  if (typeof given !== 'object' || given === null || !('id' in given)) return null;
  return typeof given.id === 'string' || typeof given.id === 'number' ? given.id : null;
}
