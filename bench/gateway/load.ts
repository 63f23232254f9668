// A load generator that costs little: raw sockets, one request's bytes written again and again, answers read to their end and no
// further. Run as a process of its own; one JSON document on standard output.
import { randomInt } from 'node:crypto';
import { connect, type Socket } from 'node:net';

export interface LoadPlan {
  readonly port: number;
  /** The whole request, headers and body; the first `00000000` in it is another number each time. */
  readonly request: string;
  readonly connections: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

export interface LoadResult {
  readonly requests: number;
  /** Those of the warm-up too. */
  readonly all: number;
  readonly errors: number;
  readonly seconds: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

const NUMBER = '00000000';
const END_OF_HEAD = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

class Connection {
  readonly #socket: Socket;
  readonly #bytes: Buffer;
  readonly #numberAt: number;
  readonly #onAnswer: (ok: boolean, ms: number) => boolean;
  #held: Buffer = Buffer.alloc(0);
  #begun = 0;

  static open(plan: LoadPlan, onAnswer: (ok: boolean, ms: number) => boolean): Connection {
    return new Connection(plan, onAnswer);
  }

  private constructor(plan: LoadPlan, onAnswer: (ok: boolean, ms: number) => boolean) {
    this.#bytes = Buffer.from(plan.request);
    this.#numberAt = this.#bytes.indexOf(NUMBER);
    this.#onAnswer = onAnswer;
    this.#socket = connect({ port: plan.port, host: '127.0.0.1', noDelay: true }, () => this.#ask());
    this.#socket.on('data', (chunk) => this.#take(chunk));
    this.#socket.on('error', () => onAnswer(false, 0));
    this.#socket.on('close', () => onAnswer(false, 0));
  }

  #ask(): void {
    this.#begun = performance.now();
    this.#socket.write(this.#numberAt === -1 ? this.#bytes : this.#numbered());
  }

  #numbered(): Buffer {
    const bytes = Buffer.from(this.#bytes);
    bytes.write(String(randomInt(10_000_000, 100_000_000)), this.#numberAt, 'latin1');
    return bytes;
  }

  #take(chunk: Buffer): void {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const head = this.#held.indexOf(END_OF_HEAD);
    if (head < 0) return;
    const text = this.#held.toString('latin1', 0, head).toLowerCase();
    const length = /content-length: (\d+)/.exec(text);
    const end =
      length === null
        ? this.#held.indexOf(LAST_CHUNK, head) + LAST_CHUNK.length
        : head + END_OF_HEAD.length + Number(length[1]);
    if (end < head + END_OF_HEAD.length || this.#held.length < end) return;
    this.#held = this.#held.subarray(end);
    const again = this.#onAnswer(text.startsWith('http/1.1 200'), performance.now() - this.#begun);
    if (again) this.#ask();
    else this.#socket.removeAllListeners('close').destroy();
  }
}

export function load(plan: LoadPlan): Promise<LoadResult> {
  return new Promise((resolve) => {
    const times: number[] = [];
    let errors = 0;
    let all = 0;
    const from = performance.now() + plan.warmUpMs;
    const until = from + plan.measureMs;
    const onAnswer = (ok: boolean, ms: number): boolean => {
      const now = performance.now();
      all += 1;
      if (!ok) errors += 1;
      else if (now >= from && now < until) times.push(ms);
      return ok && now < until;
    };
    for (let count = 0; count < plan.connections; count++) Connection.open(plan, onAnswer);
    setTimeout(
      () => {
        times.sort((a, b) => a - b);
        const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
        resolve({ requests: times.length, all, errors, seconds: plan.measureMs / 1000, p50: at(0.5), p99: at(0.99) });
      },
      plan.warmUpMs + plan.measureMs + 500,
    );
  });
}

if (import.meta.main) {
  const plan = JSON.parse(process.argv[2] ?? '{}') as LoadPlan;
  process.stdout.write(`${JSON.stringify(await load(plan))}\n`);
  process.exit(0);
}
