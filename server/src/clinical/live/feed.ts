// What is on its way to the child of a live session: sound and commands in the order in which they came. Commands are kept until they are
// obeyed, so that a child that takes over obeys them too.

/** `at`: byte of the session before which it was given. */
export interface Command {
  readonly kind: 'commit' | 'clear' | 'end';
  readonly at: number;
}

type Entry = { readonly kind: 'audio'; readonly bytes: Uint8Array } | Command;

/** Bytes that may wait for the child; then the client is not read. */
const WAITING_BYTES = 1_048_576;

/** Commands that may wait to be obeyed; then the client is not read either. */
const WAITING_COMMANDS = 64;

/** Bytes up to which sound is put together, so that a million appends of one byte are not a million entries. */
export const GATHERED_BYTES = 4_096;

export class Feed {
  #received: number;
  #entries: Entry[] = [];
  #bytes = 0;
  #unconfirmed: Command[] = [];
  #changed = Promise.withResolvers<void>();

  /** `received`: bytes that came before. */
  constructor(received: number) {
    this.#received = received;
  }

  audio(bytes: Uint8Array): void {
    this.#received += bytes.length;
    this.#bytes += bytes.length;
    const last = this.#entries.at(-1);
    if (last?.kind !== 'audio' || last.bytes.length + bytes.length > GATHERED_BYTES)
      this.#add({ kind: 'audio', bytes });
    else this.#entries[this.#entries.length - 1] = { kind: 'audio', bytes: Buffer.concat([last.bytes, bytes]) };
  }

  command(kind: Command['kind']): void {
    const command: Command = { kind, at: this.#received };
    this.#unconfirmed.push(command);
    this.#add(command);
  }

  /** The first command of that kind was obeyed. */
  confirm(kind: Command['kind']): void {
    const at = this.#unconfirmed.findIndex((command) => command.kind === kind);
    if (at >= 0) this.#unconfirmed.splice(at, 1);
    this.#change();
  }

  /** Resolves when something came, or the child is gone. */
  async begun(gone: AbortSignal): Promise<void> {
    const wake = (): void => this.#change();
    gone.addEventListener('abort', wake, { once: true });
    while (this.#received === 0 && this.#entries.length === 0 && !gone.aborted) await this.#changed.promise;
    gone.removeEventListener('abort', wake);
  }

  /** Resolves when the client may be read again. */
  async room(): Promise<void> {
    while (this.#bytes > WAITING_BYTES || this.#unconfirmed.length > WAITING_COMMANDS) await this.#changed.promise;
  }

  /** A child begins anew: what waits is to be read from the store up to `upTo`, with the commands that were not obeyed. */
  restart(): { readonly upTo: number; readonly commands: readonly Command[] } {
    this.#entries = [];
    this.#bytes = 0;
    this.#change();
    return { upTo: this.#received, commands: [...this.#unconfirmed] };
  }

  /** What comes from now on, ending after `end` or when the child is gone. */
  async *take(gone: AbortSignal): AsyncGenerator<Entry, void, void> {
    const wake = (): void => this.#change();
    gone.addEventListener('abort', wake, { once: true });
    try {
      while (!gone.aborted) {
        const entry = this.#entries.shift();
        if (entry === undefined) {
          await this.#changed.promise;
          continue;
        }
        if (entry.kind === 'audio') this.#bytes -= entry.bytes.length;
        this.#change();
        yield entry;
        if (entry.kind === 'end') return;
      }
    } finally {
      gone.removeEventListener('abort', wake);
    }
  }

  #add(entry: Entry): void {
    this.#entries.push(entry);
    this.#change();
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}
