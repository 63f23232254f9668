// The packets of one logical Ogg stream, out of its pages (RFC 3533 §5).
import { unreadable } from '#clinical/audio/usable.ts';
import type { OggPage } from './ogg-pages.ts';

/** Bytes. Comments with cover art are the largest packets there are; sound never comes near it. */
const MAX_PACKET_BYTES = 16 * 1024 * 1024;

/** Memory: one packet. */
export class OggPackets {
  #pieces: Uint8Array[] = [];
  #held = 0;
  /** Inside a packet that an earlier page began. */
  #open = false;
  #sequence: number | null = null;

  /** Packets that end on this page, without empty ones, which some writers end a stream with; views into the page where they lie on it whole. Errors: `audio_unreadable` 'damaged', 'too_large'. */
  add(page: OggPage): Uint8Array[] {
    // A page number left out is sound left out.
    const follows = this.#sequence === null || page.sequence === (this.#sequence + 1) % 2 ** 32;
    if (!follows || page.continued !== this.#open) throw unreadable('ogg', 'damaged', page.offset);
    this.#sequence = page.sequence;
    const packets: Uint8Array[] = [];
    let start = 0;
    let at = 0;
    for (const piece of page.lacing) {
      at += piece;
      if (piece === 255) continue;
      const packet = this.#complete(page.body.subarray(start, at));
      if (packet.length > 0) packets.push(packet);
      start = at;
    }
    this.#open = page.lacing.length > 0 && page.lacing[page.lacing.length - 1] === 255;
    if (this.#open) this.#keep(page.body.subarray(start, at), page.offset);
    else if (page.lacing.length === 0) this.#open = page.continued;
    return packets;
  }

  /** Whether a packet was begun and not ended. */
  get open(): boolean {
    return this.#open;
  }

  #keep(piece: Uint8Array, offset: number): void {
    this.#held += piece.length;
    if (this.#held > MAX_PACKET_BYTES) throw unreadable('ogg', 'too_large', offset);
    this.#pieces.push(piece.slice());
  }

  #complete(last: Uint8Array): Uint8Array {
    if (this.#pieces.length === 0) return last;
    const whole = Buffer.concat([...this.#pieces, last]);
    this.#pieces = [];
    this.#held = 0;
    return whole;
  }
}
