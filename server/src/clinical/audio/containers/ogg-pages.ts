// Ogg pages out of bytes in any chunking (RFC 3533 §6). A page is at most 65,307 bytes and is checked before anything of it is believed.
import { Incoming } from '#clinical/audio/incoming.ts';
import { unreadable } from '#clinical/audio/usable.ts';
import { crc32 } from './crc.ts';

const HEADER_BYTES = 27;
const CHECKSUM_AT = 22;
const ZEROES = new Uint8Array(4);

export interface OggPage {
  readonly serial: number;
  readonly sequence: number;
  /** The first packet began on an earlier page. */
  readonly continued: boolean;
  /** First and last page of its logical stream. */
  readonly first: boolean;
  readonly last: boolean;
  /** Position at the end of the last packet that ends here; null when none does. Its unit is the codec's. */
  readonly granule: number | null;
  /** Lengths of the pieces of packets; a piece of 255 bytes goes on in the next. */
  readonly lacing: Uint8Array;
  /** Valid until the next push. */
  readonly body: Uint8Array;
  /** Of the page in the file. */
  readonly offset: number;
}

/** Memory: one page. Errors: `audio_unreadable` {reason: 'damaged' | 'truncated', …}. */
export class OggPages {
  readonly #incoming = new Incoming();

  *push(bytes: Uint8Array): Generator<OggPage, void, undefined> {
    this.#incoming.append(bytes);
    for (let page = this.#next(); page !== null; page = this.#next()) yield page;
  }

  /** The stream ended. Throws unless it ended with a page. */
  end(): void {
    const { length, offset } = this.#incoming;
    if (length > 0) throw unreadable('ogg', 'truncated', offset + length);
  }

  #next(): OggPage | null {
    const { length, offset } = this.#incoming;
    const known = Math.min(4, length);
    if (!this.#incoming.startsWith('OggS'.slice(0, known))) throw unreadable('ogg', 'damaged', offset);
    if (length < HEADER_BYTES) return null;
    const header = HEADER_BYTES + this.#incoming.byte(26);
    if (length < header) return null;
    const lacing = this.#incoming.view(header).subarray(HEADER_BYTES);
    let size = header;
    for (const piece of lacing) size += piece;
    if (length < size) return null;
    return parsePage(this.#incoming.take(size), header, offset);
  }
}

function parsePage(bytes: Uint8Array, header: number, offset: number): OggPage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (checksum(bytes) !== view.getUint32(CHECKSUM_AT, true)) throw unreadable('ogg', 'damaged', offset);
  const flags = bytes[5] ?? 0;
  if (bytes[4] !== 0 || flags > 7) throw unreadable('ogg', 'damaged', offset + 4);
  const granule = view.getBigInt64(6, true);
  return {
    serial: view.getUint32(14, true),
    sequence: view.getUint32(18, true),
    continued: (flags & 1) !== 0,
    first: (flags & 2) !== 0,
    last: (flags & 4) !== 0,
    // Beyond 2^53 the number would be inexact, and means some thousand years of sound.
    granule: granule < 0n || granule > BigInt(Number.MAX_SAFE_INTEGER) ? null : Number(granule),
    lacing: bytes.subarray(HEADER_BYTES, header),
    body: bytes.subarray(header),
    offset,
  };
}

/** The field of the check sum itself counts as zero. */
function checksum(page: Uint8Array): number {
  const before = crc32(page.subarray(0, CHECKSUM_AT));
  return crc32(page.subarray(CHECKSUM_AT + 4), crc32(ZEROES, before));
}
