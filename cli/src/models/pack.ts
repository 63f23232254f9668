// A model's directory as the archive that the server takes: POSIX ustar (IEEE Std 1003.1-2024, pax), read from disk as it is sent.
import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { Refusal } from '#failure.ts';
import { readableFile, reason, readSmallFile } from '#home/files.ts';
import { brief } from '#terminal/printable.ts';

export interface Packed {
  readonly contentType: 'application/x-tar' | 'application/gzip';
  readonly bytes: number;
  readonly body: Readable;
}

interface Part {
  readonly name: string;
  readonly bytes: number;
  readonly content: Uint8Array | { readonly path: string };
}

const MANIFEST = 'model.json';
const SUMS = 'SHA256SUMS';
const BLOCK = 512;

/** Bytes of one file in such an archive: eleven octal digits. */
const MAX_FILE_BYTES = 8 ** 11 - 1;

/** A directory is packed, an archive sent as it is. Errors: `file_unreadable`, `file_invalid`, `model_invalid`. */
export async function packModel(path: string): Promise<Packed> {
  const found = await stat(path).catch((error: unknown) => {
    throw new Refusal('file_unreadable', `${brief(path)}: ${reason(error)}`);
  });
  return found.isDirectory() ? packDirectory(path) : archiveAt(path);
}

async function archiveAt(path: string): Promise<Packed> {
  const bytes = await readableFile(path);
  const file = await open(path);
  const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
  await file.close();
  const gzipped = buffer[0] === 0x1f && buffer[1] === 0x8b; // RFC 1952 §2.3.1
  return { contentType: gzipped ? 'application/gzip' : 'application/x-tar', bytes, body: createReadStream(path) };
}

async function packDirectory(path: string): Promise<Packed> {
  const manifest = await readSmallFile(join(path, MANIFEST)).catch(() => {
    throw new Refusal('model_invalid', `${brief(path)}: no ${MANIFEST}`);
  });
  const names = namesIn(manifest, path);
  const parts: Part[] = [{ name: MANIFEST, bytes: manifest.length, content: manifest }];
  const sums = await sumsOf(path);
  if (sums !== null) parts.push({ name: SUMS, bytes: sums.length, content: sums });
  for (const name of names) {
    const file = join(path, name);
    const bytes = await readableFile(file);
    if (bytes > MAX_FILE_BYTES) throw new Refusal('file_invalid', `${brief(file)}: larger than 8 GiB`);
    parts.push({ name, bytes, content: { path: file } });
  }
  const bytes = parts.reduce((sum, part) => sum + BLOCK + padded(part.bytes), 2 * BLOCK);
  return { contentType: 'application/x-tar', bytes, body: Readable.from(tar(parts)) };
}

/** Plain names only: what model.json says was written by somebody else, and must not send other files of this machine. */
function namesIn(manifest: Uint8Array, path: string): readonly string[] {
  let files: unknown;
  try {
    files = (JSON.parse(Buffer.from(manifest).toString('utf8')) as { files?: unknown } | null)?.files;
  } catch {
    files = null;
  }
  const names = typeof files === 'object' && files !== null ? Object.values(files) : [];
  const plain = names.filter(
    (name): name is string => typeof name === 'string' && /^[A-Za-z0-9][\w.-]{0,99}$/.test(name),
  );
  if (plain.length === 0 || plain.length !== names.length)
    throw new Refusal('model_invalid', `${brief(path)}: ${MANIFEST} names no files, or odd ones`);
  return [...new Set(plain)];
}

/** The digests file of the directory, or the lines for it in the one above. */
async function sumsOf(path: string): Promise<Uint8Array | null> {
  const own = await readFile(join(path, SUMS)).catch(() => null);
  if (own !== null) return own;
  const above = await readFile(join(dirname(path), SUMS), 'utf8').catch(() => '');
  const prefix = `${basename(path)}/`;
  const lines = above.split('\n').flatMap((line) => {
    const [, digest, name = ''] = /^([0-9a-f]{64}) [ *](?:\.\/)?(.+)$/.exec(line) ?? [];
    return digest === undefined || !name.startsWith(prefix) ? [] : [`${digest}  ${name.slice(prefix.length)}\n`];
  });
  return lines.length === 0 ? null : Buffer.from(lines.join(''));
}

async function* tar(parts: readonly Part[]): AsyncGenerator<Uint8Array> {
  for (const { name, bytes, content } of parts) {
    yield header(name, bytes);
    if (content instanceof Uint8Array) yield content;
    else yield* exactly(content.path, bytes);
    const rest = padded(bytes) - bytes;
    if (rest > 0) yield new Uint8Array(rest);
  }
  yield new Uint8Array(2 * BLOCK);
}

/** A file that changes while it is sent would shift all that follows. */
async function* exactly(path: string, bytes: number): AsyncGenerator<Uint8Array> {
  let sent = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    sent += chunk.length;
    if (sent > bytes) break;
    yield chunk;
  }
  if (sent !== bytes) throw new Refusal('file_invalid', `${brief(path)}: it changed while it was read`);
}

function padded(bytes: number): number {
  return Math.ceil(bytes / BLOCK) * BLOCK;
}

function header(name: string, bytes: number): Uint8Array {
  const block = Buffer.alloc(BLOCK);
  const octal = (at: number, width: number, value: number): void =>
    void block.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, 'latin1');
  block.write(name, 0, 'latin1');
  octal(100, 8, 0o644);
  octal(108, 8, 0);
  octal(116, 8, 0);
  octal(124, 12, bytes);
  octal(136, 12, 0);
  block.write('        0', 148, 'latin1'); // checksum as spaces while it is computed, then type "file"
  block.write('ustar\u000000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}
