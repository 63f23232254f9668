// A fixed number of places: who finds none waits in line.

export class Places {
  readonly #queue: (() => void)[] = [];
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  /** Whether somebody waits. */
  get isWanted(): boolean {
    return this.#queue.length > 0;
  }

  /** Without waiting; false when all are taken. */
  tryTake(): boolean {
    if (this.#free === 0) return false;
    this.#free -= 1;
    return true;
  }

  /** Rejects with the signal's reason when that comes first. */
  async take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.tryTake()) return;
    await new Promise<void>((resolve, reject) => {
      const turn = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        this.#queue.splice(this.#queue.indexOf(turn), 1);
        reject(signal.reason as Error);
      };
      this.#queue.push(turn);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  give(): void {
    const next = this.#queue.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
