// The sound of a live session: sealed piece by piece as it comes, durable before it is acknowledged, read back to be heard again or to
// become a recording. Plaintext is in memory only, at most what waits for the store.
import { ProblemError } from '@cordon/contract';
import type { Binding } from '#custody/keys/sealer.ts';
import type { Desk } from './desk.ts';
import { GATHERED_BYTES } from './feed.ts';
import { insertSound, soundFrom } from './live.queries.ts';

/** Bytes that are stored at once at the latest: a third of a second at 24 kHz. */
const PIECE_BYTES = 16_384;

/** Bytes in one piece at most: one row of moderate size, however far a fast client is ahead. */
const LARGEST_PIECE_BYTES = 262_144;

/** Milliseconds after which less is stored too. */
const PIECE_MS = 200;

/** Bytes that may wait for the store; then the client is not read. */
const WAITING_BYTES = 1_048_576;

/** Pieces read at once: at most 4 MiB. */
const PAGE = 16;

export interface SoundState {
  /** Bytes that are durable. */
  readonly bytes: number;
  /** Ordinal of the last piece. */
  readonly ordinal: number;
}

export class SoundLog {
  readonly #desk: Desk;
  readonly #onDurable: (bytes: number) => void;
  readonly #onFailure: (error: unknown) => void;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #durable: number;
  #ordinal: number;
  #timer: NodeJS.Timeout | null = null;
  #storing: Promise<void> | null = null;
  /** Why nothing is stored any more: the session ends with the first failure, and what was acknowledged is durable. */
  #broken: { readonly error: unknown } | null = null;

  constructor(
    desk: Desk,
    state: SoundState,
    told: { readonly onDurable: (bytes: number) => void; readonly onFailure: (error: unknown) => void },
  ) {
    this.#desk = desk;
    this.#durable = state.bytes;
    this.#ordinal = state.ordinal;
    this.#onDurable = told.onDurable;
    this.#onFailure = told.onFailure;
  }

  get durable(): number {
    return this.#durable;
  }

  /** Bytes that came. */
  get received(): number {
    return this.#durable + this.#waitingBytes;
  }

  append(bytes: Uint8Array): void {
    const last = this.#waiting.at(-1);
    if (last === undefined || last.length + bytes.length > GATHERED_BYTES) this.#waiting.push(bytes);
    else this.#waiting[this.#waiting.length - 1] = Buffer.concat([last, bytes]);
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes >= PIECE_BYTES) this.#begin();
    else this.#timer ??= setTimeout(() => this.#begin(), PIECE_MS);
  }

  /** Resolves when the client may be read again. */
  async room(): Promise<void> {
    while (this.#waitingBytes > WAITING_BYTES && this.#storing !== null) await this.#storing;
  }

  /** Resolves when all that came so far is durable. Errors: those of storing. */
  async flush(): Promise<void> {
    const target = this.received;
    while (this.#durable < target) {
      if (this.#broken !== null) throw this.#broken.error;
      this.#begin();
      await this.#storing;
    }
  }

  /** Bytes `from` to `to` in pieces, from the store. */
  async *read(from: number, to: number): AsyncGenerator<Uint8Array, void, void> {
    yield* readSound(this.#desk, from, to);
  }

  #begin(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#storing !== null || this.#broken !== null || this.#waitingBytes === 0) return;
    this.#storing = this.#store().then(
      () => this.#goOn(),
      (error: unknown) => {
        this.#storing = null;
        this.#broken = { error };
        throw error;
      },
    );
    this.#storing.catch((error: unknown) => this.#onFailure(error));
  }

  #goOn(): void {
    this.#storing = null;
    if (this.#waitingBytes >= PIECE_BYTES) this.#begin();
    else if (this.#waitingBytes > 0) this.#timer ??= setTimeout(() => this.#begin(), PIECE_MS);
  }

  async #store(): Promise<void> {
    const { parts, tenant, sealer, held } = this.#desk;
    const piece = this.#nextPiece();
    const ordinal = this.#ordinal + 1;
    const sealed = sealer.seal(soundBinding(this.#desk, ordinal), 'audio', piece);
    const row = { ordinal, first: this.#durable, bytes: piece.length, sealed };
    const isHeld = await parts.store.asTenant(tenant, (tx) => insertSound(tx, held, row, parts.clock.now()));
    await this.#desk.mustHold(isHeld);
    this.#ordinal = ordinal;
    this.#durable += piece.length;
    this.#waitingBytes -= piece.length;
    this.#drop(piece.length);
    this.#onDurable(this.#durable);
  }

  #nextPiece(): Uint8Array {
    return Buffer.concat(this.#waiting).subarray(0, LARGEST_PIECE_BYTES);
  }

  #drop(bytes: number): void {
    let left = bytes;
    while (left > 0) {
      const [first] = this.#waiting;
      if (first === undefined) return;
      if (first.length > left) this.#waiting[0] = first.subarray(left);
      else this.#waiting.shift();
      left -= Math.min(left, first.length);
    }
  }
}

/** Errors: `storage_unavailable` when a piece is missing; those of opening. */
export async function* readSound(
  desk: Omit<Desk, 'held' | 'mustHold'>,
  from: number,
  to: number,
): AsyncGenerator<Uint8Array, void, void> {
  const { parts, tenant, sealer, session } = desk;
  for (let at = from; at < to;) {
    const start = at;
    const rows = await parts.store.asTenant(tenant, (tx) => soundFrom(tx, session, start, PAGE));
    if (rows.length === 0) throw new ProblemError('storage_unavailable', { reason: 'sound_missing' });
    for (const row of rows) {
      if (row.first_byte > at) throw new ProblemError('storage_unavailable', { reason: 'sound_missing' });
      const wrap = { erasureKey: row.erasure_key, wrapped: row.wrap };
      const bytes = await sealer.open(soundBinding(desk, row.ordinal), { ciphertext: row.ciphertext, wrap });
      const piece = bytes.subarray(at - row.first_byte, Math.max(0, to - row.first_byte));
      if (piece.length > 0) yield piece;
      at = row.first_byte + row.bytes;
      if (at >= to) return;
    }
  }
}

/** The session has an id of its own, so no other sealed object shares this binding. */
function soundBinding({ tenant, session }: Pick<Desk, 'tenant' | 'session'>, ordinal: number): Binding {
  return { tenant, kind: 'recording', id: session, version: ordinal };
}
