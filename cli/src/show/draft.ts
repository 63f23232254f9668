// Drafts and notes for a person at a terminal: section, sentence, verdict, and under it the words it rests on with their time.
import type { Schemas } from '@cordon/sdk';
import { brief, printable } from '#terminal/printable.ts';
import { type Style, type Terminal, wrap } from '#terminal/terminal.ts';

type Verdict = Schemas['Verdict'];

interface ShownSentence {
  readonly id: string;
  readonly text: string;
  readonly source: string;
  readonly verdict: Verdict | null;
  readonly reasons: readonly { readonly code: string; readonly said: string; readonly cited: string | null }[];
  readonly citations: readonly { readonly start: number; readonly end: number; readonly quote: string }[];
}

interface ShownSection {
  readonly id: string;
  readonly title: string;
  readonly sentences: readonly ShownSentence[];
}

const MARKS: Readonly<Record<Verdict, readonly [string, Style]>> = {
  supported: ['✓', 'green'],
  weak: ['~', 'yellow'],
  unsupported: ['?', 'red'],
  contradicted: ['✗', 'red'],
};
const INDENT = '      ';
const QUOTE_CHARS = 160;

/** Sections in order; `after` says more about one sentence (its resolution in a review). */
export function sections(
  list: readonly ShownSection[],
  terminal: Terminal,
  after: (sentence: ShownSentence) => string = () => '',
): string {
  return list
    .filter((section) => section.sentences.length > 0)
    .map((section) => {
      const heading = `  ${terminal.style('bold', printable(section.title))}`;
      return [heading, ...section.sentences.map((sentence) => sentenceBlock(sentence, terminal, after(sentence)))].join(
        '\n',
      );
    })
    .join('\n\n');
}

function sentenceBlock(sentence: ShownSentence, terminal: Terminal, more: string): string {
  const [mark, colour] = sentence.verdict === null ? (['·', 'cyan'] as const) : MARKS[sentence.verdict];
  const text = wrap(sentence.text, terminal.columns, INDENT).trimStart();
  const head = `  ${terminal.style(colour, mark)} ${terminal.style('dim', sentence.id.padEnd(INDENT.length - 3))}`;
  const lines = [`${head.trimEnd()} ${text}`];
  for (const { start, end, quote } of sentence.citations) {
    lines.push(terminal.style('dim', quoteLine(start, end, quote, terminal)));
  }
  if (sentence.source !== 'transcript') lines.push(terminal.style('cyan', `${INDENT}${printable(sentence.source)}`));
  for (const reason of sentence.reasons) lines.push(terminal.style(colour, `${INDENT}${reasonLine(reason)}`));
  if (more !== '') lines.push(`${INDENT}${more}`);
  return lines.join('\n');
}

/** The words themselves are what a reader checks: they are wrapped, not cut. */
function quoteLine(start: number, end: number, quote: string, terminal: Terminal): string {
  return wrap(`${clock(start)}–${clock(end)} “${quote}”`, terminal.columns, INDENT);
}

function reasonLine({ code, said, cited }: ShownSentence['reasons'][number]): string {
  const words = code.replaceAll('_', ' ');
  return `${words}: says “${brief(said, 60)}”${cited === null ? '' : `, cited passage has “${brief(cited, 60)}”`}`;
}

/** What was said and is not in the draft. Empty when nothing is missing. */
export function omissions(list: readonly Schemas['Omission'][], terminal: Terminal): string {
  if (list.length === 0) return '';
  const lines = list.map(
    ({ kind, text, start }) =>
      `  ${terminal.style('yellow', '!')} ${kind.padEnd(11)} ${clock(start)} “${brief(text, QUOTE_CHARS)}”`,
  );
  return [`  ${terminal.style('bold', 'Said, but not in the draft')}`, ...lines].join('\n');
}

/** `3:07.2`: minutes, seconds, tenths. */
export function clock(seconds: number): string {
  const tenths = Math.round(seconds * 10);
  const rest = ((tenths % 600) / 10).toFixed(1).padStart(4, '0');
  return `${Math.floor(tenths / 600)}:${rest}`;
}
