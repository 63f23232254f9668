// Group commit of frames: one row carries what all streams had waiting. A frame is whatever arrived since the last commit.
import { isProblem, ProblemError } from '@cordon/contract';
import type { SealingFrames } from '#custody/keys/sealer.ts';
import type { Store } from '#platform/store/store.ts';
import { insertFrames, trimJournal } from './frames.queries.ts';
import type { OpenedStream } from './frames.queries.ts';
import { encodeRecords } from './frames.ts';
import type { FrameRecord } from './frames.ts';

/** A stream whose bytes go through this journal. */
export interface JournalStream {
  readonly opened: OpenedStream;
  readonly sealing: SealingFrames;
  /** Process under whose id it was opened: after a fencing it is another's to close. */
  readonly process: string;
  /** Durable frames in order. */
  readonly frames: Uint8Array[];
  /** Their bytes. */
  held: number;
  /** Id of the first journal row with a frame of it; null before. */
  firstRow: number | null;
  /** A commit failed: no byte may follow. */
  broken: boolean;
}

export interface Journal {
  /** Resolves when the bytes are durable. Errors: `ledger_unavailable`; the stream takes no more then. */
  write(stream: JournalStream, bytes: Uint8Array): Promise<void>;
  add(stream: JournalStream): void;
  /** The stream's frames are final elsewhere. */
  remove(stream: JournalStream): void;
  /** Removes rows that no open stream needs. */
  trim(): Promise<void>;
}

interface Waiting {
  readonly stream: JournalStream;
  readonly chunks: Uint8Array[];
  readonly resolve: (() => void)[];
  readonly reject: ((error: ProblemError) => void)[];
}

interface SealedWaiting {
  readonly waiting: Waiting;
  readonly records: readonly FrameRecord[];
}

const MAX_FRAME_BYTES = 1024 * 1024; // docs/formats/stream.md
// Sealed bytes of one open stream, held in memory until its outcome is recorded: a hundred times the longest model answer.
const MAX_STREAM_BYTES = 64 * 1024 * 1024;
// Milliseconds between the beginnings of two commits: many streams share each of them, and a token more or less in it is noticed by nobody.
const BEAT_MS = 5;
// A commit whose fate is unknown is repeated; the rows are told apart by frame numbers.
const ATTEMPTS = 3;

export function createJournal(store: Store, process: () => string): Journal {
  return new GroupJournal(store, process);
}

class GroupJournal implements Journal {
  readonly #store: Store;
  readonly #process: () => string;
  readonly #open = new Set<JournalStream>();
  #waiting = new Map<JournalStream, Waiting>();
  #committing = false;
  /** On the monotonic clock, in milliseconds. */
  #begunAt = -Infinity;
  #newestRow = 0;
  #untrimmed = false;

  constructor(store: Store, process: () => string) {
    this.#store = store;
    this.#process = process;
  }

  write(stream: JournalStream, bytes: Uint8Array): Promise<void> {
    if (!this.#takes(stream)) return Promise.reject(new ProblemError('ledger_unavailable'));
    if (bytes.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const entry = this.#waiting.get(stream) ?? { stream, chunks: [], resolve: [], reject: [] };
      entry.chunks.push(Buffer.from(bytes)); // a copy: the caller may use its buffer again
      entry.resolve.push(resolve);
      entry.reject.push(reject);
      this.#waiting.set(stream, entry);
      this.#schedule();
    });
  }

  add(stream: JournalStream): void {
    this.#open.add(stream);
  }

  remove(stream: JournalStream): void {
    this.#untrimmed = this.#open.delete(stream) || this.#untrimmed;
  }

  async trim(): Promise<void> {
    if (!this.#untrimmed) return;
    this.#untrimmed = false;
    const needed = [...this.#open].flatMap((stream) => (stream.firstRow === null ? [] : [stream.firstRow]));
    const before = Math.min(this.#newestRow + 1, ...needed);
    await this.#store.asLedger((tx) => trimJournal(tx, this.#process(), before));
  }

  #takes(stream: JournalStream): boolean {
    return !stream.broken && stream.process === this.#process();
  }

  #schedule(): void {
    if (this.#committing) return;
    this.#committing = true;
    const restMs = this.#begunAt + BEAT_MS - performance.now();
    if (restMs > 0) setTimeout(() => void this.#flush(), restMs);
    else setImmediate(() => void this.#flush());
  }

  async #flush(): Promise<void> {
    this.#begunAt = performance.now();
    const batch = this.#waiting;
    this.#waiting = new Map();
    try {
      await this.#commit([...batch.values()]);
    } finally {
      this.#committing = false;
      if (this.#waiting.size > 0) this.#schedule();
    }
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    const sealed: SealedWaiting[] = [];
    for (const waiting of batch) {
      const records = this.#takes(waiting.stream) ? sealWaiting(waiting) : null;
      if (records === null) refuse(waiting);
      else sealed.push({ waiting, records });
    }
    if (sealed.length === 0) return;
    const row = await this.#insert(sealed).catch(() => null);
    if (row === null) return sealed.forEach(({ waiting }) => refuse(waiting));
    this.#newestRow = row;
    for (const { waiting, records } of sealed) accept(waiting, records, row);
  }

  async #insert(sealed: readonly SealedWaiting[]): Promise<number | null> {
    const opened = sealed.flatMap(({ waiting: { stream } }) => (stream.firstRow === null ? [stream.opened] : []));
    const bytes = encodeRecords(sealed.flatMap(({ records }) => records));
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#store.asLedgerStatements((tx) => insertFrames(tx, this.#process(), bytes, opened));
      } catch (error) {
        if (attempt === ATTEMPTS || !isProblem(error) || error.code !== 'outcome_unknown') throw error;
      }
    }
  }
}

function accept({ stream, resolve }: Waiting, records: readonly FrameRecord[], row: number): void {
  stream.firstRow ??= row;
  for (const { frame } of records) {
    stream.frames.push(frame);
    stream.held += frame.length;
  }
  for (const done of resolve) done();
}

function refuse({ stream, reject }: Waiting): void {
  stream.broken = true;
  for (const fail of reject) fail(new ProblemError('ledger_unavailable'));
}

/** Seals what waits as one frame, or as many as its length needs; null when the stream grew beyond its limit. */
function sealWaiting({ stream, chunks }: Waiting): FrameRecord[] | null {
  const bytes = Buffer.concat(chunks);
  if (stream.held + bytes.length > MAX_STREAM_BYTES) return null;
  const records: FrameRecord[] = [];
  for (let at = 0; at < bytes.length; at += MAX_FRAME_BYTES) {
    records.push({
      streamId: stream.opened.streamId,
      number: stream.frames.length + records.length,
      frame: stream.sealing.seal(bytes.subarray(at, at + MAX_FRAME_BYTES)),
    });
  }
  return records;
}
