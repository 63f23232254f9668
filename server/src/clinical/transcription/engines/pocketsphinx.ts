// The engine of last resort: PocketSphinx as Debian ships it, one process per stretch (a whole channel) fed through a pipe. Low accuracy, and labelled so.
// `pocketsphinx_continuous` (Debian 12) prints words with times; `pocketsphinx live` (5.x) prints a JSON line per utterance.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { ENGINE_SAMPLE_RATE } from '#clinical/audio/limits.ts';
import { LOW_ACCURACY_MARK } from '#clinical/transcription/transcript.ts';
import type { EngineFamily, HeardWords, StretchHearer } from './hearer.ts';
import type { FamilyConfig } from './messages.ts';
import { createUtteranceParser } from './pocketsphinx-output.ts';
import type { Utterance, UtteranceParser } from './pocketsphinx-output.ts';

type PocketSphinxConfig = Extract<FamilyConfig, { family: 'pocketsphinx' }>;

/** KiB of address space. It needs about 300 MiB; being no Node process, it can be held by the kernel. */
const MEMORY_KIB = 1_048_576;

export function loadPocketSphinx(config: PocketSphinxConfig): EngineFamily {
  return {
    engine: `pocketsphinx ${LOW_ACCURACY_MARK}`,
    begin: (start) => new PocketSphinxHearer(config, start),
  };
}

function commandLine(config: PocketSphinxConfig): readonly string[] {
  const models = ['-hmm', config.acousticModel, '-lm', config.languageModel, '-dict', config.dictionary];
  const command =
    config.flavour === 'continuous'
      ? [config.command, ...models, '-infile', '/dev/stdin', '-time', 'yes', '-logfn', '/dev/null']
      : [config.command, ...models, '-loglevel', 'FATAL', 'live', '-'];
  // Its output comes line by line, not when some kilobytes have gathered (stdbuf is in coreutils).
  // Node's pipes are sockets, and Linux does not open /dev/stdin when it is one: `cat` makes a real pipe of it.
  return ['/bin/sh', '-c', `ulimit -c 0; ulimit -v ${String(MEMORY_KIB)}; cat | stdbuf -oL "$@"`, 'sh', ...command];
}

class PocketSphinxHearer implements StretchHearer {
  readonly #child: ChildProcess;
  readonly #input: Writable;
  readonly #output: Promise<void>;
  readonly #exit: Promise<unknown>;
  readonly #start: number;
  #finished: HeardWords[] = [];

  constructor(config: PocketSphinxConfig, start: number) {
    const [file = '', ...rest] = commandLine(config);
    this.#start = start;
    this.#child = spawn(file, rest, { stdio: ['pipe', 'pipe', 'ignore'] });
    const { stdin, stdout } = this.#child;
    if (stdin === null || stdout === null) throw new Error('no pipes to pocketsphinx');
    this.#input = stdin;
    this.#input.on('error', () => undefined);
    this.#exit = new Promise((resolve) => this.#child.once('close', resolve));
    this.#output = this.#read(stdout, createUtteranceParser(config.flavour));
  }

  async feed(samples: Float32Array): Promise<readonly HeardWords[]> {
    if (!this.#input.write(toPcm16(samples))) {
      await Promise.race([once(this.#input, 'drain').catch(() => undefined), this.#exit]);
    }
    return this.#take();
  }

  async finish(): Promise<readonly HeardWords[]> {
    // The silence ends the last utterance; the odd sample makes `live` see the end within a frame, where alone it flushes.
    this.#input.end(Buffer.alloc((ENGINE_SAMPLE_RATE / 2 + 1) * 2));
    await Promise.all([this.#output, this.#exit]);
    // A crash of this process is a crash of the recogniser: the server sees it, and tries once more.
    if (this.#child.exitCode !== 0) throw new Error('pocketsphinx failed');
    return this.#take();
  }

  #take(): HeardWords[] {
    if (this.#child.exitCode !== null && this.#child.exitCode !== 0) throw new Error('pocketsphinx failed');
    return this.#finished.splice(0);
  }

  async #read(stdout: Readable, parser: UtteranceParser): Promise<void> {
    for await (const chunk of stdout.setEncoding('utf8') as AsyncIterable<string>) {
      for (const utterance of parser.push(chunk)) this.#add(utterance);
    }
    for (const utterance of parser.end()) this.#add(utterance);
  }

  #add({ words, end }: Utterance): void {
    const shift = this.#start / ENGINE_SAMPLE_RATE;
    this.#finished.push({
      words: words.map((word) => ({ ...word, start: round(word.start + shift), end: round(word.end + shift) })),
      resumeAt: this.#start + Math.round(end * ENGINE_SAMPLE_RATE),
    });
  }
}

function toPcm16(samples: Float32Array): Buffer {
  const bytes = Buffer.allocUnsafe(samples.length * 2);
  for (const [index, sample] of samples.entries()) {
    bytes.writeInt16LE(Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_767))), index * 2);
  }
  return bytes;
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
