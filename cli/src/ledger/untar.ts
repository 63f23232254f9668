// The export as it comes from the server: a POSIX ustar stream (IEEE Std 1003.1, pax) of plain files, read strictly.
// Anything a bundle does not have (links, directories, odd names, sparse files) is refused, so no path leaves the target.

export interface TarFile {
  /** Segments of a bundle's paths (docs/formats/bundle.md §1), joined by `/`. */
  readonly path: string;
  readonly bytes: number;
}

export interface TarSink {
  begin(file: TarFile): Promise<void>;
  write(chunk: Uint8Array): Promise<void>;
  end(): Promise<void>;
}

/** The stream is not such an archive; `message` says at which byte. */
export class TarError extends Error {
  constructor(what: string, at: number) {
    super(`${what} at byte ${at}`);
    this.name = 'TarError';
  }
}

const BLOCK = 512;
const PATH = /^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*$/;
const REGULAR = new Set(['0', '\0']);

/** Reads the archive to its end. Errors: `TarError`, and what the sink throws. */
export async function untar(stream: AsyncIterable<Uint8Array>, sink: TarSink): Promise<number> {
  const reader = new BlockReader(stream);
  for (let files = 0; ; files += 1) {
    const at = reader.position;
    const header = await reader.take(BLOCK);
    if (header.every((byte) => byte === 0)) {
      await expectEnd(reader);
      return files;
    }
    const file = parseHeader(header, at);
    await sink.begin(file);
    for (let left = file.bytes; left > 0;) {
      const chunk = await reader.some(left);
      await sink.write(chunk);
      left -= chunk.byteLength;
    }
    await sink.end();
    await reader.take((BLOCK - (file.bytes % BLOCK)) % BLOCK);
  }
}

function parseHeader(header: Uint8Array, at: number): TarFile {
  const field = (from: number, length: number): string => {
    const text = Buffer.from(header.subarray(from, from + length)).toString('latin1');
    const end = text.indexOf('\0');
    return end === -1 ? text : text.slice(0, end);
  };
  if (field(257, 5) !== 'ustar') throw new TarError('no ustar header', at);
  if (checksum(header) !== octal(field(148, 8), at)) throw new TarError('header checksum', at);
  if (!REGULAR.has(String.fromCharCode(header[156] ?? 0))) throw new TarError('not a plain file', at);
  const prefix = field(345, 155);
  const path = prefix === '' ? field(0, 100) : `${prefix}/${field(0, 100)}`;
  if (!PATH.test(path)) throw new TarError('a path that bundles do not have', at);
  return { path, bytes: octal(field(124, 12), at) };
}

function octal(text: string, at: number): number {
  const digits = /^ *([0-7]{1,12}) *$/.exec(text)?.[1];
  if (digits === undefined) throw new TarError('a number that is not octal', at);
  return Number.parseInt(digits, 8);
}

/** Sum of the header's bytes with its own field as spaces. */
function checksum(header: Uint8Array): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);
}

async function expectEnd(reader: BlockReader): Promise<void> {
  const second = await reader.take(BLOCK);
  if (second.some((byte) => byte !== 0)) throw new TarError('an archive that goes on after its end', reader.position);
}

/** Hands out a stream of chunks in the sizes asked for. */
class BlockReader {
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
      if (next.done === true) throw new TarError('the archive breaks off', this.position);
      this.#rest = next.value;
    }
    const part = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(part.byteLength);
    this.position += part.byteLength;
    return part;
  }
}
