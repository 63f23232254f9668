// multipart/form-data (RFC 7578) as a stream: the one file part is handed on while it arrives, text parts are kept.
// Parts may come in any order; the official client sends the file first.
import { Readable } from 'node:stream';
import { isProblem, ProblemError } from '@cordon/contract';
import { Busboy, type BusboyConfig, type BusboyInstance } from '@fastify/busboy';
import type { Exchange } from '#api/routing/handler.ts';

/** Text parts: a dozen short fields; a prompt is the longest. */
const LIMITS: NonNullable<BusboyConfig['limits']> = {
  fieldSize: 65_536,
  fieldNameSize: 200,
  fields: 64,
  files: 1,
  parts: 70,
  headerPairs: 32,
};

export interface FilePart {
  readonly name: string;
  /** As declared; what it is, the bytes say. */
  readonly contentType: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

export interface Form<T> {
  /** A repeated field is a list. */
  readonly fields: Readonly<Record<string, string | string[]>>;
  /** What `onFile` made of the file. */
  readonly file: T;
}

type Fields = Readonly<Record<string, string | string[]>>;

/**
 * `onFile` gets the file while it arrives and, once the form is whole, its text fields: what is durable only after `fields` resolved
 * leaves nothing behind of a form that was wrong. Errors: `invalid_request` for a form that is broken, lacks the file or has
 * another; whatever `onFile` throws.
 */
export async function readForm<T>(
  exchange: Exchange,
  fileField: string,
  onFile: (part: FilePart, fields: Promise<Fields>) => Promise<T>,
): Promise<Form<T>> {
  const fields: Record<string, string | string[]> = Object.create(null);
  const whole = Promise.withResolvers<Fields>();
  whole.promise.catch(() => undefined); // told to `onFile` only; without a file nobody listens
  const parser = open(exchange.contentType);
  const outcome: { file: Promise<T> | null; part: Readable | null; refused: boolean } = {
    file: null,
    part: null,
    refused: false,
  };
  parser.on('field', (name, value, nameCut, valueCut) => {
    if (nameCut || valueCut) outcome.refused = true;
    else addField(fields, name, value);
  });
  parser.on('file', (field, stream, _filename, _encoding, mime) => {
    if (field !== fileField || outcome.file !== null) {
      outcome.refused = true;
      stream.resume();
      return;
    }
    outcome.part = stream.on('error', () => undefined); // its reader is told; one that stopped reading has its own reason
    outcome.file = onFile({ name: field, contentType: mime, bytes: stream }, whole.promise);
    // The error is given to the caller below; a broken part must not hold the parser.
    outcome.file.catch(() => stream.resume());
  });
  for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const)
    parser.on(limit, () => (outcome.refused = true));
  try {
    await parseAll(exchange, parser, outcome);
  } catch (error) {
    whole.reject(error);
    // The parser never ends a part of a body that broke off: its reader would wait for ever, and keep what it had begun.
    outcome.part?.destroy(new ProblemError('invalid_request', { field: 'body' }));
    await Promise.allSettled([outcome.file]);
    throw error;
  }
  if (outcome.refused) whole.reject(new ProblemError('invalid_request', { field: 'body' }));
  else whole.resolve(fields);
  if (outcome.file === null) throw new ProblemError('invalid_request', { field: `body.${fileField}` });
  const file = await outcome.file;
  if (outcome.refused) throw new ProblemError('invalid_request', { field: 'body' });
  return { fields, file };
}

function open(contentType: string): BusboyInstance {
  try {
    return new Busboy({ headers: { 'content-type': contentType }, limits: LIMITS });
  } catch {
    throw new ProblemError('invalid_request', { field: 'headers.content-type' });
  }
}

/** Ends when the form is read, or at once when the file was refused: the rest of the upload is then not waited for. */
async function parseAll(
  exchange: Exchange,
  parser: BusboyInstance,
  outcome: { file: Promise<unknown> | null },
): Promise<void> {
  const source = Readable.from(exchange.body);
  const parsed = new Promise<void>((resolve, reject) => {
    parser.once('finish', resolve);
    parser.once('error', () => reject(new ProblemError('invalid_request', { field: 'body' })));
    source.once('error', () => reject(new ProblemError('invalid_request', { field: 'body' })));
    parser.once('file', () => {
      // `file` listeners run in order, so the promise is there on the next turn.
      setImmediate(() => {
        outcome.file?.catch((error: unknown) =>
          reject(isProblem(error) ? error : new ProblemError('internal', {}, error)),
        );
      });
    });
  });
  source.pipe(parser);
  try {
    await parsed;
  } finally {
    source.unpipe(parser);
    source.destroy();
  }
}

function addField(fields: Record<string, string | string[]>, name: string, value: string): void {
  const before = fields[name];
  if (before === undefined) fields[name] = value;
  else fields[name] = [...(Array.isArray(before) ? before : [before]), value];
}
