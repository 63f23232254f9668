// `cordon deid risk`: the risk of re-identification of a dataset, on this machine alone.
import { createReadStream } from 'node:fs';
import { extname } from 'node:path';
import {
  COLUMN_KINDS,
  type ColumnKind,
  createEngine,
  type Engine,
  NOTHING_KEPT,
  type QuasiColumn,
  quasiOfText,
  type RecordFormat,
  RecordReader,
  RiskError,
  type RiskOptions,
  type RiskSummary,
  RiskTable,
  summarise,
} from '@cordon/deid';
import { loadModel } from '@cordon/deid/model';
import { InvalidArgumentError } from 'commander';
import { Refusal } from '#failure.ts';
import { readableFile } from '#home/files.ts';

/** `name:kind,…`; a name without a kind is a category. Errors: a usage error. */
export function quasiColumns(value: string): readonly QuasiColumn[] {
  return value.split(',').map((part) => {
    const [name = '', kind = 'category', ...more] = part.trim().split(':');
    if (name === '' || more.length > 0 || !isKind(kind))
      throw new InvalidArgumentError(`Names are needed, each with ${COLUMN_KINDS.join(', ')} after a colon.`);
    return { name, kind };
  });
}

function isKind(kind: string): kind is ColumnKind {
  return (COLUMN_KINDS as readonly string[]).includes(kind);
}

export function formatOf(file: string): RecordFormat {
  return /\.(?:jsonl|ndjson)$/i.test(extname(file)) ? 'jsonl' : 'csv';
}

export interface RiskSettings {
  readonly columns: readonly QuasiColumn[];
  readonly options: RiskOptions;
  readonly signal: AbortSignal;
}

/** Errors: `file_unreadable`, `dataset_unusable` naming the line. */
export async function measureFile(file: string, { columns, options, signal }: RiskSettings): Promise<RiskSummary> {
  await readableFile(file);
  let engine: Engine | null = null; // loaded for texts alone
  const year = new Date().getFullYear();
  const derive = (text: string): Readonly<Record<string, string>> => {
    engine ??= createEngine(loadModel());
    return quasiOfText(text, engine.detect(text, { keeping: NOTHING_KEPT, year }));
  };
  try {
    const table = new RiskTable(columns);
    const names = columns.map(({ name }) => name);
    const reader = new RecordReader(formatOf(file), names, derive);
    const stream = createReadStream(file, { encoding: 'utf8', signal });
    for await (const piece of stream) for (const values of reader.push(String(piece))) table.add(values);
    for (const values of reader.end()) table.add(values);
    const work = summarise(table, options);
    for (;;) {
      const step = work.next();
      if (step.done === true) return step.value;
      signal.throwIfAborted();
    }
  } catch (error) {
    if (!(error instanceof RiskError)) throw error;
    const { code, line } = error;
    throw new Refusal('dataset_unusable', line === null ? code : `${code}, line ${line}`);
  }
}
