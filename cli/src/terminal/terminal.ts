// What the command says and where: one document on stdout, everything else on stderr; colour and movement on a terminal only.
import { styleText } from 'node:util';
import { printable } from './printable.ts';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan' | 'underline' | 'inverse';

export interface Terminal {
  readonly json: boolean;
  /** A person can be asked: standard input and standard error are a terminal and no `--json` was given. */
  readonly interactive: boolean;
  /** Progress may be drawn over itself. */
  readonly moving: boolean;
  /** Columns of the terminal, or a page's width when there is none. */
  readonly columns: number;
  /** Styled for standard output; plain when that is no terminal or NO_COLOR is set (no-color.org). */
  style(style: Style, text: string): string;
  /** The result for a person. Text of others must have gone through `printable`. */
  print(text: string): void;
  /** The result as the one JSON document; the same members for every run. */
  document(value: unknown): void;
  /** A byte stream to standard output as it is (subtitles, FHIR, completion scripts). */
  raw(text: string): void;
  /** A remark on standard error. */
  remark(text: string): void;
  /** Bytes to standard error as they are. */
  error(text: string): void;
}

const PAGE_COLUMNS = 80;
const LEAST_COLUMNS = 40;
const MAX_COLUMNS = 120; // longer lines are hard to read

interface Streams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

export function openTerminal(json: boolean, streams: Streams = process): Terminal {
  const { stdin, stdout, stderr } = streams;
  for (const stream of [stdout, stderr]) stream.on('error', endQuietly);
  const style = (given: Style, text: string): string =>
    styleText(given, text, { stream: stdout, validateStream: true });
  return {
    json,
    interactive: stdin.isTTY && stderr.isTTY && !json,
    moving: stderr.isTTY,
    columns: columnsOf(stdout.columns, stderr.columns),
    style,
    print: (text) => void (json ? stderr : stdout).write(`${text}\n`),
    document: (value) => void stdout.write(`${JSON.stringify(value, null, stdout.isTTY ? 2 : undefined)}\n`),
    raw: (text) => void stdout.write(text),
    remark: (text) => void stderr.write(`${text}\n`),
    error: (text) => void stderr.write(text),
  };
}

/** A terminal that does not know its width says 0; a very narrow one is not wrapped for. */
function columnsOf(...said: readonly (number | undefined)[]): number {
  const known = said.find((columns) => columns !== undefined && columns >= LEAST_COLUMNS);
  return Math.min(MAX_COLUMNS, known ?? PAGE_COLUMNS);
}

/** Whoever read the output has seen enough (`| head`): not a failure, and nobody is left to tell. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}

/** `text` broken at spaces into lines of at most `columns`, each after `indent`. */
export function wrap(text: string, columns: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of printable(text).split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > columns - indent.length) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((each) => `${indent}${each}`).join('\n');
}
