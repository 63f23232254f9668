// An Ogg file as sound: the first stream in it that can be decoded here (RFC 3533), link after link when several are chained.
import type { Codec } from '#clinical/audio/codecs/codec.ts';
import type { Decoder, SoundFormat } from '#clinical/audio/sound.ts';
import { decoderMissing, unreadable } from '#clinical/audio/usable.ts';
import type { Block } from '#clinical/audio/wav.ts';
import { kindOf, OggHeaders } from './ogg-headers.ts';
import { OggPackets } from './ogg-packets.ts';
import { OggPages } from './ogg-pages.ts';
import type { OggPage } from './ogg-pages.ts';
import { Trim } from './trim.ts';

/** One logical stream that is being read. */
interface Link {
  readonly serial: number;
  readonly packets: OggPackets;
  readonly headers: OggHeaders;
  sound: Sound | null;
}

/** The part of a link behind its headers. */
interface Sound {
  readonly codec: Codec;
  readonly trim: Trim;
  /** Granule position of the first frame decoded; null until a page tells. */
  base: number | null;
}

/** Memory: one page, one packet, the headers, and what a codec holds (libopus 52 MB). */
export class OggDecoder implements Decoder {
  readonly #pages = new OggPages();
  #link: Link | null = null;
  #format: SoundFormat | null = null;
  /** Among the pages that begin streams, which come before all others of a link. */
  #beginning = false;
  #offset = 0;

  get format(): SoundFormat | null {
    return this.#format;
  }

  async *push(bytes: Uint8Array): AsyncGenerator<Block, void, undefined> {
    for (const page of this.#pages.push(bytes)) {
      this.#offset = page.offset;
      if (page.first) this.#begin(page);
      else this.#begun();
      const link = this.#link;
      if (link !== null && link.serial === page.serial) yield* this.#read(link, page);
    }
  }

  /** A stream without its last page is whole: live recordings end so. One that ends within a packet or before its sound is not. */
  end(): readonly Block[] {
    this.#pages.end();
    this.#begun();
    this.#leave();
    return [];
  }

  close(): void {
    this.#link?.sound?.codec.close();
    this.#link = null;
  }

  /** Of the streams that begin here, the first one we know is read, until pages behind those of sound begin the next link. */
  #begin(page: OggPage): void {
    if (!this.#beginning) this.#leave();
    this.#beginning = true;
    const kind = kindOf(page.body);
    if (kind === null || this.#link !== null) return;
    this.#link = { serial: page.serial, packets: new OggPackets(), headers: new OggHeaders(kind), sound: null };
  }

  /** A link ends with a packet, and not before its sound. */
  #leave(): void {
    const link = this.#link;
    if (link !== null && (link.packets.open || link.sound === null)) throw unreadable('ogg', 'truncated', this.#offset);
    this.close();
  }

  /** All streams of this link have begun: one of them must be ours. */
  #begun(): void {
    this.#beginning = false;
    if (this.#link === null) throw decoderMissing('ogg');
  }

  async *#read(link: Link, page: OggPage): AsyncGenerator<Block, void, undefined> {
    let packets: readonly Uint8Array[] = link.packets.add(page);
    if (link.sound === null) {
      const first = packets.findIndex((packet) => !link.headers.take(packet));
      if (first === -1) return;
      const { codec, preSkip } = await link.headers.open({ container: 'ogg', offset: page.offset });
      link.sound = { codec, trim: new Trim(preSkip), base: null };
      this.#announce(codec, page.offset);
      packets = packets.slice(first);
    }
    yield* decodePage(link.sound, page, packets);
  }

  /** The first link says what the recording is; later ones must be like it. */
  #announce({ encoding, sampleRate, channels }: Codec, offset: number): void {
    const first = this.#format;
    this.#format ??= { container: 'ogg', encoding, sampleRate, channels };
    if (first !== null && (first.sampleRate !== sampleRate || first.channels !== channels)) {
      throw unreadable('ogg', 'format_changes', offset, encoding);
    }
  }
}

/** Granule positions cut the sound: the first page's may lie before what it decodes to, the last page's before its end (RFC 7845 §4.4, Vorbis I §A.2). */
function* decodePage(
  sound: Sound,
  { granule, last, offset }: OggPage,
  packets: readonly Uint8Array[],
): Generator<Block, void, undefined> {
  const { codec, trim } = sound;
  const before = trim.passed;
  if (granule !== null && sound.base === null) {
    sound.base = last ? 0 : granule - before - codec.count(packets);
    if (sound.base < 0) trim.skip(-sound.base);
  }
  const keep = last && granule !== null ? granule - (sound.base ?? 0) : Number.POSITIVE_INFINITY;
  for (const packet of packets) {
    const left = keep - trim.passed;
    const block = trim.pass(codec.decode(packet, { container: 'ogg', offset }), left);
    if (block !== null) yield block;
  }
}
