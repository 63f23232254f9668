// A list of terms from bytes that arrive: all of it or nothing, and every bad line by its number.
import { ProblemError, type VOCABULARY_FORMATS } from '@cordon/contract';
import { ENOUGH_FAULTS, readCsvTerms, type LineFault, type ReadTerms } from './import-csv.ts';
import { readRxNormLine } from './import-rxnorm.ts';
import { MAX_TERMS, type Term } from './terms.ts';

type Format = (typeof VOCABULARY_FORMATS)[number];

/** Bytes of a CSV file: the most terms with all their forms fit, and a parser may hold it whole. */
const MAX_CSV_BYTES = 16 * 1024 * 1024;

/** Bytes of RXNCONSO.RRF: a full release has about 130 MB; read line by line. */
const MAX_RXNORM_BYTES = 1024 * 1024 * 1024;

/** Bytes of one of its lines: the longest have 4 KiB. */
const MAX_LINE_BYTES = 64 * 1024;

/** Bad lines that are named; how many were found is said in any case. */
const MAX_FAULTS = 100;

const NEWLINE = 0x0a;

/** Errors: `vocabulary_invalid` {lines, faults}, `payload_too_large`, whatever `bytes` throws. */
export async function readTerms(format: Format, bytes: AsyncIterable<Uint8Array>): Promise<ReadTerms> {
  const read = format === 'csv' ? await readCsv(bytes) : await readRxNorm(bytes);
  if (read.faults.length > 0) throw invalid(read.faults);
  return read;
}

function invalid(faults: readonly LineFault[]): ProblemError {
  const lines = faults.slice(0, MAX_FAULTS).map(({ line, reason }) => `${String(line)} ${reason}`);
  return new ProblemError('vocabulary_invalid', { lines, faults: faults.length });
}

async function readCsv(bytes: AsyncIterable<Uint8Array>): Promise<ReadTerms> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of limited(bytes, MAX_CSV_BYTES)) chunks.push(chunk);
  const whole = Buffer.concat(chunks);
  const text = utf8(whole);
  return text === null ? { terms: [], faults: notUtf8(whole), skipped: 0 } : readCsvTerms(text);
}

/** The lines whose bytes are no UTF-8. */
function notUtf8(bytes: Buffer): readonly LineFault[] {
  const faults: LineFault[] = [];
  let line = 1;
  for (let at = 0; at < bytes.length; line += 1) {
    const newline = bytes.indexOf(NEWLINE, at);
    const end = newline < 0 ? bytes.length : newline;
    if (utf8(bytes.subarray(at, end)) === null) faults.push({ line, reason: 'encoding' });
    if (faults.length === ENOUGH_FAULTS) break;
    at = end + 1;
  }
  return faults;
}

async function readRxNorm(bytes: AsyncIterable<Uint8Array>): Promise<ReadTerms> {
  const terms = new Map<string, Term>();
  const faults: LineFault[] = [];
  let [line, skipped] = [0, 0];
  for await (const raw of linesOf(limited(bytes, MAX_RXNORM_BYTES))) {
    line += 1;
    const text = raw.length > MAX_LINE_BYTES ? null : utf8(raw);
    const read = text === null ? { reason: 'encoding' } : readRxNormLine(text.replace(/\r$/, ''));
    if (read === 'skip') skipped += 1;
    else if ('reason' in read) faults.push({ line, reason: read.reason });
    else terms.set(read.term.term, read.term);
    if (terms.size > MAX_TERMS) faults.push({ line, reason: 'too_many_terms' });
    if (faults.length >= ENOUGH_FAULTS || terms.size > MAX_TERMS) break;
  }
  if (line === 0) faults.push({ line: 1, reason: 'empty' });
  return { terms: [...terms.values()], faults, skipped };
}

/** Errors: `payload_too_large`. */
async function* limited(bytes: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of bytes) {
    total += chunk.length;
    if (total > most) throw new ProblemError('payload_too_large');
    yield chunk;
  }
}

/** Without their line feeds. A line that is too long is given out cut, longer than any that is taken. */
async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of bytes) {
    let at = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, at)) {
      yield rest.length === 0 ? chunk.subarray(at, end) : Buffer.concat([rest, chunk.subarray(at, end)]);
      rest = Buffer.alloc(0);
      at = end + 1;
    }
    if (rest.length <= MAX_LINE_BYTES) rest = Buffer.concat([rest, chunk.subarray(at)]);
  }
  if (rest.length > 0) yield rest;
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
