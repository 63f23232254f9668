// One file of a tree into one file of the output: which form it has, and its content replaced piece by piece.
import { randomInt } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { finished } from 'node:stream/promises';
import type { ProblemCode } from '@cordon/contract';
import { hasCode } from '#home/files.ts';
import { runLines, type RunSettings } from './run.ts';
import { replacedTable, TableFault } from './table.ts';

export type DocumentForm = 'text' | 'lines' | 'table';

const FORMS: Readonly<Record<string, DocumentForm>> = {
  '.txt': 'text',
  '.text': 'text',
  '.md': 'text',
  '.jsonl': 'lines',
  '.ndjson': 'lines',
  '.csv': 'table',
  '.tsv': 'table',
};

/** Bytes of one document that is read whole: 2,000 pages. What is longer is many documents, and comes as JSON Lines. */
const MAX_TEXT_BYTES = 16 * 1024 * 1024;

export interface TreeSettings extends RunSettings {
  /** Of tables: names or numbers from 1; null: all. */
  readonly columns: readonly string[] | null;
  /** Size and time of the file of known identifiers; null without one. */
  readonly knownFile: string | null;
}

export type Replacing = { readonly spans: number } | { readonly code: ProblemCode };

/** Null: a form that is not read. */
export function formOf(path: string): DocumentForm | null {
  return FORMS[extname(path).toLowerCase()] ?? null;
}

/** Writes `to` anew, durable when it resolves. A problem is an answer: one bad file does not stop the others. */
export async function replaceDocument(
  from: string,
  to: string,
  form: DocumentForm,
  settings: TreeSettings,
): Promise<Replacing> {
  const out = createWriteStream(to, { mode: 0o600, flush: true });
  try {
    const replaced = await written(from, form, settings, out);
    out.end();
    await finished(out);
    return replaced;
  } catch (error) {
    out.destroy();
    return { code: codeOf(error) };
  }
}

async function written(
  from: string,
  form: DocumentForm,
  settings: TreeSettings,
  out: ReturnType<typeof createWriteStream>,
): Promise<Replacing> {
  switch (form) {
    case 'text': {
      const { text, spans } = replacedText(await readFile(from), settings);
      out.write(text);
      return { spans };
    }
    case 'lines': {
      const { refused, spans } = await runLines(createReadStream(from), out, settings);
      return refused === 0 ? { spans } : { code: 'lines_refused' };
    }
    case 'table': {
      let spans = 0;
      const pieces = replacedTable(decoded(createReadStream(from)), settings.columns, settings, (found) => {
        spans += found;
      });
      for await (const piece of pieces) if (!out.write(piece)) await drained(out);
      return { spans };
    }
  }
}

function replacedText(
  bytes: Buffer,
  { engine, mode, options, known }: RunSettings,
): { readonly text: string; readonly spans: number } {
  if (bytes.length > MAX_TEXT_BYTES) throw new TableFault('payload_too_large');
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  const result = engine.deidentify(text, { ...options, known, mode, salt: randomInt(2 ** 32) });
  return { text: result.text, spans: result.spans.length };
}

/** Errors: TypeError for what is no UTF-8. */
async function* decoded(bytes: AsyncIterable<Buffer>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

async function drained(out: ReturnType<typeof createWriteStream>): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const settle = (error?: Error): void => {
      out.off('drain', settle).off('error', settle);
      if (error instanceof Error) reject(error);
      else resolve();
    };
    out.once('drain', settle).once('error', settle);
  });
}

/** Nothing of a text whose replacement failed is said. */
function codeOf(error: unknown): ProblemCode {
  if (error instanceof TableFault) return error.code;
  if (hasCode(error, 'ERR_ENCODING_INVALID_ENCODED_DATA')) return 'invalid_request';
  if (hasCode(error, 'ENOSPC', 'EDQUOT')) return 'storage_full';
  return error instanceof Error && 'code' in error ? 'file_unreadable' : 'internal';
}
