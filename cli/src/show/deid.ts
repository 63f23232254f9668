// The table of `cordon deid evaluate`: shares with n and 95 % intervals.
import type { Report, Share } from '@cordon/deid';
import type { Measured } from '#deid/evaluate.ts';
import type { Terminal } from '#terminal/terminal.ts';

const MEASURES: readonly (readonly [string, (report: Report) => Share])[] = [
  ['spans covered whole', ({ full }) => full],
  ['spans met at all', ({ any }) => any],
  ['character recall', ({ characterRecall }) => characterRecall],
  ['character precision', ({ characterPrecision }) => characterPrecision],
  ['token recall', ({ tokenRecall }) => tokenRecall],
  ['token precision', ({ tokenPrecision }) => tokenPrecision],
  ['strict extent', ({ strict }) => strict],
  ['relaxed extent', ({ relaxed }) => relaxed],
  ['right category, of those met', ({ typed }) => typed],
  ['leak-free documents', ({ leakFree }) => leakFree],
  ['PHI-free texts touched', ({ overRedaction }) => overRedaction],
];
const NAME_WIDTH = 30;

export function deidTable(rows: readonly Measured[], terminal: Terminal): string {
  return rows.map((row) => one(row, terminal)).join('\n\n');
}

function one({ name, report, megabytesPerSecond }: Measured, terminal: Terminal): string {
  const head = `  ${terminal.style('bold', name)}  ${report.documents} documents, ${megabytesPerSecond.toFixed(2)} MB/s`;
  const measures = MEASURES.map(([title, of]) => `    ${title.padEnd(NAME_WIDTH)}${shown(of(report))}`);
  const categories = report.categories.map(({ type, full }) => `    ${type.padEnd(NAME_WIDTH)}${shown(full)}`);
  return [head, ...measures, ...(name === 'cordon' ? ['', ...categories] : [])].join('\n');
}

function shown({ value, found, of, low, high }: Share): string {
  if (value === null) return 'nothing to count';
  const percent = (share: number): string => (share * 100).toFixed(2);
  return `${percent(value).padStart(6)} %  ${percent(low)}–${percent(high)}  n = ${found} of ${of}`;
}
