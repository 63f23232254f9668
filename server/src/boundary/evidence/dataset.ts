// The risk of a dataset as it arrives: read in pieces, counted, let go. Others are served between pieces (docs/decisions/0128).
import { randomInt } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MAX_DATASET_BYTES, ProblemError, type RiskReport } from '@cordon/contract';
import {
  COLUMN_KINDS,
  type ColumnKind,
  type Engine,
  NOTHING_KEPT,
  type QuasiColumn,
  quasiOfText,
  type RecordFormat,
  RecordReader,
  RiskError,
  type RiskOptions,
  RiskTable,
  summarise,
} from '@cordon/deid';

export interface DatasetRequest extends RiskOptions {
  readonly format: RecordFormat;
  readonly columns: readonly QuasiColumn[];
}

/** Characters of one text: the engine reads it in one go, a fifth of a second. */
const MAX_TEXT_CHARS = 400_000;

/** Characters read between two turns: some milliseconds of parsing and counting. */
const PIECE_CHARS = 65_536;

/** `quasi`: `name:kind` of each column, separated by commas. Errors: `dataset_unusable`. */
export function columnsOf(quasi: string): QuasiColumn[] {
  return quasi.split(',').map((part) => {
    const [name = '', kind = 'category'] = part.split(':');
    if (!isKind(kind)) throw new ProblemError('dataset_unusable', { reason: 'options_unusable', line: 0 });
    return { name: name.trim(), kind };
  });
}

function isKind(kind: string): kind is ColumnKind {
  return (COLUMN_KINDS as readonly string[]).includes(kind);
}

/** Errors: `dataset_unusable` {reason, line}, `payload_too_large`, whatever `bytes` throws. */
export async function measureDataset(
  engine: Engine,
  request: DatasetRequest,
  bytes: AsyncIterable<Uint8Array>,
  year: number,
): Promise<RiskReport> {
  const derive = (text: string): Readonly<Record<string, string>> => {
    if (text.length > MAX_TEXT_CHARS) throw new RiskError('value_too_long');
    return quasiOfText(text, engine.detect(text, { keeping: NOTHING_KEPT, year }));
  };
  try {
    const table = new RiskTable(request.columns, randomInt(2 ** 31));
    const reader = new RecordReader(
      request.format,
      request.columns.map(({ name }) => name),
      derive,
    );
    for await (const piece of piecesOf(bytes)) {
      for (const values of reader.push(piece)) table.add(values);
      await nextTurn();
    }
    for (const values of reader.end()) table.add(values);
    return plain(await patiently(summarise(table, request)));
  } catch (error) {
    if (error instanceof RiskError)
      throw new ProblemError('dataset_unusable', { reason: error.code, line: error.line ?? 0 });
    throw error;
  }
}

async function* piecesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let total = 0;
  const decoded = (chunk?: Uint8Array): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch {
      throw new RiskError('record_unreadable');
    }
  };
  for await (const chunk of bytes) {
    total += chunk.length;
    if (total > MAX_DATASET_BYTES) throw new ProblemError('payload_too_large');
    const text = decoded(chunk);
    for (let at = 0; at < text.length; at += PIECE_CHARS) yield text.slice(at, at + PIECE_CHARS);
  }
  yield decoded();
}

/** Runs work that yields, one step a turn. */
async function patiently<T>(work: Generator<undefined, T, undefined>): Promise<T> {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
    await nextTurn();
  }
}

function plain(summary: unknown): RiskReport {
  return JSON.parse(JSON.stringify(summary)) as RiskReport;
}
