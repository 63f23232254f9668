// Figures of an evaluation as a table for a person.
import type { Evaluation, Figures } from '#evaluate/measures.ts';
import { brief } from '#terminal/printable.ts';
import type { Terminal } from '#terminal/terminal.ts';

const HEAD = [
  '',
  'recordings',
  'words',
  'errors',
  '95 % interval',
  'wrong',
  'added',
  'missed',
  'terms heard',
  '× time',
];

/** Longer names of conditions are cut. */
const NAME_CELLS = 28;

/** "Errors" is the word error rate; "× time" the time of recognition over that of the recording. */
export function evaluationTable({ conditions, all }: Evaluation, terminal: Terminal): string {
  const rows = conditions.length > 1 ? [...conditions, all] : [all];
  const cells = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells
    .map((row, index) => {
      const line = row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  ');
      const last = index === cells.length - 1;
      return `  ${index === 0 ? terminal.style('dim', line) : last ? terminal.style('bold', line) : line}`;
    })
    .join('\n');
}

function cellsOf(figures: Figures): readonly string[] {
  const { interval, terms } = figures;
  return [
    brief(figures.condition, NAME_CELLS),
    String(figures.clips),
    String(figures.words),
    figures.wordErrorRate === null ? '–' : percent(figures.wordErrorRate),
    interval === null ? '–' : `${percent(interval[0])} to ${percent(interval[1])}`,
    String(figures.substitutions),
    String(figures.insertions),
    String(figures.deletions),
    terms.said === 0 ? '–' : `${terms.heard} of ${terms.said}`,
    figures.realTimeFactor.toFixed(2),
  ];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
