// A tar archive of foreign making, read as a stream: POSIX ustar and pax (IEEE Std 1003.1-2024, pax) and what GNU tar writes of it.
// Only plain files come out of it. Whatever could reach outside (links, devices, names of other kinds) is refused, not worked around.
import { ProblemError } from '@cordon/contract';
import { FILE_NAME } from './model-manifest.ts';

export interface ArchivedFile {
  /** One or two plain names joined by `/`. */
  readonly path: string;
  readonly bytes: number;
}

export interface ArchiveSink {
  /** Null: the file is not wanted and its bytes are passed over. */
  begin(file: ArchivedFile): Promise<((chunk: Uint8Array) => Promise<void>) | null>;
  /** Called for every file that was begun, whole or not. */
  end(): Promise<void>;
}

/** Entries. A published model has ten; an archive of thousands is another one. */
const MAX_ENTRIES = 512;

/** Bytes of a pax header: it holds a time and an owner. */
const MAX_PAX_BYTES = 64 * 1024;

const BLOCK = 512;

/** pax records that would change which bytes are a file's, or where it goes. */
const TELLING = /(^|\n)\d+ (path|size|linkpath|GNU\.sparse[^=]*)=/;

/** Errors: `model_invalid` {reason: 'archive_…', at: byte}; what the sink throws. */
export async function untar(stream: AsyncIterable<Uint8Array>, sink: ArchiveSink): Promise<void> {
  const reader = new Blocks(stream);
  for (let entries = 0; ; entries += 1) {
    const at = reader.position;
    const header = await reader.take(BLOCK);
    if (header.every((byte) => byte === 0)) return reader.drain();
    if (entries === MAX_ENTRIES) throw broken('archive_too_many_files', at);
    await readEntry(parseHeader(header, at), reader, sink, at);
  }
}

interface Header {
  readonly type: string;
  readonly name: string;
  readonly bytes: number;
}

async function readEntry(header: Header, reader: Blocks, sink: ArchiveSink, at: number): Promise<void> {
  switch (header.type) {
    case '0':
    case '\0':
      return readFile(header, reader, sink, at);
    case '5':
      if (header.bytes !== 0) throw broken('archive_directory', at);
      segmentsOf(header.name, at);
      return;
    case 'x':
    case 'g':
      return passPax(header, reader, at);
    case '1':
    case '2':
      throw broken('archive_link', at);
    default:
      throw broken('archive_special_file', at);
  }
}

async function readFile(header: Header, reader: Blocks, sink: ArchiveSink, at: number): Promise<void> {
  const segments = segmentsOf(header.name, at);
  const wanted = segments.length >= 1 && segments.length <= 2 && segments.every((segment) => FILE_NAME.test(segment));
  const write = wanted ? await sink.begin({ path: segments.join('/'), bytes: header.bytes }) : null;
  try {
    for (let left = header.bytes; left > 0;) {
      const chunk = await reader.some(left);
      await write?.(chunk);
      left -= chunk.byteLength;
    }
  } finally {
    if (write !== null) await sink.end();
  }
  await reader.take(padding(header.bytes));
}

/** A name that climbs, begins at the root or holds what no file system shows is nobody's slip. */
function segmentsOf(name: string, at: number): readonly string[] {
  const segments = name.split('/').filter((segment) => segment !== '.' && segment !== '');
  const odd = name.startsWith('/') || segments.some((segment) => segment === '..' || !/^[\x20-\x7e]+$/.test(segment));
  if (odd || name.includes('\\')) throw broken('archive_path', at);
  return segments;
}

async function passPax({ bytes }: Header, reader: Blocks, at: number): Promise<void> {
  if (bytes > MAX_PAX_BYTES) throw broken('archive_pax', at);
  const records = Buffer.from(await reader.take(bytes)).toString('utf8');
  if (TELLING.test(records)) throw broken('archive_pax', at);
  await reader.take(padding(bytes));
}

function padding(bytes: number): number {
  return (BLOCK - (bytes % BLOCK)) % BLOCK;
}

function parseHeader(header: Uint8Array, at: number): Header {
  const field = (from: number, length: number): string => {
    const text = Buffer.from(header.subarray(from, from + length)).toString('latin1');
    const end = text.indexOf('\0');
    return end === -1 ? text : text.slice(0, end);
  };
  if (field(257, 5) !== 'ustar') throw broken('archive_format', at);
  if (checksum(header) !== octal(field(148, 8), at)) throw broken('archive_checksum', at);
  // GNU tar keeps other things where POSIX has the prefix, and says so in the version.
  const prefix = field(257, 6) === 'ustar' ? field(345, 155) : '';
  const name = prefix === '' ? field(0, 100) : `${prefix}/${field(0, 100)}`;
  return { type: String.fromCharCode(header[156] ?? 0), name, bytes: octal(field(124, 12), at) };
}

function octal(text: string, at: number): number {
  const digits = /^ *([0-7]{1,12}) *$/.exec(text)?.[1];
  if (digits === undefined) throw broken('archive_number', at);
  return Number.parseInt(digits, 8);
}

/** Sum of the header's bytes with its own field as spaces. */
function checksum(header: Uint8Array): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);
}

function broken(reason: string, at: number): ProblemError {
  return new ProblemError('model_invalid', { reason, at });
}

/** Hands out a stream of chunks in the sizes asked for. */
class Blocks {
  position = 0;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** Exactly `bytes` bytes. */
  async take(bytes: number): Promise<Uint8Array> {
    const whole = new Uint8Array(bytes);
    for (let have = 0; have < bytes;) {
      const part = await this.some(bytes - have);
      whole.set(part, have);
      have += part.byteLength;
    }
    return whole;
  }

  /** At least one byte and at most `most`. */
  async some(most: number): Promise<Uint8Array> {
    while (this.#rest.byteLength === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) throw broken('archive_cut_off', this.position);
      this.#rest = next.value;
    }
    const part = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(part.byteLength);
    this.position += part.byteLength;
    return part;
  }

  /** The rest of the stream, which tar fills up with zeros; nothing else may follow the end. */
  async drain(): Promise<void> {
    for (;;) {
      if (this.#rest.some((byte) => byte !== 0)) throw broken('archive_goes_on', this.position);
      this.position += this.#rest.byteLength;
      const next = await this.#chunks.next();
      if (next.done === true) return;
      this.#rest = next.value;
    }
  }
}
