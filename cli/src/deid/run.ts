// One line of JSON in, one out, in the same order (docs/formats/deid.md).
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { CATEGORIES, type DetectOptions, type Engine, type KnownIdentifier, type Mode } from '@cordon/deid';
import { z } from 'zod';
import { type Line, linesOf } from './lines.ts';

const Input = z.object({
  id: z.union([z.string(), z.number(), z.null()]).optional(),
  text: z.string(),
  known: z.array(z.object({ type: z.enum(CATEGORIES), value: z.string() })).optional(),
});

/** The `code` of a line that could not be read; the codes are those of the catalogue. */
type LineError = 'invalid_request' | 'payload_too_large' | 'internal';

export interface RunSettings {
  readonly engine: Engine;
  readonly mode: Mode;
  readonly options: Omit<DetectOptions, 'known'>;
  /** Looked for in every text, beside what a line brings itself. */
  readonly known: readonly KnownIdentifier[];
}

export interface RunCounts {
  readonly lines: number;
  readonly refused: number;
  readonly spans: number;
}

/** Reads to the end; empty lines are passed over. */
export async function runLines(bytes: AsyncIterable<Buffer>, out: Writable, settings: RunSettings): Promise<RunCounts> {
  let [lines, refused, spans] = [0, 0, 0];
  for await (const answer of answers(bytes, settings)) {
    lines += 1;
    if ('error' in answer) refused += 1;
    else spans += answer.spans.length;
    if (!out.write(`${JSON.stringify(answer)}\n`)) await once(out, 'drain');
  }
  return { lines, refused, spans };
}

type Answer =
  | { readonly id: string | number | null; readonly error: { readonly code: LineError } }
  | { readonly id: string | number | null; readonly spans: readonly object[]; readonly text: string };

async function* answers(bytes: AsyncIterable<Buffer>, settings: RunSettings): AsyncGenerator<Answer, void, undefined> {
  for await (const line of linesOf(bytes)) {
    if (typeof line === 'string' && line.trim() === '') continue;
    yield answered(line, settings);
  }
}

function answered(line: Line, settings: RunSettings): Answer {
  if (typeof line !== 'string') return failed(null, line.fault);
  let given: unknown;
  try {
    given = JSON.parse(line);
  } catch {
    return failed(null, 'invalid_request');
  }
  const input = Input.safeParse(given);
  if (!input.success) return failed(idIn(given), 'invalid_request');
  const { id = null, text, known = [] } = input.data;
  return replaced(id, text, [...known, ...settings.known], settings);
}

/** Nothing of a text whose replacement failed is said: neither the text nor why. */
function replaced(
  id: string | number | null,
  text: string,
  known: readonly KnownIdentifier[],
  { engine, mode, options }: RunSettings,
): Answer {
  try {
    const result = engine.deidentify(text, { ...options, known, mode, salt: randomInt(2 ** 32) });
    const spans = result.spans.map(({ start, end, type, score, rule }, index) => ({
      start,
      end,
      type,
      score: Math.round(score * 1000) / 1000,
      rule,
      replacement: result.replacements[index],
    }));
    return { id, spans, text: result.text };
  } catch {
    return failed(id, 'internal');
  }
}

function failed(id: string | number | null, code: LineError): Answer {
  return { id, error: { code } };
}

function idIn(given: unknown): string | number | null {
  if (typeof given !== 'object' || given === null || !('id' in given)) return null;
  return typeof given.id === 'string' || typeof given.id === 'number' ? given.id : null;
}
