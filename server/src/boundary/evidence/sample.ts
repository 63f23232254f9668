// Figures of a sample, computed here from what is sent and never given: recall on a gold standard, and what a reader found left. Texts pass
// through memory one at a time; nothing of them is kept, logged or told.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type DeidProfile, ProblemError } from '@cordon/contract';
import { CATEGORIES, type Engine, goldOf, Score, shareOf, type Span } from '@cordon/deid';
import { z } from 'zod';
import { linesOf, type NumberedLine } from './lines.ts';
import type { Measurement, Review } from './rows.ts';

/** Characters of text after which others are served: some milliseconds of the engine. */
const TURN_CHARS = 16_384;
/** Characters of one text: the engine reads it in one go, a fifth of a second. */
const MAX_TEXT_CHARS = 400_000;
const MAX_SPANS = 20_000;

const Marked = z.object({ start: z.int().min(0), end: z.int().min(1), type: z.string().max(64) });
const Text = { text: z.string().max(MAX_TEXT_CHARS) };
const Gold = z.object({ ...Text, spans: z.array(Marked).max(MAX_SPANS) });
const Read = z.object({ ...Text, left: z.array(Marked).max(MAX_SPANS).default([]) });

export interface SampleParts {
  readonly engine: Engine;
  readonly profile: DeidProfile;
  /** The year from which ages are counted. */
  readonly year: number;
}

type Figures<T> = Omit<T, 'by' | 'at' | 'fingerprint'>;

/** Errors: `sample_unusable` {line, reason}, `payload_too_large`. */
export async function measureSample(
  { engine, profile, year }: SampleParts,
  bytes: AsyncIterable<Uint8Array>,
): Promise<Figures<Measurement>> {
  const score = new Score();
  let characters = 0;
  const { keeping } = profile;
  for await (const { line, document } of documentsOf(bytes, Gold)) {
    const gold = within(line, () => goldOf({ id: line.number, ...document }, TYPES)).map((span) =>
      keeping.facilities && span.type === 'FACILITY' ? { ...span, type: 'neutral' as const } : span,
    );
    score.add(document.text, gold, engine.detect(document.text, { keeping, year }));
    characters += document.text.length;
  }
  const report = score.report();
  if (report.documents === 0) throw new ProblemError('sample_unusable', { line: 0, reason: 'no_text' });
  const { documents, full: recall, characterRecall, characterPrecision, leakFree, overRedaction } = report;
  const categories = report.categories.map(({ type, full }) => ({ category: type, recall: full }));
  return { documents, characters, recall, characterRecall, characterPrecision, leakFree, overRedaction, categories };
}

/** Errors: as `measureSample`. */
export async function countReview(
  { engine, profile, year }: SampleParts,
  bytes: AsyncIterable<Uint8Array>,
): Promise<Figures<Review>> {
  const counts = { texts: 0, characters: 0, replaced: 0, left: 0, covered: 0, clean: 0 };
  const byCategory = new Map<string, number>();
  for await (const { line, document } of documentsOf(bytes, Read)) {
    const { text } = document;
    const spans = engine.detect(text, { keeping: profile.keeping, year });
    const marks = within(line, () => goldOf({ id: line.number, text, spans: document.left }, TYPES, true));
    const left = marks.filter((mark) => !isCovered(text, mark, spans));
    for (const { type } of left) byCategory.set(type, (byCategory.get(type) ?? 0) + 1);
    counts.texts += 1;
    counts.characters += text.length;
    counts.replaced += spans.length;
    counts.left += left.length;
    counts.covered += marks.length - left.length;
    if (left.length === 0) counts.clean += 1;
  }
  if (counts.texts === 0) throw new ProblemError('sample_unusable', { line: 0, reason: 'no_text' });
  const categories = CATEGORIES.flatMap((category) => {
    const left = byCategory.get(category);
    return left === undefined ? [] : [{ category, left }];
  });
  return { ...counts, clean: shareOf({ found: counts.clean, of: counts.texts }), categories };
}

const TYPES: ReadonlySet<string> = new Set(CATEGORIES);

async function* documentsOf<S extends z.ZodType<{ readonly text: string }>>(
  bytes: AsyncIterable<Uint8Array>,
  schema: S,
): AsyncGenerator<{ readonly line: NumberedLine; readonly document: z.output<S> }> {
  let sinceTurn = 0;
  for await (const line of linesOf(bytes)) {
    const document = within(line, () => schema.parse(JSON.parse(line.text)));
    yield { line, document };
    sinceTurn += document.text.length;
    if (sinceTurn < TURN_CHARS) continue;
    sinceTurn = 0;
    await nextTurn();
  }
}

/** What a line is refused for is told by its number: the messages of parsers quote what they read. */
function within<T>({ number }: NumberedLine, read: () => T): T {
  try {
    return read();
  } catch {
    throw new ProblemError('sample_unusable', { line: number, reason: 'unreadable' });
  }
}

/** Every letter and digit of the mark lies in a span. */
function isCovered(
  text: string,
  mark: { readonly start: number; readonly end: number },
  spans: readonly Span[],
): boolean {
  for (let at = mark.start; at < mark.end; at += 1) {
    if (!/[\p{L}\p{N}]/u.test(text.charAt(at))) continue;
    if (!spans.some(({ start, end }) => start <= at && at < end)) return false;
  }
  return true;
}
