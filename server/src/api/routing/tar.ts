// Files as a POSIX ustar stream (IEEE 1003.1-2024, pax): the form in which a ledger bundle leaves over HTTP.

export interface TarFile {
  /** Relative, at most 100 bytes of ASCII: bundle paths are far shorter (docs/formats/bundle.md). */
  readonly path: string;
  readonly bytes: Uint8Array;
}

const BLOCK_BYTES = 512;

/** One file after the other, each whole in memory at a time, then two empty blocks. */
export async function* tarStream(files: AsyncIterable<TarFile>): AsyncIterable<Uint8Array> {
  for await (const { path, bytes } of files) {
    yield header(path, bytes.length);
    yield bytes;
    const rest = bytes.length % BLOCK_BYTES;
    if (rest > 0) yield new Uint8Array(BLOCK_BYTES - rest);
  }
  yield new Uint8Array(2 * BLOCK_BYTES);
}

function header(path: string, size: number): Uint8Array {
  if (!/^[\x21-\x7e]{1,100}$/.test(path)) throw new TypeError('a path that ustar cannot hold');
  const block = Buffer.alloc(BLOCK_BYTES);
  block.write(path, 0, 'latin1');
  octal(block, 100, 8, 0o644);
  octal(block, 108, 8, 0);
  octal(block, 116, 8, 0);
  octal(block, 124, 12, size);
  octal(block, 136, 12, 0); // a bundle's times are inside it
  block.write('        0', 148, 'latin1'); // checksum as spaces while it is computed, then type "file"
  block.write('ustar\u000000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function octal(block: Buffer, at: number, width: number, value: number): void {
  block.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, 'latin1');
}
