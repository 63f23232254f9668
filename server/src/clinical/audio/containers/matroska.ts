// Matroska and WebM out of bytes in any chunking (RFC 9559): the first audio track and its frames. Live recordings leave sizes unknown.
import { Incoming } from '#clinical/audio/incoming.ts';
import { unreadable } from '#clinical/audio/usable.ts';
import type { Unreadable } from '#clinical/audio/usable.ts';
import { readElements, readVint, signed, unsigned, vintLength } from './ebml.ts';
import { BLOCK_HEADER_BYTES, framesOf, trackOf } from './matroska-block.ts';
import { parseTracks } from './matroska-track.ts';
import type { AudioTrack } from './matroska-track.ts';

const ID = {
  ebml: 0x1a45_dfa3,
  docType: 0x4282,
  segment: 0x1853_8067,
  tracks: 0x1654_ae6b,
  cluster: 0x1f43_b675,
  simpleBlock: 0xa3,
  blockGroup: 0xa0,
  block: 0xa1,
  discardPadding: 0x75a2,
  void: 0xec,
  checksum: 0xbf,
} as const;

/** What may stand in a segment, so that it ends a cluster of unknown size: tracks, clusters, cues, tags, chapters, attachments, info, seek head. */
const SEGMENT_CHILDREN: ReadonlySet<number> = new Set<number>([
  ID.tracks,
  ID.cluster,
  0x1c53_bb6b,
  0x1254_c367,
  0x1043_a770,
  0x1941_a469,
  0x1549_a966,
  0x114d_9b74,
]);

/** Bytes. Headers and track descriptions are some hundred; a codec's tables may be some ten thousand. */
const MAX_HEADER_BYTES = 4 * 1024 * 1024;

/** Bytes. A block of sound is some hundred bytes, of uncompressed sound some ten thousand. */
const MAX_BLOCK_BYTES = 4 * 1024 * 1024;

/** Bytes of the longest element header. */
const ELEMENT_HEADER_BYTES = 12;

export type MatroskaEvent =
  | { readonly type: 'track'; readonly track: AudioTrack; readonly offset: number }
  | {
      readonly type: 'frame';
      /** Valid until the next push. */
      readonly data: Uint8Array;
      /** Nanoseconds of silence to cut off its end, or its start when negative. */
      readonly discard: number;
      readonly offset: number;
    };

/** An element whose children are read one by one. `end`: offset in the file; null: unknown. */
interface Master {
  readonly id: number;
  readonly end: number | null;
}

/** Memory: one block or the track description. Errors: `audio_unreadable`. */
export class Matroska {
  readonly #incoming = new Incoming();
  readonly #masters: Master[] = [];
  #skip = 0;
  #track: AudioTrack | null = null;
  /** Frames of a block group, whose padding may come behind them. */
  #group: { readonly frames: readonly Uint8Array[]; readonly offset: number } | null = null;
  #discard = 0;

  *push(bytes: Uint8Array): Generator<MatroskaEvent, void, undefined> {
    this.#incoming.append(bytes);
    for (;;) {
      this.#skip -= this.#incoming.take(this.#skip).length;
      if (this.#skip > 0) return;
      yield* this.#leave();
      const step = this.#element();
      if (step === null) return;
      yield* step;
    }
  }

  /** The stream ended. Throws when it did so within an element of known size. A live recording ends anywhere between elements. */
  *end(): Generator<MatroskaEvent, void, undefined> {
    yield* this.#leave();
    const { length, offset } = this.#incoming;
    const within = this.#masters.some(({ end }) => end !== null && end > offset);
    if (length > 0 || this.#skip > 0 || within) throw this.#unreadable('truncated', length);
    if (this.#track === null) throw this.#unreadable('no_audio');
  }

  /** Closes what ends here. */
  *#leave(): Generator<MatroskaEvent, void, undefined> {
    for (let last = this.#masters.at(-1); last !== undefined && last.end !== null; last = this.#masters.at(-1)) {
      if (last.end > this.#incoming.offset) return;
      this.#masters.pop();
      if (last.id === ID.blockGroup) yield* this.#emitGroup();
    }
  }

  /** One element, its events; null when more bytes are needed. */
  #element(): Iterable<MatroskaEvent> | null {
    const incoming = this.#incoming;
    if (incoming.length === 0) return null;
    const head = incoming.view(ELEMENT_HEADER_BYTES);
    const idLength = vintLength(head[0] ?? 0);
    if (idLength === 0 || idLength > 4) throw this.#unreadable('damaged');
    if (head.length < idLength + 1 || head.length < idLength + vintLength(head[idLength] ?? 0)) return null;
    const size = readVint(head, idLength);
    if (size === null) throw this.#unreadable('damaged');
    const id = unsigned(head.subarray(0, idLength));
    this.#closeUnknown(id);
    const length = idLength + size.length;
    const limit = this.#masters.at(-1)?.end ?? Number.POSITIVE_INFINITY;
    if (incoming.offset + length + (size.value ?? 0) > limit) throw this.#unreadable('damaged');
    return this.#dispatch(id, length, size.value);
  }

  /** An element that cannot stand in a cluster or segment of unknown size ends it (RFC 8794 §6.2). */
  #closeUnknown(id: number): void {
    for (let last = this.#masters.at(-1); last !== undefined && last.end === null; last = this.#masters.at(-1)) {
      const root = id === ID.ebml || id === ID.segment;
      if (!root && !(last.id === ID.cluster && SEGMENT_CHILDREN.has(id))) return;
      this.#masters.pop();
    }
  }

  #dispatch(id: number, length: number, size: number | null): Iterable<MatroskaEvent> | null {
    const parent = this.#masters.at(-1)?.id ?? null;
    if (opens(parent, id)) return this.#open(id, length, size);
    if (size === null) throw this.#unreadable('damaged');
    switch (parent) {
      case null:
        if (id === ID.ebml) return this.#readHeader(length, size);
        // At the root there is nothing but a header, segments, and what fills space.
        if (id !== ID.void && id !== ID.checksum) throw this.#unreadable('damaged');
        break;
      case ID.segment:
        if (id === ID.tracks) return this.#readTracks(length, size);
        break;
      case ID.cluster:
        if (id === ID.simpleBlock) return this.#readBlock(length, size);
        break;
      case ID.blockGroup:
        if (id === ID.block) return this.#readBlock(length, size);
        if (id === ID.discardPadding) return this.#readDiscard(length, size);
    }
    this.#incoming.take(length);
    this.#skip = size;
    return [];
  }

  #open(id: number, length: number, size: number | null): Iterable<MatroskaEvent> {
    // Only what a live recording leaves open may be.
    if (size === null && id === ID.blockGroup) throw this.#unreadable('damaged');
    if (id === ID.cluster && this.#track === null) throw this.#unreadable('header_invalid');
    this.#incoming.take(length);
    this.#masters.push({ id, end: size === null ? null : this.#incoming.offset + size });
    return [];
  }

  #readHeader(length: number, size: number): Iterable<MatroskaEvent> | null {
    if (size > MAX_HEADER_BYTES) throw this.#unreadable('too_large');
    if (this.#incoming.length < length + size) return null;
    const children = readElements(this.#incoming.view(length + size).subarray(length));
    const docType = children?.find(({ id }) => id === ID.docType);
    const name = docType === undefined ? 'matroska' : Buffer.from(docType.body).toString('latin1').replace(/\0+$/, '');
    if (children === null || (name !== 'webm' && name !== 'matroska')) throw this.#unreadable('header_invalid');
    this.#incoming.take(length + size);
    this.#track = null;
    return [];
  }

  #readTracks(length: number, size: number): Iterable<MatroskaEvent> | null {
    if (size > MAX_HEADER_BYTES) throw this.#unreadable('too_large');
    if (this.#incoming.length < length + size) return null;
    const { offset } = this.#incoming;
    const track = parseTracks(this.#incoming.view(length + size).subarray(length));
    if (track === 'malformed') throw this.#unreadable('header_invalid');
    if (track === null) throw this.#unreadable('no_audio');
    this.#incoming.take(length + size);
    // Repeated for those who join a live stream late: the first one counts.
    if (this.#track !== null) return [];
    this.#track = track;
    return [{ type: 'track', track, offset }];
  }

  #readBlock(length: number, size: number): Iterable<MatroskaEvent> | null {
    const head = length + Math.min(size, BLOCK_HEADER_BYTES);
    if (this.#incoming.length < head) return null;
    const number = trackOf(this.#incoming.view(head).subarray(length));
    if (number === null) throw this.#unreadable('damaged');
    if (number !== this.#track?.number) {
      this.#incoming.take(length);
      this.#skip = size;
      return [];
    }
    if (size > MAX_BLOCK_BYTES) throw this.#unreadable('too_large');
    if (this.#incoming.length < length + size) return null;
    const { offset } = this.#incoming;
    const frames = framesOf(this.#incoming.view(length + size).subarray(length));
    if (frames === null) throw this.#unreadable('damaged');
    this.#incoming.take(length + size);
    if (this.#masters.at(-1)?.id === ID.cluster) return events(frames, 0, offset);
    if (this.#group !== null) throw unreadable('webm', 'damaged', offset);
    this.#group = { frames: frames.map((frame) => frame.slice()), offset };
    return [];
  }

  #readDiscard(length: number, size: number): Iterable<MatroskaEvent> | null {
    if (size > 8) throw this.#unreadable('damaged');
    if (this.#incoming.length < length + size) return null;
    this.#discard = signed(this.#incoming.take(length + size).subarray(length));
    return [];
  }

  *#emitGroup(): Generator<MatroskaEvent, void, undefined> {
    const group = this.#group;
    const discard = this.#discard;
    this.#group = null;
    this.#discard = 0;
    if (group !== null) yield* events(group.frames, discard, group.offset);
  }

  #unreadable(reason: Unreadable, ahead = 0): Error {
    return unreadable('webm', reason, this.#incoming.offset + ahead);
  }
}

/** Whether an element is gone into, where it stands. */
function opens(parent: number | null, id: number): boolean {
  if (id === ID.segment) return parent === null;
  if (id === ID.cluster) return parent === ID.segment;
  return id === ID.blockGroup && parent === ID.cluster;
}

/** The padding to discard is that of the last frame, or from the first one's start. */
function* events(
  frames: readonly Uint8Array[],
  discard: number,
  offset: number,
): Generator<MatroskaEvent, void, undefined> {
  for (const [index, data] of frames.entries()) {
    const mine = discard < 0 ? index === 0 : index === frames.length - 1;
    yield { type: 'frame', data, discard: mine ? discard : 0, offset };
  }
}
